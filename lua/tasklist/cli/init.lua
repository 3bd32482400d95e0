--- The program `tasklist`, for people at a terminal. It uses the module's public functions only.
-- @module tasklist.cli

local arguments = require "tasklist.cli.arguments"
local program = require "tasklist.cli.program"

local cli = {}

local USAGE, INTERRUPTED = 2, 130

--- Runs the program.
-- @tparam table words of the command line
-- @treturn integer the exit code
function cli.main(words)
  local given, complaint = arguments.read(words)
  if not given then
    io.stderr:write(complaint, "\n")
    return USAGE
  end
  local running = program.new(given)
  local fine, failure = pcall(require("tasklist.cli.commands." .. given.command).run, running, given)
  if not fine then
    if type(failure) == "string" and failure:find "interrupted!$" then
      running:finish()
      return INTERRUPTED
    end
    running:fail(type(failure) == "string" and { kind = "internal", message = failure } or failure)
  end
  return running:finish()
end

return cli
