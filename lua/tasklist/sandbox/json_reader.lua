--- Reads JSON, and says what is wrong with a text in the words of Jackson, the server's JSON library.
local values = require "tasklist.sandbox.json_values"

local reader = {}

local MAX_DEPTH = 1000

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

-- What Jackson calls the two that hold others, and what closes them.
local ARRAY_FORM, OBJECT_FORM = { name = "Array", close = "]" }, { name = "Object", close = "}" }

local function start_of(text, open)
  local line, first = 1, 1
  for after in text:sub(1, open):gmatch("\n()") do line, first = line + 1, after end
  return ("[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: %d, column: %d]")
    :format(line, open - first + 1)
end

local function ends(text, at, form, open)
  local char = text:sub(at, at)
  if char == form.close then return true end
  if char == "" then
    fail("Unexpected end-of-input: expected close marker for %s (start marker at %s)", form.name, start_of(text, open))
  elseif char:find("[%]}]") then
    fail("Unexpected close marker '%s': expected '%s' (for %s starting at %s)", char, form.close, form.name,
      start_of(text, open))
  end
  return false
end

-- The place of the next token where the form cannot end.
local function go_on(text, at, form)
  at = skip(text, at)
  if at > #text then fail("Unexpected end-of-input within/between %s entries", form.name) end
  return at
end

-- Reads what stands between brackets, of which the first is before `at`; gives the place after the last.
-- `read_entry(at)` gives the place after an entry.
local function read_entries(text, at, form, read_entry)
  local open = at - 1
  at = skip(text, at)
  if ends(text, at, form, open) then return at + 1 end
  while true do
    at = skip(text, read_entry(at))
    if ends(text, at, form, open) then return at + 1 end
    if text:sub(at, at) ~= "," then
      unexpected(text, at, ("was expecting comma to separate %s entries"):format(form.name))
    end
    at = go_on(text, at + 1, form)
  end
end

local function read_array(text, start, depth)
  local list = values.array{}
  return list, read_entries(text, start, ARRAY_FORM, function(at)
    list[#list + 1], at = read_value(text, at, depth)
    return at
  end)
end

local function read_object(text, start, depth)
  local object = {}
  return object, read_entries(text, start, OBJECT_FORM, function(at)
    if text:sub(at, at) ~= '"' then unexpected(text, at, "was expecting double-quote to start field name") end
    local key
    key, at = read_string(text, at + 1)
    at = go_on(text, at, OBJECT_FORM)
    if text:sub(at, at) ~= ":" then
      unexpected(text, at, "was expecting a colon to separate field name and value")
    end
    object[key], at = read_value(text, go_on(text, at + 1, OBJECT_FORM), depth)
    return at
  end)
end

local VALUE = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
local LITERALS = { ["true"] = true, ["false"] = false, null = values.null }

-- Reads the value whose first character is at a place; gives it and the place after it.
function read_value(text, at, depth)
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
-- @return the value (null is `values.null`, arrays satisfy `values.is_array`), or nil and a message
function reader.decode(text)
  local valid, bad = utf8.len(text, 1, -1, true)
  if not valid then return nil, ("Invalid UTF-8 start byte 0x%02x"):format(text:byte(bad)) end
  local ok, value = pcall(read_text, text)
  if ok then return value end
  if type(value) ~= "table" then error(value, 0) end
  return nil, value.message
end

return reader
