--- What of JSON Lua has no value for: null, and which tables are arrays.
local values = {}

--- The value that stands for a JSON null.
values.null = setmetatable({}, { __tostring = function() return "null" end })

local ARRAY = {}

--- Marks a table as an array, so that it is written with brackets even when empty.
-- @param list table with elements 1..n, changed in place
-- @return the same table
function values.array(list)
  return setmetatable(list, ARRAY)
end

--- Whether a value is an array that `array` marked.
function values.is_array(value)
  return getmetatable(value) == ARRAY
end

return values
