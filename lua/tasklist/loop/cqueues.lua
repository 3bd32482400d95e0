--- The adapter for cqueues: `tasklist.new{ loop = require "tasklist.loop.cqueues" }`.
--
-- Coroutines that `cq:wrap` (or `attach`) started may call such a client.

local condition = require "cqueues.condition"
local cqueues = require "cqueues"

local adapter = {}

--- Says whether the running coroutine can be suspended.
-- @return the controller that would resume it; or nil and why not
function adapter.may_park()
  local controller, own = cqueues.running()
  if not controller then
    return nil, "no cqueues controller runs here; call it in a coroutine that `wrap` of a controller started"
  elseif not own then
    return nil, "this coroutine was not started by the cqueues controller but by whoever resumes it, who would get "
      .. "what is meant for the controller; call it in a coroutine that `wrap` of the controller started"
  elseif not coroutine.isyieldable() then
    return nil, "this coroutine cannot be suspended here, since a C function (such as string.gsub, table.sort, "
      .. "require) or a finalizer has called"
  end
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
  return function()
    -- A watch that has ended must leave the descriptor alone: it may be another's by now. One that has not is woken
    -- by this, and the kernel's set forgets the descriptor: closing it before would make `loop` fail.
    if not ended then
      ended = true
      cqueues.cancel(fd)
    end
  end
end

-- The place where a coroutine waits. It is kept for as long as the coroutine is, since it will wait again.
local places = setmetatable({}, { __mode = "k" })

-- Closing a coroutine that waits (coroutine.close) would leave its entry in the controller for ever, and `loop` would
-- never end. Woken by this, the controller finds the coroutine dead, says so once, and forgets it. After each other
-- wait nobody is there any more who could be woken.
local place_metatable = { __close = function(place) place.condition:signal() end }

local function new_place(co)
  local place = setmetatable({ condition = condition.new() }, place_metatable)
  places[co] = place
  return place
end

--- Suspends the running coroutine until `wake` is called with it.
function adapter.park()
  local co = coroutine.running()
  local place <close> = places[co] or new_place(co)
  place.condition:wait()
end

--- Lets the controller resume a coroutine in its next step. Does nothing to one that does not wait in `park`.
-- @tparam thread co
function adapter.wake(co)
  local place = places[co]
  if place then
    place.condition:signal()
  end
end

--- Starts a coroutine in the running controller, in its next step. What it raises is returned by the controller's
-- `loop`.
-- @tparam function fn
function adapter.spawn(fn)
  cqueues.running():wrap(function()
    -- The controller leaves the <close> variables of a coroutine that raised open. `pcall` closes those of `fn`.
    local fine, problem = pcall(fn)
    if not fine then
      error(problem, 0)
    end
  end)
end

return adapter
