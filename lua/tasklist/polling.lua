--- Reads a task again and again, until it is as somebody waits for.

local core = require "tasklist.core"
local message = require "tasklist.api.message"
local v1 = require "tasklist.api.v1"

local polling = {}

local first_pause, longest_pause = 1 / 10, 1 -- seconds

--- Reads a task until a function has seen enough of it, or the time is over.
-- @tparam table server of the client
-- @param id of the task, or the task
-- @tparam number deadline of `core.now`
-- @tparam function look gets the task, or nil and an error object; gives what ends the reading, or nil to go on
-- @return what `look` gave; nil when the time is over; or nil and what ended the waiting: an error object, or misuse as
--   a text
function polling.read(server, id, deadline, look)
  local read = message.of_operation(v1.operations.get_task, id)
  local pause, left = first_pause, deadline - core.now()
  while left > 0 do
    read.timeout = left
    local task, problem = server:call("get_task", read, id)
    if type(problem) == "string" then
      return nil, problem
    end
    local seen, failure = look(task, problem)
    left = deadline - core.now()
    if seen ~= nil then
      return seen, failure
    elseif left > 0 then
      local connection = server.connection
      problem = connection:misuse() -- `look` may have closed the client
        or connection:pause(math.min(pause, left))
      if problem then
        return nil, problem
      end
      pause, left = math.min(pause * 2, longest_pause), deadline - core.now()
    end
  end
end

return polling
