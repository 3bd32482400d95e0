--- Where settings come from: the arguments, the env_file, the environment. Each is a level: `name`, for
-- messages, and `find`, which gives a row's value there and its source; nil when it has none; nil and an error of
-- kind "config" when it cannot be read.

local names = require "tasklist.settings.names"
local naming = require "tasklist.settings.naming"
local texts = require "tasklist.settings.texts"

local config_error = naming.config_error

local levels = {}

--- name -> the first row of `names` that has it.
levels.rows = {}
for i = 1, #names do
  local row = names[i]
  levels.rows[row.name] = levels.rows[row.name] or row
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

-- Variables that turn a setting off when they are true, and say nothing when they are false.
local function find_off(row, text_of, source, environment)
  for _, name in ipairs(row.off) do
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
    if row.off then
      local value, from = find_off(row, text_of, source, environment)
      if value ~= nil or from then
        return value, from
      end
    end
    for i = 1, #lists do
      local variables = row[lists[i]]
      for k = 1, variables and #variables or 0 do
        local text = variable(variables[k])
        if text and text ~= "" then
          return read(row, text, source:format(variables[k]), environment)
        end
      end
    end
  end }
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
  local path, problem = list[1].find(levels.rows.env_file)
  if path then
    local env_file = require "tasklist.settings.env_file" -- loaded now, because most programs name no file
    local variables
    variables, problem = env_file.read(path)
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
  for i = 1, #list do
    local level = list[i]
    local value, source = level.find(row)
    if value ~= nil or source then
      return value, source
    elseif row.beside and level.find(levels.rows[row.beside]) ~= nil then
      return nil
    end
  end
end

return levels
