--- Runs specs inside of `client:map`, of cqueues or of luv, so that every call of a client suspends a coroutine there,
-- and no call blocks.
--
-- Each function of a spec (`it`, `before_each`, `setup`, `finally` …) runs in a coroutine of the loop, and clients get
-- the loop's adapter. `client:map` has no adapter that several clients could share: its loop is one client's. So a test
-- runs in a map of the client that was made before it, and each call of any other client in a map of that client.

local iterating = require "tasklist.iterating"
local parallel = require "tasklist.parallel"
local tasklist = require "tasklist"

local inside = {
  --- How often a coroutine was suspended, and how often a call has blocked instead.
  parked = 0, blocked = 0,
  --- What came out of the loop instead of a call. A test fails for these, and for calls that have blocked.
  problems = {},
}

local function counting(name, fn)
  return function(...)
    inside[name] = inside[name] + 1
    return fn(...)
  end
end

-- A client, to see what its methods are.
local function example()
  return assert(tasklist.new { base_url = "https://h.example", token = "a", env = false })
end

local modes = {}

-- Clients are made with an adapter.
local function give_adapter(adapter)
  local counted = setmetatable({ park = counting("parked", adapter.park) }, { __index = adapter })
  local new = tasklist.new
  function tasklist.new(arguments)
    if arguments == nil or type(arguments) == "table" and arguments.loop == nil then
      local all = { loop = counted }
      for name, value in pairs(arguments or {}) do
        all[name] = value
      end
      arguments = all
    end
    return new(arguments) -- a tail call, so that misuse raises where the spec has called
  end
end

local patience = 30 -- seconds for one test
local never = "the test waits, and nothing will wake it"

function modes.cqueues()
  give_adapter(require "tasklist.loop.cqueues")
  local cqueues = require "cqueues"
  local controller = cqueues.new()
  return function(_, body)
    local done, last = false, cqueues.monotime() + patience
    controller:wrap(function()
      body()
      done = true
    end)
    repeat
      assert(cqueues.monotime() < last, never)
      local fine, problem = controller:step(patience)
      if not fine then
        table.insert(inside.problems, problem)
      end
    until done
  end
end

function modes.luv()
  local adapter, uv = require "tasklist.loop.luv", require "luv"
  give_adapter(adapter)
  return function(_, body)
    local done = false
    adapter.spawn(function()
      body()
      done = true
    end)
    repeat
      assert(uv.loop_alive(), never)
      uv.run "once"
    until done
  end
end

local this_file = "^" .. debug.getinfo(1, "S").short_src:gsub("%p", "%%%0") .. ":%d+: "

-- Calls a function in a map of a driver's client. What it raises about its caller is about ours.
local function call_in_map(driver, fn, ...)
  local arguments, given = table.pack(...), nil
  parallel.map(driver, { true }, function()
    given = table.pack(pcall(function()
      return table.pack(fn(table.unpack(arguments, 1, arguments.n)))
    end))
  end, {})
  local fine, results = table.unpack(given)
  if not fine then
    local misuse, count = results, 0
    if type(results) == "string" then
      misuse, count = results:gsub(this_file, "")
    end
    error(misuse, count > 0 and 3 or 0)
  end
  return table.unpack(results, 1, results.n)
end

-- The driver of a connection, when a call would block now. One that is misuse raises at once.
local function driver_that_blocks(connection)
  local driver = connection and connection.driver
  return driver and not driver.parking and not driver:misuse() and driver
end

local function verb_in_map(verb)
  return function(client, ...)
    local driver = type(client) == "table" and driver_that_blocks(client.connection)
    if driver then
      local given = table.pack(call_in_map(driver, verb, client, ...))
      return table.unpack(given, 1, given.n)
    end
    return verb(client, ...)
  end
end

local function walk_in_map(iterate)
  return function(source, name, take)
    take = take or source.take
    return iterate(source, name, function(...)
      local driver = driver_that_blocks(source.connection)
      if driver then
        return call_in_map(driver, take, ...)
      end
      return take(...)
    end)
  end
end

local never_wait = { tasks = true, watch = true, claim = true, audit_log = true, map = true, each = true,
  settings = true, close = true }

function modes.map()
  local own = require "tasklist.loop.own"
  local new_loop = own.new
  function own.new(...)
    local loop = new_loop(...)
    loop.park = counting("parked", loop.park)
    return loop
  end
  local client <close> = example()
  local verbs = debug.getmetatable(client).__index
  for name, verb in pairs(verbs) do
    if not never_wait[name] then
      verbs[name] = verb_in_map(verb)
    end
  end
  iterating.iterate = walk_in_map(iterating.iterate)
  local standing = setmetatable({}, { __mode = "v" }) -- the client that was made before the test
  local new, testing = tasklist.new, false
  function tasklist.new(...)
    if testing then
      return new(...)
    end
    local made, failure = new(...)
    standing[1] = made or standing[1]
    return made, failure
  end
  return function(descriptor, body)
    testing = descriptor == "it"
    local driver = testing and driver_that_blocks(standing[1] and standing[1].connection)
    if driver then
      parallel.map(driver, { true }, body, {})
    else
      body()
    end
    testing = false
  end
end

local user_code = { it = true, finally = true, before_each = true, after_each = true, strict_setup = true,
  strict_teardown = true }

local function check()
  local problem, blocked = table.remove(inside.problems, 1), inside.blocked
  inside.blocked = 0
  assert(problem == nil, problem)
  assert(blocked == 0, "a call has blocked")
end

local function drive_tests(drive)
  local new_core = require "busted.core"
  package.loaded["busted.core"] = function()
    local busted = new_core()
    local safe = busted.safe
    -- busted calls each function of a spec, and much else, by this. The whole of it runs in the coroutine, so that it
    -- finds the place of what is raised there.
    function busted.safe(descriptor, run, element)
      if not user_code[descriptor] or run ~= element.run and descriptor ~= "finally" then
        return safe(descriptor, run, element)
      end
      local given
      drive(descriptor, function()
        given = table.pack(safe(descriptor, function()
          run()
          check()
        end, element))
      end)
      return table.unpack(given, 1, given.n)
    end
    return busted
  end
end

-- `wait` of an engine blocks; so does `block`, which is for the loop of `client:map` alone.
local function count_blocking(...)
  local client <close> = example()
  local methods = debug.getmetatable(client.connection.engine).__index
  for _, name in ipairs { ... } do
    methods[name] = counting("blocked", methods[name])
  end
end

--- Has busted, which is started after this, run its tests inside of a loop.
-- @tparam string mode "map", "cqueues" or "luv"
function inside.begin(mode)
  drive_tests(modes[mode]())
  count_blocking("wait", mode ~= "map" and "block" or nil)
  inside.mode = mode
end

return inside
