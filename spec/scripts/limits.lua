-- Calls of a client under limits that hosts set, by spec/support/host.c. After each try the client has to serve, and in
-- the end nothing may be kept. Arguments: the kind of limit, which calls, a token of the server's.
local kind, sequence, token = ...
local host, tasklist = require "host", require "tasklist"
local Loop = require "spec.support.hand_loop"
local build = require("spec.support.checkout").build
local process = assert(package.loadlib(build .. "/spec/process.so", "luaopen_process"))()

local function new(options)
  return assert(tasklist.new(options or { timeout = 10 }))
end

-- Names that are used once.
local used_names = 0
local function fresh_name()
  used_names = used_names + 1
  return "n" .. used_names
end

local function get(client)
  return client:get_task("1", { timeout = 5 })
end

local function read_and_write(client)
  assert(client:search_tasks { pageSize = 2 })
  assert(not client:get_task "404")
  assert(client:assign_task("2", { assignee = fresh_name() }))
  assert(client:variables "3")
end

local function walk(client)
  for _ in client:tasks { pageSize = 2 } do end
end

local function map(client)
  client:map({ "1", "2", "3" }, function(id) return client:get_task(id) end, { concurrency = 2 })
end

-- Has a function run in a coroutine of the client's loop.
local loop = Loop.new()
local function in_loop(call)
  return function(client)
    local given
    loop.errors = {}
    loop:start(function() given = table.pack(call(client)) end)
    loop:run(nil, true)
    assert(given, loop.errors[1])
    return table.unpack(given, 1, given.n)
  end
end

local iterator, given -- of the last try

-- Takes the next task; false at the end.
local function take()
  local task = iterator()
  if task then given[#given + 1] = task.id end
  return task ~= nil
end

-- Takes the tasks that are left. None may come twice, and only one may be missing: that which was just being given. The
-- first try may fail, because for the page that was on its way there may have been no memory.
local function take_rest()
  if not iterator then return true end
  if not pcall(take) then take() end
  while take() do end
  local seen = {}
  for _, id in ipairs(given) do
    assert(not seen[id], "a task comes twice")
    seen[id] = true
  end
  return #given >= 5
end

local loaded = {} -- the module's own files
for name, value in pairs(package.loaded) do
  if name:find "^tasklist" then loaded[name] = value end
end

-- How the client is made, what is called, and what has to go well afterwards; how much longer it takes than others, so
-- that fewer limits are tried.
local sequences = {
  ["require"] = { new, function()
    for name in pairs(loaded) do package.loaded[name] = nil end
    require("tasklist").new():close()
  end, function(client)
    for name, value in pairs(loaded) do package.loaded[name] = value end
    return get(client)
  end, 4 },
  ["a client's life"] = { new, function()
    local client <close> = new()
    assert(client:search_tasks { pageSize = 1 })
  end, get },
  ["reads and writes"] = { new, read_and_write, get },
  ["a walk"] = { new, walk, get },
  ["an iterator"] = { new, function(client)
    iterator, given = nil, {}
    iterator = client:tasks { pageSize = 2 }
    for _ = 1, 3 do take() end
  end, take_rest },
  ["map"] = { function()
    return new { timeout = 10, trace = function(attempt) assert(attempt.url) end }
  end, map, function(client) return get(client) and client:map({ 1 }, function() return true end)[1] end },
  ["each"] = { new, function(client)
    client:each(client:tasks { pageSize = 2 }, function(task)
      return client:assign_task(task.id, { assignee = fresh_name() })
    end, { concurrency = 2 })
  end, get },
  ["a watch"] = { new, function(client)
    local number = 0
    for _ in client:watch({}, { interval = 0.0001 }) do
      number = number + 1
      if number == 6 then break end
    end
  end, get },
  ["a token function"] = { function()
    return new { auth = "bearer", token = function() return token, 0.001 end, env = false,
      base_url = os.getenv "CAMUNDA_TASKLIST_BASE_URL" }
  end, get, get },
  ["calls in a loop"] = { function() return new { timeout = 10, loop = loop.adapter } end, in_loop(read_and_write),
    in_loop(get) },
}

-- What a try at a limit gives: whether the limit was reached, whether it ended well, and the error.
-- Each pass begins elsewhere. With a step of 1 the first one has all tries, and the others, which measure what is kept,
-- every fourth.
local function at_places(lasting, step)
  return function(pass, _, calls, client)
    local places = {}
    for place in pairs(host.places(calls, client)) do
      if place:find "^lua/tasklist" then places[#places + 1] = place end
    end
    table.sort(places)
    local stride = pass == 1 and step or 4
    local number = pass % stride + 1 - stride
    return function()
      number = number + stride
      if places[number] then return host.interrupt(places[number], 1, number % 3, lasting, calls, client) end
    end
  end
end

local function with_memory(limit, shortest)
  return function(pass, length, calls, client)
    local step = length * shortest
    local amount, enough = pass % 3 * (step // 3), false
    return function()
      if enough then return nil end
      local fine, problem = limit(amount, calls, client)
      amount, enough = amount + step, fine
      return true, fine, problem
    end
  end
end

-- kind of limit -> what gives a function that makes one try after the other, and what an error says then.
local limits = {
  ["memory for some blocks"] = { with_memory(host.starve, 6), "not enough memory" },
  ["a quota of memory"] = { with_memory(host.ration, 600), "not enough memory" },
  ["a hook that raises once"] = { at_places(false, 1), "the host's limit" },
  ["a hook that raises from then on"] = { at_places(true, 3), "the host's limit" },
}

local function used()
  for _ = 1, 5 do collectgarbage() end -- finalizers wait for each other
  return host.used()
end

local function number_of(set)
  local number = 0
  for _ in pairs(set) do number = number + 1 end
  return number
end

local make, calls, serves, length = table.unpack(sequences[sequence])
local tries, words = table.unpack(limits[kind])

local function go_through(client, pass)
  local number = 0
  for reached, fine, problem in tries(pass, length or 1, calls, client) do
    number = number + 1
    local what = ("try %d (%s): "):format(number, problem)
    assert(fine or not reached or tostring(problem):find(words, 1, true), what)
    assert(select(2, assert(pcall(serves, client))), what)
  end
  return number
end

-- What a pass keeps is measured until caches are full.
local function live()
  local client <close> = make()
  calls(client)
  local number, growth = go_through(client, 1), math.huge
  for pass = 2, 6 do
    local before = used()
    number = number + go_through(client, pass)
    growth = math.min(growth, used() - before)
    if growth < 1000 then break end
  end
  assert(growth < 1000, ("%d tries keep %d bytes"):format(number, growth))
  assert(number > 1, number)
end

local function open_descriptors()
  iterator = nil
  used()
  return number_of(process.descriptors())
end

calls(make()) -- cqueues keeps descriptors of its own
local descriptors = open_descriptors()
live()
assert(open_descriptors() == descriptors, "descriptors are left open")
