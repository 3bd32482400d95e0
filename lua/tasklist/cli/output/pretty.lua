--- JSON for people to read: a line for each value, names in order, and nothing that a terminal would obey.

local harmless = require "tasklist.cli.output.text"
local tasklist = require "tasklist"

local ARRAY = getmetatable(tasklist.array {})

local write

local function members(value, indent)
  local parts, names = {}, {}
  for name in pairs(value) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do parts[i] = tasklist.encode(name) .. ": " .. write(value[name], indent) end
  return parts
end

local function elements(value, indent)
  local parts = {}
  for i, one in ipairs(value) do parts[i] = write(one, indent) end
  return parts
end

function write(value, indent)
  if type(value) ~= "table" or next(value) == nil then return tasklist.encode(value) end
  local is_array, inner = getmetatable(value) == ARRAY, indent .. "  "
  local parts = (is_array and elements or members)(value, inner)
  return (is_array and "[%s%s%s]" or "{%s%s%s}"):format(inner, table.concat(parts, "," .. inner), indent)
end

--- @tparam string text
-- @treturn string the same JSON; a text that is none as it is
return function(text)
  local value, problem = tasklist.decode(text, { keep_null = true })
  return problem and text or harmless.json(write(value, "\n"))
end
