-- (e) of the mapping: variables of v2 in v1's form.
local cjson = require "cjson"
local errors = require "tasklist.errors"
local exchange = require "spec.support.exchange"
local find = require "spec.support.find"
local tasklist = require "tasklist"
local v2 = require "tasklist.api.v2"

local search, whole, include = v2.operations.search_task_variables.run, v2.operations.variables.run,
  v2.operations.search_tasks.after
local null = tasklist.null

local no_endpoint = errors.new { kind = "http", status = 404, code = "no_endpoint", message = "No static resource" }

local function variable(name, value, more)
  local made = { variableKey = "9" .. #name, name = name, value = value, isTruncated = false, scopeKey = "5",
    processInstanceKey = "5", tenantId = "<default>" }
  for field, item in pairs(more or {}) do made[field] = item end
  return made
end

local function answering(...)
  local items = { ... }
  return exchange.new(function() return { items = tasklist.array(items), page = { totalItems = #items } } end)
end

describe("(e) the search for a task's variables", function()
  -- v1's query, the filter, the path's end.
  local all = { { nil, "nothing" }, { {}, "no field" }, { { variableNames = null }, "null" },
    { { variableNames = {}, includeVariables = null }, "no names" }, { { includeVariables = {} }, "none to include" } }
  for _, row in ipairs(all) do
    it("asks for all, in pages by offset (T11): " .. row[2], function()
      local one = answering(variable("a", "1"))
      assert(search(one, row[1], 7))
      assert.same({ { method = "POST", path = "/v2/user-tasks/7/effective-variables/search", read = true, body = {
        sort = { { field = "name", order = "ASC" } }, page = { from = 0, limit = 1000 } } } }, one.sent)
    end)
  end

  local named = {
    { "variableNames", { variableNames = { "a", "b" } }, "" },
    { "variableNames, a number and null", { variableNames = tasklist.array { "a", null, "b" } }, "" },
    { "includeVariables", { includeVariables = { { name = "a" }, { name = "b", alwaysReturnFullValue = false } } },
      "" },
    { "alwaysReturnFullValue", { includeVariables = { { name = "a" }, { name = "b", alwaysReturnFullValue = true } } },
      "?truncateValues=false" },
  }
  for _, row in ipairs(named) do
    it("asks for names: " .. row[1], function()
      local one = answering()
      assert.same({}, search(one, row[2], "7"))
      assert.equal("/v2/user-tasks/7/effective-variables/search" .. row[3], one.sent[1].path)
      assert.same({ name = { ["$in"] = { "a", "b" } } }, one.sent[1].body.filter)
    end)
  end

  -- v1's field, of what v2 gave, what v1 has.
  local rows = {
    { "id", { variableKey = "2251" }, "2251" },
    { "name", {}, "a" },
    { "value", {}, '"text"' },
    { "value", { isTruncated = true }, nil },
    { "previewValue", {}, '"text"' },
    { "previewValue", { isTruncated = true }, '"text"' },
    { "isValueTruncated", {}, false },
    { "isValueTruncated", { isTruncated = true }, true },
    { "isValueTruncated", { isTruncated = null }, false },
    { "draft", {}, nil },
    { "scopeKey", { scopeKey = "8" }, "8" },
    { "variableKey", { variableKey = "2251" }, "2251" },
    { "tenantId", {}, "<default>" },
    { "isTruncated", { isTruncated = true }, true },
    { "processInstanceKey", {}, "5" },
    { "rootProcessInstanceKey", { rootProcessInstanceKey = "4" }, "4" },
  }
  for index, row in ipairs(rows) do
    it(("gives v1's fields, and its own: %s (%d)"):format(row[1], index), function()
      local found = assert(search(answering(variable("a", '"text"', row[2])), {}, "7"))
      assert.same(row[3], found[1][row[1]])
    end)
  end

  it("has a row for each field of v1's", function()
    local tested = {}
    for _, row in ipairs(rows) do tested[row[1]] = true end
    for name in pairs(require("spec.support.public").records().found) do assert.is_true(tested[name], name) end
  end)

  -- A server with so many variables, in pages by offset.
  local function with(count)
    return exchange.new(function(_, body)
      local items = tasklist.array {}
      for index = body.page.from + 1, math.min(count, body.page.from + body.page.limit) do
        items[#items + 1] = variable("v" .. index, tostring(index))
      end
      return { items = items, page = { totalItems = math.min(count, 10000) } }
    end)
  end

  for count, requests in pairs { [0] = 1, [999] = 1, [1000] = 2, [1001] = 2, [2500] = 3, [9999] = 10 } do
    it(("goes on while pages are full (T11): %d variables"):format(count), function()
      local server = with(count)
      local found = assert(search(server, nil, "7"))
      assert.equal(count, #found)
      assert.equal(requests, #server.sent)
      if count > 0 then assert.equal(tostring(count), found[count].value) end
      for index, sent in ipairs(server.sent) do
        assert.same({ from = (index - 1) * 1000, limit = 1000 }, sent.body.page)
      end
    end)
  end

  it("fails, and does not cut, where there are more than the server can show", function()
    local server = with(10000)
    local found, failure = search(server, nil, "7")
    assert.is_nil(found)
    assert.equal("limit", failure.kind)
    find(failure.message, "name those that are wanted")
    assert.equal(10, #server.sent)
  end)

  it("hands on a failure of any page", function()
    for _, at in ipairs { 1, 2 } do
      local server = with(1500)
      local call = server.call
      function server:call(...)
        if #self.sent + 1 == at then return nil, "misuse" end
        return call(self, ...)
      end
      local found, failure = search(server, nil, "7")
      assert.same({ nil, "misuse" }, { found, failure })
    end
  end)
end)

describe("(e) on a server without effective-variables", function()
  -- All scopes' variables, in pages of so many by cursor.
  local function old(items, failing)
    return exchange.new(function(path, body)
      if path:find "/effective%-variables/" then return nil, failing or no_endpoint end
      local from = math.tointeger(tonumber(body.page.after or "0"))
      local page = tasklist.array {}
      for index = from + 1, math.min(#items, from + body.page.limit) do page[#page + 1] = items[index] end
      return { items = page, page = { totalItems = #items, endCursor = page[1] and tostring(from + #page) } }
    end)
  end

  it("the innermost scope's variable counts, which has the greatest key", function()
    local server = old { variable("a", "1", { scopeKey = "99" }), variable("a", "2", { scopeKey = "100" }),
      variable("a", "3", { scopeKey = "98" }), variable("b", "4", { scopeKey = "9007199254740993" }),
      variable("b", "5", { scopeKey = "9007199254740992" }), variable("c", "6", { scopeKey = "1" }) }
    local found = assert(search(server, { variableNames = { "a", "b", "c" } }, "7"))
    assert.same({ "2", "4", "6" }, { found[1].value, found[2].value, found[3].value })
    assert.equal(3, #found)
    assert.same({ method = "POST", path = "/v2/user-tasks/7/variables/search", read = true, body = {
      filter = { name = { ["$in"] = { "a", "b", "c" } } }, sort = { { field = "name", order = "ASC" } },
      page = { limit = 1000 } } }, server.sent[2])
  end)

  it("a variable that says nothing of its scope counts least", function()
    local server = old { variable("a", "1", { scopeKey = null }), variable("a", "2", { scopeKey = "1" }),
      variable("b", "3", { scopeKey = "1" }), variable("b", "4", { scopeKey = null }) }
    local found = assert(search(server, nil, "7"))
    assert.same({ "2", "3" }, { found[1].value, found[2].value })
  end)

  it("that is remembered", function()
    local server = old { variable("a", "1") }
    for _ = 1, 3 do assert(search(server, nil, "7")) end
    assert.same({ "effective-variables/search", "variables/search", "variables/search", "variables/search" },
      { server.sent[1].path:match "7/(.*)", server.sent[2].path:match "7/(.*)", server.sent[3].path:match "7/(.*)",
        server.sent[4].path:match "7/(.*)" })
  end)

  it("all pages are read, by their cursors, before one of a name is chosen", function()
    local items = {}
    for index = 1, 1500 do items[index] = variable("v" .. index, "1") end
    items[1501] = variable("v1", "2", { scopeKey = "6" })
    local server = old(items)
    local found = assert(whole(server, nil, "7"))
    assert.equal(1500, #found)
    assert.equal("2", found[1].value)
    assert.same({ limit = 1000, after = "1000" }, server.sent[3].body.page)
    assert.equal("/v2/user-tasks/7/variables/search?truncateValues=false", server.sent[3].path)
  end)

  for name, cursor in pairs { none = false, ["the same"] = "again" } do
    it("a full page whose cursor leads nowhere is an error: " .. name, function()
      local items = {}
      for index = 1, 1000 do items[index] = variable("v" .. index, "1") end
      local server = exchange.new(function(path)
        if path:find "/effective%-variables/" then return nil, no_endpoint end
        return { items = tasklist.array(items), page = { endCursor = cursor or nil } }
      end)
      local found, failure = search(server, nil, "7")
      assert.is_nil(found)
      assert.equal("decode", failure.kind)
      find(failure.message, "endCursor")
    end)
  end

  it("other failures are no reason to look elsewhere", function()
    for _, failure in ipairs { errors.new { kind = "http", status = 404, code = "not_found", message = "x" },
      errors.new { kind = "http", status = 404, message = "x" }, "misuse" } do
      local server = old({}, failure)
      local found, given = search(server, nil, "7")
      assert.is_nil(found)
      assert.equal(failure, given)
      assert.equal(1, #server.sent)
      assert.is_nil(next(server.known))
    end
  end)
end)

describe("(e) the values of a task's variables", function()
  it("are read in full, as a list that v1's decoding takes", function()
    local one = answering(variable("a", "1"), variable("b", '"x"'))
    local found = assert(whole(one, nil, "7"))
    assert.equal("/v2/user-tasks/7/effective-variables/search?truncateValues=false", one.sent[1].path)
    assert.is_nil(one.sent[1].body.filter)
    local message = { method = "POST", path = "/" }
    local server = { deadline = function() return 0 end, left = function() return 1 end,
      call = function() return found end }
    local values = require("tasklist.variables").of_task(server, message, "7", nil, {})
    assert.same({ a = 1, b = "x" }, values)
  end)

  it("are read by name", function()
    local one = answering(variable("a", "1"))
    assert(whole(one, { "a", "z" }, "7"))
    assert.same({ name = { ["$in"] = { "a", "z" } } }, one.sent[1].body.filter)
    assert.equal(1, #one.sent)
  end)

  it("that say nothing of a name are left to whoever decodes them", function()
    local found = assert(whole(answering { variableKey = "1", value = "1" }, nil, "7"))
    assert.equal(1, #found)
  end)
end)

describe("(e) one variable", function()
  it("has v1's id, the whole value, and its own fields", function()
    local found = v2.operations.get_variable.from(variable("a", "1", { variableKey = "12", isTruncated = nil }))
    assert.same({ "12", "a", "1", "<default>", "12", "5" }, { found.id, found.name, found.value, found.tenantId,
      found.variableKey, found.scopeKey })
    assert.is_nil(found.draft)
  end)
end)

describe("(e) a page's tasks with includeVariables", function()
  local function tasks(...)
    local found = {}
    for index, id in ipairs { ... } do found[index] = { id = id } end
    return found
  end

  it("get them by one request each, eight at a time, in the page's order", function()
    local server = exchange.new(function(path)
      local id = path:match "user%-tasks/(%d+)/"
      return { items = tasklist.array { variable("a", id, { variableKey = id, isTruncated = id == "2" }) } }
    end)
    local given = tasks("3", "1", "2")
    local found = assert(include(server, given, { includeVariables = { { name = "a" } } }))
    assert.equal(given, found)
    assert.equal(8, server.at_once)
    assert.equal(3, #server.sent)
    assert.same({ { id = "3", name = "a", value = "3", previewValue = "3", isValueTruncated = false } },
      found[1].variables)
    assert.same({ { id = "2", name = "a", previewValue = "2", isValueTruncated = true } }, found[3].variables)
    assert.same({ name = { ["$in"] = { "a" } } }, server.sent[1].body.filter)
    assert.equal("/v2/user-tasks/3/effective-variables/search", server.sent[1].path)
  end)

  it("get them in full where one is wanted so", function()
    local server = answering()
    assert(include(server, tasks "1", { includeVariables = { { name = "a", alwaysReturnFullValue = true } } }))
    find(server.sent[1].path, "?truncateValues=false")
  end)

  it("have an empty list where there are none", function()
    assert.same({}, assert(include(answering(), tasks "1", { includeVariables = { { name = "a" } } }))[1].variables)
  end)

  for index, payload in ipairs { {}, { includeVariables = null }, { includeVariables = {} },
    { includeVariables = cjson.empty_array } } do
    it(("ask for nothing where none are named (%d)"):format(index), function()
      local server = answering()
      assert.is_nil(assert(include(server, tasks "1", payload))[1].variables)
      assert.same({}, server.sent)
    end)
  end

  it("ask for nothing where there was no query", function()
    assert.same({}, include(answering(), {}, nil))
  end)

  it("fail with the page, which is a failure of one", function()
    local failure = errors.new { kind = "http", status = 403, code = "forbidden", message = "x" }
    local server = exchange.new(function(path)
      if path:find "/2/" then return nil, failure end
      return { items = tasklist.array {} }
    end)
    local found, given = include(server, tasks("1", "2", "3"), { includeVariables = { { name = "a" } } })
    assert.is_nil(found)
    assert.equal(failure, given)
  end)

  it("are looked for by scope on a server without effective-variables", function()
    local server = exchange.new(function(path)
      if path:find "/effective%-variables/" then return nil, no_endpoint end
      return { items = tasklist.array { variable("a", "1"), variable("a", "2", { scopeKey = "6" }) } }
    end)
    local found = assert(include(server, tasks("1", "2"), { includeVariables = { { name = "a" } } }))
    assert.same({ "2", "2" }, { found[1].variables[1].value, found[2].variables[1].value })
  end)

  it("are passed over where they have no id", function()
    local found = assert(include(answering(), { {}, { id = "1" } }, { includeVariables = { { name = "a" } } }))
    assert.same({ {}, { id = "1", variables = {} } }, found)
  end)
end)
