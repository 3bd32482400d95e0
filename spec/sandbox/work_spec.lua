-- The rules of the writes, through the API: what is looked at first, what is said, what is changed.
local json = require "tasklist.sandbox.json"
local support = require "spec.support.api"

local UNEXPECTED = "Unexpected server error occurred."
local UNSUPPORTED = "This operation is not supported using Tasklist V1 API. Please use the latest API. For more "
  .. "information, refer to the documentation: https://docs.camunda.io/docs/apis-tools/tasklist-api-rest/"
  .. "migrate-to-zeebe-user-tasks/"

local client, demo = support.client, support.demo
local reader = { name = "view", user = "view", role = "READER" }
local outsider = { name = "eve", user = "eve", role = "OPERATOR", groups = { "x" } }
local foreigner = { name = "client", role = "OWNER", tenants = { "t2" } }

local TASKS = {
  { id = "1", dueDate = "2024-03-08T12:00:00Z", followUpDate = "2024-03-07T12:00:00Z" },
  { id = "2", assignee = "demo" },
  { id = "3", assignee = "jane", candidateGroups = { "y" } },
  { id = "4", taskState = "FAILED" },
  { id = "5", implementation = "ZEEBE_USER_TASK" },
  { id = "6", taskState = "COMPLETED", assignee = "demo" },
  { id = "7", implementation = "ZEEBE_USER_TASK", taskState = "CANCELED" },
  { id = "8", taskState = "FAILED", assignee = "jane", candidateGroups = { "y" } },
}

local BAD, NULL = '{"variables":[{"name":"a","value":"{"}]}', '{"variables":[{"name":"a"}]}'
local JACKSON = "Unexpected end-of-input: expected close marker for Object (start marker at [Source: REDACTED "
  .. "(`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 1])"

-- Each row: who, task, operation, body, then status and message of the refusal. Where a row breaks several rules, the
-- message shows which one is looked at first.
local refusals = {
  { reader, "9", "assign", "{}", 500, UNEXPECTED },
  { reader, "9", "assign", "{", 400, "JSON parse error: " .. JACKSON },
  { client, "9", "assign", "{}", 404, "task with id 9 was not found" },
  { foreigner, "1", "assign", "{}", 404, "task with id 1 was not found" },
  { client, "x", "assign", "{}", 404, "task with id x was not found" },
  { client, "7", "assign", "{}", 400, UNSUPPORTED },
  { client, "4", "assign", "{}", 400, "Assignee must be specified" },
  { client, "1", "assign", '{"assignee":null}', 400, "Assignee must be specified" },
  { client, "1", "assign", '{"assignee":""}', 400, "Assignee must be specified" },
  { demo, "4", "assign", '{"assignee":"jane"}', 403,
    "User doesn't have the permission to assign another user to this task" },
  { client, "4", "assign", '{"assignee":"jane"}', 400, "Task is not active" },
  { client, "6", "assign", '{"assignee":"jane","allowOverrideAssignment":false}', 400, "Task is not active" },
  { client, "2", "assign", '{"assignee":"jane","allowOverrideAssignment":false}', 400, "Task is already assigned" },
  { client, "2", "assign", '{"assignee":"jane","allowOverrideAssignment":null}', 400, "Task is already assigned" },
  { demo, "2", "assign", '{"allowOverrideAssignment":true}', 400, "Task is already assigned" },
  { demo, "3", "assign", "{}", 400, "Task is already assigned" },
  { reader, "9", "unassign", "", 500, UNEXPECTED },
  { client, "9", "unassign", "", 404, "task with id 9 was not found" },
  { client, "7", "unassign", "", 400, UNSUPPORTED },
  { client, "4", "unassign", "", 400, "Task is not active" },
  { client, "6", "unassign", "", 400, "Task is not active" },
  { demo, "1", "unassign", "", 400, "Task is not assigned" },
  { reader, "9", "complete", "{}", 500, UNEXPECTED },
  { reader, "9", "complete", "[]", 400,
    "JSON parse error: Cannot deserialize value of type `TaskCompleteRequest` from Array value "
      .. "(token `JsonToken.START_ARRAY`)" },
  { client, "9", "complete", BAD, 404, "task with id 9 was not found" },
  { client, "7", "complete", BAD, 400, UNSUPPORTED },
  { outsider, "3", "complete", BAD, 403, "User does not have permission to perform on this task." },
  { client, "4", "complete", BAD, 500, JACKSON },
  { client, "4", "complete", '{"variables":[{"name":"a","value":""}]}', 500, "No content to map due to end-of-input" },
  { client, "4", "complete", NULL, 500, UNEXPECTED },
  { client, "4", "complete", '{"variables":[null]}', 500, UNEXPECTED },
  { demo, "4", "complete", "{}", 400, "Task is not active" },
  { demo, "1", "complete", "{}", 400, "Task is not assigned" },
  { demo, "3", "complete", "{}", 400, "Task is not assigned to demo" },
  { reader, "9", "variables", "{}", 500, UNEXPECTED },
  { client, "9", "variables", BAD, 404, "task with id 9 was not found" },
  { outsider, "3", "variables", BAD, 403, "User does not have permission to perform on this task." },
  { outsider, "9", "variables", BAD, 404, "task with id 9 was not found" },
  { outsider, "8", "variables", BAD, 403, "User does not have permission to perform on this task." },
  { client, "4", "variables", BAD, 400, "Task is not active" },
  { demo, "4", "variables", BAD, 400, "Task is not active" },
  { demo, "1", "variables", BAD, 400, "Task is not assigned" },
  { demo, "3", "variables", BAD, 400, "Task is not assigned to demo" },
  { client, "1", "variables", BAD, 400, JACKSON },
  { client, "1", "variables", NULL, 500, UNEXPECTED },
  { client, "1", "variables", '{"variables":null}', 500, UNEXPECTED },
}

local METHODS = { assign = "PATCH", unassign = "PATCH", complete = "PATCH", variables = "POST" }

local function path_of(id, operation)
  return ("/v1/tasks/%s/%s"):format(id, operation)
end

local function is_null(value)
  return value == json.null
end

describe("a write is refused", function()
  for _, row in ipairs(refusals) do
    local who, id, operation, body, status, message = table.unpack(row)
    local kind = who.user or "a client"
    it(("to %s: %s of %s with %s: %d %s"):format(kind, operation, id, body, status, message), function()
      local ask, parts = support.new(TASKS)
      local got, answer = ask(METHODS[operation], path_of(id, operation), body, { caller = who })
      assert.same({ status, status, message }, { got, answer.status, answer.message })
      -- Failures, and bodies that cannot be read, carry no id.
      assert.equal(status == 500 or message:find("^JSON parse error") ~= nil, is_null(answer.instance))
      assert.equal(0, parts.ledger:count())
      assert.equal(TASKS[2].assignee, parts.store.by_id["2"].assignee)
    end)
  end

  for _, body in ipairs{ "", "null" } do
    it(("without the body that drafts need: '%s'"):format(body), function()
      local ask = support.new(TASKS)
      local status, answer = ask("POST", path_of("1", "variables"), body)
      assert.same({ 400, json.null }, { status, answer.instance })
      assert.is_truthy(answer.message:find("^Required request body is missing: public org%.springframework%..*"
        .. "saveDraftTaskVariables%(java%.lang%.String,.*SaveVariablesRequest%)$"))
    end)
  end
end)

describe("a refusal in the words of 8.8", function()
  local rows = {
    { client, "4", "unassign", "TASK_IS_NOT_ACTIVE", "Task is not active" },
    { demo, "2", "assign", "TASK_ALREADY_ASSIGNED", "Task is already assigned" },
    { demo, "1", "unassign", "TASK_NOT_ASSIGNED", "Task is not assigned" },
    { demo, "3", "complete", "TASK_NOT_ASSIGNED_TO_CURRENT_USER", "Task is not assigned to demo" },
  }
  for _, row in ipairs(rows) do
    local who, id, operation, title, detail = table.unpack(row)
    it("is JSON text: " .. title, function()
      local ask = support.new(TASKS, { version = "8.8", v1 = true })
      local status, answer = ask("PATCH", path_of(id, operation), "", { caller = who })
      assert.equal(400, status)
      assert.same({ title = title, detail = detail }, json.decode(answer.message))
    end)
  end

  it("is plain where the rule is another", function()
    local ask = support.new(TASKS, { version = "8.8", v1 = true })
    local _, answer = ask("PATCH", path_of("1", "assign"))
    assert.equal("Assignee must be specified", answer.message)
  end)
end)

describe("an assignment", function()
  local rows = {
    { client, "1", '{"assignee":"jane"}', "jane" },
    { client, "2", '{"assignee":"jane"}', "jane" },
    { client, "1", '{"assignee":"jane","allowOverrideAssignment":false}', "jane" },
    { demo, "1", "", "demo" },
    { demo, "1", '{"assignee":null}', "demo" },
    { demo, "1", '{"assignee":"demo"}', "demo" },
    { demo, "5", "{}", "demo" },
  }
  for _, row in ipairs(rows) do
    local who, id, body, assignee = table.unpack(row)
    it(("by %s of task %s with '%s' makes it %s's"):format(who.user or "a client", id, body, assignee), function()
      local ask, parts = support.new(TASKS)
      local status, answer = ask("PATCH", path_of(id, "assign"), body, { caller = who })
      assert.same({ 200, id, assignee }, { status, answer.id, answer.assignee })
      local entry = parts.ledger:list()[1]
      assert.same({ "assign", id, who.name, assignee }, { entry.operation, entry.task, entry.caller, entry.assignee })
      local _, found = ask("GET", "/v1/tasks/" .. id)
      assert.equal(assignee, found.assignee)
    end)
  end

  it("is taken back by anyone", function()
    local ask, parts = support.new(TASKS)
    local status, answer = ask("PATCH", path_of("3", "unassign"), "", { caller = demo })
    assert.same({ 200, json.null }, { status, answer.assignee })
    assert.equal(1, parts.ledger:count("unassign", "3"))
  end)

  it("answers without the two dates that the task has", function()
    local ask = support.new(TASKS)
    local _, answer = ask("PATCH", path_of("1", "assign"), '{"assignee":"jane"}')
    assert.same({ json.null, json.null }, { answer.dueDate, answer.followUpDate })
    local _, found = ask("GET", "/v1/tasks/1")
    assert.same({ "2024-03-08T12:00:00.000+0000", "2024-03-07T12:00:00.000+0000" },
      { found.dueDate, found.followUpDate })
  end)
end)

describe("a completion", function()
  it("by a client needs no assignee and asks for none", function()
    for _, id in ipairs{ "1", "3" } do
      local ask, parts = support.new(TASKS)
      local status, answer = ask("PATCH", path_of(id, "complete"), '{"variables":[{"name":"a","value":"1"}]}')
      assert.same({ 200, "COMPLETED" }, { status, answer.taskState })
      assert.is_truthy(answer.completionDate:find("^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%d%+0000$"))
      assert.equal(TASKS[tonumber(id)].assignee or json.null, answer.assignee)
      local entry = parts.ledger:list()[1]
      assert.same({ "complete", id, "client", { { name = "a", value = "1" } } },
        { entry.operation, entry.task, entry.caller, entry.variables })
    end
  end)

  it("by a user is of his own task", function()
    local ask = support.new(TASKS)
    assert.equal(200, (ask("PATCH", path_of("2", "complete"), "", { caller = demo })))
    local status, answer = ask("PATCH", path_of("2", "complete"), "", { caller = demo })
    assert.same({ 400, "Task is not active" }, { status, answer.message })
  end)

  it("puts the task in the place of its date", function()
    local ask = support.new{ { id = "1", taskState = "COMPLETED", completionDate = "2024-01-01T00:00:00Z" },
      { id = "2" } }
    ask("POST", "/v1/tasks/search", '{"state":"COMPLETED"}')
    ask("PATCH", path_of("2", "complete"))
    local _, found = ask("POST", "/v1/tasks/search", '{"state":"COMPLETED"}')
    assert.same({ "2", "1" }, { found[1].id, found[2] and found[2].id })
  end)
end)
