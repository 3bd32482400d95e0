--- The one place that decides how JSON becomes Lua and Lua becomes JSON.
--
-- Bodies go through a private lua-cjson instance, so the host's settings are neither used nor changed.
-- lua-cjson cannot write an empty array, and takes any Lua table for what it looks like; so a body is
-- written by a shape (see `v1`) that says what each field is, and cjson writes the single values.

local cjson = require "cjson"
local core = require "tasklist.core"

local json = {}

local codec = cjson.new()
codec.decode_invalid_numbers(false)
codec.encode_invalid_numbers(false)

--- JSON null, where absence is not meant: the null pointer, which lua-cjson uses too.
json.null = cjson.null

-- What lua-cjson raises about its argument is an answer; that memory is short is not.
local function protected(call, value)
  local ok, result = pcall(call, value)
  if ok then
    return result
  elseif result == "not enough memory" then
    error(result, 0)
  end
  return nil, result
end

--- Reads a body: null in an object is absent, a number without a fraction is an integer.
-- @tparam string text
-- @return the value, or nil and what is wrong with the text
function json.decode(text)
  local value, problem = protected(codec.decode, text)
  if problem then
    return nil, problem
  end
  return core.tidy(value)
end

local write

local function expected(path, what, value)
  local shown = type(value) == "string" and ("%q"):format(value) or type(value)
  return nil, ("%s: %s expected, got %s"):format(path, what, shown)
end

local writers = {}

function writers.string(_, value, path)
  if math.type(value) == "integer" then -- a key: Camunda writes these as strings
    value = ("%d"):format(value)
  elseif type(value) ~= "string" then
    return expected(path, "string", value)
  elseif not utf8.len(value) then
    return nil, path .. ": not UTF-8"
  end
  return codec.encode(value)
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
    return nil, ("%s: integer from %d to %d expected, got %s"):format(path, shape.least, shape.most, tostring(value))
  end
  return ("%d"):format(integer)
end

function writers.number(_, value, path)
  if type(value) ~= "number" or value ~= value or value == math.huge or value == -math.huge then
    return expected(path, "finite number", value)
  end
  return math.type(value) == "integer" and ("%d"):format(value) or codec.encode(value)
end

function writers.enum(shape, value, path)
  for _, allowed in ipairs(shape.values) do
    if value == allowed then
      return codec.encode(value)
    end
  end
  return expected(path, "one of " .. table.concat(shape.values, ", "), value)
end

function writers.array(shape, value, path)
  if type(value) ~= "table" then
    return expected(path, "array", value)
  end
  local parts = {}
  for key in pairs(value) do
    if not (math.type(key) == "integer" and key >= 1 and key <= #value) then
      return nil, ("%s: array expected, got the key %s"):format(path, tostring(key))
    end
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

local function unknown_field(shape, name, path)
  local known = {}
  for field in pairs(shape.fields) do
    known[#known + 1] = field
  end
  table.sort(known)
  return nil, ("%s: unknown field %q; it takes %s"):format(path, tostring(name), table.concat(known, ", "))
end

local function problem_of_fields(shape, value, path)
  for _, name in ipairs(shape.needs) do
    if value[name] == nil then
      return ("%s.%s: missing"):format(path, name)
    end
  end
  local found
  for _, name in ipairs(shape.one_of) do
    if value[name] ~= nil and found then
      return ("%s: only one of %s and %s can be given"):format(path, found, name)
    end
    found = value[name] ~= nil and name or found
  end
end

function writers.object(shape, value, path)
  if type(value) ~= "table" then
    return expected(path, "table", value)
  end
  local parts = {}
  for name, item in pairs(value) do
    local field = shape.fields[name]
    if not field then
      return unknown_field(shape, name, path)
    end
    local part, problem = write(field, item, path .. "." .. name)
    if not part then
      return nil, problem
    end
    parts[#parts + 1] = codec.encode(name) .. ":" .. part
  end
  local problem = problem_of_fields(shape, value, path)
  if problem then
    return nil, problem
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function place_of(path, name)
  return name:find("^[%a_][%w_]*$") and path .. "." .. name or ("%s[%q]"):format(path, name)
end

-- name -> value, as the API's list of names and JSON texts; sorted, so that the same call sends the
-- same bytes.
function writers.variables(_, value, path)
  if type(value) ~= "table" then
    return expected(path, "table", value)
  end
  local parts = {}
  for name, item in pairs(value) do
    if type(name) ~= "string" or not utf8.len(name) then
      return nil, ("%s: a variable's name must be a string of UTF-8, got %s"):format(path, tostring(name))
    end
    local text, problem = core.encode_value(item, place_of(path, name))
    if not text then
      return nil, problem
    end
    parts[#parts + 1] = ('{"name":%s,"value":%s}'):format(codec.encode(name), codec.encode(text))
  end
  table.sort(parts)
  return "[" .. table.concat(parts, ",") .. "]"
end

function write(shape, value, path)
  if value == json.null then
    return "null"
  end
  return writers[shape.type](shape, value, path)
end

--- Writes a value of a known shape.
-- @tparam table shape `{ type = … }`; see `v1` for all of them
-- @param value
-- @tparam string path what to call the value in a message
-- @treturn string JSON text; or nil and which field is wrong and what it takes
json.encode = write

--- Writes any Lua value as lua-cjson does: an empty table is `{}`, a number has 14 digits.
-- @treturn string JSON text; or nil and what cannot be written
function json.encode_any(value)
  return protected(codec.encode, value)
end

return json
