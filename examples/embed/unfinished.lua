-- Makes calls in a loop of the host's, and ends while they wait for the server: the host closes the state then.
local settings, host = ...
local tasklist = require "tasklist"

-- The adapter of the loop, see doc/loops.md.
local watches, ready = {}, {}
local loop = { park = coroutine.yield }

function loop.may_park()
  return coroutine.isyieldable() and "the host's" or nil, "only a coroutine can wait in the host's loop"
end

function loop.watch(fd, on_ready, idle)
  local watch = { fd = fd, on_ready = on_ready, idle = idle }
  watches[watch] = true
  return function() watches[watch] = nil end
end

function loop.wake(co) ready[#ready + 1] = co end

function loop.spawn(fn) loop.wake(coroutine.create(fn)) end

-- One turn of it.
local function turn()
  local now = ready
  ready = {}
  for _, co in ipairs(now) do assert(coroutine.resume(co)) end
  for watch in pairs(watches) do
    if watch.woken and watch.idle() then
      watches[watch] = nil
    else
      watch.woken = host.wait(watch.fd)
      if watch.woken then watch.on_ready() end
    end
  end
end

settings.loop = loop
local client = assert(tasklist.new(settings))
local first
loop.spawn(function() first = assert(client:search_tasks { pageSize = 1 }) end)
repeat turn() until first

for _ = 1, 3 do
  loop.spawn(function() client:get_task "1" end)
end
turn()
