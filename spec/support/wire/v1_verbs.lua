--- What verbs send to v1, and what they make of its answers about cases.lua.
local assert = require "luassert" -- the plain one is all that a required file sees
local cases = require "spec.support.wire.cases"
local tasklist = require "tasklist"

local verbs = {}

--- What is compared of a body: here, to the last byte.
function verbs.read(body)
  return body
end

--- What is sent: the verb, its arguments, method, path (and query), body.
verbs.sent = {
  { "search_tasks", {}, "POST", "/v1/tasks/search", "{}" },
  { "search_tasks", { {} }, "POST", "/v1/tasks/search", "{}" },
  { "search_tasks", { { assignees = {} } }, "POST", "/v1/tasks/search", '{"assignees":[]}' },
  { "search_tasks", { { state = "CREATED" } }, "POST", "/v1/tasks/search", '{"state":"CREATED"}' },
  { "search_tasks", { { priority = { gte = 50 } } }, "POST", "/v1/tasks/search", '{"priority":{"gte":50}}' },
  { "search_tasks", { { processInstanceKey = 2251799813685732 } }, "POST", "/v1/tasks/search",
    '{"processInstanceKey":"2251799813685732"}' },
  { "get_task", { "1" }, "GET", "/v1/tasks/1" },
  { "get_task", { 2251799813685732 }, "GET", "/v1/tasks/2251799813685732" },
  { "get_task", { "1", { timeout = 5 } }, "GET", "/v1/tasks/1" },
  { "assign_task", { "1" }, "PATCH", "/v1/tasks/1/assign", "{}" },
  { "assign_task", { "1", nil, { timeout = 5 } }, "PATCH", "/v1/tasks/1/assign", "{}" },
  { "assign_task", { "1", { assignee = "Zoë" } }, "PATCH", "/v1/tasks/1/assign", '{"assignee":"Zoë"}' },
  { "assign_task", { "1", { assignee = tasklist.null } }, "PATCH", "/v1/tasks/1/assign", '{"assignee":null}' },
  { "assign_task", { "1", { allowOverrideAssignment = false } }, "PATCH", "/v1/tasks/1/assign",
    '{"allowOverrideAssignment":false}' },
  { "unassign_task", { "1" }, "PATCH", "/v1/tasks/1/unassign", "" },
  { "unassign_task", { "1", { timeout = 5 } }, "PATCH", "/v1/tasks/1/unassign", "" },
  { "complete_task", { "1" }, "PATCH", "/v1/tasks/1/complete", "{}" },
  { "complete_task", { "1", nil, { verify = true } }, "PATCH", "/v1/tasks/1/complete", "{}" },
  { "complete_task", { "1", {} }, "PATCH", "/v1/tasks/1/complete", '{"variables":[]}' },
  { "complete_task", { "1", { b = "x", a = true } }, "PATCH", "/v1/tasks/1/complete",
    '{"variables":[{"name":"a","value":"true"},{"name":"b","value":"\\"x\\""}]}' },
  { "complete_task", { "1", { ['q"ü'] = 7 } }, "PATCH", "/v1/tasks/1/complete",
    '{"variables":[{"name":"q\\"ü","value":"7"}]}' },
  { "complete_task", { "1", { a = tasklist.null } }, "PATCH", "/v1/tasks/1/complete",
    '{"variables":[{"name":"a","value":"null"}]}' },
  { "save_draft_variables", { "1", { a = 1 } }, "POST", "/v1/tasks/1/variables",
    '{"variables":[{"name":"a","value":"1"}]}' },
  { "save_draft_variables", { "1", {} }, "POST", "/v1/tasks/1/variables", '{"variables":[]}' },
  { "search_task_variables", { "1" }, "POST", "/v1/tasks/1/variables/search", "{}" },
  { "search_task_variables", { "1", { variableNames = {} } }, "POST", "/v1/tasks/1/variables/search",
    '{"variableNames":[]}' },
  { "search_task_variables", { "1", { variableNames = { "b", "a" } } }, "POST", "/v1/tasks/1/variables/search",
    '{"variableNames":["b","a"]}' },
  { "search_task_variables", { "1", { includeVariables = { { name = "a" } } } }, "POST",
    "/v1/tasks/1/variables/search", '{"includeVariables":[{"name":"a"}]}' },
  { "get_variable", { "77-amount" }, "GET", "/v1/variables/77-amount" },
  { "get_task_form", { { id = "1", formId = "pay", formVersion = 2, processDefinitionKey = "9" } }, "GET",
    "/v1/forms/pay?processDefinitionKey=9&version=2" },
  { "get_form", { "pay", { processDefinitionKey = "9" } }, "GET", "/v1/forms/pay?processDefinitionKey=9" },
  { "get_form", { "pay", { processDefinitionKey = 9, version = 2 } }, "GET",
    "/v1/forms/pay?processDefinitionKey=9&version=2" },
  { "get_form", { "pay", { processDefinitionKey = "a&b=ü", version = 2.0 } }, "GET",
    "/v1/forms/pay?processDefinitionKey=a%26b%3D%C3%BC&version=2" },
}

--- Where an id goes.
verbs.paths = {
  get_task = "/v1/tasks/%s", assign_task = "/v1/tasks/%s/assign", unassign_task = "/v1/tasks/%s/unassign",
  complete_task = "/v1/tasks/%s/complete", save_draft_variables = "/v1/tasks/%s/variables",
  search_task_variables = "/v1/tasks/%s/variables/search", get_variable = "/v1/variables/%s",
  get_form = "/v1/forms/%s", get_task_form = "/v1/tasks/%s",
}

--- What is given: the verb, its arguments, and what looks at its two results, and at the server or with the client.
verbs.given = {
  { "search_tasks", { { assignee = "demo", state = "CREATED", sort = {} } }, function(list, page)
    assert.equal(2, #list)
    assert.equal("1", list[1].id)
    assert.same({}, page)
  end },
  { "get_task", { "1" }, function(task)
    assert.same({ id = "1", name = "Pay", taskDefinitionId = "Activity_task", processName = "Process",
      creationDate = "2024-01-01T00:00:00.000+0000", assignee = "demo", taskState = "CREATED", formId = "pay",
      formKey = "12",
      isFormEmbedded = false, processDefinitionKey = "9", processInstanceKey = "77", tenantId = "<default>",
      dueDate = "2024-03-08T12:00:00.000+0000", candidateGroups = { "treasury" }, implementation = "JOB_WORKER",
      priority = 50 }, task)
    assert.equal("integer", math.type(task.priority))
  end },
  { "assign_task", { "1", { assignee = "jane" } }, function(task)
    assert.equal("jane", task.assignee)
    assert.equal("CREATED", task.taskState)
    assert.is_nil(task.dueDate) -- so the server answers
  end },
  { "unassign_task", { 1 }, function(task)
    assert.equal("1", task.id)
    assert.is_nil(task.assignee)
  end },
  { "complete_task", { "1", { approved = true } }, function(task, _, server)
    assert.equal("COMPLETED", task.taskState)
    assert.is_string(task.completionDate)
    assert.is_nil(task.outcome)
    local entry = server:ledger("complete")[1]
    assert.equal("approved", entry.variables[1].name)
    assert.equal("true", entry.variables[1].value)
  end },
  { "save_draft_variables", { "5", { note = "x" } }, function(done, _, _, client)
    assert.is_true(done)
    local list = assert(client:search_task_variables "5")
    assert.same({ { id = "5-note", name = "note", isValueTruncated = false,
      draft = { value = '"x"', previewValue = '"x"', isValueTruncated = false } } }, list)
  end },
  { "search_task_variables", { "1" }, function(list)
    assert.same({ id = "77-amount", name = "amount", value = "9007199254740993", isValueTruncated = false,
      previewValue = "9007199254740993" }, list[1])
    assert.is_nil(list[2].value)
    assert.is_true(list[2].isValueTruncated)
    assert.equal(8191, #list[2].previewValue)
    assert.is_nil(list[3])
  end },
  { "search_task_variables", { "1", { includeVariables = { { name = "report", alwaysReturnFullValue = true } } } },
    function(list)
      assert.equal(1, #list)
      assert.equal(cases.long, list[1].value)
    end },
  { "search_task_variables", { "2" }, function(list) assert.same({}, list) end },
  { "get_variable", { "77-report" }, function(variable)
    assert.same({ id = "77-report", name = "report", value = cases.long, tenantId = "<default>" }, variable)
  end },
  { "get_form", { "pay", { processDefinitionKey = "9" } }, function(form)
    assert.equal(2, form.version)
    assert.equal("integer", math.type(form.version))
  end },
  { "get_form", { "pay", { processDefinitionKey = "9", version = 1 } }, function(form)
    assert.same({ id = "pay", processDefinitionKey = "9", schema = '{"a":1}', version = 1, tenantId = "<default>",
      isDeleted = false }, form)
  end },
  { "get_form", { "userTask: 1", { processDefinitionKey = "9" } }, function(form)
    assert.equal("userTask: 1", form.id)
    assert.is_nil(form.version)
  end },
}

return verbs
