--- The operators of v2's filters: which of them a type of values takes, and what each means. A condition is what such a
-- type (closed.lua) has read: an array of { operator, operand }, all of which must hold.
local closed = require "tasklist.sandbox.v2.closed"
local dates = require "tasklist.sandbox.dates"
local json = require "tasklist.sandbox.json"

local operators = {}

local function equal(value, wanted) return value == wanted end

local function among(value, wanted)
  for _, one in ipairs(wanted) do
    if value == one then return true end
  end
  return false
end

-- A text with the wildcards `*` and `?`, before which a backslash makes them usual characters, as a pattern.
local function pattern_of(text)
  local pattern, escaped = {}, false
  for char in text:gmatch(utf8.charpattern) do
    local usual = char:gsub("%p", "%%%0")
    if escaped then
      pattern[#pattern + 1], escaped = usual, false
    elseif char == "\\" then
      escaped = true
    else
      pattern[#pattern + 1] = char == "*" and ".*" or char == "?" and utf8.charpattern or usual
    end
  end
  return "^" .. table.concat(pattern) .. "$"
end

local function like(value, text) return value:find(pattern_of(text)) ~= nil end

-- Makes an operator that holds where it does for any of the values that there are, or where it does for none.
local function some(test)
  return function(values, wanted)
    for _, value in ipairs(values) do
      if test(value, wanted) then return true end
    end
    return false
  end
end

local function none(test)
  local any = some(test)
  return function(values, wanted) return not any(values, wanted) end
end

local MEANING = {
  ["$eq"] = some(equal),
  ["$neq"] = none(equal),
  ["$exists"] = function(values, wanted) return (#values > 0) == wanted end,
  ["$gt"] = some(function(value, bound) return value > bound end),
  ["$gte"] = some(function(value, bound) return value >= bound end),
  ["$lt"] = some(function(value, bound) return value < bound end),
  ["$lte"] = some(function(value, bound) return value <= bound end),
  ["$in"] = some(among),
  ["$notIn"] = none(among),
  ["$like"] = some(like),
}

-- What an operator takes beside values of the type.
local OPERANDS = {
  ["$exists"] = function() return closed.boolean end,
  ["$like"] = function() return closed.text end,
  ["$in"] = closed.list,
  ["$notIn"] = closed.list,
}

--- Makes a type that takes a plain value, which means equality.
-- @param value_type of the values
function operators.plain(value_type)
  return function(value, path, facts) return { { "$eq", value_type(value, path, facts) } } end
end

--- Makes a type that takes a plain value, or an object of operators. What is wrong with that is said of the whole.
-- @param value_type of the values
-- @param names string: the operators
function operators.of(value_type, names)
  local types, plain = {}, operators.plain(value_type)
  for name in names:gmatch("%S+") do types[name] = (OPERANDS[name] or function() return value_type end)(value_type) end
  return function(value, path, facts)
    if type(value) ~= "table" or json.is_array(value) then return plain(value, path, facts) end
    local condition = {}
    for name, operand in pairs(value) do
      local read = types[name] or closed.refuse(path)
      if operand ~= json.null then condition[#condition + 1] = { name, read(operand, path, facts) } end
    end
    return condition
  end
end

local NO_DATE = "The provided %s '%s' cannot be parsed as a date according to RFC 3339, section 5.6."

local function date(value, path)
  return dates.parse_rfc3339(closed.text(value, path)) or closed.bad_argument(NO_DATE, path:match("[^.]*$"), value)
end

local STATES = closed.one_of("CREATING", "CREATED", "ASSIGNING", "UPDATING", "COMPLETING", "COMPLETED", "CANCELING",
  "CANCELED", "FAILED")

--- The types.
operators.texts = operators.of(closed.text, "$eq $neq $exists $in $notIn $like")
operators.states = operators.of(STATES, "$eq $neq $exists $in $like")
operators.ints = operators.of(closed.int, "$eq $neq $exists $gt $gte $lt $lte $in")
operators.dates = operators.of(date, "$eq $neq $exists $gt $gte $lt $lte $in")
operators.keys = operators.of(closed.key, "$eq $neq $exists $in $notIn")

--- Whether a condition holds.
-- @param condition as one of the types has read it
-- @param values array of those that there are: none, one, or several
-- @return boolean
function operators.hold(condition, values)
  for _, one in ipairs(condition) do
    if not MEANING[one[1]](values, one[2]) then return false end
  end
  return true
end

return operators
