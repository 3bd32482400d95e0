local json = require "tasklist.json"
local shapes = require "tasklist.api.shapes"
local v1 = require "tasklist.api.v1"

describe("a query that is written", function()
  local shape = v1.operations.search_tasks.payload.shape
  local cjson = require "cjson"

  it("is {} when empty, and has arrays where the API has arrays", function()
    assert.equal("{}", shapes.write(shape, {}, "query"))
    assert.equal('{"assignees":[]}', shapes.write(shape, { assignees = {} }, "query"))
    assert.equal('{"searchAfter":["1","2"]}', shapes.write(shape, { searchAfter = { "1", "2" } }, "query"))
  end)

  it("refuses a hole, which would end the array early", function()
    for name, list in pairs { candidateGroups = { "a", nil, "c" }, searchAfter = { nil, "c" } } do
      local text, problem = shapes.write(shape, { [name] = list }, "query")
      assert.is_nil(text)
      assert.truthy(problem:find("query." .. name, 1, true), problem)
    end
  end)

  it("takes a null for absent where one of several fields may be there", function()
    local null = require("tasklist").null
    assert.truthy(shapes.write(shape, { searchAfter = null, searchBefore = { "1" } }, "query"))
  end)

  it("quotes no more than the start of a value", function()
    local _, problem = shapes.write(shape, { assigned = ("x"):rep(100000) }, "query")
    assert.is_true(#problem < 200)
  end)

  it("carries every field of TaskSearchRequest, and a filter of the newer API", function()
    local query = {
      state = "CREATED", assigned = true, assignee = "a", assignees = { "a" }, taskDefinitionId = "t",
      candidateGroup = "g", candidateGroups = { "g" }, candidateUser = "u", candidateUsers = { "u" },
      processDefinitionKey = "1", processInstanceKey = "2", pageSize = 10, followUpDate = { from = "x", to = "y" },
      dueDate = { from = "x" }, taskVariables = { { name = "n", value = '"v"', operator = "eq" } },
      tenantIds = { "t" }, sort = { { field = "priority", order = "ASC" } }, searchAfter = { "1", "2" },
      searchAfterOrEqual = { "1" }, searchBefore = { "1" }, searchBeforeOrEqual = { "1" },
      includeVariables = { { name = "n", alwaysReturnFullValue = true } }, implementation = "JOB_WORKER",
      priority = { eq = 1, gte = 2, gt = 3, lte = 4, lt = 5.5 }, filter = { name = { ["$like"] = "a*" } },
    }
    for name in pairs(shape.fields) do
      assert.is_not_nil(query[name], name)
    end
    for _, cursor in ipairs(shape.one_of) do -- one at a time
      local one = {}
      for name, value in pairs(query) do
        one[name] = value
      end
      for _, other in ipairs(shape.one_of) do
        one[other] = other == cursor and query[other] or nil
      end
      assert.same(one, cjson.decode((shapes.write(shape, one, "query"))))
    end
  end)

  it("writes an integer key as the string that the API has", function()
    assert.equal('{"processInstanceKey":"9007199254740993"}',
      shapes.write(shape, { processInstanceKey = 9007199254740993 }, "query"))
  end)

  it("keeps an integer that is a number", function()
    assert.equal('{"priority":{"eq":9007199254740993}}',
      shapes.write(shape, { priority = { eq = 9007199254740993 } }, "query"))
  end)

  it("writes an explicit null", function()
    assert.equal('{"assignee":null}', shapes.write(shape, { assignee = json.null }, "query"))
  end)

  local misuse = {
    { 5, "query: table expected, got the integer 5" },
    { { asignee = "x" }, 'unknown field "asignee"; did you mean "assignee"?' },
    { { state = "OPEN" }, 'query.state: one of "CREATED", "COMPLETED", "CANCELED", "FAILED" expected, '
      .. 'got the string "OPEN"' },
    { { pageSize = 0 }, "query.pageSize: integer from 1 to 2147483647 expected, got the integer 0" },
    { { pageSize = 1.5 }, "query.pageSize: integer" },
    { { pageSize = "5" }, "query.pageSize: integer" },
    { { assigned = "true" }, 'query.assigned: boolean expected, got the string "true"' },
    { { assignee = 1.5 }, "query.assignee: string expected, got the float 1.5" },
    { { assignee = "\xff" }, "query.assignee: not UTF-8" },
    { { assignees = "x" }, 'query.assignees: array expected, got the string "x"' },
    { { assignees = { a = "x" } }, 'query.assignees: array expected, got the key "a"' },
    { { assignees = { "a", {} } }, "query.assignees[2]: string expected, got a table" },
    { { sort = { { field = "name" } } }, 'query.sort[1].field: one of "completionTime"' },
    { { priority = { eq = 0 / 0 } }, "query.priority.eq: finite number expected" },
    { { priority = { around = 5 } }, 'query.priority: unknown field "around"; it takes eq, gt, gte, lt, lte' },
    { { dueDate = { from = {} } }, "query.dueDate.from: date or seconds expected, got a table" },
    { { searchAfter = 5 }, "query.searchAfter: a page's cursor expected, got the integer 5" },
    { { searchAfter = { {} } }, "query.searchAfter[1]: string expected, got a table" },
    { { searchBefore = "\xff" }, "query.searchBefore: not UTF-8" },
    { { searchAfter = "abc", searchBefore = { "1" } }, "query: only one of searchAfter and searchBefore" },
    { { filter = "x" }, 'query.filter: table of names and values expected, got the string "x"' },
    { { filter = { "x" } }, "query.filter: table of names and values expected" },
    { { filter = require("tasklist").array {} }, "query.filter: table of names and values expected, got an array" },
    { { filter = { name = { ["$eq"] = print } } }, 'query.filter.name["$eq"]: a function has no JSON' },
    { { filter = { [1.5] = "x" } }, "query.filter: neither array nor object" },
  }
  for _, row in ipairs(misuse) do
    it("names what is wrong: " .. row[2], function()
      local text, problem = shapes.write(shape, row[1], "query")
      assert.is_nil(text)
      assert.truthy(problem:find(row[2], 1, true), problem)
    end)
  end

  -- What only a server with v2 understands, and a part of the reason.
  local newer = {
    { { searchAfter = "abc=" }, "comes from the newer one" }, { { searchBefore = "abc=" }, "begin without a cursor" },
    { { filter = { name = "a" } }, "query.filter: " }, { { filter = {}, searchAfter = { "1" } }, "this server has v1" },
  }
  for _, row in ipairs(newer) do
    it("is right, and says that v1 is no use for it: " .. row[2], function()
      local text, reason = shapes.write(shape, row[1], "query")
      assert.same(row[1], cjson.decode(text))
      assert.truthy(reason:find(row[2], 1, true), reason)
      assert.equal(reason, require("tasklist.api.message").of_operation(v1.operations.search_tasks, nil, row[1]).newer)
    end)
  end

  it("says nothing of the kind of what v1 knows", function()
    for _, query in ipairs { {}, { searchAfter = { "1" } }, { filter = json.null, searchBefore = json.null } } do
      assert.is_nil(select(2, shapes.write(shape, query, "query")))
    end
  end)
end)
