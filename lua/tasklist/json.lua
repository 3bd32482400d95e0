--- How an answer becomes Lua, and scalars become JSON.
--
-- All of it goes through the module's own codec (see `values`), which does not depend on the locale. lua-cjson
-- does: it keeps the decimal point of the locale in which a codec was made last, for all of the process, and where that
-- point is more than one byte it ends the process.

local core = require "tasklist.core"

local json = {
  --- JSON null, where absence is not meant: the null pointer, which lua-cjson uses too.
  null = core.null,
  --- Reads an answer: null in an object is absent, a number without a fraction is an integer, a byte order mark
  -- before the text is passed over (RFC 8259 8.1).
  -- @tparam string text
  -- @return the value, or nil and what is wrong with the text
  decode = core.decode_answer,
  --- The same of what an endpoint says that gives tokens: none of its strings is remembered, as short strings of other
  -- texts are so that the next text is read faster.
  decode_secret = core.decode_secret,
  --- Writes a string of UTF-8, a finite number or a boolean.
  -- @return JSON text
  encode_scalar = core.encode_value,
  --- Whether a value says that it is an array, as a plain empty table does not: see `values.encode`.
  is_array = core.is_array,
}

--- What the rest of this layer makes of a value that a user handed in: lua-cjson's empty array, which is no table, as
-- one. All that walks over payloads takes them from here.
-- @param value
-- @return the same, or a new empty array
function json.given(value)
  return type(value) == "userdata" and core.is_array(value) and core.array {} or value
end

return json
