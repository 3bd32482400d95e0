--- What became of a task whose completion got no clear answer.

local core = require "tasklist.core"
local message = require "tasklist.api.message"
local v1 = require "tasklist.api.v1"

local completion = {}

local first_pause, longest_pause = 1 / 10, 1

-- True when further reading is in vain: a canceled task, and one that is gone, will not become COMPLETED.
local function hopeless(task, failure)
  return task and task.taskState == "CANCELED" or failure and failure.code == "not_found"
end

--- Completes a task; where it stays open whether that happened, reads the task until it is COMPLETED or
-- the deadline of the whole call ends. By whom it was completed the API cannot tell.
-- @tparam table server of the client
-- @tparam table complete the message that completes, in v1
-- @param id of the task
-- @param payload the variables
-- @treturn table the task, with `outcome = "completed"` when it was found so; or nil and the error that
--   completing gave, or misuse as a text
function completion.verified(server, complete, id, payload)
  local deadline = server:deadline(complete.timeout)
  local read = message.of_operation(v1.operations.get_task, id)
  local done, failure = server:call("complete_task", complete, id, payload)
  if done or type(failure) == "string" or not failure.outcome then
    return done, failure
  end
  local pause = first_pause
  while true do
    local left = deadline - core.now()
    if left <= 0 then
      return nil, failure
    end
    read.timeout = left
    local task, problem = server:call("get_task", read, id)
    if task and task.taskState == "COMPLETED" then
      task.outcome = "completed"
      return task
    end
    left = deadline - core.now()
    if type(problem) == "string" then
      return nil, problem
    elseif left <= 0 or hopeless(task, problem) then
      return nil, failure
    end
    problem = server.connection:pause(math.min(pause, left))
    if problem then
      return nil, type(problem) == "string" and problem or failure
    end
    pause = math.min(pause * 2, longest_pause)
  end
end

return completion
