local socket = require "socket"

local wait = {}

local patience, pause = 20, 0.01 -- seconds

--- Waits until a condition holds, and fails when it does not for long.
-- @tparam function holds gives what ends the wait when it is neither false nor nil
-- @tparam string problem what to say when it never holds
-- @return what `holds` gave
function wait.until_true(holds, problem)
  local last = socket.gettime() + patience
  while true do
    local value = holds()
    if value then return value end
    if socket.gettime() > last then error(problem, 2) end
    socket.sleep(pause)
  end
end

return wait
