--- Calls one after the other for a while, and how evenly they came: on a machine that stalls, a token may be over when
-- a call that was sent in time arrives.
local cqueues = require "cqueues"

--- Calls again and again.
-- @param seconds for how long, at least
-- @param call function
-- @return the seconds that it took, and the longest that one call took to come after another
return function(seconds, call)
  local start = cqueues.monotime()
  local last, longest = start, 0
  repeat
    call()
    local now = cqueues.monotime()
    last, longest = now, math.max(longest, now - last)
    cqueues.poll(0.01) -- a caller that works on each answer
  until now - start > seconds
  return last - start, longest
end
