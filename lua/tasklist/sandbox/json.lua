--- JSON as the sandbox needs it: a writer that keeps the order of keys and writes nulls out, and a reader
-- that tells null from absent, arrays from objects, and complains in Jackson's words. lua-cjson does neither.
local reader = require "tasklist.sandbox.json_reader"
local values = require "tasklist.sandbox.json_values"

local json = {}

json.null, json.array, json.is_array = values.null, values.array, values.is_array
json.decode = reader.decode

--- Makes a marker for objects that have fixed keys.
-- @param keys array of strings: exactly these are written, in this order; an absent value becomes null
-- @return function(table) -> the same table, marked
function json.shape(keys)
  local shape = {}
  for i, key in ipairs(keys) do
    shape[i] = { key = key, label = ("%s\"%s\":"):format(i > 1 and "," or "", key) }
  end
  local mark = { shape = shape }
  return function(object)
    return setmetatable(object, mark)
  end
end

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r",
  ["\t"] = "\\t" }
for byte = 0, 31 do
  local char = string.char(byte)
  ESCAPES[char] = ESCAPES[char] or ("\\u%04X"):format(byte)
end

local write

local function write_array(out, list)
  out[#out + 1] = "["
  for i, value in ipairs(list) do
    if i > 1 then out[#out + 1] = "," end
    write(out, value)
  end
  out[#out + 1] = "]"
end

local function write_shape(out, object, shape)
  out[#out + 1] = "{"
  for _, field in ipairs(shape) do
    out[#out + 1] = field.label
    write(out, object[field.key])
  end
  out[#out + 1] = "}"
end

local function write_object(out, object)
  local keys = {}
  for key in pairs(object) do keys[#keys + 1] = key end
  table.sort(keys)
  out[#out + 1] = "{"
  for i, key in ipairs(keys) do
    if i > 1 then out[#out + 1] = "," end
    write(out, key)
    out[#out + 1] = ":"
    write(out, object[key])
  end
  out[#out + 1] = "}"
end

local function write_table(out, value)
  local mark = getmetatable(value)
  if value == json.null then
    out[#out + 1] = "null"
  elseif json.is_array(value) then
    write_array(out, value)
  elseif mark and mark.shape then
    write_shape(out, value, mark.shape)
  else
    write_object(out, value)
  end
end

-- The shortest text that is read as the same fraction again; one that looks like an integer would be none.
local function fraction_text(value)
  local text
  for digits = 15, 17 do
    text = ("%%.%dg"):format(digits):format(value)
    if tonumber(text) == value then break end
  end
  return text:find("[.en]") and text or text .. ".0"
end

local WRITERS = {
  ["nil"] = function(out) out[#out + 1] = "null" end,
  boolean = function(out, value) out[#out + 1] = tostring(value) end,
  number = function(out, value)
    out[#out + 1] = math.type(value) == "integer" and ("%d"):format(value) or fraction_text(value)
  end,
  string = function(out, value)
    if value:find('[%c"\\]') then value = value:gsub('[%c"\\]', ESCAPES) end
    out[#out + 1] = '"' .. value .. '"'
  end,
  table = write_table,
}

function write(out, value)
  return WRITERS[type(value)](out, value)
end

--- Writes a value as JSON text.
-- @param value nil, boolean, number, string, `json.null`, an array made by `json.array`, an object of a
--   `json.shape`, or any other table, which becomes an object with its keys sorted
-- @return string, without white space
function json.encode(value)
  local out = {}
  write(out, value)
  return table.concat(out)
end

return json
