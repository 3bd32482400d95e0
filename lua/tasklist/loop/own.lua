--- The loop of `client:map` where there is no other: coroutines, a queue of those that go on, and the engine to wait
-- in when there are none. It has the functions of an adapter (see `tasklist.parking`) and `run`.

local now = require("tasklist.core").now

local own = {}

-- Seconds for which coroutines are resumed before the engine goes on. When many have something to do, the connections
-- that the first of them have begun to make would stand still otherwise until the last one has had its turn.
local slice = 1 / 1000 -- in a locale whose decimal point has two bytes Lua cannot read 0.001

local mark = {} -- what `park` yields, and nothing else does

local outside = "client:map is at work, and this runs in none of its coroutines, but in another one (of a generator of "
  .. "your own, or of another client's map), or where map itself was called (as trace functions and some finalizers do)"
local strayed = "the function has yielded, and nobody is there to resume it: inside of client:map only calls of the "
  .. "client may wait"

-- Resumes a coroutine. One that ends otherwise than by its function's return is closed here, since an error leaves its
-- to-be-closed variables open.
local function resume(members, member)
  local co = member.co
  if coroutine.status(co) == "dead" then
    return
  end
  local fine, given = coroutine.resume(co)
  local dead = coroutine.status(co) == "dead"
  if fine and not dead and rawequal(given, mark) then
    return
  end
  members[co] = nil
  if member.failed and not (fine and dead) then
    member.failed(fine and strayed or given)
  end
  coroutine.close(co)
end

--- Makes a loop.
-- @param engine that it waits in
-- @treturn table an adapter. Its `spawn` takes a second function, which is called with the error when the coroutine
--   comes to no good end; `run(done)` resumes whoever is woken until `done()` is true; `blocks` is true
function own.new(engine)
  local members = {} -- coroutine -> its place in the queue: `co`, `next`, so that waking needs no memory
  local first, last = nil, nil
  local on_ready, idle = nil, nil
  local loop = { blocks = true }

  function loop.may_park()
    return members[coroutine.running()] and loop, outside
  end

  function loop.watch(_, ready, is_idle)
    on_ready, idle = ready, is_idle
    return function() on_ready = nil end
  end

  function loop.park()
    coroutine.yield(mark)
  end

  local function append(member)
    if last then
      last.next = member
    else
      first = member
    end
    last = member
  end

  function loop.wake(co)
    local member = members[co]
    if coroutine.status(co) == "dead" then
      members[co] = nil -- where it lies in the queue, it is passed over
    elseif member then
      append(member)
    end
  end

  function loop.spawn(fn, failed)
    local co = coroutine.create(fn)
    local member = { co = co, failed = failed, next = false }
    members[co] = member
    append(member)
  end

  local function take()
    local member = first
    first = member.next or nil
    last = first and last
    member.next = false
    return member
  end

  function loop.run(done)
    local next_look = 0
    while not done() do
      if first and (not on_ready or now() < next_look) then
        resume(members, take())
      elseif first or on_ready and not idle() then
        if not first then
          engine:block() -- a signal makes it return early, so that a debug hook can run
        end
        on_ready()
        next_look = now() + slice
      else
        error("client:map has nothing left to wait for")
      end
    end
  end

  return loop
end

return own
