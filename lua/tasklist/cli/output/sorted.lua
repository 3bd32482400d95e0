--- JSON whose objects have their names in order, so that the same result is the same text each time.

local tasklist = require "tasklist"

local sorted = {}

local encode = tasklist.encode
local ARRAY = getmetatable(tasklist.array {})

-- Names as they stand before a value. There are few different ones: those of Camunda's fields and of variables.
local labels = setmetatable({}, { __mode = "v", __index = function(all, name)
  all[name] = encode(name) .. ":"
  return all[name]
end })

-- As `tasklist.encode`: what says that it is an array, and a table that has the keys 1 to n alone.
local function is_array(value)
  if getmetatable(value) == ARRAY then return true end
  local count = #value
  if count == 0 then return false end
  for _ in pairs(value) do count = count - 1 end
  return count == 0
end

local write

local function write_array(value)
  local parts = {}
  for i, one in ipairs(value) do parts[i] = write(one) end
  return "[" .. table.concat(parts, ",") .. "]"
end

local function write_object(value)
  local names, parts = {}, {}
  for name in pairs(value) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do parts[i] = labels[name] .. write(value[name]) end
  return "{" .. table.concat(parts, ",") .. "}"
end

function write(value)
  if type(value) ~= "table" then return encode(value) end
  return is_array(value) and write_array(value) or write_object(value)
end

--- @param value as `tasklist.encode` takes it
-- @treturn string one line
sorted.encode = write

-- Fields of Camunda's records that are lists. The client reads an empty list of an answer as a plain empty table.
local LISTS = { candidateGroups = true, candidateUsers = true, sortValues = true, tags = true, variables = true }

--- The value of a record's field.
-- @tparam string name of the field
-- @param value
-- @treturn string JSON text
function sorted.field(name, value)
  if LISTS[name] and type(value) == "table" and next(value) == nil then return "[]" end
  return write(value)
end

--- A writer of records that have much the same names: it remembers their order instead of sorting again for each.
-- @treturn function gives JSON text for a record
function sorted.records()
  local order, known = {}, {}
  return function(record)
    local new = false
    for name in pairs(record) do
      if not known[name] then
        known[name], new = true, true
        order[#order + 1] = name
      end
    end
    if new then table.sort(order) end
    local parts, count = {}, 0
    for _, name in ipairs(order) do
      local value = record[name]
      if value ~= nil then
        count = count + 1
        parts[count] = labels[name] .. sorted.field(name, value)
      end
    end
    return "{" .. table.concat(parts, ",") .. "}"
  end
end

return sorted
