--- The adapter for haproxy: `tasklist.new{ loop = require "tasklist.loop.haproxy" }` in a script that `lua-load` names.
--
-- Services, actions and tasks use such a client in a function that they give to `run` of this module.
--
-- haproxy watches no descriptor of others, and interrupts the Lua of services, actions and tasks anywhere to run
-- another's. It does not interrupt coroutines that these resume. So all that calls a client runs in such coroutines:
-- each time one is to be resumed, a task of haproxy's is made that does it. Tasks also look at the descriptor every few
-- milliseconds, but only while there is a watch.

local now = require("tasklist.core").now

local adapter = {}

local longest = 10 -- milliseconds between two looks; after something has happened there are fewer at first

local own = setmetatable({}, { __mode = "k" }) -- the coroutines of `spawn`
local ready = {} -- those to resume
local watches = {} -- as keys
local pause = 0 -- milliseconds until the next look
local expected = {} -- function -> true: a task is to come that calls it

-- Makes a coroutine. haproxy's `coroutine.create` would have it know the task that made it, also when that is no more.
local function new_coroutine(fn)
  return coroutine.wrap(function()
    coroutine.yield(coroutine.running())
    fn()
  end)()
end

local resumed = 0 -- when the coroutine that runs was

-- A hook. haproxy would end its own coroutines for that, and it ends itself when one of its threads does nothing else
-- for two seconds.
local function forbid_to_compute()
  if now() - resumed > 1 then
    error("this has run for more than a second without waiting, while haproxy stands still", 2)
  end
end

-- Whether all went well. What did not is logged.
local function check(fine, problem)
  if not fine then
    core.Alert(tostring(problem))
  end
  return fine
end

local call

-- Has a task call a function: a new one each time, because haproxy ends a task at its next wait when it has run for
-- too long.
local function expect(fn, milliseconds)
  if not expected[fn] then
    expected[fn] = true
    core.register_task(function()
      core.msleep(milliseconds)
      call(fn)
    end)
  end
end

-- One at a time, so that each has haproxy's time for a task.
local function resume_first()
  local co = table.remove(ready, 1)
  resumed = now()
  if co and coroutine.status(co) == "suspended" and not check(coroutine.resume(co)) then
    coroutine.close(co)
  end
end

local function list_watches()
  local list = {}
  for watch in pairs(watches) do
    list[#list + 1] = watch
  end
  return list
end

local function look()
  for _, watch in ipairs(list_watches()) do
    if watches[watch] then -- one before it may have ended it
      check(pcall(watch.on_ready))
    end
  end
  for _, watch in ipairs(ready[1] and {} or list_watches()) do
    if watch.idle() then
      watches[watch] = nil
    end
  end
end

local function go_on(fn, ...)
  expected[fn] = nil
  check(pcall(fn, ...))
  if ready[1] then
    expect(resume_first, 0)
  end
  if next(watches) and not expected[look] then
    expect(look, pause)
    pause = math.min(pause + 1, longest)
  end
end

-- Calls a function that haproxy is not to interrupt, and sees to it that all goes on.
function call(...)
  local co = coroutine.create(go_on) -- not of the other kind, which can't make tasks
  debug.sethook(co) -- that ends it when the function has run for too long
  check(coroutine.resume(co, ...))
end

--- Says whether the running coroutine can be suspended.
-- @return what stands for haproxy; or nil and why not
function adapter.may_park()
  if own[coroutine.running()] then
    return adapter
  end
  return nil, "this coroutine was not started by tasklist.loop.haproxy; call it in a function that `run` of that gets"
end

--- Calls `on_ready` every few milliseconds, until `idle` gives true. What `on_ready` raises is logged.
-- @param _ the descriptor
-- @tparam function on_ready must not yield; does nothing while the descriptor is not readable
-- @tparam function idle is asked when all who were woken have run
-- @treturn function stop: ends the watch at once, so that the descriptor can be closed. May be called from anywhere,
--   and again
function adapter.watch(_, on_ready, idle)
  local watch = { on_ready = on_ready, idle = idle }
  watches[watch] = true
  return function() watches[watch] = nil end
end

--- Suspends the running coroutine until `wake` is called with it.
function adapter.park()
  coroutine.yield()
end

--- Has a coroutine resumed.
-- @tparam thread co
function adapter.wake(co)
  table.insert(ready, co)
  pause = 0
end

--- Starts a coroutine. What it raises is logged.
-- @tparam function fn
function adapter.spawn(fn)
  local co = new_coroutine(fn)
  debug.sethook(co, forbid_to_compute, "", 100000)
  own[co] = true
  adapter.wake(co)
end

--- Calls a function that may call clients. The service, the action or the task that calls this waits meanwhile. Raises
-- what the function raises.
-- @tparam function fn
-- @param ... its arguments
-- @return what it gives
function adapter.run(fn, ...)
  local results, arguments = core.queue(), table.pack(...)
  results:push(true)
  results:pop_wait() -- raises where haproxy lets nobody wait, while nothing has been done yet
  call(adapter.spawn, function()
    results:push(table.pack(pcall(fn, table.unpack(arguments, 1, arguments.n))))
  end)
  local result = results:pop_wait()
  if not result[1] then
    error(result[2], 0)
  end
  return table.unpack(result, 2, result.n)
end

return adapter
