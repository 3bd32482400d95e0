--- Writes to tasks by v2, where more than one request is needed: what a 404 means, and what v1 does not do.

local finding = require "tasklist.api.finding"

local changes = {}

--- Tells a task that has ended from one that never was. To the engine, which answers writes, both are unknown (404);
-- what answers reads still has the task, in whatever state, since it may lag behind.
-- @tparam table exchange
-- @param id of the task
-- @param failure of the write
-- @return the failure, with the code "not_active" where the task is known; or misuse as a text
function changes.tell_apart(exchange, id, failure)
  if type(failure) == "string" or failure.code ~= "not_found" or failure.outcome then
    return failure
  end
  local task, other = exchange:call(exchange.server:found().operations.get_task, id)
  if type(other) == "string" then
    return other
  end
  local known = task or type(id) == "table" and id
  if known and known.implementation == "JOB_WORKER" then -- which only v1 shows, and only v1 changes
    failure.code, failure.message = "unsupported", failure.message .. "; the task is one of job workers, which only "
      .. "Tasklist's API v1 changes"
  elseif task then
    failure.code, failure.message = "not_active", failure.message .. "; the task has ended"
  end
  return failure
end

local first_of_v2 = { 8, 6 } -- before, the same requests lay below /v1 of the same address

--- Does by v2 what v1 does not: up to 8.7 only v2 changes the tasks that Camunda itself manages, for a client that
-- signs in with a token, and their dates, candidates and priority for anybody. Nothing was executed so far.
-- @tparam table exchange
-- @tparam string name of the operation
-- @param id of the task
-- @param payload what the user gave
-- @tparam ?table options what the user gave
-- @tparam table refusal v1's
-- @return what the operation gives; or nil and an error object, or misuse as a text
function changes.hand_on(exchange, name, id, payload, options, refusal)
  local operation = require("tasklist.api.v2").operations[name]
  if not operation.changes_task then
    return nil, refusal
  end
  local version, failure = exchange:version()
  if type(failure) == "string" then
    return nil, failure
  elseif not version then
    refusal.message = ("%s; the newer API gives no answer: %s"):format(refusal.message, tostring(failure))
    return nil, refusal
  elseif not finding.at_least(version, first_of_v2) then
    operation = setmetatable({ head = operation.head:gsub("^/v2/", "/v1/") }, { __index = operation })
  end
  return exchange:perform(operation, id, payload, options)
end

return changes
