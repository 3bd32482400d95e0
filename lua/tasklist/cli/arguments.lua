--- The command line: the options of every command, and those of the command that it names.

local commands = require "tasklist.cli.commands"
local names = require "tasklist.cli.names"
local numbers = require "tasklist.cli.numbers"

local arguments = {}

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
  { name = "-o --output", argname = "FORMAT", choices = { "table", "tsv", "json", "ndjson", "csv", "id" },
    description = "how results are written; by default a table on a terminal, and tsv elsewhere" },
  { name = "--columns", argname = "FIELD,…", convert = names,
    description = "the fields to write, by Camunda's names" },
  { name = "--env-file", argname = "FILE", bytes = true,
    description = "the file with variables that Camunda Console hands out" },
  { name = "--timeout", argname = "SECONDS", convert = numbers.seconds,
    description = "how long each call may take; 30 by default" },
  { name = "--dry-run", flag = true, description = "show what would be sent, and send nothing" },
  { name = "-j --jobs", argname = "N", convert = numbers.whole(1, 10000), default = 1,
    description = "how many tasks to work on at a time; 1 by default" },
  { name = "-q --quiet", flag = true, description = "no progress and no counts" },
  { name = "-v --verbose", flag = true, description = "each request on stderr" },
  { name = "--version", flag = true, action = version, description = "show the version" },
  { name = "-h --help", flag = true, action = help, description = "show help; after a command that of the command" },
}

--- Reads a command line. Raises a table with `usage`, what is wrong with it, and where help is.
-- @tparam table words
-- @treturn table what was given, by the options' names, and the command as `command`
function arguments.read(words)
  local by_name = {}
  for _, command in ipairs(commands) do
    by_name[command.name] = function() return require("tasklist.cli.commands." .. command.name) end
  end
  return require("tasklist.cli.parser")(words, arguments.global, by_name)
end

return arguments
