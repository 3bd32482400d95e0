local cqueues = require "cqueues"

local PATIENCE = 120

--- Asks again and again until something holds; raises when it does not come to hold.
-- @tparam string what for the message
-- @tparam function holds gives a true value when it does
-- @tparam[opt] number patience seconds
-- @return what `holds` gave in the end
return function(what, holds, patience)
  local finish = cqueues.monotime() + (patience or PATIENCE)
  repeat
    local result = holds()
    if result then
      return result
    end
    cqueues.poll(0.05)
  until cqueues.monotime() > finish
  error("waited in vain until " .. what, 2)
end
