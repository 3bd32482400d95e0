--- The variables in a request of v2's, as the store has them.
local closed = require "tasklist.sandbox.v2.closed"
local json = require "tasklist.sandbox.json"

--- A type, as closed.lua has them: an object becomes an array of { name, value } with JSON text as value, sorted by
-- name.
return function(value, path)
  local names, list = {}, {}
  for name in pairs(closed.any_object(value, path)) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do list[i] = { name = name, value = json.encode(value[name]) } end
  return list
end
