--- What verbs send to v2, and what they make of its answers: as v1_verbs.lua has it of v1.
local assert = require "luassert" -- the plain one is all that a required file sees
local cases = require "spec.support.wire.cases"
local json = require "tasklist.sandbox.json"
local tasklist = require "tasklist"

local verbs = {}

-- The order of names is not settled.
function verbs.read(body)
  return body ~= "" and json.decode(body) or body
end

local SEARCH, TASK = "/v2/user-tasks/search", "/v2/user-tasks/1"
local EFFECTIVE = TASK .. "/effective-variables/search"

local function search(filter)
  return '{"filter":' .. filter .. ',"sort":[{"field":"creationDate","order":"DESC"}],"page":{"limit":50}}'
end

local function effective(filter)
  return '{' .. filter .. '"sort":[{"field":"name","order":"ASC"}],"page":{"from":0,"limit":1000}}'
end

verbs.sent = {
  { "search_tasks", {}, "POST", SEARCH, search '{"state":{"$neq":"CANCELED"}}' },
  { "search_tasks", { {} }, "POST", SEARCH, search '{"state":{"$neq":"CANCELED"}}' },
  { "search_tasks", { { state = "CREATED" } }, "POST", SEARCH, search '{"state":{"$eq":"CREATED"}}' },
  { "search_tasks", { { state = "CREATED", priority = { gte = 50 } } }, "POST", SEARCH,
    search '{"state":{"$eq":"CREATED"},"priority":{"$gte":50}}' },
  { "search_tasks", { { state = "CREATED", processInstanceKey = 2251799813685732 } }, "POST", SEARCH,
    search '{"state":{"$eq":"CREATED"},"processInstanceKey":"2251799813685732"}' },
  { "get_task", { "1" }, "GET", TASK },
  { "get_task", { 2251799813685732 }, "GET", "/v2/user-tasks/2251799813685732" },
  { "get_task", { "1", { timeout = 5 } }, "GET", TASK },
  { "assign_task", { "1" }, "POST", TASK .. "/assignment", "{}" },
  { "assign_task", { "1", nil, { timeout = 5 } }, "POST", TASK .. "/assignment", "{}" },
  { "assign_task", { "1", { assignee = "Zoë" } }, "POST", TASK .. "/assignment", '{"assignee":"Zoë"}' },
  { "assign_task", { "1", { assignee = tasklist.null } }, "POST", TASK .. "/assignment", "{}" },
  { "assign_task", { "1", { allowOverrideAssignment = false } }, "POST", TASK .. "/assignment",
    '{"allowOverride":false}' },
  { "unassign_task", { "1" }, "DELETE", TASK .. "/assignee" },
  { "unassign_task", { "1", { timeout = 5 } }, "DELETE", TASK .. "/assignee" },
  { "complete_task", { "1" }, "POST", TASK .. "/completion", "{}" },
  { "complete_task", { "1", nil, { verify = true } }, "POST", TASK .. "/completion", "{}" },
  { "complete_task", { "1", {} }, "POST", TASK .. "/completion", '{"variables":{}}' },
  { "complete_task", { "1", { b = "x", a = true } }, "POST", TASK .. "/completion",
    '{"variables":{"a":true,"b":"x"}}' },
  { "complete_task", { "1", { ['q"ü'] = 7 } }, "POST", TASK .. "/completion", '{"variables":{"q\\"ü":7}}' },
  { "complete_task", { "1", { a = tasklist.null } }, "POST", TASK .. "/completion", '{"variables":{"a":null}}' },
  { "search_task_variables", { "1" }, "POST", EFFECTIVE, effective "" },
  { "search_task_variables", { "1", { variableNames = {} } }, "POST", EFFECTIVE, effective "" },
  { "search_task_variables", { "1", { variableNames = { "b", "a" } } }, "POST", EFFECTIVE,
    effective '"filter":{"name":{"$in":["b","a"]}},' },
  { "search_task_variables", { "1", { includeVariables = { { name = "a" } } } }, "POST", EFFECTIVE,
    effective '"filter":{"name":{"$in":["a"]}},' },
  { "search_task_variables", { "1", { includeVariables = { { name = "a", alwaysReturnFullValue = true } } } }, "POST",
    EFFECTIVE .. "?truncateValues=false", effective '"filter":{"name":{"$in":["a"]}},' },
  { "get_variable", { "77" }, "GET", "/v2/variables/77" },
  { "get_task_form", { "1" }, "GET", TASK .. "/form" },
  { "get_task_form", { { id = "1" } }, "GET", TASK .. "/form" },
}

verbs.paths = {
  get_task = "/v2/user-tasks/%s", assign_task = "/v2/user-tasks/%s/assignment",
  unassign_task = "/v2/user-tasks/%s/assignee", complete_task = "/v2/user-tasks/%s/completion",
  search_task_variables = "/v2/user-tasks/%s/effective-variables/search", get_variable = "/v2/variables/%s",
  get_task_form = "/v2/user-tasks/%s/form",
}

-- Of v2's own fields only those that differ from v1's of the same name; an answer of 8.8 has no nulls in place of them.
verbs.given = {
  { "search_tasks", { { assignee = "demo", state = "CREATED", sort = {} } }, function(list, page)
    assert.equal(2, #list)
    assert.equal("1", list[1].id)
    assert.same({ totalItems = 2, hasMoreTotalItems = false }, page)
  end },
  { "get_task", { "1" }, function(task)
    for name, value in pairs { id = "1", name = "Pay", taskDefinitionId = "Activity_task", processName = "Process",
      creationDate = "2024-01-01T00:00:00.000Z", assignee = "demo", taskState = "CREATED", formKey = "12",
      isFormEmbedded = false, processDefinitionKey = "9", processInstanceKey = "77", tenantId = "<default>",
      dueDate = "2024-03-08T12:00:00.000Z", implementation = "ZEEBE_USER_TASK", priority = 50, userTaskKey = "1",
      elementId = "Activity_task", state = "CREATED" } do
      assert.equal(value, task[name], name)
    end
    assert.same({ "treasury" }, task.candidateGroups)
    assert.is_nil(task.candidateUsers)
    assert.is_nil(task.formId)
    assert.equal("integer", math.type(task.priority))
  end },
  { "assign_task", { "1", { assignee = "jane" } }, function(task)
    assert.same({ id = "1", assignee = "jane", taskState = "CREATED" }, task)
  end },
  { "unassign_task", { 1 }, function(task)
    assert.same({ id = "1", taskState = "CREATED" }, task)
  end },
  { "complete_task", { "1", { approved = true } }, function(task, _, server)
    assert.same({ id = "1", taskState = "COMPLETED" }, task)
    local entry = server:ledger("complete")[1]
    assert.equal("approved", entry.variables[1].name)
    assert.equal("true", entry.variables[1].value)
  end },
  { "search_task_variables", { "1" }, function(list)
    assert.equal("amount", list[1].name)
    assert.equal("9007199254740993", list[1].value)
    assert.equal("9007199254740993", list[1].previewValue)
    assert.is_false(list[1].isValueTruncated)
    assert.is_nil(list[2].value)
    assert.is_true(list[2].isValueTruncated)
    assert.equal(8191, #list[2].previewValue)
    assert.is_nil(list[3])
  end },
  { "search_task_variables", { "1", { includeVariables = { { name = "report", alwaysReturnFullValue = true } } } },
    function(list, _, _, client)
      assert.equal(1, #list)
      assert.equal(cases.long, list[1].value)
      local variable = assert(client:get_variable(list[1].id))
      assert.equal(cases.long, variable.value)
      assert.equal("report", variable.name)
      assert.equal(list[1].id, variable.id)
      assert.equal("<default>", variable.tenantId)
    end },
  { "search_task_variables", { "2" }, function(list) assert.same({}, list) end },
  { "get_task_form", { "1" }, function(form)
    assert.equal("pay", form.id)
    assert.equal(2, form.version)
    assert.equal("integer", math.type(form.version))
    assert.equal("<default>", form.tenantId)
    assert.is_string(form.schema)
  end },
}

return verbs
