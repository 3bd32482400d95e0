--- The adapter for luv: `tasklist.new{ loop = require "tasklist.loop.luv" }`.
--
-- Coroutines that `spawn` of this module started may call such a client. What they raise ends as what luv's callbacks
-- raise does: luv writes it to stderr and ends the process, unless the host has told luv something else.

local uv = require "luv"

local adapter = {}

-- The coroutines of `spawn`, each with its place in the queue of those that were woken: `co`, `next`, and `waits`: true
-- while it waits for `wake`. Having it at hand, waking needs no memory.
local members = setmetatable({}, { __mode = "k" })

--- Says whether the running coroutine can be suspended.
-- @return what stands for luv's loop, of which a Lua state has one; or nil and why not
function adapter.may_park()
  local co, main = coroutine.running()
  if main then
    return nil, "this is the main coroutine, in which luv's callbacks run; call it in a coroutine that `spawn` of "
      .. "tasklist.loop.luv started"
  elseif not members[co] then
    return nil, "this coroutine was not started by `spawn` of tasklist.loop.luv but by whoever resumes it, who would "
      .. "take its waiting for a value"
  elseif not coroutine.isyieldable() then
    return nil, "nothing can wait here: a function of C (such as string.gsub, table.sort, require) or a finalizer has "
      .. "called"
  end
  return uv
end

-- luv 1.44 would write "(null)" for an object.
local function text_of(problem)
  local fine, text = pcall(tostring, problem)
  return fine and text or type(problem)
end

local turn = nil -- a handle that calls `next_turn`, from when it is first needed
local next_turn

-- Has `next_turn` called in a callback of its own. A timer of 0 ms would not do: libuv runs one that a timer started in
-- the same turn, so that two coroutines that wake each other would stop the loop. The handle is only stopped and never
-- closed, unless the host does: luv 1.44 crashes where a callback closes the Lua state (`os.exit(0, true)`) while a
-- handle is being closed.
local function expect_turn()
  if not turn or turn:is_closing() then
    turn = uv.new_idle()
  end
  turn:start(next_turn)
end

local problems = {} -- what coroutines raised, as texts

-- An error of a coroutine gets a callback of its own, because it may end the process, and others that were woken too
-- are to run before. Where there is no memory for that, going on with these is more important.
local function report(problem)
  pcall(function()
    problems[#problems + 1] = text_of(problem)
    expect_turn()
  end)
end

local function resume(co)
  local fine, problem = coroutine.resume(co)
  if not fine then
    local _, last = coroutine.close(co) -- nobody else closes the <close> variables of one that raised
    report(last or problem)
  end
end

local first, last = nil, nil -- of those that were woken
local expected = false -- whether a callback that resumes them is to come

-- Those who are woken meanwhile have their turn in the next callback, or two that wake each other would stop the loop.
local function resume_woken()
  local member = first
  first, last, expected = nil, nil, false
  while member do
    local co, following = member.co, member.next
    member.next = false
    member = following
    if coroutine.status(co) == "suspended" then
      resume(co)
    end
  end
end

function next_turn()
  turn:stop()
  resume_woken()
  local problem = table.remove(problems, 1)
  if problem then
    if problems[1] then
      expect_turn()
    end
    error(problem, 0)
  end
end

--- Calls `on_ready` each time when a descriptor is readable, until `idle` gives true. What `on_ready` raises is raised
-- in the callback of luv, after those who were woken have run.
-- @tparam integer fd one that is not watched yet
-- @tparam function on_ready must not yield
-- @tparam function idle is asked after those whom `on_ready` woke have run
-- @treturn function stop: ends the watch at once, so that the descriptor can be closed. May be called from anywhere,
--   and again
function adapter.watch(fd, on_ready, idle)
  local poll = assert(uv.new_poll(fd))
  local function stop()
    if not poll:is_closing() then
      poll:close()
    end
  end
  poll:start("r", function()
    expected = true
    local fine, problem = pcall(on_ready)
    resume_woken()
    if not poll:is_closing() and idle() then
      stop()
    end
    if not fine then
      error(text_of(problem), 0)
    end
  end)
  return stop
end

--- Suspends the running coroutine until `wake` is called with it.
function adapter.park()
  local member = members[coroutine.running()]
  member.waits = true
  coroutine.yield()
  member.waits = false
end

--- Lets the loop resume a coroutine. Does nothing to one that does not wait in `park`.
-- @tparam thread co
function adapter.wake(co)
  local member = members[co]
  if not member or not member.waits then
    return
  elseif not expected then
    expect_turn()
    expected = true
  end
  member.waits = false
  if last then
    last.next = member
  else
    first = member
  end
  last = member
end

--- Starts a coroutine, in the loop. It may be closed (coroutine.close) while it is suspended.
-- @tparam function fn
-- @treturn thread
function adapter.spawn(fn)
  local co = coroutine.create(fn)
  members[co] = { co = co, next = false, waits = true }
  adapter.wake(co)
  return co
end

return adapter
