--- The command line: one parser from the tables of the commands.

local commands = require "tasklist.cli.commands"

local arguments = {}

local function whole(text)
  local number = text:find "^%d+$" and math.tointeger(tonumber(text))
  if number and number > 0 then return number end
  return nil, ("must be a whole number from 1, and is '%s'"):format(text)
end

local function seconds(text)
  local number = tonumber(text)
  if number and number > 0 and number < math.huge then return number end
  return nil, ("must be a number above 0, and is '%s'"):format(text)
end

local function version()
  print("tasklist " .. require("tasklist")._VERSION)
  os.exit(true, true)
end

local function help(given)
  print(require("tasklist.cli.help")(given.command))
  os.exit(true, true)
end

--- Options of every command, before its name or after it.
arguments.global = {
  { name = "-o --output", argname = "FORMAT", choices = { "table", "json", "ndjson", "csv", "tsv", "id" },
    description = "how results are written; by default a table on a terminal, and tsv elsewhere" },
  { name = "--columns", argname = "FIELD,…", description = "the fields to write, by Camunda's names" },
  { name = "--env-file", argname = "FILE", description = "the file with variables that Camunda Console hands out" },
  { name = "--timeout", argname = "SECONDS", convert = seconds,
    description = "how long each call may take; 30 by default" },
  { name = "--dry-run", flag = true, description = "show what would be sent, and send nothing" },
  { name = "-j --jobs", argname = "N", convert = whole, default = 1,
    description = "how many tasks to work on at a time; 1 by default" },
  { name = "-q --quiet", flag = true, description = "no progress and no counts" },
  { name = "-v --verbose", flag = true, description = "each request on stderr" },
  { name = "--version", flag = true, action = version, description = "show the version" },
  { name = "-h --help", flag = true, action = help, description = "show help; after a command that of the command" },
}

-- A converter that says which option or argument it is about.
local function converter(properties)
  return function(text)
    local value, why = properties.convert(text)
    if value == nil then
      return nil, ("%s %s"):format(properties.name:match "%S+$", why or ("can't be '%s'"):format(text))
    end
    return value
  end
end

-- Gives argparse an option, a flag or an argument by its properties.
local function add(method, to, properties)
  local copy = {}
  for key, value in pairs(properties) do copy[key] = value end
  copy.flag = nil
  if copy.convert then copy.convert = converter(properties) end
  return to[properties.flag and "flag" or method](to, copy)
end

local function load(name)
  return require("tasklist.cli.commands." .. name)
end

local function fill(parser, command)
  for _, properties in ipairs(command.arguments or {}) do
    add("argument", parser, properties)
  end
  local by_name = {}
  for _, properties in ipairs(command.options or {}) do
    by_name[properties.name] = add("option", parser, properties)
  end
  for _, names in ipairs(command.mutex or {}) do
    local group = {}
    for i, name in ipairs(names) do group[i] = by_name[name] end
    parser:mutex(table.unpack(group))
  end
end

-- The parser for a command line that may have these commands.
local function parser_of(possible)
  local parser = require "argparse"("tasklist"):add_help(false):command_target "command"
  for _, properties in ipairs(arguments.global) do
    add("option", parser, properties)
  end
  for _, command in ipairs(possible) do
    fill(parser:command(command.name):add_help(false), load(command.name))
  end
  return parser
end

-- The commands whose names are among the words. To compile all takes longer than most of them run.
local function named(words)
  local used, found = {}, {}
  for _, word in ipairs(words) do used[word] = true end
  for _, command in ipairs(commands) do
    if used[command.name] then found[#found + 1] = command end
  end
  return found
end

-- argparse takes what begins with "-" for an option: a negative number is written into the word of the option before.
local function joined(words)
  local result = {}
  for i, word in ipairs(words) do
    local before = result[#result]
    if before == "--" then
      return table.move(words, i, #words, #result + 1, result)
    elseif word:find "^%-%.?%d" and before and before:find "^%-%-%a" and not before:find "=" then
      result[#result] = before .. "=" .. word
    elseif word:find "^%-%.?%d" and before and before:find "^%-%a$" then
      result[#result] = before .. word
    else
      result[#result + 1] = word
    end
  end
  return result
end

-- What argparse complains of, in one line. Its guesses at an option of one letter are all the others.
local function in_one_line(complaint)
  local what, guess = complaint:match "^(.-)\n(.*)$"
  if not what then return complaint end
  if what:find "unknown option '%-.'" then return what end
  return what .. "; " .. guess:gsub("^D", "d")
end

--- Reads a command line.
-- @tparam table words
-- @treturn ?table what was given, by argparse's names, and the command as `command`; nil if it can't be understood
-- @treturn ?string then what is wrong, and where help is: two lines
function arguments.read(words)
  words = joined(words)
  local possible = named(words)
  local understood, given = parser_of(possible):pparse(words)
  if understood and given.command then return given end
  -- Its guess at what was meant needs the names of all.
  local _, complaint = parser_of(commands):pparse(words)
  local command = possible[1] and possible[1].name .. " " or ""
  return nil, ("%s\nTry: tasklist %s--help"):format(in_one_line(complaint), command)
end

return arguments
