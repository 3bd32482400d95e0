--- Values that have JSON: random ones, how they differ, and what becomes of them in an answer.
local core = require "tasklist.core"
local tasklist = require "tasklist"

local values = {}

--- 64 random bits.
-- @treturn integer
function values.bits()
  return math.random(0)
end

--- Makers of scalars, by what they make.
local make = {}
values.make = make

function make.integer()
  return values.bits() >> math.random(0, 63)
end

function make.negative()
  return -make.integer()
end

function make.edge()
  local edges = { math.maxinteger, math.mininteger, 2 ^ 53, -2 ^ 63, 0, 0.0, -0.0, 0x1p-1074, 0x1p-1022, 1e22, 1e23,
    0x1.fffffffffffffp+1023, 1e15, 1e16, 1e17, 1e-4, 1e-5, 999999999999999.9 }
  return edges[math.random(#edges)]
end

-- Any bits that are a number.
function make.float()
  local float = string.unpack("d", string.pack("j", values.bits()))
  return float == float and math.abs(float) ~= math.huge and float or 0.5
end

function make.price()
  return math.random(-10000000, 10000000) / 10 ^ math.random(0, 6)
end

function make.string()
  local parts = {}
  for i = 1, math.random(0, 12) do
    local highest = ({ 0x1f, 0x7f, 0x7ff, 0xd7ff, 0x10ffff })[math.random(5)]
    local code = math.random(0, highest)
    parts[i] = utf8.char(code >= 0xd800 and code <= 0xdfff and 0xfffd or code)
  end
  return table.concat(parts)
end

function make.boolean()
  return math.random(2) == 1
end

local scalars = { "integer", "negative", "edge", "float", "price", "string", "boolean" }

local function make_scalar()
  return make[scalars[math.random(#scalars)]]()
end

--- A value of any kind.
-- @tparam integer depth how deep tables may lie in it
-- @return null is `tasklist.null`
function values.random(depth)
  local kind = depth > 0 and math.random(4) or 1
  if kind == 1 then
    return make_scalar()
  elseif kind == 2 then
    return tasklist.null
  end
  local result, size = {}, math.random(0, math.random(12) == 1 and 80 or 3)
  for i = 1, size do
    result[kind == 3 and i or make.string()] = values.random(depth - 1)
  end
  return kind == 3 and tasklist.array(result) or result
end

local pieces = { "[", "]", "{", "}", ",", ":", '"', "\\", "\\u", "d800", "0", "-", ".", "e", "1", " ", "true", "null",
  "\0", "\n", "\xc3", "\xa4", "\xed", "\xff", '"a":' }

--- A text with some of its bytes changed, or none.
-- @tparam string text
-- @treturn string
function values.spoiled(text)
  for _ = 1, math.random(0, 3) do
    local at = math.random(0, #text)
    text = text:sub(1, at) .. pieces[math.random(#pieces)] .. text:sub(at + math.random(1, 3))
  end
  return text
end

--- The first difference between two values, type by type and bit by bit.
-- @param left
-- @param right
-- @tparam string place what to call the values
-- @treturn ?string
function values.difference(left, right, place)
  if type(left) ~= "table" or type(right) ~= "table" then
    local same = left == right and math.type(left) == math.type(right)
      and (left ~= 0 or math.type(left) == "integer" or 1 / left == 1 / right)
    return not same and ("%s: %q became %q"):format(place, left, right) or nil
  elseif getmetatable(left) ~= getmetatable(right) then
    return place .. ": an array is none any more"
  end
  for key, value in pairs(left) do
    local found = values.difference(value, right[key], place .. "." .. tostring(key))
    if found then return found end
  end
  for key in pairs(right) do
    if left[key] == nil then return ("%s: %q is new"):format(place, key) end
  end
end

--- What a value is in an answer, where null in an object is absent, an array is a plain table, and a number without a
-- fraction an integer.
-- @param value as `tasklist.decode` gives it with `keep_null`; a plain table with elements is an array, too
-- @return a new value
function values.as_answer(value)
  if type(value) ~= "table" then
    return math.type(value) == "float" and math.tointeger(value) or value
  end
  local is_array = core.is_array(value) or #value > 0
  local result = {}
  for key, item in pairs(value) do
    if is_array or item ~= tasklist.null then
      result[key] = values.as_answer(item)
    end
  end
  return result
end

return values
