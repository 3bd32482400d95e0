--- Work on many tasks, several at a time over the same connections.

local columns = require "tasklist.cli.output.columns"
local failures = require "tasklist.cli.failures"
local ids = require "tasklist.cli.ids"
local progress = require "tasklist.cli.progress"
local terminal = require "tasklist.terminal"

local bulk = {}

-- More changes than this are asked about first.
local UNASKED = 100

--- Options of the commands that change tasks.
bulk.options = {
  { name = "--yes", flag = true, description = "do not ask before more than 100 tasks are changed; else ids from - are "
    .. "read up to the 101st before the first is changed, if there is a terminal to ask on" },
}

-- The question stands on stderr, and is answered on the terminal even where stdin is a pipe.
local function confirm(given, source, done)
  if given.yes or given.dry_run or not terminal.width(2) or not source:wait(UNASKED + 1) then return end
  local keyboard <close> = io.open "/dev/tty"
  if not keyboard then return end
  local count = source:left() or "more than " .. UNASKED
  io.stderr:write(("tasklist: %s tasks will be %s. Go on? [y/N] "):format(count, done))
  if not (keyboard:read "l" or ""):find "^%s*[yY]" then
    error({ kind = "declined", message = "nothing was changed" }, 0)
  end
end

-- Calls a method of the output, unless nobody reads it any more. That is raised later: who is under way is waited for.
local function put_out(self, method, ...)
  if not self.output or self.broken then return end
  self.progress:hide()
  local fine, problem = pcall(self.output[method], self.output, ...)
  if not fine then self.broken = problem end
end

-- Calls `act`. Its complaint about what cannot be an id is a failure of that one.
local function attempt(act, id)
  local fine, task, failure = pcall(act, id)
  if fine then return task, failure end
  local misuse = type(task) == "string" and failures.of_lua(task).usage
  if not misuse then error(task, 0) end
  return nil, { kind = "usage", message = misuse }
end

-- Works on one id. What `--dry-run` did not send counts as done. Gives nil and a failure where nothing new is to be
-- begun.
local function work_on(self, id)
  local number = self.begun + 1
  self.begun, self.under_way[number] = number, id
  local task, failure = attempt(self.act, id)
  self.under_way[number] = nil
  local counts = self.progress
  if task or failure.code == "dry_run" then
    counts.done = counts.done + 1
    if task then put_out(self, "add", task) end
  else
    counts.failed = counts.failed + 1
    self.program:fail(failure, id)
  end
  counts:show(self.source:left())
  local problem = self.broken or failure and failures.comes_for_all(failure) and failure
  if problem then return nil, problem end
end

-- What waits for the next lines of stdin is the main thread, and not a coroutine: meanwhile others would wait for their
-- answers in vain, and Ctrl-C would not be noticed.
local function work(self, client)
  local function take() return self.source:next() end
  local function one(id) return work_on(self, id) end
  local _, problem
  repeat
    _, problem = client:each(take, one, { concurrency = self.program.given.jobs, stop = true })
    self.stopped = problem ~= nil
    put_out(self, "flush")
  until problem or self.broken or not self.source:wait(1)
end

-- Says whose change was on its way when the work was broken off.
local function tell_of_those_under_way(self)
  for _, number in ipairs(require("tasklist.cli.output.sorted").keys(self.under_way)) do
    self.program:say("broken off; it may have been " .. self.done, self.under_way[number])
  end
end

local function tell_counts(self)
  local given = self.program.given
  if given.quiet or given.dry_run or not self.is_many then return end
  local untried = self.stopped and (self.source:left() or "the rest")
  self.program:say(self.progress:counts(untried ~= 0 and untried or nil))
end

local function run(self)
  self.program.progress = self.progress
  local fine, problem = pcall(work, self, self.program:client())
  self.stopped = self.stopped or not fine
  if not fine and self.changes then tell_of_those_under_way(self) end
  if not self.broken then tell_counts(self) end
  self.program.progress = nil
  if not fine then error(problem, 0) end
  if self.broken then error(self.broken, 0) end
  if self.output then self.output:close() end
end

--- Changes each of the tasks whose ids the command line names. Each failure is said in a line with the id; one that
-- would come for all others, such as a refused sign-in, is the last. The changed tasks are written where `-o`
-- or `--columns` says how.
-- @tparam table program
-- @tparam table words the ids, or `-`
-- @tparam string done what becomes of a task, such as "claimed"
-- @tparam function act gets an id; gives the task, or nil and an error object
function bulk.change(program, words, done, act)
  local given, source = program.given, ids.new(words)
  local output = (given.output or given.columns) and program:output(columns.changed)
  confirm(given, source, done)
  run({ program = program, source = source, act = act, done = done, changes = not given.dry_run, under_way = {},
    begun = 0, is_many = source.piped or #words > 1, progress = progress.new(done, given.quiet), output = output })
end

--- Reads each of the tasks whose ids the command line names, and writes what `act` gives.
-- @tparam table program
-- @tparam table words the ids, or `-`
-- @param output of `program:output`
-- @tparam function act gets an id; gives what to write, or nil and an error object
function bulk.read(program, words, output, act)
  local source = ids.new(words)
  run({ program = program, source = source, act = act, under_way = {}, begun = 0, is_many = false,
    progress = progress.new("read", true), output = output })
end

return bulk
