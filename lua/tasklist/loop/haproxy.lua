--- The adapter for haproxy: `tasklist.new{ loop = require "tasklist.loop.haproxy" }` in a script that `lua-load` names.
--
-- Services, actions and tasks call such a client in a function that they give to `run` of this module.
--
-- haproxy watches no descriptor of others, and it may interrupt the Lua of a service, an action or a task anywhere, to
-- run another's. So what calls a client runs in coroutines that one task resumes: haproxy does not interrupt these. A
-- second task has the first one look at the descriptor again and again while there is a watch. Without one both sleep.

local adapter = {}

local longest = 10 -- ms between two looks; at first there are fewer

local work = core.queue() -- functions for the first task
local pauses = core.queue() -- for the second: how many ms until the next look

local own = setmetatable({}, { __mode = "k" }) -- the coroutines of `spawn`
local ready = {} -- coroutines to resume
local watches = {} -- as keys
local pause = 0
local looking = false -- whether the second task has something to do

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
-- @tparam function idle is asked after those whom `on_ready` woke have run
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

--- Lets the first task resume a coroutine.
-- @tparam thread co
function adapter.wake(co)
  ready[#ready + 1] = co
  pause = 0
end

--- Starts a coroutine. What it raises is logged.
-- @tparam function fn
function adapter.spawn(fn)
  local co = coroutine.create(fn)
  own[co] = true
  adapter.wake(co)
end

-- Whether all went well. What did not is logged.
local function check(fine, problem)
  if not fine then
    core.Alert(tostring(problem))
  end
  return fine
end

-- Those who are woken meanwhile have the next turn, or two that wake each other would stop haproxy.
local function resume_ready()
  for _ = 1, #ready do
    local co = table.remove(ready, 1)
    if coroutine.status(co) == "suspended" and not check(coroutine.resume(co)) then
      coroutine.close(co)
    end
  end
end

local function list_watches()
  local list = {}
  for watch in pairs(watches) do
    list[#list + 1] = watch
  end
  return list
end

local function turn()
  local list = list_watches()
  for _, watch in ipairs(list) do
    if watches[watch] then -- one before it may have ended it
      check(pcall(watch.on_ready))
    end
  end
  resume_ready()
  for _, watch in ipairs(list) do
    if watches[watch] and watch.idle() then
      watches[watch] = nil
    end
  end
end

local function look()
  looking = false
  turn()
end

local function expect_look()
  if not looking and (ready[1] or next(watches)) then
    looking = true
    pauses:push(pause)
    pause = math.min(pause + 1, longest)
  end
end

-- Called in a coroutine of its own each time, which haproxy does not interrupt.
local function go_on(fn)
  check(pcall(fn))
  expect_look()
end

core.register_task(function()
  while true do
    check(coroutine.resume(coroutine.create(go_on), work:pop_wait()))
  end
end)

core.register_task(function()
  while true do
    core.msleep(pauses:pop_wait())
    work:push(look)
  end
end)

--- Calls a function that may call clients. The service, the action or the task that calls this waits meanwhile. Raises
-- what the function raises.
-- @tparam function fn
-- @param ... its arguments
-- @return what it gives
function adapter.run(fn, ...)
  local results, arguments = core.queue(), table.pack(...)
  results:push(true)
  results:pop_wait() -- raises where haproxy lets nobody wait, while nothing has been done yet
  work:push(function()
    adapter.spawn(function()
      results:push(table.pack(pcall(fn, table.unpack(arguments, 1, arguments.n))))
    end)
    turn()
  end)
  local result = results:pop_wait()
  if not result[1] then
    error(result[2], 0)
  end
  return table.unpack(result, 2, result.n)
end

return adapter
