--- The exact codec: Lua values to the JSON text that a variable carries, and back.
--
-- | JSON | Lua |
-- |---|---|
-- | number without fraction and exponent that fits 64 bits | integer |
-- | any other number, and `-0` | float, the nearest; one beyond the largest is refused |
-- | string | string, UTF-8; half of a surrogate pair is refused, for there is no UTF-8 for it |
-- | array | table with the metatable of `tasklist.array`, so that `[]` stays `[]` |
-- | object | table; of equal names the last one counts |
-- | null | nil in objects and at the top, `tasklist.null` in arrays |
--
-- The other way a plain table with the keys 1 to n is an array, and every other one, the empty one
-- included, an object. A float is written with as few digits as read back the same, always with `.`
-- or `e`; `/` is not escaped. Tables are read raw: neither `__index` nor `__pairs` is asked. Tables may
-- lie 1,000 deep in each other.
-- @module tasklist.values

local core = require "tasklist.core"

local values = {
  -- The options of each function that takes some, as those of the client's verbs.
  options = { decode = { keep_null = "boolean" } },
}

--- Writes a value as JSON.
--
-- Raises, and names the place, for what has no JSON: functions, coroutines, userdata, NaN, infinities,
-- strings that are not UTF-8, arrays with holes or with names besides, keys that are no strings, and
-- tables that are in themselves or too deep.
-- @param value nil is null
-- @treturn string
function values.encode(value)
  local text, problem = core.encode_value(value)
  if not text then
    error("encode: " .. problem, 2)
  end
  return text
end

--- Reads JSON text. Null is read as nil, so look at the second value: it is nil unless the text is no
-- JSON.
-- @tparam string text anything else raises
-- @tparam[opt] table options `keep_null`: true to have `tasklist.null` for every null
-- @return the value; or nil and an error of kind "decode", whose message names the byte, counted from 1
function values.decode(text, options)
  if type(text) ~= "string" then
    error("decode: string expected, got " .. type(text), 2)
  end
  local keep_null
  if options ~= nil then
    local problem = type(options) ~= "table" and "options: table expected, got " .. type(options)
      or require("tasklist.settings").problem_of(options, values.options.decode)
    if problem then
      error("decode: " .. problem, 2)
    end
    keep_null = options.keep_null
  end
  local value, problem = core.decode_value(text, keep_null)
  if problem then
    return nil, require("tasklist.errors").new { kind = "decode", message = "no JSON: " .. problem }
  end
  return value
end

return values
