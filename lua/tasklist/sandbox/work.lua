--- The rules of the writes: what is looked at, in which order, what is said where it is not so, and what a write does.
local callers = require "tasklist.sandbox.callers"
local json = require "tasklist.sandbox.json"
local variables = require "tasklist.sandbox.variables"

local work = {}

-- What a rule says: status, text, and since 8.8 a title, with which the message becomes JSON text. A 500 without text
-- is one that the server has no words for.
local SAYS = {
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

-- Reads the values that came. Gives what is wrong: "null" for a name or value that is not there, or a parse error.
local function wrong_value(list)
  for _, one in ipairs(list) do
    if not one.name or not one.value then return "null" end
    local value, why = json.decode(one.value)
    if value == nil then return why end
  end
end

-- The checks: each looks at a call { caller, task, id, body } and gives nothing, or what to say and a word in it.
local check = {}

function check.known(call)
  if not call.task or not callers.knows(call.caller, call.task) then return "unknown", call.id end
end

function check.permitted(call)
  if not callers.permitted(call.caller, call.task) then return "not_permitted" end
end

function check.supported(call)
  if not call.caller.user and call.task.implementation ~= "JOB_WORKER" then return "unsupported" end
end

function check.assignee(call)
  local caller, assignee = call.caller, call.body.assignee or ""
  if not caller.user then return assignee == "" and "no_assignee" or nil end
  if assignee ~= "" and assignee ~= caller.user then return "other_assignee" end
end

function check.active(call)
  if call.task.taskState ~= "CREATED" then return "inactive" end
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

-- The writes: their checks in order, and what they do; it gives what the ledger is to know.
local WRITES = {
  assign = { { "known", "supported", "assignee", "active", "free" }, function(call)
    local assignee = call.body.assignee or ""
    call.task.assignee = assignee ~= "" and assignee or call.caller.user
    return { assignee = call.task.assignee }
  end },
  unassign = { { "known", "supported", "active", "assigned" }, function(call)
    call.task.assignee = nil
    return {}
  end },
  complete = { { "known", "supported", "permitted", "complete_values", "active", "own" }, function(call, store)
    local sent = call.body.variables and variables.merge(call.body.variables)
    store:complete(call.task, sent)
    return { variables = sent or {} }
  end },
  save_drafts = { { "known", "permitted", "active", "own", "draft_values" }, function(call)
    local sent = variables.merge(call.body.variables)
    variables.save_drafts(call.task, sent)
    return { variables = sent }
  end },
  -- Looking at a task is not writing, but has the same first rules.
  look = { { "known", "permitted" } },
}

local function say(kind, word, facts)
  local status, text, title = table.unpack(SAYS[kind], 1, 3)
  text = text and text:format(word)
  if title and facts.titled_messages then
    text = ('{ "title": "%s",\n  "detail": "%s"\n}\n'):format(title, text)
  end
  return { status = status, message = text }
end

--- Does what a caller asks for, where the rules allow it.
-- @param operation "assign", "unassign", "complete", "save_drafts", or "look", which changes nothing
-- @param parts table: store, ledger, facts (versions.lua)
-- @param caller as in callers.lua
-- @param id string: the task's
-- @param body the bound request, or nil
-- @return the task; or nil and a table: status, message (nil where the server has no words)
function work.run(operation, parts, caller, id, body)
  local checks, act = table.unpack(WRITES[operation], 1, 2)
  local call = { caller = caller, task = parts.store.by_id[id], id = id, body = body or {} }
  for _, name in ipairs(checks) do
    local kind, word = check[name](call)
    if kind then return nil, say(kind, word, parts.facts) end
  end
  if act then parts.ledger:note(operation, id, caller.name, act(call, parts.store)) end
  return call.task
end

return work
