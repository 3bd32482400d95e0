--- One sample of many calls at once, in a process of its own.
-- worker.lua URL TOKEN KIND WHAT AT_ONCE WARMING COUNT: KIND is where the calls wait, "map", "cqueues" or "luv"; at
-- most AT_ONCE requests are on the wire. WHAT is one of these, and prints:
-- get: gets a task COUNT times, AT_ONCE at a time, after WARMING times: nanoseconds
-- pairs: claims and completes so many tasks: nanoseconds
-- memory: COUNT coroutines wait at the same time: bytes of Lua memory for each
-- gap: gets a task COUNT times, while a timer of the loop runs each millisecond: the most nanoseconds between two runs

local cqueues = require "cqueues"
local tasklist = require "tasklist"

local id = "2251799813685249"

-- Ways to call a function for 1, 2 … `count`, `at_once` at a time: each gets the client too.
local kinds = {}

-- In a loop: so many coroutines, each of which takes the next number as soon as it can.
local function in_coroutines(spawn, count, at_once, fn)
  local taken = 0
  for _ = 1, math.min(count, at_once) do
    spawn(function()
      while taken < count do
        taken = taken + 1
        fn(taken)
      end
    end)
  end
end

function kinds.map()
  return nil, function(client, count, at_once, fn)
    local numbers = {}
    for number = 1, count do
      numbers[number] = number
    end
    assert(client:map(numbers, fn, { concurrency = at_once }))
  end
end

function kinds.cqueues()
  local loop = cqueues.new()
  local function spawn(fn)
    loop:wrap(fn)
  end
  return require "tasklist.loop.cqueues", function(_, ...)
    in_coroutines(spawn, ...)
    assert(loop:loop())
  end, function(tick)
    loop:wrap(function()
      repeat
        cqueues.sleep(0.001)
      until not tick()
    end)
  end
end

function kinds.luv()
  local uv, adapter = require "luv", require "tasklist.loop.luv"
  return adapter, function(_, ...)
    in_coroutines(adapter.spawn, ...)
    uv.run()
  end, function(tick)
    local timer = uv.new_timer()
    timer:start(1, 1, function()
      if not tick() then
        timer:close()
      end
    end)
  end
end

local url, token, kind, what = ...
local at_once, warming, count = tonumber(arg[5]), tonumber(arg[6]), tonumber(arg[7])
local loop, run, each_millisecond = kinds[kind]()
local client <close> = assert(tasklist.new { base_url = url, auth = "bearer", token = token, loop = loop,
  max_requests = at_once })

local function get()
  assert(client:get_task(id))
end

local function claim_and_complete()
  assert(client:assign_task(id, { assignee = "bench", allowOverrideAssignment = false }))
  assert(client:complete_task(id, { approved = true }))
end

local function nanoseconds_of(fn)
  run(client, warming, at_once, fn)
  local start = cqueues.monotime()
  run(client, count, at_once, fn)
  return (cqueues.monotime() - start) * 1e9
end

local samples = {}

function samples.get()
  return nanoseconds_of(get)
end

function samples.pairs()
  return nanoseconds_of(claim_and_complete)
end

local function used()
  collectgarbage()
  collectgarbage()
  return collectgarbage("count") * 1024
end

-- The last one comes when all others wait.
function samples.memory()
  run(client, warming, at_once, get)
  local before, bytes = used(), nil
  run(client, count + 1, count + 1, function(number)
    if number > count then
      bytes = (used() - before) / count
    else
      get()
    end
  end)
  return bytes
end

function samples.gap()
  local left, last, longest = count, cqueues.monotime(), 0
  each_millisecond(function()
    local now = cqueues.monotime()
    longest, last = math.max(longest, now - last), now
    return left > 0
  end)
  run(client, count, at_once, function()
    get()
    left = left - 1
  end)
  return longest * 1e9
end

print(("%d"):format(samples[what]() // 1))
