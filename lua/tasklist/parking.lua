--- Waiting that suspends the calling coroutine, while a loop waits for the engine's descriptor.
--
-- The loop is known by its adapter, a table of five functions:
--
-- - `may_park()`: the identity of the loop that runs (any value but nil), when the running coroutine can be suspended
--   and resumed by it; or nil and a text why not
-- - `watch(fd, on_ready, idle)`: calls `on_ready()`, which never yields, whenever the descriptor is readable. After the
--   coroutines that it has woken have run, asks `idle()`; true ends the watch. Gives a function that ends it earlier
-- - `park()`: suspends the running coroutine; returns when the loop resumes it after `wake`
-- - `wake(co)`: makes the loop resume the coroutine soon, not within this call, and needs no memory if possible. One
--   that is dead is no error: `coroutine.close` has ended it, and the loop may forget it
-- - `spawn(fn)`: calls the function in a new coroutine that may park
--
-- A client with work in flight has exactly one watch, however many coroutines wait.

local core = require "tasklist.core"

local Parking = {} -- the methods
local metatable = { __index = Parking }

local parking = {}

local no_memory = "not enough memory"
local elsewhere = "the coroutine that waits was resumed by somebody else, not by its loop (a generator that calls the "
  .. "client hands its waiting to whoever iterates over it)"
parking.resumed_elsewhere = elsewhere

-- One coroutine that waits for a request or a pause. It is a to-be-closed variable of that coroutine, so that it is
-- forgotten also when the coroutine is closed in the middle. It counts as woken then, because the engine may still know
-- it as the owner. All its fields are there from the start, so that setting one needs no memory. All that wait are in a
-- ring. A table with what they wait for as keys would be slow: the keys are new each time, so when such a table is just
-- full, Lua builds it anew for each call.
local Wait = { __close = core.leave }

local function new_wait(awaited)
  return setmetatable({ awaited = awaited, co = coroutine.running(), before = false, after = false,
    woken = false, -- the loop was told to resume the coroutine
    raised = false, -- what a trace function raised, in a table
    failure = false, -- why it is over without having come to its end
    kept = false, -- what came of the request, when the client was closed afterwards
  }, Wait)
end

local function next_wait(first, wait)
  local after = wait.after
  return after ~= first and after or nil
end

-- For a loop over all that wait.
local function each_wait(self)
  return next_wait, self.waits, self.waits
end

-- Whether a problem is to be told. In an event loop lack of memory is none: the descriptor stays readable as long as
-- something is left to do, and the loop comes again when others have given memory back. A map's own loop would come
-- again at once and for ever, since nobody else runs, so that the map has to end.
local function is_told(self, problem)
  return problem ~= no_memory or self.loop.blocks
end

-- Tells the loop to resume a coroutine, once. False when there is no memory for that: it has to be tried again. What
-- else an adapter raises is kept until all others are woken.
local function wake(self, wait)
  if wait.woken then
    return true
  end
  local fine, problem = core.call(self.loop.wake, wait.co)
  if not fine and not is_told(self, problem) then
    return false
  elseif not fine then
    self.problem = self.problem or { problem }
  end
  wait.woken = true
  return true
end

-- Wakes the owner of each finished request, and nobody else. What has no owner, such as a page that was fetched ahead,
-- is asked for later. Each stays in the engine's list until its owner is woken: where there is no memory, even for a
-- call, it is found there the next time. Waking may run a finalizer, and that may end the request, as by closing its
-- owner's coroutine: then the first of the list is another's already, which is not taken before it has its turn.
local function wake_finished(self)
  local engine = self.engine
  for awaited, wait in engine.finished, engine do
    if wait and not wake(self, wait) then
      return
    elseif engine:finished() == awaited then
      engine:take()
    end
  end
end

-- Seconds after which a coroutine that has not run yet never will: a debug hook has ended it, or the loop has lost it.
local longest_spawn = 1
local never = -math.huge

-- A token function runs in a coroutine of its own, since it may wait for another client.
local function ask(self)
  self.spawned = never
  self.driver.asking:give(pcall)
end

local function spawn_asker(self)
  self.spawned = core.now()
  local fine, problem = core.call(self.loop.spawn, self.ask)
  if not fine then
    self.spawned = never -- the question still stands, and is asked the next time
    self.problem = self.problem or is_told(self, problem) and { problem } or nil
  end
end

local function turn(self)
  local wanted, asking = self.engine:step()
  if wanted then
    local fine, problem = core.call(self.driver.tell, self.driver)
    if not fine and is_told(self, problem) then -- else the rest is told the next time
      self.problem = { problem } -- such as a debug hook's
    end
  end
  wake_finished(self)
  if asking and core.now() - self.spawned > longest_spawn then
    spawn_asker(self)
  end
end

local function on_ready(self)
  local problem = self.engine:problem()
  if problem then -- in a child after fork
    self:fail_all(problem)
    return
  end
  local fine, failure = core.call(turn, self)
  local raised = self.problem
  self.problem = nil
  if not fine and is_told(self, failure) then
    error(failure, 0)
  elseif raised then
    error(raised[1], 0)
  end
end

local function idle(self)
  local engine = self.engine
  if not engine:problem() and (engine:in_flight() > 0 or engine:timeout() == 0) then
    return false
  end
  self.stop = nil
  self.identity = nil -- after it: what a debug hook may leave there means nothing without a watch
  if not engine:problem() then
    engine:idle()
  end
  return true
end

--- Makes one.
-- @tparam table driver
-- @tparam table loop an adapter; one with `blocks` does not wait on the descriptor but in the engine
-- @treturn table
function parking.new(driver, loop)
  local self = setmetatable({ driver = driver, engine = driver.engine, loop = loop,
    waits = {}, -- the ring, with a first that is none
    stop = nil, -- ends the watch, while there is one
    identity = nil, -- of the loop that has the watch
    spawned = never, -- when a coroutine for a token function was made that has not run yet
    problem = nil, -- what the adapter raised, in a table, until everybody is woken
  }, metatable)
  self.waits.before, self.waits.after = self.waits, self.waits
  self.on_ready = function() on_ready(self) end
  self.idle = function() return idle(self) end
  self.ask = function() ask(self) end
  return self
end

local no_yield = "nothing can wait here: in the main coroutine, or where a function of C has called (as string.gsub, "
  .. "table.sort, require and metamethods such as __gc and __tostring do)"
local two_loops = "this client is at work in another loop: a client works in one loop at a time"

-- The identity of the loop; or nil and why nothing can wait here.
local function enter(self)
  local identity, problem = self.loop.may_park()
  if identity == nil then
    return nil, problem
  elseif not coroutine.isyieldable() then
    return nil, no_yield
  elseif self.stop and identity ~= self.identity then
    return nil, two_loops
  end
  return identity
end

--- Why nothing can wait here.
-- @treturn ?string
function Parking:misuse()
  local _, problem = enter(self)
  return problem
end

-- Gives a failure when the system has no descriptor left.
local function watch(self, identity)
  local descriptor, failure = -1, nil
  if not self.loop.blocks then
    descriptor, failure = self.engine:fd()
  end
  if not failure then
    self.identity = identity
    self.stop = self.loop.watch(descriptor, self.on_ready, self.idle)
    if self.engine:closed() then -- by a finalizer meanwhile: nobody else ends this watch, and luv would end the process
      self.stop()
    end
  end
  return failure
end

local function outcome_of(self, wait)
  if wait.raised then
    error(wait.raised[1], 0)
  end
  self.driver:raise()
  if wait.failure or wait.kept then
    return wait.failure or nil, wait.kept
  end
  return not wait.woken and elsewhere or nil
end

--- Suspends the running coroutine until a request or a pause is finished; at least once, also when it is finished
-- already: a program that calls again and again would leave the loop no time otherwise.
-- @param awaited
-- @return as `Driver:wait`
function Parking:wait(awaited)
  local identity, problem = enter(self)
  if identity == nil then
    return problem
  end
  self.driver:raise()
  local wait <close> = new_wait(awaited)
  core.join(self.waits, wait)
  local failure = not self.stop and watch(self, identity)
  if failure then
    return failure
  end
  self.engine:give_again(awaited, wait) -- it may be finished and taken, when nobody waited for it yet
  self.loop.park()
  return outcome_of(self, wait)
end

--- Has the call that waits for a request raise something.
-- @param request
-- @param problem
-- @treturn boolean false when nobody waits for it
function Parking:fail(request, problem)
  for wait in each_wait(self) do
    if wait.awaited == request then
      wait.raised = wait.raised or { problem }
      wake(self, wait)
      return true
    end
  end
  return false
end

--- Has all calls that wait fail.
-- @tparam string|table failure
function Parking:fail_all(failure)
  for wait in each_wait(self) do
    wait.failure = failure
    wake(self, wait)
  end
end

-- Ends what somebody waits for. When it is finished already, its result is kept for them.
local function end_wait(self, wait)
  local awaited = wait.awaited
  if self.engine:give_again(awaited) then
    wait.kept = awaited.result and table.pack(awaited:result()) or { n = 0 }
  else
    local outcome, attempts = awaited:close()
    wait.failure = { kind = "closed", outcome = outcome, attempts = attempts }
  end
end

--- To be called before the engine is closed: ends the watch, because the loop must not watch a descriptor that is
-- closed, and has all calls that wait fail.
function Parking:close()
  if self.engine:problem() then -- in a child after fork, whose loop is a copy of its parent's
    return self:fail_all(self.engine:problem())
  end
  local stop = self.stop
  self.stop, self.identity = nil, nil
  if stop then
    stop()
  end
  for wait in each_wait(self) do
    if not core.call(end_wait, self, wait) then -- there is no memory
      wait.failure = "attempt to use a closed client"
    end
    wake(self, wait)
  end
  self.driver:tell() -- of what was given up
end

return parking
