--- Which way of signing in is meant.

local levels = require "tasklist.settings.levels"
local names = require "tasklist.settings.names"
local naming = require "tasklist.settings.naming"

local called, config_error = naming.called, naming.config_error

local strategy = {}

local auth_row
for _, row in ipairs(names) do
  auth_row = row.name == "auth" and row or auth_row
end

-- In this order: a user and a password alone mean HTTP basic.
local ways = { "oauth", "basic", "cookie", "bearer" }

-- What a level sets of what tells a way: variable or option -> the set of ways that it may mean; and a source.
local function told_at(level)
  local told, source = {}, nil
  for _, row in ipairs(names) do
    local value, from
    if row.tells then
      value, from = level.find(row)
    end
    if value ~= nil then
      local name = from == "argument" and row.name or from
      told[name] = told[name] or {}
      told[name][row.auth] = true
      source = source or from
    end
  end
  return told, source
end

local function agrees(told, way)
  for _, meant in pairs(told) do
    if not meant[way] then
      return false
    end
  end
  return true
end

local function several_at(level, told)
  local list = {}
  for name in pairs(told) do
    list[#list + 1] = name
  end
  table.sort(list)
  return config_error("%s: %s belong to more than one way to sign in; leave out all but one, or say which with %s",
    level.name, table.concat(list, ", "), called(auth_row))
end

-- The way that a level says or means, and the source of that; or nil, and nil or an error.
local function chosen_at(level)
  local value, source = level.find(auth_row)
  if value then
    local way, problem = levels.read(auth_row, value, source)
    return way, problem or source
  end
  local told, from = told_at(level)
  if next(told) == nil then
    return nil
  end
  for _, way in ipairs(ways) do
    if agrees(told, way) then
      return way, from
    end
  end
  return several_at(level, told)
end

--- The way of signing in: what the first level says or means that does either. Then nothing that the other
-- levels set for another way counts.
-- @tparam table list of levels
-- @treturn string its name, and its source; or nil and an error of kind "config"
function strategy.choose(list)
  for _, level in ipairs(list) do
    local way, source = chosen_at(level)
    if way or source then
      return way, source
    end
  end
  return "oauth", "default"
end

--- Arguments that the chosen way does not ask for would be left out silently: they are refused.
-- @tparam table arguments
-- @tparam string way
-- @treturn boolean true; or nil and an error of kind "config"
function strategy.check_arguments(arguments, way)
  local asked = {}
  for _, row in ipairs(names) do
    asked[row.name] = asked[row.name] or not row.auth or row.auth == way
  end
  for name in pairs(arguments) do
    if not asked[name] then
      return config_error("option %q is of no use with auth = %q: one way of signing in at a time", name, way)
    end
  end
  return true
end

return strategy
