--- The types of options. Each is a function that gives whether a value is of the type, and the type in
-- words; an option of another type is a mistake of the program.

local headers = require "tasklist.headers"

local types = {}

local function plain(name)
  return function(value)
    return type(value) == name, "a " .. name
  end
end

for _, name in ipairs { "string", "boolean", "table", "function" } do
  types[name] = plain(name)
end

local function one_of(...)
  local choices, known = { ... }, {}
  for _, choice in ipairs(choices) do
    known[choice] = true
  end
  return function(value)
    if known[value] then
      return true
    end
    return false, require("tasklist.words").one_of(choices) -- loaded now, because most settings are right
  end
end

types.api = one_of("auto", "v1", "v2")
types.strategy = one_of("oauth", "cookie", "basic", "bearer", "none")
types.client_auth = one_of("form", "basic")
types.scope = one_of("task", "process")
types.http_version = one_of("1.1", "2")

local longest = 86400 * 365

function types.seconds(value)
  return type(value) == "number" and value > 0 and value <= longest, "a positive number of seconds, at most a year's"
end

local function whole(value, least)
  local number = type(value) == "number" and math.tointeger(value)
  return number and number >= least
end

function types.bytes(value)
  return whole(value, 1), "a positive whole number of bytes"
end

function types.count(value)
  return whole(value, 0) and value <= 10000, "a whole number from 0 to 10000"
end

function types.limit(value)
  return whole(value, 0), "a whole number"
end

function types.at_once(value)
  return whole(value, 1) and value <= 10000, "a whole number from 1 to 10000"
end

types.path = types.string

function types.token(value)
  return type(value) == "string" or type(value) == "function", "a string or a function"
end

function types.proxy(value)
  return type(value) == "string" or value == false, "a URL or false"
end

function types.token_cache(value)
  return type(value) == "boolean" or type(value) == "string" and value ~= "", "true, false or the path of a folder"
end

function types.headers(value)
  if type(value) ~= "table" then
    return false, "a table"
  end
  local lines, problem = headers.write({}, value)
  return lines ~= nil, ("a table of header fields (%s)"):format(problem)
end

local functions = { "may_park", "watch", "park", "wake", "spawn" }

-- An adapter, see `tasklist.parking`.
function types.loop(value)
  if type(value) ~= "table" then
    return false, "a table, such as the module tasklist.loop.cqueues"
  end
  for _, name in ipairs(functions) do
    if type(value[name]) ~= "function" then
      return false, ("a table with the functions %s (%s is missing)"):format(table.concat(functions, ", "), name)
    end
  end
  return true
end

return types
