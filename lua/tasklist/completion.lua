--- Completing a task in more than one request: with its drafts, and with a look at what became of it.

local message = require "tasklist.api.message"
local polling = require "tasklist.polling"
local v1 = require "tasklist.api.v1"

local completion = {}

local only_drafts = { drafts = "only", keep_null = true }

-- A task's drafts, and over them the variables that the user gave; or nil and a failure.
local function with_drafts(server, id, given, deadline)
  local problem = server:prepare(deadline)
  if problem then
    return nil, problem
  elseif server.api == "v2" then -- which keeps none
    return given
  end
  local read = message.of_operation(v1.operations.variables, id)
  read.timeout = server:left(deadline)
  local all, failure = require("tasklist.variables").of_task(server, read, id, nil, only_drafts)
  if not all then
    return nil, failure
  end
  for name, value in pairs(given or {}) do
    all[name] = value
  end
  return all
end

-- Makes what ends the reading: a task that is COMPLETED, or false, when further reading is in vain, because one that
-- was canceled and one that is gone will not become so. What v2 does not find may only be too new for its index.
local function looker(server)
  return function(task, failure)
    if task and task.taskState == "COMPLETED" then
      task.outcome = "completed"
      return task
    elseif task and task.taskState == "CANCELED"
      or failure and failure.code == "not_found" and server.api == "v1" then
      return false
    end
  end
end

--- Completes a task; where it stays open whether that happened, reads the task until it is COMPLETED or
-- the deadline of the whole call ends. By whom it was completed the API cannot tell.
-- @tparam table server of the client
-- @tparam table complete the message that completes, in v1
-- @param id of the task
-- @param payload the variables
-- @tparam ?table options of the verb
-- @treturn table the task, with `outcome = "completed"` when it was found so; or nil and the error that
--   completing gave, or misuse as a text
function completion.verified(server, complete, id, payload, options)
  local deadline = server:deadline(complete.timeout)
  local done, failure = server:call("complete_task", complete, id, payload, options)
  if done or type(failure) == "string" or not failure.outcome then
    return done, failure
  end
  local task, problem = polling.read(server, id, deadline, looker(server))
  if task then
    return task
  end
  return nil, type(problem) == "string" and problem or failure
end

--- Completes a task.
-- @tparam table server likewise, and so the next three
-- @tparam table complete
-- @param id
-- @param payload
-- @tparam table options `drafts`, `verify`, `action`: see `Client:complete_task`
-- @treturn table the task; or nil and an error object, or misuse as a text
function completion.complete(server, complete, id, payload, options)
  local deadline = server:deadline(complete.timeout)
  if options.drafts then
    local failure
    payload, failure = with_drafts(server, id, payload, deadline)
    if failure then
      return nil, failure
    end
    complete = message.of_operation(v1.operations.complete_task, id, payload)
    complete.timeout = server:left(deadline)
  end
  if options.verify then
    return completion.verified(server, complete, id, payload, options)
  end
  return server:call("complete_task", complete, id, payload, options)
end

return completion
