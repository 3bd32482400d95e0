--- Bodies and queries, written by shapes: what each field is comes from the API's description (see `v1`
-- for all kinds), not from a guess: of a Lua table alone nobody can tell whether it is an empty array or an empty
-- object.

local json = require "tasklist.json"
local variables = require "tasklist.variables"
local words = require "tasklist.words"

local shapes = {}

local expected, is_array = words.expected, json.is_array

-- Each kind of shape: `(shape, value, path, write)` gives JSON text; or nil and what is wrong.
local writers = {}

for kind, writer in pairs(variables.writers) do
  writers[kind] = writer
end

function writers.string(_, value, path)
  if math.type(value) == "integer" then -- a key: Camunda writes these as strings
    value = ("%d"):format(value)
  elseif type(value) ~= "string" then
    return expected(path, "string", value)
  elseif not utf8.len(value) then
    return nil, path .. ": not UTF-8"
  end
  return json.encode_scalar(value)
end

function writers.boolean(_, value, path)
  if type(value) ~= "boolean" then
    return expected(path, "boolean", value)
  end
  return tostring(value)
end

function writers.integer(shape, value, path)
  local integer = type(value) == "number" and math.tointeger(value)
  if not integer or integer < shape.least or integer > shape.most then
    return expected(path, ("integer from %d to %d"):format(shape.least, shape.most), value)
  end
  return ("%d"):format(integer)
end

function writers.number(_, value, path)
  if type(value) ~= "number" or value ~= value or value == math.huge or value == -math.huge then
    return expected(path, "finite number", value)
  end
  return json.encode_scalar(value)
end

function writers.enum(shape, value, path)
  for _, allowed in ipairs(shape.values) do
    if value == allowed then
      return json.encode_scalar(value)
    end
  end
  return expected(path, words.one_of(shape.values), value)
end

function writers.array(shape, value, path, write)
  if type(value) ~= "table" then
    value = json.given(value)
    if type(value) ~= "table" then
      return expected(path, "array", value)
    end
  end
  local parts, count = {}, 0
  for key in pairs(value) do
    count = count + 1
    if not (math.type(key) == "integer" and key >= 1 and key <= #value) then
      return nil, ("%s: array expected, got the key %s"):format(path, words.name(key))
    end
  end
  if count ~= #value then
    return nil, ("%s: array without holes expected"):format(path)
  end
  for index, item in ipairs(value) do
    local part, problem = write(shape.of, item, ("%s[%d]"):format(path, index))
    if not part then
      return nil, problem
    end
    parts[index] = part
  end
  return "[" .. table.concat(parts, ",") .. "]"
end

-- The server takes a field that is null for absent.
local function is_there(value, name)
  local field = rawget(value, name)
  return field ~= nil and field ~= json.null
end

local function problem_of_fields(shape, value, path)
  for _, name in ipairs(shape.needs) do
    if rawget(value, name) == nil then
      return ("%s.%s: missing"):format(path, name)
    end
  end
  local found
  for _, name in ipairs(shape.one_of) do
    if is_there(value, name) and found then
      return ("%s: only one of %s and %s can be given"):format(path, found, name)
    end
    found = is_there(value, name) and name or found
  end
end

function writers.object(shape, value, path, write)
  if type(value) ~= "table" or is_array(value) then
    return expected(path, "table", value)
  end
  local parts = {}
  for name, item in pairs(value) do
    local field = shape.fields[name]
    if not field then
      return nil, ("%s: %s"):format(path, words.unknown("field", name, shape.fields))
    end
    local part, problem = write(field, item, path .. "." .. name)
    if not part then
      return nil, problem
    end
    parts[#parts + 1] = json.encode_scalar(name) .. ":" .. part
  end
  local problem = problem_of_fields(shape, value, path)
  if problem then
    return nil, problem
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

function writers.date(_, value, path)
  if type(value) == "number" then
    local dates = require "tasklist.dates"
    if not dates.has_date(value) then
      return expected(path, "seconds in the years 0 to 9999", value)
    end
    value = dates.date(value)
  elseif type(value) ~= "string" then
    return expected(path, "date or seconds", value)
  end
  return writers.string(nil, value, path)
end

--- Writes a value of a known shape.
-- @tparam table shape `{ type = … }`; see `v1` for all of them
-- @param value
-- @tparam string path what to call the value in a message
-- @treturn string JSON text; or nil and which field is wrong and what it takes
function shapes.write(shape, value, path)
  if value == json.null and shape.type ~= "filter_value" then -- a filter compares with null as with any value
    return "null"
  end
  return writers[shape.type](shape, value, path, shapes.write)
end

return shapes
