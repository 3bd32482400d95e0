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
-- included, an object. Where the host has loaded lua-cjson (as `cjson` or `cjson.safe`), its `empty_array` is an array,
-- and a table with its `array_mt` or `empty_array_mt` is one or raises. A float is written with as few digits as read
-- back the same, always with `.` or `e`; `/` is not escaped. Tables are read raw: neither `__index` nor `__pairs` is
-- asked. Tables may lie 1,000 deep in each other.
-- @module tasklist.values

local core = require "tasklist.core"
local words = require "tasklist.words"

local values = {
  -- The options of each function that takes some, as those of the client's verbs.
  options = { decode = { keep_null = "boolean" } },
}

-- What the core makes of a value; what it can't make raises where the user called the function. `of` is the type of
-- the value, nil for any.
local function raising(name, make, of)
  return function(value)
    if of and type(value) ~= of then
      error(words.wrong(name, of, value), 2)
    end
    local made, problem = make(value)
    if problem then
      error(name .. ": " .. problem, 2)
    end
    return made
  end
end

--- Makes a JSON array.
-- @function values.array
-- @tparam table t a sequence; holes and other keys raise
-- @treturn table a new one with its values, which is written as `[…]` even when it is empty
values.array = raising("array", core.array, "table")

--- Marks a text as JSON.
-- @function values.raw
-- @tparam string text what is no JSON raises
-- @return an object that is written as that text, byte for byte; `tostring` gives the text back
values.raw = raising("raw", core.raw, "string")

--- Writes a value as JSON.
--
-- Raises, and names the place, for what has no JSON: functions, coroutines, userdata, NaN, infinities,
-- strings that are not UTF-8, arrays with holes or with names besides, keys that are no strings, and
-- tables that are in themselves or too deep.
-- @function values.encode
-- @param value nil is null
-- @treturn string
values.encode = raising("encode", core.encode_value)

-- Decodes with options, and says what is wrong with a text that is no JSON. The function that the user called is in the
-- core, so that the user's line is one level further up.
local function decode_with_care(text, options)
  local keep_null
  if options ~= nil then
    local problem = require("tasklist.settings").problem_of(options, values.options.decode)
    if problem then
      error("decode: " .. problem, 3)
    end
    keep_null = options.keep_null
  end
  local value, problem = core.decode_value(text, keep_null)
  if problem then
    if type(text) ~= "string" then
      error(rawequal(text, package.loaded.tasklist) and words.with_a_dot "decode"
        or words.wrong("decode", "string", text), 3)
    end
    return nil, require("tasklist.errors").new { kind = "decode", message = "no JSON: " .. problem }
  end
  return value
end

--- Reads JSON text. Null is read as nil, so look at the second value: it is nil unless the text is no
-- JSON. A byte order mark before the text is refused.
-- @function values.decode
-- @tparam string text anything else raises
-- @tparam[opt] table options `keep_null`: true to have `tasklist.null` for every null
-- @return the value; or nil and an error of kind "decode", whose message names the byte, counted from 1
values.decode = core.decoding(decode_with_care)

return values
