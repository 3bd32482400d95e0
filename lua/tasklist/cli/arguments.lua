--- The command line: one parser from the tables of the commands.

local argparse = require "argparse"
local commands = require "tasklist.cli.commands"

local arguments = {}

--- Options of every command, before its name or after it.
arguments.global = {
  { name = "-o --output", argname = "FORMAT", choices = { "table", "json", "ndjson", "csv", "tsv", "id" },
    description = "how results are written; a table on a terminal and tsv elsewhere by default" },
  { name = "--columns", argname = "FIELD,…", description = "the fields to write, by Camunda's names" },
  { name = "--env-file", argname = "FILE", description = "the file with variables that Camunda Console hands out" },
  { name = "--timeout", argname = "SECONDS", convert = tonumber, description = "of each call; 30 by default" },
  { name = "--dry-run", flag = true, description = "show what would be sent, and send nothing" },
  { name = "-j --jobs", argname = "N", convert = math.tointeger, default = 1,
    description = "how many tasks to work on at a time" },
  { name = "-q --quiet", flag = true, description = "no progress and no counts" },
  { name = "-v --verbose", flag = true, description = "each request on stderr" },
}

-- Gives argparse an option or a flag by its properties.
local function add(to, properties)
  local copy = {}
  for key, value in pairs(properties) do
    if key ~= "flag" then copy[key] = value end
  end
  return properties.flag and to:flag(copy) or to:option(copy)
end

-- To compile and to build all commands would take longer than most of them take: only those that the line has a word of
-- are.
local function fill(parser, command)
  local file = require("tasklist.cli.commands." .. command.name)
  parser:description(file.description)
  for _, properties in ipairs(file.arguments or {}) do
    parser:argument(properties)
  end
  local by_name = {}
  for _, properties in ipairs(file.options or {}) do
    by_name[properties.name] = add(parser, properties)
  end
  for _, names in ipairs(file.mutex or {}) do
    local group = {}
    for i, name in ipairs(names) do group[i] = by_name[name] end
    parser:mutex(table.unpack(group))
  end
end

--- The parser.
-- @tparam table words of the command line; nil: with the options of all commands, for help and completion
-- @return argparse's parser
function arguments.parser(words)
  local parser = argparse("tasklist", "The user tasks of a Camunda 8 cluster."):command_target "command"
  for _, properties in ipairs(arguments.global) do
    add(parser, properties)
  end
  parser:flag("--version", "show the version"):action(function()
    print("tasklist " .. require("tasklist")._VERSION)
    os.exit(0)
  end)
  local used = {}
  for _, word in ipairs(words or {}) do used[word] = true end
  for _, command in ipairs(commands) do
    local one = parser:command(command.name, command.summary)
    if not words or used[command.name] then fill(one, command) end
  end
  return parser
end

return arguments
