-- Variables by v2: what a task sees, what lies in its scopes, and one by its key.
local json = require "tasklist.sandbox.json"
local support = require "spec.support.api"

local foreigner = { name = "client", role = "OWNER", tenants = { "t1" } }
local outsider = { name = "eve", user = "eve", role = "OPERATOR", groups = { "x" } }

local LONG = '"' .. ("é"):rep(9000) .. '"'
local PREVIEW = '"' .. ("é"):rep(8190)

local function variables(values)
  local list = {}
  for name, value in pairs(values) do list[#list + 1] = { name = name, value = value } end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

local function many(count)
  local values = {}
  for i = 1, count do values[("v%03d"):format(i)] = tostring(i) end
  return variables(values)
end

local function user_task(task)
  task.implementation = "ZEEBE_USER_TASK"
  return task
end

local TASKS = {
  user_task{ id = "1", processInstanceKey = "70", rootProcessInstanceKey = "60",
    variables = variables{ a = "1", b = '"x"', long = LONG }, localVariables = variables{ a = "2" } },
  user_task{ id = "2", processInstanceKey = "70", candidateGroups = { "y" } },
  user_task{ id = "3", processInstanceKey = "71", variables = many(250) },
  user_task{ id = "4", processInstanceKey = "72", taskState = "COMPLETED", variables = variables{ a = "1" } },
  { id = "5", processInstanceKey = "70" },
}
local OWN = "6755399441055745"

local ask, parts
local function open(version)
  ask, parts = support.new(TASKS, { version = version or "8.9" })
end

local function path_of(id, effective, query)
  return ("/v2/user-tasks/%s/%s/search%s"):format(id, effective and "effective-variables" or "variables", query or "")
end

-- Searches; gives "scope name=value" of each item, and the answer.
local function find(id, effective, body, query)
  local status, answer = ask("POST", path_of(id, effective, query), body or "{}")
  assert.equal(200, status)
  local rows = {}
  for i, item in ipairs(answer.items) do
    rows[i] = ("%s %s=%s"):format(item.scopeKey == OWN and "own" or item.scopeKey, item.name, item.value)
  end
  return rows, answer
end

local ONE = '{"filter":{"name":{"$in":["a","b"]}},"sort":[{"field":"name","order":"ASC"}]}'

describe("a search for effective variables", function()
  before_each(function() open() end)

  it("gives one of each name, the inner scope's first", function()
    assert.same({ "own a=2", '70 b="x"' }, (find("1", true, ONE)))
    assert.same({ "70 a=1", '70 b="x"' }, (find("2", true, ONE)))
  end)

  it("shows each with its keys", function()
    local _, answer, response = ask("POST", path_of("1", true), '{"filter":{"name":"a"}}')
    local item = answer.items[1]
    assert.is_truthy(item.variableKey:find("^%d+$"))
    item.variableKey = nil
    assert.same({ name = "a", value = "2", isTruncated = false, scopeKey = OWN, processInstanceKey = "70",
      tenantId = "<default>", rootProcessInstanceKey = "60" }, item)
    assert.equal("application/json", response.headers["Content-Type"])
  end)

  it("knows no root instance before 8.9", function()
    open("8.8")
    local _, answer = find("1", true, ONE)
    assert.is_nil(answer.items[1].rootProcessInstanceKey)
  end)

  it("cuts long values, unless it is told not to", function()
    local body = '{"filter":{"name":{"$eq":"long"}}}'
    local _, answer = find("1", true, body)
    assert.same({ PREVIEW, true }, { answer.items[1].value, answer.items[1].isTruncated })
    _, answer = find("1", true, body, "?truncateValues=true")
    assert.is_true(answer.items[1].isTruncated)
    _, answer = find("1", true, body, "?truncateValues=false")
    assert.same({ LONG, false }, { answer.items[1].value, answer.items[1].isTruncated })
  end)

  it("has pages by offset, of a hundred if nothing else is said", function()
    local rows, answer = find("3", true)
    assert.same({ 100, 250, false }, { #rows, answer.page.totalItems, answer.page.hasMoreTotalItems })
    rows = find("3", true, '{"page":{"from":200,"limit":100},"sort":[{"field":"name"}]}')
    assert.same({ 50, "71 v201=201", "71 v250=250" }, { #rows, rows[1], rows[50] })
    assert.equal(250, #(find("3", true, '{"page":{"from":0,"limit":1000}}')))
  end)

  it("gives what the process instance has now of a completed task", function()
    assert.same({ "72 a=1" }, (find("4", true)))
    parts.store:set_variables("72", variables{ a = "2", b = "3" })
    assert.same({ "72 a=2", "72 b=3" }, (find("4", true, ONE)))
  end)

  it("takes an empty body", function()
    assert.equal(200, (ask("POST", path_of("1", true), "")))
  end)

  local function cannot(path) return ("Request property [%s] cannot be parsed"):format(path) end
  local refusals = {
    { "1", '{"page":{"after":"x"}}', 400, "Bad Request", cannot "page.after" },
    { "1", '{"variableNames":["a"]}', 400, "Bad Request", cannot "variableNames" },
    { "1", '{"filter":{"value":"1"}}', 400, "Bad Request", cannot "filter.value" },
    { "1", '{"sort":[{"field":"name","order":"UP"}]}', 400, "Bad Request", cannot "sort.order" },
    { "1", '{"sort":[{"field":"size"}]}', 400, "INVALID_ARGUMENT", "Unknown sortBy: size" },
    { "1", '{"sort":[{"order":"ASC"}]}', 400, "INVALID_ARGUMENT", "Sort field must not be null." },
    { "1", '{"page":{"from":9000,"limit":1001}}', 400, "INVALID_ARGUMENT",
      "The value for from + limit is '10001' but must be within the interval [1,10000]." },
    { "9", "{}", 404, "NOT_FOUND", "User Task with key '9' not found" },
    { "5", "{}", 404, "NOT_FOUND", "User Task with key '5' not found" },
    { "1", "{}", 404, "NOT_FOUND", "User Task with key '1' not found", foreigner },
    { "2", "{}", 403, "FORBIDDEN", "Unauthorized to perform operation 'READ_USER_TASK' on resource "
      .. "'PROCESS_DEFINITION'", outsider },
  }
  for _, row in ipairs(refusals) do
    local id, body, status, title, detail, caller = table.unpack(row, 1, 6)
    it(("is refused: %s %d %s"):format(body, status, detail), function()
      local got, answer = ask("POST", path_of(id, true), body, { caller = caller or support.client })
      assert.same({ status, title, detail }, { got, answer.title, answer.detail })
    end)
  end

  for version, there in pairs{ ["8.8.15"] = false, ["8.8.16"] = true, ["8.8"] = true, ["8.10"] = true } do
    it(("is%s in %s"):format(there and "" or " not", version), function()
      open(version)
      local status, answer = ask("POST", path_of("1", true), "{}")
      assert.equal(there and 200 or 404, status)
      if not there then
        assert.same({ "Not Found", "No static resource v2/user-tasks/1/effective-variables/search." },
          { answer.title, answer.detail })
      end
    end)
  end
end)

describe("a search for the variables of all scopes", function()
  before_each(function() open("8.8.5") end)

  it("gives the same name from each, of which the inner one has the greater key", function()
    local rows, answer = find("1", false, '{"filter":{"name":"a"},"sort":[{"field":"scopeKey","order":"DESC"}]}')
    assert.same({ "own a=2", "70 a=1" }, rows)
    assert.is_true(tonumber(answer.items[1].scopeKey) > tonumber(answer.items[2].scopeKey))
  end)

  it("has pages by cursors, forwards and backwards", function()
    local names, cursor, pages = {}, nil, 0
    repeat
      local rows, answer = find("3", false, { page = { limit = 100, after = cursor },
        sort = json.array{ { field = "name", order = "DESC" } } })
      for _, row in ipairs(rows) do names[#names + 1] = row end
      cursor, pages = answer.page.endCursor, pages + 1
    until #rows < 100
    assert.same({ 3, 250, "71 v250=250", "71 v001=1" }, { pages, #names, names[1], names[250] })
    local _, first = find("3", false, '{"page":{"limit":3}}')
    local second = select(2, find("3", false, { page = { limit = 3, after = first.page.endCursor } }))
    local back = find("3", false, { page = { limit = 3, before = second.page.startCursor } })
    assert.same((find("3", false, '{"page":{"limit":3}}')), back)
  end)

  it("takes no cursor of another sort", function()
    local _, first = find("3", false, '{"page":{"limit":3}}')
    local status, answer = ask("POST", path_of("3", false), { page = { after = first.page.endCursor },
      sort = json.array{ { field = "name" } } })
    assert.same({ 400, "INVALID_ARGUMENT" }, { status, answer.title })
  end)

  for _, field in ipairs{ "value", "name", "tenantId", "variableKey", "scopeKey", "processInstanceKey" } do
    it("is sorted by " .. field, function()
      local up = find("3", false, { sort = json.array{ { field = field } }, page = { limit = 1000 } })
      local down = find("3", false, { sort = json.array{ { field = field, order = "DESC" } }, page = { limit = 1000 } })
      assert.same({ 250, 250 }, { #up, #down })
      local same = field == "tenantId" or field == "scopeKey" or field == "processInstanceKey"
      assert.equal(up[1], down[same and 1 or 250])
    end)
  end

  it("is not there before v2 can be read", function()
    open("8.7")
    assert.equal(404, (ask("POST", path_of("1", false), "{}", { root = "gateway" })))
  end)
end)

describe("a variable in v2", function()
  before_each(function() open() end)

  local function key_of(id, name)
    local _, answer = find(id, true, { filter = { name = name } })
    return answer.items[1].variableKey
  end

  it("is found by its key, whole", function()
    local key = key_of("1", "long")
    local status, variable = ask("GET", "/v2/variables/" .. key)
    assert.equal(200, status)
    assert.same({ variableKey = key, name = "long", value = LONG, scopeKey = "70", processInstanceKey = "70",
      tenantId = "<default>", rootProcessInstanceKey = "60" }, variable)
  end)

  it("has its latest value under the same key", function()
    local key = key_of("2", "a")
    assert.equal(204, (ask("POST", "/v2/user-tasks/2/completion", '{"variables":{"a":{"b":[]}}}')))
    assert.equal('{"b":[]}', (select(2, ask("GET", "/v2/variables/" .. key))).value)
    assert.equal(key, key_of("2", "a"))
  end)

  local refusals = {
    { "9", 404, "NOT_FOUND", "Variable with key '9' not found" },
    { "70-a", 400, "Bad Request", "Failed to convert 'variableKey' with value: '70-a'" },
  }
  for _, row in ipairs(refusals) do
    local key, status, title, detail = table.unpack(row)
    it("is refused: " .. detail, function()
      local got, answer = ask("GET", "/v2/variables/" .. key)
      assert.same({ status, title, detail }, { got, answer.title, answer.detail })
    end)
  end

  it("of another tenant is not found", function()
    assert.equal(404, (ask("GET", "/v2/variables/" .. key_of("1", "a"), nil, { caller = foreigner })))
  end)

  it("is not there before v2 can be read", function()
    open("8.7")
    assert.equal(404, (ask("GET", "/v2/variables/1", nil, { root = "gateway" })))
  end)
end)
