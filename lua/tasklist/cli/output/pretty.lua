--- JSON for people to read: a line for each value, names in order, and nothing that a terminal would obey.

local harmless = require "tasklist.cli.output.text"
local sorted = require "tasklist.cli.output.sorted"
local tasklist = require "tasklist"

--- @tparam string text
-- @treturn string the same JSON; a text that is none as it is
return function(text)
  local value, problem = tasklist.decode(text, { keep_null = true })
  return problem and text or harmless.json(sorted.encode(value, "\n"))
end
