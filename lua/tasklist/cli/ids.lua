--- The ids that a command works on: those on the command line, or the lines of stdin for `-`.

local ids = {}

ids.argument = { name = "ID", args = "+", description = "of a task; - reads them from stdin, a line each" }

--- @tparam table words of the command line
-- @treturn function an iterator
function ids.each(words)
  if words[1] == "-" then
    return io.lines()
  end
  local i = 0
  return function()
    i = i + 1
    return words[i]
  end
end

return ids
