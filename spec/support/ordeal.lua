--- An ordeal: a watcher in a process of its own, below it a sandbox that misbehaves, restarts and expires tokens, and a
--- count of what became of each task.
local connect = require "spec.support.client"
local http = require "spec.support.http"
local sandbox = require "spec.support.sandbox"
local wait = require "spec.support.wait"

local Ordeal = {} -- the methods
Ordeal.__index = Ordeal

local ordeal = {}

local search, writes = "/v1/tasks/search", { path = "/v1/tasks", method = "PATCH" }

local function fault(action, others)
  local made = { action = action }
  for name, value in pairs(others) do made[name] = value end
  return made
end

local function spoils(...)
  local list = { ... }
  return function(self)
    self.server:fault(list)
  end
end

-- A write goes through, but its answer does not.
local function unanswered(action, others)
  local made = fault(action, others)
  made.path, made.method = writes.path, writes.method
  return spoils(made)
end

--- What may happen: name, what does it (it gets the ordeal), and whether it comes after the new tasks.
ordeal.misfortunes = {
  { "nothing", function() end },
  { "a restart", function(self) self:restart() end, late = true },
  { "tokens that are no good any more", function(self) self.server:revoke() end },
  { "an absence", function(self)
    self:stop()
    self:await_failure()
    self:start()
  end, late = true },
  { "searches that are cut", spoils(fault("cut", { path = search, times = 4 })) },
  { "connections that end", spoils(fault("close", { path = "/v1/", times = 9 })) },
  { "completions whose answer is lost", unanswered("close", { at = "executed" }) },
  { "completions whose answer is cut", unanswered("reset", { at = "in" }) },
  { "completions that end with 502", unanswered("status", { status = 502, executed = true }) },
  { "completions that are not done", unanswered("exhausted", { times = 2 }) },
  { "503 for long", spoils(fault("status", { path = "/v1/", status = 503, times = 6 })) },
  { "a token endpoint that is down", function(self)
    self.server:fault { action = "status", path = "/oauth/token", status = 503, times = 5 }
    self.server:revoke()
  end },
  { "garbage", spoils(fault("garbage", { path = search, times = 5 }),
    fault("body", { path = search, body = "<html>" })) },
  { "a slow search", spoils(fault("delay", { path = search, seconds = 0.5 })) },
}

local function memory_of(pid)
  for line in io.lines(("/proc/%d/status"):format(pid)) do
    local kib = line:match("^VmRSS:%s*(%d+)")
    if kib then return tonumber(kib) end
  end
end

-- Seconds of processor time (proc(5): utime and stime, in hundredths).
local function processor_time(pid)
  local file <close> = assert(io.open(("/proc/%d/stat"):format(pid)))
  local user, system = file:read("a"):match("^.*%) %S+" .. (" %S+"):rep(10) .. " (%d+) (%d+)")
  return (user + system) / 100
end

-- Notes what the present sandbox has executed, since it is about to forget.
local function take_ledger(self)
  for _, entry in ipairs(self.server:ledger "complete") do
    self.completed[entry.task] = (self.completed[entry.task] or 0) + 1
  end
  self.tokens = self.tokens + (self.server:stats().requests["/oauth/token"] or 0)
end

--- Ends the sandbox; not between an execution and the note of it.
function Ordeal:stop()
  http.request(self.server.root .. "/sandbox/faults", "DELETE")
  self.server:fault { action = "close", at = "headers", path = "/v1/", times = 1000000 }
  take_ledger(self)
  self.server:stop()
end

--- Starts it on the same port with its tasks.
function Ordeal:start()
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write "return {"
  for _, id in ipairs(self.tasks) do
    file:write(("{ id = %q, taskState = %q },\n"):format(id, self.completed[id] and "COMPLETED" or "CREATED"))
  end
  file:write "}"
  file:close()
  self.server = sandbox.start({ port = self.port, token_life = self.token_life },
    { tasks = ("dofile %q"):format(path) })
  os.remove(path)
end

--- Ends the sandbox and starts it anew.
function Ordeal:restart()
  self:stop()
  self:start()
end

-- What the watcher has written: ids it was given -> how often, kinds of failures -> how many.
local function read_log(self)
  local given, failures, failed = {}, {}, 0
  for line in io.lines(self.log) do
    local what, name = line:match("^(%S+) (%S+)")
    local counts = what == "given" and given or failures
    counts[name] = (counts[name] or 0) + 1
    failed = what == "failure" and failed + 1 or failed
  end
  return given, failures, failed
end

--- Waits until the watcher meets one more failure.
function Ordeal:await_failure()
  local before = select(3, read_log(self))
  wait.until_true(function() return select(3, read_log(self)) > before end, "no failure in sight")
end

local function start_tasks(self, count)
  local tasks = {}
  for i = 1, count do
    local id = ("%d"):format(#self.tasks + 1)
    self.tasks[#self.tasks + 1], tasks[i] = id, { id = id }
  end
  self.server:start_instance { tasks = tasks }
end

local function is_settled(self)
  local count = 0
  for _ in pairs(self.completed) do count = count + 1 end
  return count + #self.server:ledger "complete" >= #self.tasks
end

--- Lets new tasks come and a misfortune happen; waits until the watcher has come through it.
-- @param misfortune one of `ordeal.misfortunes`
-- @param count how many tasks
function Ordeal:suffer(misfortune, count)
  local name, happen = misfortune[1], misfortune[2]
  if not misfortune.late then happen(self) end
  start_tasks(self, count)
  if misfortune.late then happen(self) end
  wait.until_true(function() return is_settled(self) end, "the watcher did not get over " .. name)
end

--- Ends both, the watcher by Ctrl-C.
-- @treturn table `tasks`: how many; `wrong`: texts on those that were not given once and completed once; `failures`:
--   kind -> number; `tokens`; `processor`: seconds; `memory`: KiB at first and at last; `last_words`
function Ordeal:finish()
  local pid = self.watcher.pid
  local report = { tasks = #self.tasks, wrong = {}, processor = processor_time(pid),
    memory = { self.memory, memory_of(pid) } }
  self.watcher:interrupt()
  report.last_words = self.watcher:finish()
  take_ledger(self)
  self.server:stop()
  local given, failures = read_log(self)
  for _, id in ipairs(self.tasks) do
    if given[id] ~= 1 or self.completed[id] ~= 1 then
      report.wrong[#report.wrong + 1] = ("%s: given %s times, completed %s times"):format(id, given[id] or 0,
        self.completed[id] or 0)
    end
  end
  report.failures, report.tokens = failures, self.tokens
  os.remove(self.log)
  return report
end

--- Begins an ordeal.
-- @tparam number interval seconds between two looks of the watcher
-- @tparam number token_life seconds
-- @treturn table to `suffer` and `finish`
function ordeal.begin(interval, token_life)
  local server = sandbox.start { tasks = {}, token_life = token_life }
  local self = setmetatable({ server = server, port = math.tointeger(tonumber(server.base_url:match ":(%d+)$")),
    token_life = token_life, tasks = {}, completed = {}, tokens = 0, log = os.tmpname() }, Ordeal)
  self.watcher = connect.start_file(server, "spec/support/watcher.lua", ("%g"):format(interval), self.log)
  self:suffer(ordeal.misfortunes[1], 1)
  self.memory = memory_of(self.watcher.pid)
  return self
end

return ordeal
