--- The adapter for cqueues: `tasklist.new{ loop = require "tasklist.loop.cqueues" }`.
--
-- Coroutines that `wrap` or `attach` of a controller started may call such a client, and those of `spawn` here.

local condition = require "cqueues.condition"
local cqueues = require "cqueues"

local adapter = {}

-- What each coroutine waits on. It is kept for as long as the coroutine is, since it will wait again.
local conditions = setmetatable({}, { __mode = "k" })

local function condition_of(co)
  local found = conditions[co] or condition.new()
  conditions[co] = found
  return found
end

--- Says whether the running coroutine can be suspended.
-- @return the controller that would resume it; or nil and why not
function adapter.may_park()
  local controller, own = cqueues.running()
  if not controller then
    return nil, "no cqueues controller runs here; call it in a coroutine that `wrap` of a controller started"
  elseif not own and not conditions[coroutine.running()] then -- those of `spawn` have one from the start
    return nil, "this coroutine was not started by the cqueues controller but by whoever resumes it, who would get "
      .. "what is meant for the controller; call it in a coroutine that `wrap` of the controller started"
  elseif not coroutine.isyieldable() then
    return nil, "nothing can wait here: a function of C (such as string.gsub, table.sort, require) or a finalizer has "
      .. "called"
  end
  -- To make one may run a finalizer, which may close the client. In `park` that would be too late: whom it wakes does
  -- not wait yet, and would never be woken again.
  condition_of(coroutine.running())
  return controller
end

-- What a coroutine of the controller raises is what `loop` of the controller returns. Where there is no memory for
-- one, going on is more important: others wait.
local function report(controller, problem)
  pcall(controller.wrap, controller, error, problem, 0)
end

--- Calls `on_ready` each time when a descriptor is readable, in a coroutine of the running controller, until `idle`
-- gives true. What `on_ready` raises is returned by the controller's `loop`, and the watch goes on.
-- @tparam integer fd
-- @tparam function on_ready must not yield
-- @tparam function idle is asked after those whom `on_ready` woke have run
-- @treturn function stop: ends the watch at once, so that the descriptor can be closed. May be called from anywhere,
--   and again
function adapter.watch(fd, on_ready, idle)
  local controller = cqueues.running()
  local readable, ended = { pollfd = fd, events = "r" }, false
  -- Made before the watch begins: where there is no memory for it, nobody could end the watch.
  local function stop()
    -- A watch that has ended must leave the descriptor alone: it may be another's by now. One that has not is woken
    -- by this, and the kernel's set forgets the descriptor: closing it before would make `loop` fail.
    if not ended then
      ended = true
      cqueues.cancel(fd)
    end
  end
  controller:wrap(function()
    while not ended do
      cqueues.poll(readable)
      if not ended then
        local fine, problem = pcall(on_ready)
        if not fine then
          report(controller, problem)
        end
        -- Without an argument this coroutine stays where it is in the queue of those that run next. Whoever was woken
        -- was put before it.
        cqueues.poll()
        ended = ended or idle()
      end
    end
  end)
  return stop
end

-- When a coroutine that waits is closed (coroutine.close), its controller would keep an entry for it for ever, and
-- `loop` would never end. This, which runs in the coroutine, makes the controller look. After each other wait nobody is
-- there who could be woken.
local leaving = setmetatable({}, { __close = function() conditions[coroutine.running()]:signal() end })

--- Suspends the running coroutine until `wake` is called with it.
function adapter.park()
  local awaited = condition_of(coroutine.running())
  local _ <close> = leaving
  awaited:wait()
end

--- Lets the controller resume a coroutine in its next step. Does nothing to one that does not wait in `park`.
-- @tparam thread co
function adapter.wake(co)
  local awaited = conditions[co]
  if awaited then
    awaited:signal()
  end
end

local function resume(co, ...)
  if coroutine.status(co) == "suspended" then
    return coroutine.resume(co, ...)
  end
  return true -- it was closed
end

-- Hands on to the controller what a coroutine has yielded, and to the coroutine what that answers, until it ends.
local function carry(co, fine, ...)
  if not fine then
    -- The <close> variables of a coroutine that raised are open, until this closes them.
    local _, last = coroutine.close(co)
    error(last or ..., 0)
  elseif coroutine.status(co) == "suspended" then
    return carry(co, resume(co, coroutine.yield(...)))
  end
end

local function run(co)
  return carry(co, resume(co))
end

--- Starts a coroutine in the running controller, in its next step. What it raises is returned by the controller's
-- `loop`. It may be closed (coroutine.close) while it is suspended: it runs inside of one that belongs to the
-- controller and ends with it, while a controller whose own coroutine is closed complains of a dead one.
-- @tparam function fn
-- @treturn thread
function adapter.spawn(fn)
  local co = coroutine.create(fn)
  condition_of(co)
  cqueues.running():wrap(run, co)
  return co
end

return adapter
