--- The endpoint of v2 that sets variables in a scope: that of a task, or a process instance.
local answers = require "tasklist.sandbox.answers"
local callers = require "tasklist.sandbox.callers"
local closed = require "tasklist.sandbox.v2.closed"
local keyed = require "tasklist.sandbox.v2.keyed"
local values = require "tasklist.sandbox.v2.values"

local REJECTED = "Command 'UPDATE' rejected with code '%s': %s"
local UNKNOWN = "Expected to update variables for element with key '%s', but no such element was found"
local FORBIDDEN = "Insufficient permissions to perform operation 'UPDATE_PROCESS_INSTANCE' on resource "
  .. "'PROCESS_DEFINITION'"

local OVER = { COMPLETED = true, CANCELED = true }

local function refuse(call, status, code, reason)
  return answers.problem(call.request, status, code, REJECTED:format(code, reason))
end

-- Sets them in the scope itself, or each in the innermost scope that has one of its name, and else outermost.
local function set(store, key, task, body)
  if body["local"] then
    store.scopes:set(key, body.variables)
  else
    store:set_variables(key == task.scopes[1] and task.id or key, body.variables)
  end
end

local function set_variables(parts, call)
  local store, body = parts.store, call.body
  if not body.variables then return answers.problem(call.request, 400, "INVALID_ARGUMENT", "No variables provided.") end
  local task = store.scopes:task_of(call.id)
  local is_own = task and call.id == task.scopes[1]
  if not task or not callers.knows(call.caller, task) or is_own and OVER[task.taskState] then
    return refuse(call, 404, "NOT_FOUND", UNKNOWN:format(call.id))
  elseif not callers.may_write(call.caller) then
    return refuse(call, 403, "FORBIDDEN", FORBIDDEN)
  end
  set(store, call.id, task, body)
  parts.ledger:note("set_variables", is_own and task.id or nil, call.caller, { variables = body.variables })
  return answers.done()
end

--- The endpoints, as endpoints.lua has them.
return {
  { "PUT", "^/element%-instances/([^/]+)/variables$", keyed("elementInstanceKey", set_variables), required = true,
    body = closed.object{ variables = values, ["local"] = closed.boolean, operationReference = closed.int } },
}
