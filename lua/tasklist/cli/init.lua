--- The program `tasklist`, for people at a terminal. It uses the module's public functions only.
-- @module tasklist.cli

local cli = {}

local function run(running, words)
  require("tasklist.terminal").ignore_broken_pipes()
  local given = require("tasklist.cli.arguments").read(words)
  running.given = given
  given.quiet = given.quiet or given.dry_run -- there is no work to count
  running.early = require("tasklist.cli.commands." .. given.command).run(running, given)
end

--- Runs the program. Whatever is raised in it becomes a line on stderr and an exit code.
-- @tparam table words of the command line
-- @treturn integer the exit code
function cli.main(words)
  local running = require("tasklist.cli.program").new()
  local fine, problem = pcall(run, running, words)
  if not fine then
    running:break_off(problem)
  end
  return running:finish()
end

return cli
