--- What every command works with: the client, the output, and who hears of failures.

local columns = require "tasklist.cli.output.columns"
local failures = require "tasklist.cli.failures"
local harmless = require("tasklist.cli.output.text").harmless
local wording = require "tasklist.cli.wording"

local USUAL_REQUESTS = 100 -- of a client at a time; `-j` may want more

local Program = {}
Program.__index = Program

local program = {}

--- @return the program: `given`, the command line by the options' names, is set once that is read
function program.new()
  return setmetatable({ codes = {} }, Program)
end

--- The client, made when first asked for. Raises the error object where the settings are wrong.
function Program:client()
  if not self.made then
    local given = self.given
    local made, failure = require("tasklist").new {
      env_file = given.env_file, timeout = given.timeout,
      max_requests = given.jobs > USUAL_REQUESTS and given.jobs or nil,
      trace = given.verbose and require("tasklist.cli.wire").teller(self) or nil,
      dry_run = given.dry_run and require("tasklist.cli.wire").shower() or nil,
    }
    if not made then error(failure, 0) end
    self.made = made
  end
  return self.made
end

--- What the command's results are given to.
-- @tparam table fields to write unless `--columns` names others: one of tasklist.cli.output.columns
-- @tparam ?file file where to; stdout by default
-- @return with `add(row)`, `flush()` and `close()`: see tasklist.cli.output; with `--dry-run` they write nothing.
--   Raises where `--columns` names what is no field
function Program:output(fields, file)
  columns.check(fields, self.given.columns)
  if self.given.dry_run then return require("tasklist.cli.wire").no_output end
  return require("tasklist.cli.output").new(file, self.given.output, fields, self.given.columns)
end

--- Writes a line to stderr, in the place of the line that shows how far the work is.
-- @tparam string line
function Program:write(line)
  if self.progress then self.progress:hide() end
  io.stderr:write(line, "\n")
end

--- Says something on stderr, in the form that all lines have which are no results.
-- @tparam string text
-- @tparam ?string id of the task that it is about
function Program:say(text, id)
  self:write("tasklist: " .. (id and harmless(id) .. ": " or "") .. text)
end

--- Says what went wrong.
-- @param failure an error object of the module, or a table with a `message`
-- @tparam ?string id of the task
function Program:warn(failure, id)
  local meta = getmetatable(failure)
  local of_module = meta and meta.__tostring and tostring(failure):gsub("^tasklist: ", "")
  self:say(of_module and wording.of(of_module) or failure.message, id)
end

--- Tells of a failure: a line on stderr. What `--dry-run` did not send has not failed.
-- @param failure as for `warn`
-- @tparam ?string id of the task
function Program:fail(failure, id)
  local code = failures.code(failure, id)
  if code == 0 then return end
  self.codes[#self.codes + 1] = code
  self:warn(failure, id)
end

--- Ends the program early, because of what was raised: a line on stderr, but for Ctrl-C and for an output that nobody
-- reads any more.
-- @param problem an error object of the module; a table with `usage`, what is wrong with the command line, or with
--   `kind` and `message`; or a text, which is Lua's: Ctrl-C, or a mistake in the program
function Program:break_off(problem)
  if type(problem) == "string" then
    problem = failures.of_lua(problem)
  end
  self.early = failures.ending(problem)
  if problem.usage then
    local command = problem.command or self.given and self.given.command
    self:say(("%s\nTry: tasklist %s--help"):format(problem.usage, command and command .. " " or ""))
  elseif not self.early then
    self:fail(problem)
  end
end

--- Ends the program: gives back what it holds.
-- @treturn integer its exit code
function Program:finish()
  local flushed, message, number = io.stdout:flush()
  if not flushed and not self.early then
    self:break_off { kind = "output", message = "cannot write the output: " .. message, errno = number }
  end
  if self.made then self.made:close() end
  return self.early or failures.of_all(self.codes)
end

return program
