--- Foreign text in a message: on one line, what a terminal would obey and what is no UTF-8 escaped, and cut, so that no
-- server's answer fills a log.

local core = require "tasklist.core"

local longest = 400 -- bytes

--- @tparam string text
-- @tparam ?integer most bytes, 400 by default; what is longer ends in "…"
-- @treturn string
return function(text, most)
  return core.line(text, most or longest)
end
