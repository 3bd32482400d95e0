--- The adapter for Prosody: `tasklist.new{ loop = require "tasklist.loop.prosody" }` in one of its modules.
--
-- What Prosody runs in a runner of its `util.async` may call such a client: what answers a user's stanza, such as an
-- ad-hoc command, and handlers of `mod_http`. It works with each of Prosody's network backends.

local async = require "util.async"
local log = require("util.logger").init "tasklist"
local server = require "net.server"
local timer = require "util.timer"

local adapter = {}

local queue = {} -- functions to be called in the next turn
local expected = false -- whether a call of `run_queue` is to come
local turn = nil -- the functions of the turn that runs

-- Has an error logged: whoever called, others are to run.
local function attempt(fn)
  local fine, problem = xpcall(fn, debug.traceback)
  if not fine then
    log("error", "%s", problem)
  end
end

-- What is put into the queue meanwhile has its turn later, or two that wake each other would stop Prosody.
local function run_queue()
  turn, queue, expected = queue, {}, false
  for _, fn in ipairs(turn) do
    attempt(fn)
  end
  turn = nil
end

local function enqueue(fn)
  if not expected then
    timer.add_task(0, run_queue)
    expected = true
  end
  queue[#queue + 1] = fn
end

--- Says whether the running coroutine can be suspended. Prosody takes every coroutine for one that it can.
-- @return what stands for Prosody's loop, of which there is one; or nil and why not
function adapter.may_park()
  if async.ready() then
    return server
  end
  return nil, "this is the main coroutine, in which Prosody loads modules and runs timers; call it in async.runner"
end

--- Calls `on_ready` each time when a descriptor is readable, until `idle` gives true. What `on_ready` raises is logged.
-- @tparam integer fd
-- @tparam function on_ready must not yield
-- @tparam function idle is asked after those whom `on_ready` woke have run
-- @treturn function stop: ends the watch at once, so that the descriptor can be closed. May be called from anywhere,
--   and again
function adapter.watch(fd, on_ready, idle)
  local watch, ended = nil, false
  local function stop()
    if ended then
      return
    end
    ended = true
    if watch.close then
      watch:close()
    else
      watch:setflags(false, false) -- with libevent
    end
  end
  watch = server.watchfd(fd, function()
    expected = true
    attempt(on_ready)
    run_queue()
    if not ended and idle() then
      stop()
    end
  end)
  return stop
end

-- What resumes each coroutine that waits in `park`.
local resumes = setmetatable({}, { __mode = "k" })

--- Suspends the running coroutine until `wake` is called with it.
function adapter.park()
  local co = coroutine.running()
  local wait, resume = async.waiter()
  resumes[co] = resume
  wait()
  resumes[co] = nil
end

--- Lets Prosody resume a coroutine. Does nothing to one that does not wait in `park`.
-- @tparam thread co
function adapter.wake(co)
  local resume = resumes[co]
  if resume then
    enqueue(function()
      if resumes[co] == resume and coroutine.status(co) == "suspended" then
        resume()
      end
    end)
  end
end

--- Calls a function in a runner of its own. What it raises is logged.
-- @tparam function fn
function adapter.spawn(fn)
  local function start()
    async.runner(attempt):run(fn)
  end
  -- Not at once: one that starts another would run it inside of itself, and Lua allows some 200 of that. But in this
  -- turn: a map starts its coroutines one after the other.
  if turn then
    turn[#turn + 1] = start
  else
    enqueue(start)
  end
end

return adapter
