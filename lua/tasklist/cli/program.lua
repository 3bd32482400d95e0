--- What every command works with: the client, the output, and who hears of failures.

local failures = require "tasklist.cli.failures"

local Program = {}
Program.__index = Program

local program = {}

--- @tparam table given the command line, by argparse's names
function program.new(given)
  return setmetatable({ given = given, codes = {} }, Program)
end

--- The client, made when first asked for. Raises the error object where the settings are wrong.
function Program:client()
  if not self.made then
    local failure
    self.made, failure = require("tasklist").new { env_file = self.given.env_file, timeout = self.given.timeout }
    if not self.made then error(failure, 0) end
  end
  return self.made
end

--- What the command's results are given to.
-- @tparam table columns the fields to write unless `--columns` says otherwise: see tasklist.cli.output.columns
-- @tparam ?file file where to; stdout by default
-- @return with `add(row)`, `flush()` and `close()`: see tasklist.cli.output
function Program:output(columns, file)
  return require("tasklist.cli.output").new(file, self.given.output, columns, self.given.columns)
end

--- Tells of a failure: a line on stderr.
-- @param failure an error object of the module
-- @tparam ?string id of the task
function Program:fail(failure, id)
  self.codes[#self.codes + 1] = failures.code(failure)
  io.stderr:write(id and id .. ": " or "", tostring(failure), "\n")
end

--- Ends the program: gives back what it holds.
-- @treturn integer its exit code
function Program:finish()
  if self.made then self.made:close() end
  return failures.of_all(self.codes)
end

return program
