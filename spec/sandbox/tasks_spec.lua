local json = require "tasklist.sandbox.json"
local samples = require "tasklist.sandbox.samples"
local tasks = require "tasklist.sandbox.tasks"

local function one(task)
  return tasks.new{ task }.list[1]
end

describe("a task of the sandbox", function()
  it("gets what it lacks", function()
    local task = one{}
    for name, value in pairs{ id = "2251799813685249", name = "Activity_task", taskState = "CREATED", priority = 50,
      tenantId = "<default>", implementation = "JOB_WORKER", creationDate = "2024-01-01T00:00:00.000+0000",
      isFormEmbedded = false } do
      assert.equal(value, task[name])
    end
    assert.is_nil(task.assignee)
  end)

  it("takes its name from the BPMN element", function()
    assert.equal("approve", one{ taskDefinitionId = "approve" }.name)
  end)

  it("has no priority stored as a job worker's", function()
    local task = one{ priority = 90 }
    assert.equal(50, task.priority)
    assert.is_nil(task.stored_priority)
    assert.equal(90, one{ priority = 90, implementation = "ZEEBE_USER_TASK" }.stored_priority)
    assert.equal(50, one{ implementation = "ZEEBE_USER_TASK" }.stored_priority)
  end)

  it("says of a form that it has none, as its implementation does", function()
    assert.is_false(one{}.isFormEmbedded)
    assert.is_nil(one{ implementation = "ZEEBE_USER_TASK" }.isFormEmbedded)
    assert.is_true(one{ formKey = "camunda-forms:bpmn:f", isFormEmbedded = true }.isFormEmbedded)
  end)

  it("has null instead of empty candidates", function()
    assert.is_nil(one{ candidateGroups = {}, candidateUsers = json.null }.candidateGroups)
  end)

  it("writes its dates in the server's form", function()
    assert.equal("2024-05-01T10:00:00.000+0000", one{ dueDate = "2024-05-01T12:00:00+02:00" }.dueDate)
  end)

  it("has variables of its process instance, and once completed of its own", function()
    local list = { { name = "a", value = "1" } }
    assert.equal("7-a", one{ id = "1", processInstanceKey = "7", variables = list }.variables[1].id)
    assert.equal("1-a",
      one{ id = "1", processInstanceKey = "7", variables = list, taskState = "COMPLETED" }.variables[1].id)
  end)

  local bad = {
    { 5, "task 1 is no table" },
    { { taskstate = "CREATED" }, "task 1: unknown field 'taskstate'" },
    { { taskState = "DONE" }, "task 1: 'taskState' must be one of CREATED, COMPLETED, CANCELED, FAILED, "
      .. "CREATING, ASSIGNING, UPDATING, COMPLETING, CANCELING" },
    { { id = 5 }, "task 1: 'id' must be a string of digits" },
    { { id = "x" }, "task 1: 'id' must be a string of digits" },
    { { priority = 1.5 }, "task 1: 'priority' must be an integer" },
    { { dueDate = "soon" }, "task 1: 'dueDate' must be an ISO 8601 date" },
    { { candidateGroups = { 1 } }, "task 1: 'candidateGroups' must be an array of strings" },
    { { isFormEmbedded = "no" }, "task 1: 'isFormEmbedded' must be a boolean" },
    { { variables = { { name = "a", value = 1 } } },
      "task 1: 'variables' must be an array of { name, value } with JSON text as value" },
  }
  for _, case in ipairs(bad) do
    it("is refused: " .. case[2], function()
      assert.has_error(function() tasks.new{ case[1] } end, case[2])
    end)
  end

  it("comes once only, and a refused list changes nothing", function()
    local store = tasks.new{ { id = "1" } }
    assert.has_error(function() store:replace{ { id = "2" }, { id = "2" } } end, "task 2: id 2 comes twice")
    assert.equal("1", store.list[1].id)
  end)
end)

describe("the sample tasks", function()
  local store = tasks.new(samples)

  it("show every state, both implementations, forms, and some that are assigned, due or to follow up", function()
    assert.is_true(#store.list >= 40)
    local seen = {}
    for _, task in ipairs(store.list) do
      for _, name in ipairs{ "taskState", "implementation", "isFormEmbedded" } do seen[tostring(task[name])] = true end
      for name in pairs(task) do seen[name] = true end
      for _, variable in ipairs(task.variables) do
        seen.truncated = seen.truncated or variable.truncated
        assert.is_not_nil(json.decode(variable.value))
      end
    end
    for _, what in ipairs{ "CREATED", "COMPLETED", "CANCELED", "FAILED", "JOB_WORKER", "ZEEBE_USER_TASK", "true",
      "false", "assignee", "dueDate", "followUpDate", "candidateGroups", "candidateUsers", "formId", "truncated" } do
      assert.is_true(seen[what], what)
    end
  end)
end)
