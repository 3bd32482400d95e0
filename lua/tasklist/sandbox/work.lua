--- The rules of the writes, in both APIs: what is looked at, in which order, what is said where it is not so, and what
-- a write does.
local callers = require "tasklist.sandbox.callers"
local dates = require "tasklist.sandbox.dates"
local json = require "tasklist.sandbox.json"
local variables = require "tasklist.sandbox.variables"

local work = {}

-- What a rule of v1 says: status, text, and since 8.8 a title, with which the message becomes JSON text. A 500 without
-- text is one that the server has no words for.
local V1_SAYS = {
  unknown = { 404, "task with id %s was not found" },
  not_permitted = { 403, "User does not have permission to perform on this task." },
  unsupported = { 400, "This operation is not supported using Tasklist V1 API. Please use the latest API. For more "
    .. "information, refer to the documentation: https://docs.camunda.io/docs/apis-tools/tasklist-api-rest/"
    .. "migrate-to-zeebe-user-tasks/" },
  no_assignee = { 400, "Assignee must be specified" },
  other_assignee = { 403, "User doesn't have the permission to assign another user to this task" },
  inactive = { 400, "Task is not active", "TASK_IS_NOT_ACTIVE" },
  assigned = { 400, "Task is already assigned", "TASK_ALREADY_ASSIGNED" },
  unassigned = { 400, "Task is not assigned", "TASK_NOT_ASSIGNED" },
  not_yours = { 400, "Task is not assigned to %s", "TASK_NOT_ASSIGNED_TO_CURRENT_USER" },
  bad_value = { 400, "%s" },
  breaking_value = { 500, "%s" },
  broken = { 500 },
}

-- What the engine says of a command of v2's that it rejects: status, title, and a text with places for the command, the
-- task's key and a word. What v2 says by itself: the same with a place for the word only.
local REJECTIONS = {
  unknown = { 404, "NOT_FOUND", "Expected to %s user task with key '%s', but no such user task was found" },
  not_permitted = { 403, "FORBIDDEN", "Insufficient permissions to perform operation 'UPDATE_USER_TASK' on resource "
    .. "'PROCESS_DEFINITION'" },
  inactive = { 409, "INVALID_STATE", "Expected to %s user task with key '%s', but it is in state '%s'" },
  assigned = { 409, "INVALID_STATE", "Expected to %s user task with key '%s', but it has already been assigned" },
}
local V2_SAYS = {
  no_assignee = { 400, "INVALID_ARGUMENT", "No assignee provided." },
  bad_changes = { 400, "INVALID_ARGUMENT", "%s." },
  unseen = { 404, "NOT_FOUND", "User Task with key '%s' not found" },
  unreadable = { 403, "FORBIDDEN", "Unauthorized to perform operation 'READ_USER_TASK' on resource "
    .. "'PROCESS_DEFINITION'" },
}

-- Reads the values that came. Gives what is wrong: "null" for a name or value that is not there, or a parse error.
local function wrong_value(list)
  for _, one in ipairs(list) do
    if not one.name or not one.value then return "null" end
    local value, why = json.decode(one.value)
    if value == nil then return why end
  end
end

-- The checks: each looks at a call { operation, caller, task, id, body, facts } and gives nothing, or what to say and a
-- word in it.
local check = {}

function check.known(call)
  if not call.task or not callers.knows(call.caller, call.task) then return "unknown", call.id end
end

function check.permitted(call)
  if not callers.permitted(call.caller, call.task) then return "not_permitted" end
end

function check.supported(call)
  if not call.facts.user_tasks_in_v1 and not call.caller.user and call.task.implementation ~= "JOB_WORKER" then
    return "unsupported"
  end
end

function check.assignee(call)
  local caller, assignee = call.caller, call.body.assignee or ""
  if not caller.user then return assignee == "" and "no_assignee" or nil end
  if assignee ~= "" and assignee ~= caller.user then return "other_assignee" end
end

function check.active(call)
  if call.task.taskState ~= "CREATED" then return "inactive", call.task.taskState end
end

-- A client may take a task from somebody, unless it says that it does not want to; a user may not.
function check.free(call)
  local override = not call.caller.user and call.body.allowOverrideAssignment
  if call.task.assignee and not override then return "assigned" end
end

function check.assigned(call)
  if not call.task.assignee then return "unassigned" end
end

function check.own(call)
  if not call.caller.user then return end
  if not call.task.assignee then return "unassigned" end
  if call.task.assignee ~= call.caller.user then return "not_yours", call.caller.user end
end

function check.complete_values(call)
  local wrong = wrong_value(call.body.variables or {})
  if wrong == "null" then return "broken" end
  if wrong then return "breaking_value", wrong end
end

function check.draft_values(call)
  local wrong = not call.body.variables and "null" or wrong_value(call.body.variables)
  if wrong == "null" then return "broken" end
  if wrong then return "bad_value", wrong end
end

-- v2 knows Camunda user tasks only.
local function in_v2(call)
  return call.task and call.task.implementation == "ZEEBE_USER_TASK" and callers.knows(call.caller, call.task)
end

-- The engine forgets a task that has ended.
function check.alive(call)
  local state = in_v2(call) and call.task.taskState
  if not state or state == "COMPLETED" or state == "CANCELED" then return "unknown" end
end

function check.may_write(call)
  if not callers.may_write(call.caller) then return "not_permitted" end
  return check.permitted(call)
end

function check.seen(call)
  if not in_v2(call) then return "unseen", call.id end
end

function check.readable(call)
  if not callers.permitted(call.caller, call.task) then return "unreadable" end
end

function check.named(call)
  if not (call.body.assignee or ""):find("%S") then return "no_assignee" end
end

-- Who claims a task a second time under the same name has it.
function check.claimable(call)
  local assignee = call.body.allowOverride == false and call.task.assignee
  if assignee and assignee ~= call.body.assignee then return "assigned" end
end

function check.changes(call)
  local changeset, problems = call.body.changeset or {}, {}
  if not call.body.action and not next(changeset) then
    return "bad_changes", 'No update data provided. Provide at least an "action" or a non-null value for a supported '
      .. 'attribute in the "changeset"'
  end
  for _, date in ipairs{ { "dueDate", "due date" }, { "followUpDate", "follow-up date" } } do
    local text = changeset[date[1]] or ""
    if text ~= "" and not dates.parse_rfc3339(text) then
      problems[#problems + 1] = ("The provided %s '%s' cannot be parsed as a date according to RFC 3339, section 5.6")
        :format(date[2], text)
    end
  end
  local priority = changeset.priority or 0
  if priority < 0 or priority > 100 then
    problems[#problems + 1] = ("The value for priority is '%d' but must be within the [0,100] range"):format(priority)
  end
  if problems[1] then return "bad_changes", table.concat(problems, ". ") end
end

-- What the writes do; each gives what the ledger is to know.
local act = {}

function act.assign(call)
  local assignee = call.body.assignee or ""
  call.task.assignee = assignee ~= "" and assignee or call.caller.user
  return { assignee = call.task.assignee }
end

function act.unassign(call)
  call.task.assignee = nil
  return {}
end

function act.complete(call, store)
  local sent = call.body.variables and variables.merge(call.body.variables)
  store:complete(call.task, sent)
  return { variables = sent or {} }
end

function act.save_drafts(call)
  local sent = variables.merge(call.body.variables)
  variables.save_drafts(call.task, sent)
  return { variables = sent }
end

-- An empty date or list is none.
function act.update(call, store)
  local changes = {}
  for field, value in pairs(call.body.changeset or {}) do
    if type(value) == "string" then
      changes[field] = dates.parse_rfc3339(value) or false
    else
      changes[field] = (type(value) ~= "table" or value[1] ~= nil) and value
    end
  end
  store:change(call.task, changes)
  return {}
end

-- The writes of each API, with their checks in order. Looking at a task is not writing, but has the same first rules;
-- what it looks at is what reads see.
local WRITES = {
  v1 = {
    assign = { "known", "supported", "assignee", "active", "free" },
    unassign = { "known", "supported", "active", "assigned" },
    complete = { "known", "supported", "permitted", "complete_values", "active", "own" },
    save_drafts = { "known", "permitted", "active", "own", "draft_values" },
    look = { "known", "permitted" },
  },
  v2 = {
    assign = { "named", "alive", "may_write", "active", "claimable" },
    unassign = { "alive", "may_write", "active" },
    complete = { "alive", "may_write", "active" },
    update = { "changes", "alive", "may_write", "active" },
    look = { "seen", "readable" },
  },
}

-- The engine's own names of the commands that differ from ours: that of an assignment depends on what it may do.
local function command_of(operation, body)
  if operation == "assign" and body.allowOverride == false then return "claim" end
  return operation == "unassign" and "assign" or operation
end

local say = {}

function say.v1(kind, word, call)
  local status, text, title = table.unpack(V1_SAYS[kind], 1, 3)
  text = text and text:format(word)
  if title and call.facts.titled_messages then
    text = ('{ "title": "%s",\n  "detail": "%s"\n}\n'):format(title, text)
  end
  return { status = status, message = text }
end

function say.v2(kind, word, call)
  local status, title, text = table.unpack(V2_SAYS[kind] or REJECTIONS[kind])
  if V2_SAYS[kind] then return { status = status, title = title, message = text:format(word) } end
  local command = command_of(call.operation, call.body)
  local reason = text:format(command, call.id, word)
  return { status = status, title = title,
    message = ("Command '%s' rejected with code '%s': %s"):format(command:upper(), title, reason) }
end

--- Does what a caller asks for, where the rules allow it.
-- @param api "v1" or "v2"
-- @param operation "assign", "unassign", "complete", in v1 "save_drafts", in v2 "update", or "look", which changes
--   nothing
-- @param parts table: store, ledger, facts (versions.lua)
-- @param caller as in callers.lua
-- @param id string: the task's
-- @param body the bound request, or nil
-- @return the task; or nil and a table: status, message (nil where the server has no words), and in v2 title
function work.run(api, operation, parts, caller, id, body)
  local store, does = parts.store, act[operation]
  local task
  if does then task = store.by_id[id] else task = store:seen(id) end
  local call = { operation = operation, caller = caller, task = task, id = id, body = body or {}, facts = parts.facts }
  for _, name in ipairs(WRITES[api][operation]) do
    local kind, word = check[name](call)
    if kind then return nil, say[api](kind, word, call) end
  end
  if does then
    store.lag:keep(task)
    parts.ledger:note(operation, id, caller, does(call, store))
  end
  return task
end

return work
