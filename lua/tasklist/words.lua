--- How messages speak of what a user wrote: values that are not what they should be, names that are not known.

local core = require "tasklist.core"

local words = {}

local longest_shown = 60 -- bytes of a value in a message, which may end up in a log

--- A text in quotes and on one line; a long one is cut.
-- @tparam string text
-- @treturn string
function words.quoted(text)
  return '"' .. core.line((text:gsub('["\\]', "\\%0")), longest_shown) .. '"'
end

--- What kind of thing a value is, for one that may be a secret.
-- @param value
-- @treturn string "nil", "null", "an array" of what says so, or such as "a string"
function words.kind(value)
  if value == nil or rawequal(value, core.null) then
    return value == nil and "nil" or "null"
  end
  return core.is_array(value) and "an array" or "a " .. type(value)
end

--- A number, with a point whatever the locale.
-- @tparam number value
-- @treturn string
function words.number(value)
  return core.encode_value(value) or tostring(value) -- NaN and infinities have no JSON, and no point
end

--- A value as it is, so that the string "10" and the number 10 can be told apart.
-- @param value
-- @treturn string
function words.shown(value)
  if type(value) == "string" then
    return "the string " .. words.quoted(value)
  elseif type(value) == "number" then
    return ("the %s %s"):format(math.type(value), words.number(value))
  elseif type(value) == "boolean" then
    return tostring(value)
  end
  return words.kind(value)
end

--- The name of a field or an option: one that is no string shows so.
-- @param name
-- @treturn string
function words.name(name)
  return type(name) == "string" and words.quoted(name) or tostring(name)
end

--- What to say of a value that is not what it should be.
-- @tparam string path what to call the value
-- @tparam string what would be right
-- @param value
-- @treturn string
function words.wrong(path, what, value)
  return ("%s: %s expected, got %s"):format(path, what, words.shown(value))
end

--- The complaint about `tasklist:name(…)`, which hands in the module for the first argument.
-- @tparam string name
-- @treturn string
function words.with_a_dot(name)
  return ("%s: call it with a dot: tasklist.%s(…)"):format(name, name)
end

--- The same as the results of a function that gives nil and a problem.
-- @tparam string path what to call the value
-- @tparam string what would be right
-- @param value
-- @return nil, and a text
function words.expected(path, what, value)
  return nil, words.wrong(path, what, value)
end

-- Names in quotes, with something between two of them.
local function list(names, between)
  local texts = {}
  for index, name in ipairs(names) do
    texts[index] = words.quoted(name)
  end
  return table.concat(texts, between)
end

--- What to say of a value that has to be one of some.
-- @tparam table choices an array of strings
-- @treturn string
function words.one_of(choices)
  return "one of " .. list(choices, ", ")
end

--- What to say of a name that is not known: which one may be meant, or else which there are.
-- @tparam string what it is the name of: "option", "field"
-- @param name
-- @tparam table known name -> anything
-- @treturn string
function words.unknown(what, name, known)
  -- Loaded now, because a program without mistakes never needs it.
  local nearest = require "tasklist.nearest"
  local meant = type(name) == "string" and nearest.of(name, known) or {}
  if #meant > 0 then
    return ("unknown %s %s; did you mean %s?"):format(what, words.name(name), list(meant, " or "))
  end
  local all = {}
  for each in pairs(known) do
    all[#all + 1] = each
  end
  table.sort(all, core.before)
  return ("unknown %s %s; it takes %s"):format(what, words.name(name), table.concat(all, ", "))
end

return words
