--- A field of a result as text, for the formats that have no types.

local sorted = require "tasklist.cli.output.sorted"
local tasklist = require "tasklist"

local text = {}

--- @param value of a field
-- @tparam ?boolean list true where an empty table is a list
-- @treturn string a string as it is, nothing for null, and JSON for anything else
function text.of(value, list)
  if type(value) == "string" then return value end
  if value == nil or value == tasklist.null then return "" end
  return sorted.field(value, list)
end

-- Control characters: those of ASCII, and U+0080 to U+009F, of which U+009B begins an escape sequence as ESC [ does.
local CONTROL = "[%c\127]"
local UPPER_CONTROL = "\xc2[\x80-\x9f]"

-- Characters that turn the direction of what follows them, so that a line shows something else than it says.
local TURNS = { "\xe2\x80[\xaa-\xae]", "\xe2\x81[\xa6-\xa9]" }

local REPLACEMENT = "\u{FFFD}"

--- Foreign text that may go to a terminal: in a line, and without what a terminal would obey.
-- @tparam string foreign
-- @treturn string spaces for line ends and tabs, U+FFFD for every other control character
function text.harmless(foreign)
  if foreign:find(CONTROL) then
    foreign = foreign:gsub("\r?[\n\t]", " "):gsub(CONTROL, REPLACEMENT)
  end
  if foreign:find "[\xc2\xe2]" then
    foreign = foreign:gsub(UPPER_CONTROL, REPLACEMENT)
    for _, turn in ipairs(TURNS) do foreign = foreign:gsub(turn, REPLACEMENT) end
  end
  return foreign
end

local SHORT = { ["\t"] = "\\t", ["\n"] = "\\n", ["\r"] = "\\r", ["\\"] = "\\\\" }

local function by_number(bytes)
  return SHORT[bytes] or bytes:gsub(".", function(byte) return ("\\0%03o"):format(byte:byte()) end)
end

--- Text in a line and without tabs, from which it can be had back: `printf %b` of a shell does so.
-- @tparam string foreign
-- @treturn string a tab as `\t`, line ends as `\n` and `\r`, a backslash as `\\`, each byte of other control characters
--   as `\0` and three octal digits
function text.escaped(foreign)
  if foreign:find "[%c\127\\]" then
    foreign = foreign:gsub("[%c\127\\]", by_number)
  end
  if foreign:find("\xc2", 1, true) then
    foreign = foreign:gsub(UPPER_CONTROL, by_number)
  end
  return foreign
end

--- JSON text for a terminal: the control characters that JSON allows in its strings as `\u009b`, which means the same.
-- @tparam string json
-- @treturn string
function text.json(json)
  return (json:gsub("\127", "\\u007f"):gsub("\xc2([\x80-\x9f])", function(byte)
    return ("\\u%04x"):format(byte:byte())
  end))
end

return text
