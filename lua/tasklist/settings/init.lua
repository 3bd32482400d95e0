--- Settings: arguments over the env_file over the environment over defaults, checked, as one table.

local addresses = require "tasklist.settings.addresses"
local checks = require "tasklist.settings.checks"
local levels = require "tasklist.settings.levels"
local names = require "tasklist.settings.names"
local naming = require "tasklist.settings.naming"
local strategy = require "tasklist.settings.strategy"

local called, config_error = naming.called, naming.config_error

local settings = {}

--- What is wrong with a table of options, a mistake of the program.
-- @param options nil does as well as a table
-- @tparam[opt] table expected name -> one of `tasklist.settings.types`; those of `tasklist.new` by default
-- @treturn ?string nil when nothing is
function settings.problem_of(options, expected)
  if options == nil or type(options) == "table" and next(options) == nil then
    return nil
  end
  -- Loaded now, because settings that come from the environment need no checks of options.
  return require("tasklist.settings.options").problem_of(options, expected)
end

local function in_force(row, values)
  return (not row.auth or row.auth == values.auth) and (not row.when or row.when(values))
end

local function default_of(row, values, sources)
  if type(row.default) == "function" then
    return row.default(values, sources)
  end
  return row.default
end

-- Adds a setting. Gives true; or nil and an error.
local function add(row, list, values, sources)
  local value, source = levels.find(list, row)
  if value == nil and source then
    return nil, source -- the error
  elseif value == nil then
    value, source = default_of(row, values, sources), "default"
  end
  values[row.name], sources[row.name] = value, source
  return true
end

-- Adds what is not chosen yet.
local function collect(list, values, sources)
  for i = 1, #names do
    local row = names[i]
    if values[row.name] == nil and in_force(row, values) then
      local done, problem = add(row, list, values, sources)
      if not done then
        return nil, problem
      end
    end
  end
  if not values.proxy then
    return true
  end
  local proxies = require "tasklist.settings.proxies" -- loaded now, because most programs use no proxy
  proxies.take_apart(values)
  return proxies.choose(values, sources)
end

local function check(values, sources)
  local rows = {}
  for i = 1, #names do
    rows[#rows + 1] = in_force(names[i], values) and names[i] or nil
  end
  for _, each in ipairs(checks.all) do
    for i = 1, #rows do
      local row = rows[i]
      local problem = row[each.of] and each.problem_of(row, values[row.name], values)
      if problem then
        return config_error("%s %s", called(row, sources[row.name]), problem)
      end
    end
  end
  return true
end

local function empty() end

--- What reads the environment: one that is empty in a state from which the host keeps `os`.
-- @treturn function gives a variable's value or nil
function settings.environment()
  return os and os.getenv or empty
end

--- All settings that are in force.
-- @tparam table arguments without problems
-- @tparam function environment gives a variable's value or nil, like os.getenv
-- @treturn table values: name -> value; or nil and an error of kind "config"
-- @treturn table sources: name -> "argument", "default", the variable's name, or that and the file it is in
function settings.resolve(arguments, environment)
  local list, problem = levels.of(arguments, environment)
  if not list then
    return nil, problem
  end
  local values, sources = {}, {}
  local done
  done, problem = add(levels.rows.api, list, values, sources)
  if done then
    done, problem = addresses.choose(list, values, sources)
  end
  if done then
    values.auth, sources.auth = strategy.choose(list)
    done, problem = values.auth, sources.auth
  end
  if done then
    done, problem = strategy.check_arguments(arguments, values.auth)
  end
  if done then
    done, problem = collect(list, values, sources)
  end
  if done and values.token_cache == true then
    local cache_folder = require "tasklist.settings.cache_folder" -- loaded now, because most programs share no token
    values.token_cache = cache_folder.usual(environment)
  end
  if done then
    done, problem = check(values, sources)
  end
  return done and values or nil, done and sources or problem
end

--- Blanks the secrets, once those who need them have them: no dump of the table shows one.
-- @tparam table values from `resolve`
function settings.blank(values)
  for _, row in ipairs(names) do
    if row.secret and values[row.name] ~= nil then
      values[row.name] = "***"
    end
  end
  values.proxy_user, values.proxy_password = nil, nil
end

--- Settings as they may be shown.
-- @tparam table values from `resolve`
-- @tparam table sources likewise
-- @treturn table name -> `{ value =, source = }`, secrets as "***"
function settings.describe(values, sources)
  local shown = {}
  for _, row in ipairs(names) do
    local value = values[row.name]
    if value ~= nil then
      shown[row.name] = { value = row.secret and "***" or value, source = sources[row.name] or "default" }
    end
  end
  return shown
end

return settings
