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
    local given, failure = self.given
    self.made, failure = require("tasklist").new {
      env_file = given.env_file, timeout = given.timeout,
      trace = given.verbose and require("tasklist.cli.wire").attempt or nil,
      dry_run = given.dry_run and require("tasklist.cli.wire").shower() or nil,
    }
    if not self.made then error(failure, 0) end
  end
  return self.made
end

--- What the command's results are given to.
-- @tparam table columns the fields to write unless `--columns` says otherwise
-- @return with `add(row)` and `close()`; with `--dry-run` they write nothing
function Program:output(columns)
  if self.given.dry_run then return require("tasklist.cli.wire").no_output end
  local format = self.given.output or require("tasklist.terminal").width(1) and "table" or "tsv"
  if self.given.columns then
    columns = {}
    for name in self.given.columns:gmatch "[^,]+" do columns[#columns + 1] = name end
  end
  return require("tasklist.cli.output." .. format).new(io.stdout, columns)
end

--- Tells of a failure: a line on stderr. What `--dry-run` did not send has not failed.
-- @param failure an error object of the module
-- @tparam ?string id of the task
function Program:fail(failure, id)
  if failure.code == "dry_run" then return end
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
