--- What is handed to a sandbox from outside (tasks, process instances, forms), checked field by field.
local dates = require "tasklist.sandbox.dates"
local json = require "tasklist.sandbox.json"

local inputs = {}

--- Checks for one of some words.
function inputs.one_of(...)
  local allowed = { ... }
  return function(value)
    for _, name in ipairs(allowed) do
      if value == name then return value end
    end
    return nil, "one of " .. table.concat(allowed, ", ")
  end
end

--- Checks for a Lua type.
function inputs.of_type(name)
  return function(value)
    if type(value) == name then return value end
    return nil, "a " .. name
  end
end

--- Checks for an integer; one in the shape of a float becomes one.
function inputs.integer(value)
  local number = type(value) == "number" and math.tointeger(value)
  if number then return number end
  return nil, "an integer"
end

--- Checks for a key of Zeebe's: a 64-bit integer as text.
function inputs.key(value)
  if type(value) == "string" and value:find("^%d+$") and math.tointeger(tonumber(value)) then return value end
  return nil, "a string of digits"
end

--- Checks for a date as text; gives milliseconds.
function inputs.date(value)
  local millis = type(value) == "string" and dates.parse(value)
  if millis then return millis end
  return nil, "an ISO 8601 date"
end

--- Checks for an array.
-- @param check of the elements
-- @param wanted string: what the array must be, in words
function inputs.list_of(check, wanted)
  return function(value)
    if type(value) ~= "table" then return nil, wanted end
    local list = json.array{}
    for i, element in ipairs(value) do
      if not check(element) then return nil, wanted end
      list[i] = element
    end
    return list
  end
end

local function is_variable(value)
  return type(value) == "table" and type(value.name) == "string" and type(value.value) == "string"
end

inputs.text = inputs.of_type("string")
inputs.names = inputs.list_of(inputs.text, "an array of strings")
inputs.variables = inputs.list_of(is_variable, "an array of { name, value } with JSON text as value")
inputs.tables = inputs.list_of(inputs.of_type("table"), "an array of tables")

--- Checks a table's fields, each by its entry in `fields`: { check, default =, needed = }. A null is as absent.
-- @param given table
-- @param fields table: name -> entry
-- @param what string that the error starts with, such as "task 3"
-- @return a new table with what the checks made of the values, and the defaults. Raises a text that names the field.
function inputs.check(given, fields, what)
  if type(given) ~= "table" then error(what .. " is no table", 0) end
  local result = {}
  for name, value in pairs(given) do
    if not fields[name] then error(("%s: unknown field '%s'"):format(what, tostring(name)), 0) end
    if value ~= json.null then
      local good, wanted = fields[name][1](value)
      if good == nil then error(("%s: '%s' must be %s"):format(what, name, wanted), 0) end
      result[name] = good
    end
  end
  for name, field in pairs(fields) do
    if result[name] == nil and field.default ~= nil then result[name] = field[1](field.default) end
    if result[name] == nil and field.needed then error(("%s: '%s' is missing"):format(what, name), 0) end
  end
  return result
end

return inputs
