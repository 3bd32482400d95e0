-- What v1's payloads and answers are on v2, row by row of the mapping's tables: each test names the table's letter and
-- the field.
local cjson = require "cjson"
local core = require "tasklist.core"
local find = require "spec.support.find"
local message = require "tasklist.api.message"
local tasklist = require "tasklist"
local v1 = require "tasklist.api.v1"
local v2 = require "tasklist.api.v2"

local search = v2.operations.search_tasks
local null = tasklist.null

-- The body of a search, as the server reads it.
local function body_of(query)
  local made, problem = message.of_operation(v1.operations.search_tasks, nil, query)
  assert(made, problem) -- what is translated has been found right by v1's shapes
  local body, reason = search.to(query)
  if not body then return nil, reason end
  return (cjson.decode((assert(core.encode_value(body)))))
end

-- What a query has in its filter beside the state that is always there.
local function filter_of(query)
  local filter = assert(body_of(query)).filter
  if query.state == nil then filter.state = nil end
  return filter
end

describe("(b) a field of a query", function()
  -- v1's query, v2's filter.
  local rows = {
    { "state", { state = "CREATED" }, { state = { ["$eq"] = "CREATED" } } },
    { "state CANCELED", { state = "CANCELED" }, { state = { ["$eq"] = "CANCELED" } } },
    { "assigned true", { assigned = true }, { assignee = { ["$exists"] = true } } },
    { "assigned false", { assigned = false }, { assignee = { ["$exists"] = false } } },
    { "assignee", { assignee = "ann" }, { assignee = { ["$eq"] = "ann" } } },
    { "assignees", { assignees = { "ann", "bob" } }, { assignee = { ["$in"] = { "ann", "bob" } } } },
    { "assigned, assignee and assignees", { assigned = true, assignee = "ann", assignees = { "ann", "bob" } },
      { assignee = { ["$exists"] = true, ["$eq"] = "ann", ["$in"] = { "ann", "bob" } } } },
    { "candidateGroup and candidateGroups", { candidateGroup = "a", candidateGroups = { "b" } },
      { candidateGroup = { ["$eq"] = "a", ["$in"] = { "b" } } } },
    { "candidateUser and candidateUsers", { candidateUser = "a", candidateUsers = { "b" } },
      { candidateUser = { ["$eq"] = "a", ["$in"] = { "b" } } } },
    { "taskDefinitionId", { taskDefinitionId = "review" }, { elementId = "review" } },
    { "processDefinitionKey", { processDefinitionKey = "2251" }, { processDefinitionKey = "2251" } },
    { "processInstanceKey, an integer", { processInstanceKey = 2251 }, { processInstanceKey = "2251" } },
    { "tenantIds", { tenantIds = { "t", "u" } }, { tenantId = { ["$in"] = { "t", "u" } } } },
    { "followUpDate", { followUpDate = { from = "2024-03-01T08:00:00Z", to = 1709280000 } },
      { followUpDate = { ["$gte"] = "2024-03-01T08:00:00Z", ["$lte"] = "2024-03-01T08:00:00.000Z" } } },
    { "dueDate, one end", { dueDate = { to = 1709280000.5, from = null } },
      { dueDate = { ["$lte"] = "2024-03-01T08:00:00.500Z" } } },
    { "dueDate without ends", { dueDate = {} }, {} },
    { "priority", { priority = { eq = 50.0, gt = 1, gte = 2, lt = 99, lte = 98 } },
      { priority = { ["$eq"] = 50, ["$gt"] = 1, ["$gte"] = 2, ["$lt"] = 99, ["$lte"] = 98 } } },
    { "priority, the bounds", { priority = { gt = -2147483648, lt = 2147483647 } },
      { priority = { ["$gt"] = -2147483648, ["$lt"] = 2147483647 } } },
    { "taskVariables by name", { taskVariables = { b = "x", a = 1.0, n = null, r = tasklist.raw "[1, 2]" } },
      { processInstanceVariables = { { name = "a", value = { ["$eq"] = "1.0" } },
        { name = "b", value = { ["$eq"] = '"x"' } }, { name = "n", value = { ["$eq"] = "null" } },
        { name = "r", value = { ["$eq"] = "[1, 2]" } } } } },
    { "taskVariables as a list",
      { taskVariables = { { name = "b", value = '"x"', operator = "eq" }, { name = "a", value = true } } },
      { processInstanceVariables = { { name = "b", value = { ["$eq"] = '"x"' } },
        { name = "a", value = { ["$eq"] = "true" } } } } },
    { "taskVariables without any", { taskVariables = {} }, {} },
    { "implementation ZEEBE_USER_TASK", { implementation = "ZEEBE_USER_TASK" }, {} },
    { "includeVariables", { includeVariables = { { name = "a" } } }, {} },
    { "filter", { assignee = "ann", filter = { name = { ["$like"] = "a*" }, tags = tasklist.array { "x" } } },
      { assignee = { ["$eq"] = "ann" }, name = { ["$like"] = "a*" }, tags = { "x" } } },
    { "filter over another field", { assignee = "ann", filter = { assignee = { ["$neq"] = "bob" }, name = null } },
      { assignee = { ["$neq"] = "bob" } } },
  }
  for _, row in ipairs(rows) do
    it("has its operators: " .. row[1], function()
      assert.same(row[3], filter_of(row[2]))
    end)
  end

  it("that nobody gave: state leaves CANCELED out", function()
    local left_out = { ["$neq"] = "CANCELED" }
    assert.same({ state = left_out }, body_of().filter)
    assert.same({ state = left_out }, body_of({}).filter)
    assert.same({ state = left_out }, body_of({ state = null }).filter)
    assert.same({ state = { ["$in"] = { "CREATING" } } },
      body_of({ filter = { state = { ["$in"] = { "CREATING" } } } }).filter)
  end)

  it("that is null counts as absent", function()
    for name in pairs(v1.operations.search_tasks.payload.shape.fields) do
      assert.same(body_of({}), body_of({ [name] = null }), name)
    end
    assert.same({ priority = { ["$gt"] = 1 } }, filter_of { priority = { gt = 1, lt = null } })
    assert.same({ assignee = { ["$in"] = { "a" } } }, filter_of { assignees = { null, "a" } })
  end)

  it("with an empty list finds nothing, as on v1", function()
    for name, field in pairs { assignees = "assignee", candidateGroups = "candidateGroup",
      candidateUsers = "candidateUser", tenantIds = "tenantId" } do
      for _, empty in ipairs { {}, tasklist.array {}, cjson.empty_array } do
        assert.same({ [field] = { ["$in"] = { "" }, ["$neq"] = "" } }, filter_of { [name] = empty })
      end
    end
  end)

  it("is known for each that v1 has", function()
    local values = { state = "CREATED", assigned = true, pageSize = 5, followUpDate = { from = 0 },
      dueDate = { from = 0 }, taskVariables = { a = 1 }, sort = { { field = "priority", order = "ASC" } },
      priority = { gt = 1 }, implementation = "JOB_WORKER", filter = { name = "a" },
      includeVariables = { { name = "a" } } }
    for name, shape in pairs(v1.operations.search_tasks.payload.shape.fields) do
      local value = values[name] or shape.type == "string" and "x" or { "x" }
      local body = body_of { [name] = value }
      if name ~= "includeVariables" then assert.not_same(body_of({}), body, name) end
    end
  end)

  -- T6
  local dates = {
    { "2024-03-01T08:00:00.000+0000", "2024-03-01T08:00:00.000+00:00" },
    { "2024-03-01T08:00:00.000-0330", "2024-03-01T08:00:00.000-03:30" },
    { "2024-03-01T08:00:00+02:00", "2024-03-01T08:00:00+02:00" },
    { "2024-03-01T08:00:00Z", "2024-03-01T08:00:00Z" },
    { "2024-03-01", "2024-03-01" },
    { 0, "1970-01-01T00:00:00.000Z" },
  }
  for _, row in ipairs(dates) do
    it("that is a date is RFC 3339 (T6): " .. row[1], function()
      assert.same({ dueDate = { ["$gte"] = row[2] } }, filter_of { dueDate = { from = row[1] } })
    end)
  end

  -- The query, and a part of the reason.
  local unsupported = {
    { { implementation = "JOB_WORKER" }, "query.implementation: .*api = \"v1\"" },
    { { priority = { gt = 2.5 } }, "query.priority: .*whole numbers" },
    { { priority = { eq = 2147483648 } }, "query.priority: " },
    { { priority = { eq = -2147483649 } }, "query.priority: " },
    { { searchAfterOrEqual = { "1" } }, "query.searchAfterOrEqual: .*; use searchAfter$" },
    { { searchBeforeOrEqual = "abc=" }, "query.searchBeforeOrEqual: .*; use searchBefore$" },
    { { searchAfter = { "1", "2" } }, "query.searchAfter: .*begin without a cursor" },
    { { searchBefore = tasklist.array {} }, "query.searchBefore: .*begin without a cursor" },
  }
  for _, row in ipairs(unsupported) do
    it("that v2 has nothing for gives the reason: " .. row[2], function()
      local body, reason = body_of(row[1])
      assert.is_nil(body)
      assert.truthy(reason:find(row[2]), reason)
    end)
  end
end)

describe("(c) the order of a search", function()
  -- v1's query, v2's sort.
  local function by(field, order) return { { field = field, order = order } } end
  local rows = {
    { "none", {}, by("creationDate", "DESC") },
    { "null", { sort = null }, by("creationDate", "DESC") },
    { "none, of COMPLETED", { state = "COMPLETED" }, by("completionDate", "DESC") },
    { "none, of CANCELED", { state = "CANCELED" }, by("completionDate", "DESC") },
    { "none, of CREATED", { state = "CREATED" }, by("creationDate", "DESC") },
    { "empty, which is by key", { sort = {} }, {} },
    { "creationTime", { sort = by("creationTime", "ASC") }, by("creationDate", "ASC") },
    { "completionTime", { sort = by("completionTime", "ASC") }, by("completionDate", "ASC") },
    { "followUpDate", { sort = by("followUpDate", "DESC") }, by("followUpDate", "DESC") },
    { "dueDate", { sort = by("dueDate", "ASC") }, by("dueDate", "ASC") },
    { "two", { sort = { { field = "priority", order = "DESC" }, { field = "creationTime", order = "ASC" } } },
      { { field = "priority", order = "DESC" }, { field = "creationDate", order = "ASC" } } },
  }
  for _, row in ipairs(rows) do
    it("is always sent (T7): " .. row[1], function()
      assert.same(row[3], body_of(row[2]).sort)
    end)
  end

  it("is an array, also when it is empty", function()
    find(core.encode_value(assert(search.to { sort = {} })), '"sort":[]')
  end)
end)

describe("(d) the page of a search", function()
  local rows = {
    { "v1's size (T7)", {}, { limit = 50 } },
    { "a size of null", { pageSize = null }, { limit = 50 } },
    { "pageSize", { pageSize = 200.0 }, { limit = 200 } },
    { "searchAfter", { pageSize = 7, searchAfter = "abc=" }, { limit = 7, after = "abc=" } },
    { "searchBefore", { searchBefore = "abc=", searchAfter = null }, { limit = 50, before = "abc=" } },
  }
  for _, row in ipairs(rows) do
    it("is limit and cursor only: " .. row[1], function()
      assert.same(row[3], body_of(row[2]).page)
    end)
  end

  -- A task of v2, with its id only.
  local function items(...)
    local found = {}
    for index, key in ipairs { ... } do found[index] = { userTaskKey = key } end
    return found
  end

  it("gives tasks and page, with the cursors where v1's scripts look for them", function()
    local page = { totalItems = 7, hasMoreTotalItems = false, startCursor = "s", endCursor = "e" }
    local tasks, given = search.from({ items = items("1", "2", "3"), page = page }, { searchAfter = "c" })
    assert.equal(page, given)
    assert.same({ "1", "2", "3" }, { tasks[1].id, tasks[2].id, tasks[3].id })
    assert.same({ "s", "e", 3 }, { tasks[1].sortValues, tasks[3].sortValues, #tasks })
    assert.is_nil(tasks[2].sortValues)
    assert.is_nil(tasks[1].isFirst)
  end)

  it("of one task has both cursors, the last one counts", function()
    local tasks = search.from({ items = items "1", page = { startCursor = "s", endCursor = "e" } })
    assert.equal("e", tasks[1].sortValues)
    tasks = search.from({ items = items "1", page = { startCursor = "s" } }) -- T12
    assert.is_nil(tasks[1].sortValues)
  end)

  for _, row in ipairs { { nil, true }, { {}, true }, { { searchAfter = null, searchBefore = null }, true },
    { { searchAfter = "c" }, nil }, { { searchBefore = "c" }, nil } } do
    it("is the first one when it was asked without a cursor: " .. core.encode_value(row[1]), function()
      local tasks = search.from({ items = items("1", "2"), page = {} }, row[1])
      assert.equal(row[2], tasks[1].isFirst)
      assert.is_nil(tasks[2].isFirst)
    end)
  end

  it("may be empty, and have no page or one without cursors (T12)", function()
    local tasks, page = search.from({ items = {}, page = { totalItems = 0 } })
    assert.same({ {}, { totalItems = 0 } }, { tasks, page })
    tasks, page = search.from({ items = items("1", "2") })
    assert.same({}, page)
    assert.is_nil(tasks[2].sortValues)
  end)
end)

describe("(a) a task", function()
  local task_of = v2.operations.get_task.from

  -- v1's field, what v2 gave, what v1 has.
  local rows = {
    { "id", { userTaskKey = "2251" }, "2251" },
    { "name", { name = "Review", elementId = "review" }, "Review" },
    { "name", { elementId = "review" }, "review" }, -- T19
    { "taskDefinitionId", { elementId = "review" }, "review" },
    { "processName", { processName = "Order", processDefinitionId = "order" }, "Order" },
    { "processName", { processDefinitionId = "order" }, "order" },
    { "creationDate", { creationDate = "2024-03-01T08:00:00.000Z" }, "2024-03-01T08:00:00.000Z" },
    { "completionDate", { completionDate = "2024-03-01T08:00:00.000Z" }, "2024-03-01T08:00:00.000Z" },
    { "dueDate", { dueDate = "2024-03-01T08:00:00.000Z" }, "2024-03-01T08:00:00.000Z" },
    { "followUpDate", { followUpDate = "2024-03-01T08:00:00.000Z" }, "2024-03-01T08:00:00.000Z" },
    { "assignee", { assignee = "ann" }, "ann" },
    { "tenantId", { tenantId = "<default>" }, "<default>" },
    { "priority", { priority = 50 }, 50 },
    { "processDefinitionKey", { processDefinitionKey = "1" }, "1" },
    { "processInstanceKey", { processInstanceKey = "2" }, "2" },
    { "taskState", { state = "ASSIGNING" }, "ASSIGNING" },
    { "candidateGroups", { candidateGroups = { "a" } }, { "a" } },
    { "candidateGroups", { candidateGroups = {} }, nil },
    { "candidateUsers", { candidateUsers = { "a" } }, { "a" } },
    { "candidateUsers", { candidateUsers = {} }, nil },
    { "formKey", { formKey = "22", externalFormReference = "my-form" }, "my-form" }, -- T17
    { "formKey", { formKey = "22" }, "22" },
    { "formKey", {}, nil },
    { "isFormEmbedded", { formKey = "22" }, false },
    { "isFormEmbedded", { externalFormReference = "my-form" }, nil },
    { "isFormEmbedded", {}, nil },
    { "formId", { formKey = "22" }, nil },
    { "formVersion", { formKey = "22" }, nil },
    { "implementation", {}, "ZEEBE_USER_TASK" },
    { "variables", {}, nil },
    { "context", {}, nil },
    { "sortValues", {}, nil },
    { "isFirst", {}, nil },
  }
  for index, row in ipairs(rows) do
    it(("has v1's %s (%d)"):format(row[1], index), function()
      row[2].userTaskKey = row[2].userTaskKey or "1"
      assert.same(row[3], task_of(row[2])[row[1]])
    end)
  end

  local own = { userTaskKey = "1", elementId = "e", state = "CREATED", elementInstanceKey = "3",
    processDefinitionId = "p", processDefinitionVersion = 2, externalFormReference = "x", customHeaders = { a = "b" },
    rootProcessInstanceKey = "4", tags = { "t" }, businessId = "b", anotherOne = { 1 } }

  it("has each field that v1's has, and v2's", function()
    local tested = {}
    for _, row in ipairs(rows) do tested[row[1]] = true end
    for name in pairs(own) do tested[name] = true end
    for name in pairs(require("spec.support.public").records().task) do
      assert.is_true(tested[name], name)
    end
  end)

  it("keeps its own fields", function()
    local copy = {}
    for name, value in pairs(own) do copy[name] = value end
    local task = task_of(copy)
    for name, value in pairs(own) do assert.equal(value, task[name], name) end
  end)
end)

describe("(d) a cursor", function()
  -- An answer's bytes, as the core gives them.
  local function bytes_of(text)
    return { seek = function(_, mark, most)
      local count, at = 0, nil
      for found in text:gmatch("()" .. mark:gsub("%p", "%%%0")) do count, at = count + 1, found + #mark end
      return count, at and text:sub(at, at + most - 1)
    end }
  end

  local two = '{"items":[{"userTaskKey":"1"},{"userTaskKey":"2"}],'
    .. '"page":{"startCursor":"Zm8=","endCursor" : "WzEy+/=="}}'
  -- The answer, the size asked for, the cursor.
  local rows = {
    { two, 2, "WzEy+/==" },
    { two, 3, nil },
    { '{"page":{"endCursor":"a=","totalItems":1},"items":[{"userTaskKey":"1"}]}', 1, "a=" },
    { '{"items":[{"userTaskKey":"1","customHeaders":{"endCursor":"x"}}],"page":{"endCursor":"y"}}', 1, "y" },
    { '{"items":[{"userTaskKey":"1","name":"\\"endCursor\\":\\"x\\""}],"page":{}}', 1, nil },
    { '{"items":[{"userTaskKey":"1"}],"page":{"endCursor":null}}', 1, nil },
    { '{"items":[{"userTaskKey":"1"}],"page":{"endCursor":""}}', 1, nil },
    { '{"items":[]}', 1, nil },
  }
  for index, row in ipairs(rows) do
    it(("is read out of a full page's text (%d)"):format(index), function()
      assert.equal(row[3], v2.cursor_in(bytes_of(row[1]), row[2]))
    end)
  end

  it("is a text", function()
    for _, row in ipairs { { "a", true }, { "", false }, { { "a" }, false }, { nil, false }, { 5, false } } do
      assert.equal(row[2], v2.is_cursor(row[1]))
    end
  end)
end)
