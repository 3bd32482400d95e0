--- The one place that decides how JSON becomes Lua and Lua becomes JSON.
--
-- Bodies go through a private lua-cjson instance, so the host's settings are neither used nor changed.
-- What goes out is written by a shape (see `shapes`); the values of variables go through the exact codec
-- (see `values`).

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

--- Writes a string, a finite float or a boolean.
-- @return JSON text
json.encode_scalar = codec.encode

return json
