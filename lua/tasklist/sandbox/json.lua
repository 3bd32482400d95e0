--- JSON as the sandbox needs it: a writer that keeps the order of keys and writes nulls out, and a reader
-- that tells null from absent, arrays from objects, and complains in Jackson's words. lua-cjson does neither.
local json = {}

--- The value that stands for a JSON null in what `decode` returns; `encode` writes it as null.
json.null = setmetatable({}, { __tostring = function() return "null" end })

local ARRAY = {}
local MAX_DEPTH = 1000

--- Marks a table as an array, so that it is written with brackets even when empty.
-- @param list table with elements 1..n, changed in place
-- @return the same table
function json.array(list)
  return setmetatable(list, ARRAY)
end

--- Whether a value is an array that `array` marked or `decode` read.
function json.is_array(value)
  return getmetatable(value) == ARRAY
end

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

-- Writing ----------------------------------------------------------------------------------------------------

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
  elseif mark == ARRAY then
    write_array(out, value)
  elseif mark and mark.shape then
    write_shape(out, value, mark.shape)
  else
    write_object(out, value)
  end
end

local WRITERS = {
  ["nil"] = function(out) out[#out + 1] = "null" end,
  boolean = function(out, value) out[#out + 1] = tostring(value) end,
  number = function(out, value)
    out[#out + 1] = math.type(value) == "integer" and ("%d"):format(value) or ("%.17g"):format(value)
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

-- Reading ----------------------------------------------------------------------------------------------------

-- Every failure of the reader is raised as one of these, so that a bug is not mistaken for a bad text.
local function fail(message, ...)
  error({ message = message:format(...) }, 0)
end

-- How Jackson shows a character in a message.
local function describe(text, at)
  local char = text:sub(at, utf8.offset(text, 2, at) - 1)
  local code = utf8.codepoint(char, 1, 1, true)
  if code < 32 or code >= 127 and code < 160 then return ("(CTRL-CHAR, code %d)"):format(code) end
  return (code > 255 and "'%s' (code %d / 0x%x)" or "'%s' (code %d)"):format(char, code, code)
end

local function unexpected(text, at, expected, place)
  if at > #text then fail("Unexpected end-of-input: %s", expected) end
  fail("Unexpected character (%s)%s: %s", describe(text, at), place or "", expected)
end

-- White space, and the two kinds of comment that the server accepts. All that stands between two tokens passes here.
local function skip(text, at)
  while true do
    at = text:find("[^ \t\r\n]", at) or #text + 1
    local comment = text:sub(at, at + 1)
    if comment == "//" then
      at = text:find("\n", at, true) or #text + 1
    elseif comment == "/*" then
      local _, last = text:find("*/", at + 2, true)
      if not last then fail("Unexpected end-of-input in a comment") end
      at = last + 1
    elseif comment:find("^[\0-\31]") then
      fail("Illegal character (%s): only regular white space (\\r, \\n, \\t) is allowed between tokens",
        describe(text, at))
    else
      return at
    end
  end
end

local UNESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }

local function read_hex(text, at)
  local digits = text:match("^%x%x%x%x", at)
  if not digits then unexpected(text, at, "expected a hex-digit for character escape sequence") end
  return tonumber(digits, 16)
end

-- Reads what follows a backslash; gives the text it stands for and the place after it.
local function read_escape(text, at)
  local char = text:sub(at, at)
  if char ~= "u" then
    if char == "" then fail("Unexpected end-of-input in character escape sequence") end
    if not UNESCAPES[char] then fail("Unrecognized character escape %s", describe(text, at)) end
    return UNESCAPES[char], at + 1
  end
  local code = read_hex(text, at + 1)
  if code >= 0xD800 and code < 0xDC00 and text:find("^\\u[Dd][C-Fc-f]", at + 5) then
    return utf8.char(0x10000 + ((code - 0xD800) << 10) + (read_hex(text, at + 7) - 0xDC00)), at + 11
  end
  return utf8.char(code), at + 5
end

local function read_string(text, at)
  local parts, start = {}, at
  while true do
    local stop = text:find('[%c"\\]', start)
    if not stop then fail("Unexpected end-of-input: was expecting closing quote for a string value") end
    parts[#parts + 1] = text:sub(start, stop - 1)
    local char = text:sub(stop, stop)
    if char == '"' then
      return table.concat(parts), stop + 1
    elseif char == "\\" then
      parts[#parts + 1], start = read_escape(text, stop + 1)
    elseif char == "\127" then
      parts[#parts + 1], start = char, stop + 1
    else
      fail("Illegal unquoted character ((CTRL-CHAR, code %d)): has to be escaped using backslash to be included in "
        .. "string value", char:byte())
    end
  end
end

local function skip_digits(text, at, expected)
  return text:match("^%d+()", at) or unexpected(text, at, expected, " in numeric value")
end

local function read_number(text, at)
  local first = text:match("^-?()", at)
  local stop = skip_digits(text, first, "expected digit (0-9) to follow minus sign, for valid numeric value")
  if text:find("^0%d", first) then fail("Invalid numeric value: Leading zeroes not allowed") end
  if text:find("^%.", stop) then stop = skip_digits(text, stop + 1, "Decimal point not followed by a digit") end
  local exponent = text:match("^[eE][+-]?()", stop)
  if exponent then stop = skip_digits(text, exponent, "Exponent indicator not followed by a digit") end
  return tonumber(text:sub(at, stop - 1)), stop
end

local read_value

local function read_array(text, at, depth)
  local list = json.array{}
  at = skip(text, at)
  if text:sub(at, at) == "]" then return list, at + 1 end
  while true do
    list[#list + 1], at = read_value(text, at, depth)
    at = skip(text, at)
    local char = text:sub(at, at)
    if char == "]" then return list, at + 1 end
    if char ~= "," then unexpected(text, at, "was expecting comma to separate Array entries") end
    at = at + 1
  end
end

local function read_object(text, at, depth)
  local object = {}
  at = skip(text, at)
  if text:sub(at, at) == "}" then return object, at + 1 end
  while true do
    at = skip(text, at)
    if text:sub(at, at) ~= '"' then unexpected(text, at, "was expecting double-quote to start field name") end
    local key
    key, at = read_string(text, at + 1)
    at = skip(text, at)
    if text:sub(at, at) ~= ":" then
      unexpected(text, at, "was expecting a colon to separate field name and value")
    end
    object[key], at = read_value(text, at + 1, depth)
    at = skip(text, at)
    local char = text:sub(at, at)
    if char == "}" then return object, at + 1 end
    if char ~= "," then unexpected(text, at, "was expecting comma to separate Object entries") end
    at = at + 1
  end
end

local VALUE = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
local LITERALS = { ["true"] = true, ["false"] = false, null = json.null }

function read_value(text, at, depth)
  at = skip(text, at)
  local char = text:sub(at, at)
  if char == '"' then return read_string(text, at + 1) end
  if char:find("[-%d]") then return read_number(text, at) end
  if char == "{" or char == "[" then
    if depth == MAX_DEPTH then
      fail("Document nesting depth (%d) exceeds the maximum allowed (%d)", depth + 1, MAX_DEPTH)
    end
    return (char == "{" and read_object or read_array)(text, at + 1, depth + 1)
  end
  local word = text:match("^[%a_$][%w_$]*", at)
  if not word then unexpected(text, at, "expected a valid value " .. VALUE) end
  if LITERALS[word] == nil then fail("Unrecognized token '%s': was expecting %s", word, VALUE) end
  return LITERALS[word], at + #word
end

local function read_text(text)
  local at = skip(text, 1)
  if at > #text then fail("No content to map due to end-of-input") end
  local value, stop = read_value(text, at, 0)
  if type(value) == "number" and text:find("^[^ \t\r\n]", stop) then
    unexpected(text, stop, "Expected space separating root-level values")
  end
  return value
end

--- Reads the first JSON value of a text; what follows it is ignored, as the server does.
-- Comments are accepted. Numbers without fraction or exponent that fit 64 bits are integers.
-- @param text string
-- @return the value (null is `json.null`, arrays satisfy `is_array`), or nil and a message
function json.decode(text)
  local valid, bad = utf8.len(text, 1, -1, true)
  if not valid then return nil, ("Invalid UTF-8 start byte 0x%02x"):format(text:byte(bad)) end
  local ok, value = pcall(read_text, text)
  if ok then return value end
  if type(value) ~= "table" then error(value, 0) end
  return nil, value.message
end

return json
