-- v2's writes: what they do, and what each refusal says.
local json = require "tasklist.sandbox.json"
local support = require "spec.support.api"

local client, demo = support.client, support.demo
local reader = { name = "view", user = "view", role = "READER" }
local outsider = { name = "eve", user = "eve", role = "OPERATOR", groups = { "x" } }
local foreigner = { name = "client", role = "OWNER", tenants = { "t2" } }

local function user_task(task)
  task.implementation = "ZEEBE_USER_TASK"
  return task
end

local TASKS = {
  user_task{ id = "1", dueDate = "2024-03-08T12:00:00Z", candidateUsers = { "omar" }, candidateGroups = { "sales" } },
  user_task{ id = "2", assignee = "demo" },
  user_task{ id = "3", assignee = "jane", candidateGroups = { "y" } },
  user_task{ id = "4", taskState = "ASSIGNING" },
  user_task{ id = "5", taskState = "COMPLETED" },
  user_task{ id = "6", taskState = "CANCELED" },
  { id = "7" },
}

-- Each operation: its method, the end of its path, and what it is called where the engine rejects it.
local OPERATIONS = {
  assign = { "POST", "/assignment" },
  unassign = { "DELETE", "/assignee" },
  complete = { "POST", "/completion" },
  update = { "PATCH", "" },
}

local function path_of(id, operation)
  return ("/v2/user-tasks/%s%s"):format(id, OPERATIONS[operation][2])
end

local function rejected(command, code, text)
  return ("Command '%s' rejected with code '%s': %s"):format(command, code, text)
end

local function missing(command, id)
  return rejected(command, "NOT_FOUND", ("Expected to %s user task with key '%s', but no such user task was found")
    :format(command:lower(), id))
end

local function passing(command)
  return rejected(command, "INVALID_STATE", ("Expected to %s user task with key '4', but it is in state 'ASSIGNING'")
    :format(command:lower()))
end

local function forbidden(command)
  return rejected(command, "FORBIDDEN", "Insufficient permissions to perform operation 'UPDATE_USER_TASK' on resource "
    .. "'PROCESS_DEFINITION'")
end

local JANE, CLAIM = '{"assignee":"jane"}', '{"assignee":"jane","allowOverride":false}'
local CHANGE = '{"changeset":{"priority":7}}'
local NO_CHANGE = 'No update data provided. Provide at least an "action" or a non-null value for a supported attribute '
  .. 'in the "changeset".'
local function bad_date(name, text)
  return ("The provided %s '%s' cannot be parsed as a date according to RFC 3339, section 5.6"):format(name, text)
end

-- Each row: who, task, operation, body, then status, title and detail of the refusal. Where a row breaks several rules,
-- the detail shows which one is looked at first.
local refusals = {
  { reader, "x", "assign", '{"assigne":"jane"}', 400, "Bad Request", "Request property [assigne] cannot be parsed" },
  { reader, "x", "assign", '{"assignee":1}', 400, "Bad Request", "Request property [assignee] cannot be parsed" },
  { reader, "x", "assign", "", 400, "Bad Request", "Required request body is missing" },
  { client, "x", "assign", JANE, 400, "Bad Request", "Failed to convert 'userTaskKey' with value: 'x'" },
  { reader, "9", "assign", "{}", 400, "INVALID_ARGUMENT", "No assignee provided." },
  { reader, "9", "assign", '{"assignee":null}', 400, "INVALID_ARGUMENT", "No assignee provided." },
  { demo, "1", "assign", '{"assignee":""}', 400, "INVALID_ARGUMENT", "No assignee provided." },
  { demo, "1", "assign", '{"assignee":" "}', 400, "INVALID_ARGUMENT", "No assignee provided." },
  { reader, "9", "assign", JANE, 404, "NOT_FOUND", missing("ASSIGN", "9") },
  { reader, "9", "assign", CLAIM, 404, "NOT_FOUND", missing("CLAIM", "9") },
  { foreigner, "1", "assign", JANE, 404, "NOT_FOUND", missing("ASSIGN", "1") },
  { client, "5", "assign", CLAIM, 404, "NOT_FOUND", missing("CLAIM", "5") },
  { client, "6", "assign", JANE, 404, "NOT_FOUND", missing("ASSIGN", "6") },
  { client, "7", "assign", JANE, 404, "NOT_FOUND", missing("ASSIGN", "7") },
  { reader, "4", "assign", JANE, 403, "FORBIDDEN", forbidden "ASSIGN" },
  { outsider, "3", "assign", CLAIM, 403, "FORBIDDEN", forbidden "CLAIM" },
  { client, "4", "assign", JANE, 409, "INVALID_STATE", passing "ASSIGN" },
  { client, "4", "assign", CLAIM, 409, "INVALID_STATE", passing "CLAIM" },
  { client, "2", "assign", CLAIM, 409, "INVALID_STATE",
    rejected("CLAIM", "INVALID_STATE", "Expected to claim user task with key '2', but it has already been assigned") },
  { client, "1", "unassign", "{}", 415, "Unsupported Media Type", "This request takes no body." },
  { client, "x", "unassign", "", 400, "Bad Request", "Failed to convert 'userTaskKey' with value: 'x'" },
  { reader, "9", "unassign", "", 404, "NOT_FOUND", missing("ASSIGN", "9") },
  { reader, "4", "unassign", "", 403, "FORBIDDEN", forbidden "ASSIGN" },
  { client, "4", "unassign", "", 409, "INVALID_STATE", passing "ASSIGN" },
  { reader, "9", "complete", '{"variables":[]}', 400, "Bad Request", "Request property [variables] cannot be parsed" },
  { reader, "9", "complete", '{"variables":"{}"}', 400, "Bad Request",
    "Request property [variables] cannot be parsed" },
  { reader, "9", "complete", '{"values":{}}', 400, "Bad Request", "Request property [values] cannot be parsed" },
  { client, "x", "complete", "{}", 400, "Bad Request", "Failed to convert 'userTaskKey' with value: 'x'" },
  { reader, "9", "complete", "{}", 404, "NOT_FOUND", missing("COMPLETE", "9") },
  { client, "5", "complete", "{}", 404, "NOT_FOUND", missing("COMPLETE", "5") },
  { reader, "4", "complete", "{}", 403, "FORBIDDEN", forbidden "COMPLETE" },
  { client, "4", "complete", "", 409, "INVALID_STATE", passing "COMPLETE" },
  { reader, "x", "update", '{"dueDate":""}', 400, "Bad Request", "Request property [dueDate] cannot be parsed" },
  { client, "1", "update", '{"changeset":{"priority":"7"}}', 400, "Bad Request",
    "Request property [changeset.priority] cannot be parsed" },
  { client, "x", "update", CHANGE, 400, "Bad Request", "Failed to convert 'userTaskKey' with value: 'x'" },
  { reader, "9", "update", "", 400, "INVALID_ARGUMENT", NO_CHANGE },
  { client, "1", "update", '{"changeset":{}}', 400, "INVALID_ARGUMENT", NO_CHANGE },
  { client, "1", "update", '{"changeset":{"dueDate":null,"name":"x"},"action":null}', 400, "INVALID_ARGUMENT",
    NO_CHANGE },
  { reader, "9", "update", '{"changeset":{"dueDate":"2024-03-01T08:00:00.000+0000"}}', 400, "INVALID_ARGUMENT",
    bad_date("due date", "2024-03-01T08:00:00.000+0000") .. "." },
  { client, "1", "update", '{"changeset":{"dueDate":"2024-03-01","followUpDate":"soon","priority":101}}', 400,
    "INVALID_ARGUMENT", bad_date("due date", "2024-03-01") .. ". " .. bad_date("follow-up date", "soon")
      .. ". The value for priority is '101' but must be within the [0,100] range." },
  { client, "1", "update", '{"changeset":{"priority":-1}}', 400, "INVALID_ARGUMENT",
    "The value for priority is '-1' but must be within the [0,100] range." },
  { reader, "9", "update", CHANGE, 404, "NOT_FOUND", missing("UPDATE", "9") },
  { client, "6", "update", CHANGE, 404, "NOT_FOUND", missing("UPDATE", "6") },
  { reader, "4", "update", CHANGE, 403, "FORBIDDEN", forbidden "UPDATE" },
  { client, "4", "update", CHANGE, 409, "INVALID_STATE", passing "UPDATE" },
}

describe("a write of v2 is refused", function()
  for _, row in ipairs(refusals) do
    local who, id, operation, body, status, title, detail = table.unpack(row)
    it(("to %s: %s of %s with '%s': %d %s"):format(who.user or "a client", operation, id, body, status, detail),
      function()
        local ask, parts = support.new(TASKS, { version = "8.9" })
        local path = path_of(id, operation)
        local got, answer, response = ask(OPERATIONS[operation][1], path, body, { caller = who })
        assert.same({ type = "about:blank", title = title, status = status, detail = detail, instance = path }, answer)
        assert.same({ status, "application/problem+json" }, { got, response.headers["Content-Type"] })
        assert.equal(0, parts.ledger:count())
      end)
  end
end)

-- Runs a write as a caller; gives the status, the entry that the ledger has of it, and the parts.
local function write(who, id, operation, body, options)
  local ask, parts = support.new(TASKS, options or { version = "8.9" })
  local status, answer = ask(OPERATIONS[operation][1], path_of(id, operation), body, { caller = who })
  assert.same({ 204, "" }, { status, answer })
  assert.equal(1, parts.ledger:count(operation, id))
  return parts.ledger:list()[1], parts.store.by_id[id]
end

describe("an assignment of v2", function()
  local rows = {
    { client, "1", JANE, "jane" },
    { client, "1", CLAIM, "jane" },
    { client, "2", JANE, "jane" },
    { client, "2", '{"assignee":"jane","allowOverride":null,"action":"take"}', "jane" },
    { client, "2", '{"assignee":"jane","allowOverride":true}', "jane" },
    -- Who claims again under the same name has it.
    { client, "3", CLAIM, "jane" },
    { demo, "1", JANE, "jane" },
  }
  for _, row in ipairs(rows) do
    local who, id, body, assignee = table.unpack(row)
    it(("by %s of task %s with %s makes it %s's"):format(who.user or "a client", id, body, assignee), function()
      local entry, task = write(who, id, "assign", body)
      assert.same({ who.name, assignee, assignee }, { entry.caller, entry.assignee, task.assignee })
    end)
  end

  it("is taken back, also where there is none", function()
    for _, id in ipairs{ "1", "3" } do
      local _, task = write(client, id, "unassign", "")
      assert.is_nil(task.assignee)
    end
  end)
end)

describe("a completion of v2", function()
  it("needs no assignment, not even to oneself", function()
    for _, id in ipairs{ "1", "3" } do
      local entry, task = write(demo, id, "complete", '{"action":"approve"}')
      assert.same({ {}, "COMPLETED" }, { entry.variables, task.taskState })
    end
  end)

  it("brings variables as one JSON object, which become texts as they came", function()
    local entry, task = write(client, "1", "complete", '{"variables":{"b":null,"a":0.1,"c":[1,{"d":"x"}],'
      .. '"e":9007199254740993,"f":2.0,"g":1e300,"h":{}}}')
    local texts = {}
    for i, variable in ipairs(entry.variables) do texts[i] = variable.name .. "=" .. variable.value end
    assert.same({ "a=0.1", "b=null", 'c=[1,{"d":"x"}]', "e=9007199254740993", "f=2.0", "g=1e+300", "h={}" }, texts)
    assert.equal("0.1", task.variables[1].value)
  end)

  it("keeps the variables that it does not name, also without a body", function()
    local ask, parts = support.new({ user_task{ id = "1", variables = { { name = "a", value = "1" } } } },
      { version = "8.8", v1 = true })
    ask("POST", "/v2/user-tasks/1/completion", "")
    local _, found = ask("POST", "/v1/tasks/1/variables/search", "{}")
    assert.same({ "COMPLETED", "1" }, { parts.store.by_id["1"].taskState, found[1] and found[1].value })
  end)
end)

describe("a change by v2", function()
  it("sets dates, candidates and priority", function()
    local _, task = write(client, "1", "update", '{"changeset":{"dueDate":"2024-05-01T12:00:00+02:00",'
      .. '"followUpDate":"2024-05-01T12:00:00.5Z","candidateUsers":["jane"],"candidateGroups":["a","b"],"priority":0}}')
    assert.same({ "2024-05-01T10:00:00.000+0000", "2024-05-01T12:00:00.500+0000", { "jane" }, { "a", "b" }, 0, 0 },
      { task.dueDate, task.followUpDate, task.candidateUsers, task.candidateGroups, task.priority,
        task.stored_priority })
  end)

  it("leaves what it does not name, or names with null, and what it does not know", function()
    local _, task = write(client, "1", "update", '{"changeset":{"priority":7,"dueDate":null,"candidateUsers":null,'
      .. '"assignee":"jane"}}')
    assert.same({ 7, "2024-03-08T12:00:00.000+0000", { "omar" }, { "sales" } },
      { task.priority, task.dueDate, task.candidateUsers, task.candidateGroups })
    assert.is_nil(task.assignee)
  end)

  it("clears with an empty text or list", function()
    local _, task = write(client, "1", "update", '{"changeset":{"dueDate":"","candidateUsers":[],'
      .. '"candidateGroups":[]}}')
    assert.same({}, { task.dueDate, task.times.dueDate, task.candidateUsers, task.candidateGroups })
  end)

  it("may be an action alone", function()
    write(client, "1", "update", '{"action":"remind"}')
  end)

  it("puts the task in another place of a search", function()
    local ask = support.new({ user_task{ id = "1", dueDate = "2024-01-01T00:00:00Z" },
      user_task{ id = "2", dueDate = "2024-01-02T00:00:00Z" } }, { version = "8.8", v1 = true })
    local function first()
      local _, found = ask("POST", "/v1/tasks/search", '{"sort":[{"field":"dueDate","order":"ASC"}]}')
      return found[1].id
    end
    assert.equal("1", first())
    ask("PATCH", "/v2/user-tasks/1", '{"changeset":{"dueDate":"2024-01-03T00:00:00Z"}}')
    assert.equal("2", first())
  end)
end)

describe("the writes of v2", function()
  for version, root in pairs{ ["8.5"] = "v1", ["8.6"] = "v2", ["8.7"] = "v2" } do
    it(("lie below /%s of the gateway in %s"):format(root, version), function()
      local ask, parts = support.new(TASKS, { version = version })
      local status = ask("POST", ("/%s/user-tasks/1/assignment"):format(root), JANE, { root = "gateway" })
      assert.same({ 204, "jane" }, { status, parts.store.by_id["1"].assignee })
    end)
  end

  it("are the same as v1's on the same task", function()
    local ask, parts = support.new(TASKS, { version = "8.8", v1 = true })
    ask("POST", path_of("1", "assign"), JANE)
    local status, answer = ask("PATCH", "/v1/tasks/1/assign", '{"assignee":"omar","allowOverrideAssignment":false}')
    assert.same({ 400, "TASK_ALREADY_ASSIGNED" }, { status, json.decode(answer.message).title })
    assert.equal(200, (ask("PATCH", "/v1/tasks/1/complete")))
    assert.same({ 1, 1 }, { parts.ledger:count("assign"), parts.ledger:count("complete") })
    assert.equal(404, (ask("POST", path_of("1", "complete"))))
  end)

  for version, status in pairs{ ["8.5"] = 400, ["8.7"] = 400, ["8.8"] = 200, ["8.9"] = 200 } do
    it(("are for a client with a token %s by v1 of %s as well"):format(status == 200 and "done" or "refused", version),
      function()
        local ask = support.new(TASKS, { version = version, v1 = true })
        assert.equal(status, (ask("PATCH", "/v1/tasks/1/assign", JANE)))
      end)
  end
end)
