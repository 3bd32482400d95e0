--- Where settings come from: the arguments, the env_file, the environment. Each is a level: `name`, for
-- messages, and `find`, which gives a row's value there (or nil), and its source.

local core = require "tasklist.core"
local env_file = require "tasklist.settings.env_file"
local naming = require "tasklist.settings.naming"
local types = require "tasklist.settings.types"
local words = require "tasklist.words"

local config_error = naming.config_error

local levels = {}

local booleans = { ["true"] = true, ["1"] = true, ["false"] = false, ["0"] = false }

-- What a variable's text means, by the type of its setting; a type that is not here is a string. `false` comes
-- as such, nil is no such thing.
local meanings = {
  boolean = { function(text) return booleans[text:lower()] end, "true or false" },
  strategy = { function(text) return types.strategy(text:lower()) and text:lower() or nil end,
    (select(2, types.strategy())) },
}

--- The value of a row as what it is, when it may come from a variable.
-- @tparam table row of `names`
-- @param value
-- @tparam string source
-- @return the value; or nil and an error of kind "config"
function levels.read(row, value, source)
  local meaning = source ~= "argument" and meanings[row.type]
  if value == nil or not meaning then
    return value
  end
  local meant = meaning[1](value)
  if meant == nil then
    return config_error("%s must be %s, got %s", naming.called(row, source), meaning[2], words.shown(value))
  end
  return meant
end

local function level_of_arguments(arguments)
  return { name = "the arguments", find = function(row)
    return arguments[row.name], "argument"
  end }
end

-- An empty variable counts as not set, as it does for Camunda's own clients.
local function level_of_variables(name, variable, source)
  return { name = name, find = function(row)
    for _, each in ipairs(row.env or {}) do
      local text = variable(each)
      if text and text ~= "" then
        return text, source:format(each)
      end
    end
  end }
end

local function level_of_file(path)
  local fine, problem = core.readable(path, "file")
  local file = fine and io.open(path)
  local text = file and file:read("a")
  if file then
    file:close()
  end
  if not text then
    return config_error("option \"env_file\" cannot be read: %s: %s", path, problem or "it has just gone")
  end
  local variables, line, why = env_file.parse(text)
  if not variables then
    return config_error("option \"env_file\": line %d of %s: %s", line, path, why)
  end
  local source = ("%%s in %s"):format(path:gsub("%%", "%%%%"))
  return level_of_variables(path, function(name) return variables[name] end, source)
end

--- All of them, those that go before others first.
-- @tparam table arguments
-- @tparam function environment gives a variable's value or nil, like os.getenv
-- @treturn table array; or nil and an error of kind "config"
function levels.of(arguments, environment)
  local list = { level_of_arguments(arguments) }
  if arguments.env_file then
    local level, problem = level_of_file(arguments.env_file)
    if not level then
      return nil, problem
    end
    list[#list + 1] = level
  end
  if arguments.env ~= false then
    list[#list + 1] = level_of_variables("the environment", environment, "%s")
  end
  return list
end

--- What the first level that has a row says.
-- @tparam table list from `of`
-- @tparam table row of `names`
-- @return its value or nil; its source
function levels.find(list, row)
  for _, level in ipairs(list) do
    local value, source = level.find(row)
    if value ~= nil then
      return value, source
    end
  end
end

return levels
