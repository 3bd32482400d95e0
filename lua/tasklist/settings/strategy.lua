--- Which way of signing in is meant.

local core = require "tasklist.core"
local levels = require "tasklist.settings.levels"
local names = require "tasklist.settings.names"
local naming = require "tasklist.settings.naming"

local called, config_error = naming.called, naming.config_error

local strategy = {}

local auth_row = levels.rows.auth

-- In this order: with nothing to go by it is the first, and of a user and a password alone HTTP basic.
local ways = { "oauth", "basic", "cookie", "bearer", "none" }

local function holds(list, item)
  for _, each in ipairs(list) do
    if each == item then
      return true
    end
  end
  return false
end

-- What a level sets of what tells one of the ways: variable or option -> the set of those that it may mean; and
-- a source.
local function told_at(level, among)
  local told, source = {}, nil
  for i = 1, #names do
    local row = names[i]
    local value, from
    if row.tells and holds(among, row.auth) then
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
  table.sort(list, core.before)
  return config_error("%s: %s belong to more than one way to sign in; leave out all but one, or say which with %s",
    level.name, table.concat(list, ", "), called(auth_row))
end

-- Those of some ways that a level leaves, at least one, and what narrowed them, or nil; or nil and an error.
local function narrow(level, among)
  local way, source = level.find(auth_row)
  if not way and source then
    return nil, source -- the error
  elseif holds(among, way) then
    return { way }, source
  end
  local told, from = told_at(level, among)
  local left = {}
  for _, each in ipairs(among) do
    if agrees(told, each) then
      left[#left + 1] = each
    end
  end
  if #left == 0 then
    return several_at(level, told)
  end
  return left, #left < #among and from or nil
end

--- The way of signing in: what the first level says or means that does either. Where that may be more than one,
-- as with a user and a password alone, the next levels decide among those; nothing that they set for another way
-- counts.
-- @tparam table list of levels
-- @treturn string its name, and its source; or nil and an error of kind "config"
function strategy.choose(list)
  local left, source = ways, "default"
  for _, level in ipairs(list) do
    local narrowed, from = narrow(level, left)
    if not narrowed then
      return nil, from
    elseif #narrowed == 1 and #left > 1 then
      return narrowed[1], from
    end
    left, source = narrowed, from or source
  end
  return left[1], source
end

--- Arguments that the chosen way does not ask for would be left out silently: they are refused.
-- @tparam table arguments
-- @tparam string way
-- @treturn boolean true; or nil and an error of kind "config"
function strategy.check_arguments(arguments, way)
  if next(arguments) == nil then
    return true
  end
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
