--- Where settings come from: the arguments, the env_file, the environment. Each is a level: `name`, for
-- messages, and `find`, which gives a row's value there and its source; nil when it has none; nil and an error of
-- kind "config" when it cannot be read.

local core = require "tasklist.core"
local names = require "tasklist.settings.names"
local naming = require "tasklist.settings.naming"
local texts = require "tasklist.settings.texts"

local config_error = naming.config_error

local levels = {}

local by_name = {}
for _, row in ipairs(names) do
  by_name[row.name] = by_name[row.name] or row
end

local function read(row, text, source, environment)
  local value, problem = texts.read(row.type, text, environment)
  if value == nil then
    return config_error("%s %s", naming.called(row, source), problem)
  end
  return value, source
end

local function level_of_arguments(arguments, environment)
  return { name = "the arguments", find = function(row)
    local value = arguments[row.name]
    if type(value) == "string" then
      return read(row, value, "argument", environment)
    end
    return value, value ~= nil and "argument" or nil
  end }
end

local none = {} -- for rows that name no variables

-- Variables that turn a setting off when they are true, and say nothing when they are false.
local function find_off(row, text_of, source, environment)
  for _, name in ipairs(row.off or none) do
    local text = text_of(name)
    if text then
      local off, problem = read({ name = row.name, type = "boolean" }, text, source:format(name), environment)
      if off == nil then
        return nil, problem
      elseif off then
        return row.off_means, source:format(name)
      end
    end
  end
end

-- `lists`: the fields of a row that name the variables, in the order in which they count. An empty variable counts as
-- not set, as it does for Camunda's own clients.
local function level_of_variables(name, variable, source, lists, environment)
  local function text_of(each)
    local text = variable(each)
    return text ~= "" and text or nil
  end
  return { name = name, find = function(row)
    local value, from = find_off(row, text_of, source, environment)
    if value ~= nil or from then
      return value, from
    end
    for _, list in ipairs(lists) do
      for _, each in ipairs(row[list] or none) do
        local text = text_of(each)
        if text then
          return read(row, text, source:format(each), environment)
        end
      end
    end
  end }
end

local function variables_of_file(path)
  local fine, problem = core.readable(path, "file")
  local file
  if fine then
    file, problem = io.open(path) -- which names the path
  else
    problem = ("%s: %s"):format(path, problem)
  end
  local text = file and file:read("a")
  if file then
    file:close()
  end
  if not text then
    return config_error("option \"env_file\" cannot be read: %s", problem or path)
  end
  local env_file = require "tasklist.settings.env_file" -- loaded now, because most programs name no file
  local variables, line, why = env_file.parse(text)
  if not variables then
    return config_error("option \"env_file\": line %d of %s: %s", line, path, why)
  end
  return variables
end

local own, usual = { "env", "also" }, { "usual" }

--- All of them, those that go before others first.
-- @tparam table arguments
-- @tparam function environment gives a variable's value or nil, like os.getenv
-- @treturn table array; or nil and an error of kind "config"
function levels.of(arguments, environment)
  local list, last = { level_of_arguments(arguments, environment) }, {}
  local function add(name, variable, source)
    list[#list + 1] = level_of_variables(name, variable, source, own, environment)
    last[#last + 1] = level_of_variables(name, variable, source, usual, environment)
  end
  local path, problem = list[1].find(by_name.env_file)
  if path then
    local variables
    variables, problem = variables_of_file(path)
    if variables then
      add(path, function(name) return variables[name] end, ("%%s in %s"):format(path:gsub("%%", "%%%%")))
    end
  end
  if problem then
    return nil, problem
  end
  if arguments.env ~= false then
    add("the environment", environment, "%s")
  end
  return table.move(last, 1, #last, #list + 1, list)
end

--- What the first level that has a row says.
-- @tparam table list from `of`
-- @tparam table row of `names`
-- @return its value and its source; nil when none has; or nil and an error of kind "config"
function levels.find(list, row)
  for _, level in ipairs(list) do
    local value, source = level.find(row)
    if value ~= nil or source then
      return value, source
    elseif row.beside and level.find(by_name[row.beside]) ~= nil then
      return nil
    end
  end
end

return levels
