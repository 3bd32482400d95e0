--- lua-cjson beside the module: what it means in all that goes out, and that neither needs the other.
local cjson = require "cjson"
local connect = require "spec.support.client"
local core = require "tasklist.core"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"

-- lua-cjson's values for arrays. An older one has none: it gets some of the same types, for the module finds them by
-- their names in whatever library is loaded.
local stands_in = {}
local function lend(codec)
  local lent = { array_mt = {}, empty_array_mt = {}, empty_array = debug.upvalueid(function() return stands_in end, 1) }
  for name, value in pairs(lent) do
    if codec[name] == nil then
      codec[name], stands_in[#stands_in + 1] = value, { codec, name }
    end
  end
end

lend(cjson)
teardown(function()
  for _, row in ipairs(stands_in) do row[1][row[2]] = nil end
end)

-- The same in a script of its own.
local script_lends = [[
  local lent = { array_mt = {}, empty_array_mt = {} }
  lent.empty_array = debug.upvalueid(function() return lent end, 1)
  for name, value in pairs(lent) do cjson[name] = cjson[name] or value end
]]

local marks = { "array_mt", "empty_array_mt" }

local function marked(name, list)
  return setmetatable(list, cjson[name])
end

describe("a value of lua-cjson that is written", function()
  it("is null", function()
    assert.equal("null", tasklist.encode(cjson.null))
    assert.equal('{"a":null}', tasklist.encode { a = cjson.null })
    assert.equal('[null,"a"]', tasklist.encode(cjson.decode '[null,"a"]'))
  end)

  it("is an empty array", function()
    assert.equal("[]", tasklist.encode(cjson.empty_array))
    assert.equal('{"a":[[],[]]}', tasklist.encode { a = { cjson.empty_array, cjson.empty_array } })
  end)

  for _, name in ipairs(marks) do
    it("is an array by " .. name, function()
      assert.equal("[]", tasklist.encode(marked(name, {})))
      assert.equal('{"a":[]}', tasklist.encode { a = marked(name, {}) })
      assert.equal("[1,2]", tasklist.encode(marked(name, { 1, 2 })))
      assert.equal("[[],{}]", tasklist.encode(marked(name, { marked(name, {}), {} })))
      assert.equal("[1,2]", tasklist.encode(tasklist.array(marked(name, { 1, 2 }))))
    end)

    -- lua-cjson writes these as arrays, without the names and with null in the holes.
    for _, row in ipairs {
      { { a = 1 }, 'v.list: an array that has the key "a" too' },
      { { 1, a = 2 }, 'v.list: an array that has the key "a" too' },
      { { 1, nil, 3 }, "v.list: an array with holes, as at key 2" },
      { { [3] = 3 }, "v.list: an array with holes, as at key 3" },
    } do
      it(("is refused when %s is that of what is no array: %s"):format(name, row[2]), function()
        local text, problem = core.encode_value({ list = marked(name, row[1]) }, "v")
        assert.is_nil(text)
        assert.equal(row[2], problem)
      end)
    end
  end

  it("is one of every codec of the library", function()
    local other = cjson.new()
    assert.equal("null", tasklist.encode(other.null))
    if other.empty_array then
      assert.equal("[[],[],[]]", tasklist.encode { other.empty_array, setmetatable({}, other.array_mt),
        setmetatable({}, other.empty_array_mt) })
    end
  end)

  it("is not mistaken for another library's", function()
    local another = debug.upvalueid(function() return marks end, 1)
    local _, problem = core.encode_value({ another }, "v")
    assert.equal("v[1]: a userdata has no JSON", problem)
    assert.equal("{}", tasklist.encode(setmetatable({}, {})))
    assert.equal('{"a":1}', tasklist.encode(setmetatable({ a = 1 }, {})))
  end)

  it("is looked up without the host's metamethods, in whatever the host has loaded", function()
    local loaded = package.loaded
    finally(function()
      setmetatable(loaded, nil)
      setmetatable(cjson, nil)
      loaded["cjson.safe"], loaded.cjson = nil, cjson
    end)
    local function asked() error "asked" end
    setmetatable(loaded, { __index = asked })
    setmetatable(cjson, { __index = asked })
    loaded["cjson.safe"] = true
    assert.equal("{}", tasklist.encode(setmetatable({}, {})))
    assert.equal("[]", tasklist.encode(marked("array_mt", {})))
    loaded.cjson = nil
    assert.equal("{}", tasklist.encode(marked("array_mt", {})))
    loaded["cjson.safe"] = cjson
    assert.equal("[]", tasklist.encode(marked("array_mt", {})))
  end)

  for _, loads in ipairs { { "cjson.safe" }, { "cjson" }, { "cjson", "cjson.safe" } } do
    it("is known with no more loaded than " .. table.concat(loads, " and "), function()
      local names = ("%q"):rep(#loads, ", "):format(table.unpack(loads))
      local output, fine = connect.run_script(([[
        local names, cjson = { %s }, nil
        for _, name in ipairs(names) do cjson = require(name) end
        %s
        local tasklist = require "tasklist"
        assert(tasklist.encode { setmetatable({}, cjson.array_mt), setmetatable({}, cjson.empty_array_mt),
          cjson.empty_array, cjson.null } == "[[],[],[],null]")
        for _, name in ipairs(names) do package.loaded[name] = nil end
        assert(not package.loaded.cjson and not package.loaded["cjson.safe"])
      ]]):format(names, script_lends))
      assert.is_true(fine, output)
    end)
  end

  it("is not known to a host that has not loaded lua-cjson, and nothing is loaded", function()
    local output, fine = connect.run_script [[
      package.preload.cjson = function() error "loaded" end
      package.preload["cjson.safe"] = package.preload.cjson
      local tasklist = require "tasklist"
      assert(tasklist.encode(setmetatable({}, {})) == "{}")
      assert(not pcall(tasklist.encode, debug.upvalueid(function() return tasklist end, 1)))
    ]]
    assert.is_true(fine, output)
  end)
end)

describe("a value of lua-cjson that is handed in", function()
  local server, client, tenant
  setup(function()
    server = sandbox.start()
    client = connect.of(server)
    tenant = connect.of(server, { tenant_id = "<default>" })
  end)
  teardown(function()
    client:close()
    tenant:close()
    server:stop()
  end)
  before_each(function()
    server:clear()
    server:tasks { { id = "1", assignee = "demo", variables = { { name = "a", value = "1" } } } }
  end)

  local function first_body()
    for _, entry in ipairs(server:log()) do
      if entry.path:find "^/v1/" then return entry.body end
    end
    return "nothing was sent"
  end

  local function begin(iterate, ...)
    local step, _, _, walk <close> = iterate(client, ...)
    return step(), walk
  end

  local lists = {
    empty_array = function() return cjson.empty_array end,
    array_mt = function() return marked("array_mt", {}) end,
    empty_array_mt = function() return marked("empty_array_mt", {}) end,
    ["tasklist.array"] = function() return tasklist.array {} end,
  }

  -- Each place where a value goes out, and the body, or a part of it.
  local nulls = {
    { "variables", function() client:complete_task("1", { a = cjson.null, b = { cjson.null } }) end,
      '{"variables":[{"name":"a","value":"null"},{"name":"b","value":"[null]"}]}' },
    { "an assignment", function() client:assign_task("1", { assignee = cjson.null }) end, '{"assignee":null}' },
    { "a query", function() client:search_tasks { assignee = cjson.null } end, '{"assignee":null}' },
    { "a filter", function() client:search_tasks { taskVariables = { a = cjson.null } } end,
      '{"taskVariables":[{"name":"a","value":"null"}]}' },
    { "a body", function() client:request("POST", "/v1/x", { a = cjson.null }) end, '{"a":null}' },
    { "a whole body", function() client:request("POST", "/v1/x", cjson.null) end, "null" },
  }
  for _, place in ipairs(nulls) do
    it("is null in " .. place[1], function()
      place[2]()
      find(first_body(), place[3])
    end)
  end

  local places = {
    { "variables", function(list) client:complete_task("1", { a = list }) end,
      '{"variables":[{"name":"a","value":"[]"}]}' },
    { "drafts", function(list) client:save_draft_variables("1", { a = { list } }) end,
      '{"variables":[{"name":"a","value":"[[]]"}]}' },
    { "a body", function(list) client:request("POST", "/v1/x", { a = list }) end, '{"a":[]}' },
    { "a whole body", function(list) client:request("POST", "/v1/x", list) end, "[]" },
    { "a query", function(list) client:search_tasks { assignees = list } end, '{"assignees":[]}' },
    { "filters", function(list) client:search_tasks { taskVariables = list } end, '{"taskVariables":[]}' },
    { "the query of a walk", function(list) begin(client.tasks, { assignees = list, pageSize = 5 }) end,
      '"assignees":[]' },
    { "the query of a claim", function(list) begin(client.claim, { candidateUsers = list }, "demo") end,
      '"candidateUsers":[]' },
    { "a query where the client has a tenant", function(list) tenant:search_tasks { assignees = list } end,
      '"assignees":[]' },
    { "names of variables", function(list) client:search_task_variables("1", { variableNames = list }) end,
      '{"variableNames":[]}' },
  }
  for _, place in ipairs(places) do
    for name, list in pairs(lists) do
      it(("is an empty array in %s: %s"):format(place[1], name), function()
        place[2](list())
        find(first_body(), place[3])
      end)
    end
  end

  -- An array is no table of names: nobody can have meant that.
  local refused = {
    { "variables", function(list) client:complete_task("1", list) end, "variables: table expected, got an array" },
    { "drafts", function(list) client:save_draft_variables("1", list) end, "variables: table expected, got an array" },
    { "a query", function(list) client:search_tasks(list) end, "query: table expected, got an array" },
    { "the query of a walk", function(list) client:tasks(list) end, "query: table expected, got an array" },
    { "a query where the client has a tenant", function(list) tenant:search_tasks(list) end,
      "query: table expected, got an array" },
    { "a part of a query", function(list) client:search_tasks { dueDate = list } end,
      "query.dueDate: table expected, got an array" },
    { "a text", function(list) client:search_tasks { assignee = list } end,
      "query.assignee: string expected, got an array" },
    { "a filter", function(list) client:search_tasks { taskVariables = { a = list } } end,
      "query.taskVariables.a: scalar or tasklist.raw(text) expected, got an array" },
    { "one of the API's filters", function(list)
      client:search_tasks { taskVariables = { { name = "a", value = list } } }
    end, "query.taskVariables[1].value: scalar or tasklist.raw(text) expected, got an array" },
  }
  for _, row in ipairs(refused) do
    for name, list in pairs(lists) do
      it(("is refused as %s: %s"):format(row[1], name), function()
        local fine, problem = pcall(row[2], list())
        assert.is_false(fine)
        find(problem, row[3])
        assert.same({}, server:log())
      end)
    end
  end

  for name, list in pairs(lists) do
    it("may be where a walk begins, if the server takes it: " .. name, function()
      server:fault { path = "/v1/tasks/search", action = "status", status = 200, times = 1,
        body = '[{"id":"7","sortValues":["1","7"]}]' }
      assert.equal("7", begin(client.tasks, { searchAfter = list(), pageSize = 1 }).id)
    end)
  end

  it("has no names where an array is meant", function()
    for _, name in ipairs(marks) do
      local fine, problem = pcall(client.search_tasks, client, { taskVariables = marked(name, { a = 1 }) })
      assert.is_false(fine)
      find(problem, 'query.taskVariables: array expected, got the key "a"')
    end
  end)

  for name, list in pairs(lists) do
    it("is nothing to do where there is nothing in it: " .. name, function()
      assert.same({}, client:variables("1", list()))
      assert.same({ n = 0 }, (client:map(list(), error)))
      assert.same({}, server:log())
    end)
  end

  it("is no body when it is no JSON", function()
    local fine, problem = pcall(client.request, client, "POST", "/v1/x", io.stdout)
    assert.is_false(fine)
    find(problem, "body: a userdata has no JSON")
  end)
end)

describe("lua-cjson", function()
  it("is the one that CJSON_DIR names", function()
    local folder = os.getenv "CJSON_DIR"
    local found = package.searchpath("cjson", package.cpath)
    assert.equal(folder and folder .. "/cjson.so" or found, found)
    assert.equal(require "cjson"._VERSION, tasklist.version().cjson)
  end)

  it("is not needed", function()
    local output, fine = connect.run_script [==[
      package.preload.cjson = function() error "loaded" end
      local tasklist = require "tasklist"
      local find = "cd lua && find tasklist -name '*.lua' -not -path '*/sandbox/*' -not -path '*/loop/*'"
      for name in io.popen(find):lines() do
        require((name:gsub("%.lua$", ""):gsub("/init$", ""):gsub("/", ".")))
      end
      assert(tasklist.version().cjson == nil)
    ]==]
    assert.is_true(fine, output)
  end)

  it("keeps the host's settings, and they change nothing here", function()
    local output, fine = connect.run_script [==[
      local cjson = require "cjson"
      cjson.decode_max_depth(2)
      cjson.encode_number_precision(3)
      cjson.decode_invalid_numbers(true)
      local tasklist, json = require "tasklist", require "tasklist.json"
      assert(tasklist.encode(1.23456) == "1.23456")
      assert(tasklist.decode "[[[[1]]]]"[1][1][1][1] == 1)
      assert(json.decode "[[[[1]]]]"[1][1][1][1] == 1)
      assert(json.decode "[NaN]" == nil)
      assert(json.encode_scalar(1.23456) == "1.23456")
      assert(cjson.encode(1.23456) == "1.23" and cjson.decode_max_depth() == 2)
      assert(cjson.decode "[NaN]"[1] ~= cjson.decode "[NaN]"[1])
    ]==]
    assert.is_true(fine, output)
  end)
end)
