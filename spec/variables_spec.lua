local connect = require "spec.support.client"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"

local long = ("ä€😀\"/"):rep(3000)

-- Every kind of value, and what comes back where that is not the same.
local kinds = {
  { "true", true }, { "false", false }, { "an empty string", "" }, { "a quote", 'say "hi"' },
  { "a slash", "a/b" }, { "a backslash", "a\\b" }, { "control characters", "\0\1\31\127\r\n\t" },
  { "UTF-8", "grün € 😀" }, { "a text that looks like JSON", '{"a":1}' }, { "a long text", long },
  { "an integer", 5 }, { "zero", 0 }, { "the largest integer", math.maxinteger },
  { "the smallest integer", math.mininteger }, { "beyond a double's integers", 9007199254740993 },
  { "a float without a fraction", 1.0 }, { "one and a half", 1.5 }, { "a tenth", 0.1 }, { "a third", 1 / 3 },
  { "the largest float", 1.7976931348623157e308 }, { "the smallest float", 5e-324 }, { "minus zero", -0.0 },
  { "an object", { a = 1, ["b c"] = "d", ["ü"] = { deep = { er = true } } } }, { "an empty object", {} },
  { "an array", tasklist.array { 1, 2.5, "x", true } }, { "an empty array", tasklist.array {} },
  { "an array with null", tasklist.array { 1, tasklist.null, 3 } },
  { "arrays in arrays", tasklist.array { tasklist.array {}, tasklist.array { tasklist.array { {} } } } },
}

local function same(expected, got)
  assert.equal(math.type(expected) or type(expected), math.type(got) or type(got))
  assert.same(expected, got)
  if type(expected) == "table" then
    assert.equal(getmetatable(expected), getmetatable(got))
    for key, value in pairs(expected) do
      same(value, got[key])
    end
  elseif expected == 0 then
    assert.equal(1 / expected, 1 / got)
  end
end

describe("variables of tasks", function()
  local server, one, other
  setup(function()
    server = sandbox.start {}
    one, other = connect.of(server), connect.of(server)
  end)
  teardown(function()
    one:close()
    other:close()
    server:stop()
  end)

  local function task_with(values)
    local list = {}
    for name, text in pairs(values or {}) do
      list[#list + 1] = { name = name, value = text }
    end
    server:clear()
    server:tasks { { id = "1", assignee = "me", variables = list } }
  end

  local function requests()
    return #server:log()
  end

  for _, row in ipairs(kinds) do
    it("are completed and read back: " .. row[1], function()
      task_with()
      assert(one:complete_task(1, { value = row[2] }))
      same(row[2], assert(other:variables(1)).value)
    end)

    it("are drafted and read back: " .. row[1], function()
      task_with()
      assert.is_true(one:save_draft_variables(1, { value = row[2] }))
      assert.is_nil(assert(other:variables(1)).value)
      same(row[2], assert(other:variables(1, nil, { drafts = true })).value)
    end)

    if type(row[2]) ~= "table" and row[2] ~= long then
      it("are found by a filter: " .. row[1], function()
        task_with { value = tasklist.encode(row[2]), other = "1" }
        assert.equal(1, #assert(other:search_tasks { taskVariables = { value = row[2], other = 1 } }))
        assert.equal(0, #assert(other:search_tasks { taskVariables = { value = row[2], other = 2 } }))
        assert.equal(1, #assert(other:search_tasks { taskVariables = {
          { name = "value", value = tasklist.encode(row[2]), operator = "eq" } } }))
      end)
    end
  end

  it("are found by raw text, byte for byte", function()
    task_with { value = '{"a": [1,2]}' }
    local function found(filter)
      return #assert(other:search_tasks { taskVariables = filter })
    end
    assert.equal(1, found { value = tasklist.raw '{"a": [1,2]}' })
    assert.equal(0, found { value = tasklist.raw '{"a":[1,2]}' })
    assert.equal(1, found { { name = "value", value = tasklist.raw '{"a": [1,2]}' } })
    assert.equal(1, found {})
    task_with { value = "null" }
    assert.equal(1, found { value = tasklist.null })
    assert.equal(1, found { { name = "value", value = tasklist.null } })
  end)

  it("are null by choice", function()
    task_with { value = "null", inner = '{"a":null,"b":[null]}' }
    assert.same({ inner = { b = { tasklist.null } } }, other:variables(1))
    assert.same({ value = tasklist.null, inner = { a = tasklist.null, b = { tasklist.null } } },
      other:variables(1, nil, { keep_null = true }))
    assert(one:complete_task(1, { gone = tasklist.null }))
    assert.equal(tasklist.null, other:variables(1, { "gone" }, { keep_null = true }).gone)
  end)

  it("are all read with one request, and a second for those that are long", function()
    task_with { a = "1", b = '"x"' }
    assert.same({ a = 1, b = "x" }, other:variables(1))
    local single = requests()
    task_with { a = "1", b = tasklist.encode(long), c = tasklist.encode(long .. "c") }
    assert.same({ a = 1, b = long, c = long .. "c" }, other:variables(1))
    assert.equal(single + 1, requests())
  end)

  it("are read by name with one request, long or not, named twice or not there", function()
    task_with { a = "1", b = tasklist.encode(long), c = "3" }
    other:variables(1, { "a" })
    local single = requests()
    assert.same({ a = 1, b = long }, other:variables(1, { "b", "a", "b", "z" }))
    assert.equal(single + 1, requests())
    assert.same({}, other:variables(1, {}))
    assert.equal(single + 1, requests())
  end)

  it("show drafts only where they are asked for", function()
    task_with { a = "1", b = "2" }
    assert(one:save_draft_variables(1, { b = long, c = "draft" }))
    assert.same({ a = 1, b = 2 }, other:variables(1))
    assert.same({ a = 1, b = long, c = "draft" }, other:variables(1, nil, { drafts = true }))
  end)

  it("keep their text in records", function()
    task_with { a = "1.0", b = tasklist.encode(long) }
    local records = assert(other:search_task_variables(1, { variableNames = { "a" } }))
    assert.equal("1.0", records[1].value)
    records = assert(other:search_task_variables(1))
    assert.is_true(records[2].isValueTruncated)
    assert.equal(long, tasklist.decode(assert(other:get_variable(records[2].id)).value))
  end)

  it("that are no JSON are an error of kind decode", function()
    server:clear()
    server:fault { path = "/v1", action = "body", headers = { ["Content-Type"] = "application/json" },
      body = '[{"name":"a\\nb","value":"{","isValueTruncated":false,"draft":null}]' }
    local found, failure = other:variables(1)
    assert.is_nil(found)
    assert.equal("decode", failure.kind)
    assert.equal("{", failure.body)
    find(tostring(failure), [[POST /v1/tasks/1/variables/search: the value of "a\]])
    find(tostring(failure), "; search_task_variables gives its text")
  end)

  -- An answer that is not as documented, and a part of the message.
  local odd = {
    { '[{"value":"1"}]', "no variable as documented" }, { '[{"name":5,"value":"1"}]', "no variable as documented" },
    { '[{"name":"a","value":5}]', "no variable as documented" },
    { '[{"name":"a","draft":true}]', "no variable as documented" },
    { '[{"name":"a","value":null,"isValueTruncated":true}]', 'cut off the value of "a", which was' },
    { "{}", "an array expected" }, { '{"a":[]}', "an array expected" },
  }
  for _, row in ipairs(odd) do
    it("are an error of kind decode when the answer is " .. row[1], function()
      server:clear()
      server:fault { path = "/v1", action = "body", headers = { ["Content-Type"] = "application/json" },
        body = row[1], times = 2 }
      local found, failure = other:variables(1, nil, { drafts = true })
      assert.is_nil(found)
      assert.equal("decode", failure.kind)
      find(failure.message, row[2])
    end)
  end

  it("of no task are a not_found", function()
    task_with()
    local found, failure = other:variables(2)
    assert.is_nil(found)
    assert.equal("not_found", failure.code)
  end)

  local cycle = { a = {} }
  cycle.a.b = cycle
  local deep = {}
  for _ = 1, 1001 do
    deep = tasklist.array { deep }
  end
  -- What has no JSON, and the place that the message names.
  local wrong = {
    { { f = print }, "variables.f" },
    { { order = { lines = { {}, {}, { price = 0 / 0 } } } }, "variables.order.lines[3].price" },
    { { x = 1 / 0 }, "variables.x" },
    { { cycle = cycle }, "variables.cycle.a.b" },
    { { t = { 1, nil, 3 } }, "variables.t" },
    { { t = { 1, a = 2 } }, "variables.t" },
    { { s = "\255" }, "variables.s" },
    { { ["a b"] = print }, 'variables["a b"]' },
    { { ["a\nb"] = print }, 'variables["a\\x0ab"]' },
    { { deep = deep }, "1,000" },
    { { c = coroutine.create(print) }, "variables.c" },
    { { "x" }, "variables: a variable's name must be a string" },
    { { [1.5] = "x" }, "variables: a variable's name must be a string" },
    { { ["\255"] = 1 }, "variables: a variable's name" },
    { "x", "variables: table expected" },
    { tasklist.null, "expected, got null" },
  }
  for index, row in ipairs(wrong) do
    it(("that have no JSON raise before anything is sent: %s (%d)"):format(row[2], index), function()
      task_with()
      for _, name in ipairs { "complete_task", "save_draft_variables" } do
        local fine, message = pcall(one[name], one, 1, row[1])
        assert.is_false(fine)
        find(message, name .. ": ")
        find(message, row[2])
      end
      assert.equal(0, requests())
    end)
  end

  local wrong_filters = {
    { { a = { 1 } }, "query.taskVariables.a: scalar or tasklist.raw(text) expected" },
    { { a = 0 / 0 }, "query.taskVariables.a" },
    { { { name = "a", value = "abc" } },
      [[query.taskVariables[1].value: JSON text (such as '"a"' for a string) expected]] },
    { { { name = "a" } }, "query.taskVariables[1].value: missing" },
    { { { name = "a", value = { 1 } } }, "query.taskVariables[1].value" },
    { "a", "query.taskVariables" }, { { 5 }, "query.taskVariables[1]" },
    { { { name = "a", value = "1" }, nil, { name = "b", value = "1" } }, "query.taskVariables: array without holes" },
  }
  for _, row in ipairs(wrong_filters) do
    it("in a filter raise: " .. row[2], function()
      local fine, message = pcall(one.search_tasks, one, { taskVariables = row[1] })
      assert.is_false(fine)
      find(message, row[2])
    end)
  end

  for _, row in ipairs { { { 5 }, "names[1]: string expected" }, { "a", "names: array expected" },
    { { a = 1 }, "names: array expected" }, { { "a", nil, "c" }, "names: array without holes expected" } } do
    it("take only names: " .. row[2], function()
      local fine, message = pcall(one.variables, one, 1, row[1])
      assert.is_false(fine)
      find(message, "variables: " .. row[2])
    end)
  end
end)

describe("dates in a query", function()
  local server, client
  setup(function()
    server = sandbox.start {}
    client = connect.of(server)
    server:tasks { { id = "1", dueDate = "2024-03-01T08:00:00.500+0000" } }
  end)
  teardown(function()
    client:close()
    server:stop()
  end)

  local at = tasklist.time "2024-03-01T09:00:00.500+01:00"
  local rows = {
    { { from = at, to = at }, 1 }, { { from = at + 0.001 }, 0 }, { { to = at - 0.001 }, 0 },
    { { from = "2024-03-01T08:00:00.500Z" }, 1 }, { { from = "2024-03-01T08:00:00.501Z" }, 0 },
  }
  for index, row in ipairs(rows) do
    it(("are seconds or text (%d)"):format(index), function()
      assert.equal(row[2], #assert(client:search_tasks { dueDate = row[1] }))
    end)
  end

  it("that are none raise", function()
    for _, bad in ipairs { 1e18, 0 / 0, true, {} } do
      local fine, message = pcall(client.search_tasks, client, { dueDate = { from = bad } })
      assert.is_false(fine)
      find(message, "query.dueDate.from")
    end
  end)
end)
