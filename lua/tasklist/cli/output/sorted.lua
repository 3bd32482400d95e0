--- JSON whose objects have their names in order, so that the same result is the same text each time.

local tasklist = require "tasklist"

local sorted = {}

local encode = tasklist.encode
local ARRAY = getmetatable(tasklist.array {})

-- As `tasklist.encode`: what says that it is an array, and a table that has the keys 1 to n alone.
local function is_array(value)
  if getmetatable(value) == ARRAY then return true end
  local count = #value
  if count == 0 then return false end
  for _ in pairs(value) do count = count - 1 end
  return count == 0
end

--- The keys of a table in order.
-- @tparam table value all its keys are strings, or all are numbers
-- @treturn table
function sorted.keys(value)
  local keys = {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

local write

local function elements(value, inner)
  local parts = {}
  for i, one in ipairs(value) do parts[i] = write(one, inner) end
  return parts
end

local function members(value, inner)
  local parts, colon = {}, inner and ": " or ":"
  for i, name in ipairs(sorted.keys(value)) do parts[i] = encode(name) .. colon .. write(value[name], inner) end
  return parts
end

function write(value, indent)
  if type(value) ~= "table" or next(value) == nil then return encode(value) end
  local array, inner = is_array(value), indent and indent .. "  "
  local parts = (array and elements or members)(value, inner)
  local text = (inner or "") .. table.concat(parts, inner and "," .. inner or ",") .. (indent or "")
  return array and "[" .. text .. "]" or "{" .. text .. "}"
end

--- @param value as `tasklist.encode` takes it
-- @tparam ?string indent "\n" for a line for each value; one line in all if it is nil
-- @treturn string
sorted.encode = write

--- The value of a field.
-- @param value
-- @tparam ?boolean list true where an empty table is a list
-- @treturn string JSON text
function sorted.field(value, list)
  if list and type(value) == "table" and next(value) == nil then return "[]" end
  return write(value)
end

--- A writer of records that have much the same names: it remembers their order instead of sorting again for each.
-- @tparam table lists true by the names of fields that are lists
-- @treturn function gives JSON text for a record
function sorted.records(lists)
  local order, labels = {}, {}
  return function(record)
    local count = #order
    for name in pairs(record) do
      if not labels[name] then
        labels[name] = encode(name) .. ":"
        order[#order + 1] = name
      end
    end
    if #order > count then table.sort(order) end
    local parts = {}
    for _, name in ipairs(order) do
      local value = record[name]
      if value ~= nil then
        parts[#parts + 1] = labels[name] .. sorted.field(value, lists[name])
      end
    end
    return "{" .. table.concat(parts, ",") .. "}"
  end
end

return sorted
