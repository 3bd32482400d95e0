--- A program that forks, in each state of a client: the child's copy of the client refuses and does no harm, one that
-- the child makes works, and the parent goes on with the connections that it has.
local checkout = require "spec.support.checkout"
local connect = require "spec.support.client"
local loops = require "spec.support.loops"
local sandbox = require "spec.support.sandbox"

-- What follows has `fork(walk)`, which forks once, and `open(options)`, which makes the client.
local HEAD = [=[
  local forking = require "spec.support.forking"
  local tasklist = require "tasklist"
  local client, adapter
  local leaves, forks = true, 0
  local function fork(walk)
    forks = forks + 1
    if forks == 1 then forking.fork(client, walk, leaves) end
  end
  local function open(options)
    options = options or {}
    options.loop, options.timeout = adapter, 20
    client = assert(tasklist.new(options))
  end
  local function get(id) assert(client:get_task(id).id == id) end
]=]

-- Each: the state, and how to come into it and to go on afterwards.
local alone = {
  { "new", "open() fork()" },
  { "connected and idle", [[ open() get "1" fork() ]] },
  { "closed", [[ open() get "1" client:close() fork() open() ]], connections = 2 },
  { "in a pause before the next attempt, as its trace function sees it", [[
    open { trace = function(attempt) if attempt.status == 503 then fork() end end }
    get "1"
  ]], fault = { action = "status", status = 503, path = "/v1/tasks/1" } },
  { "asking its token function", [[
    local other <close> = assert(tasklist.new())
    assert(other:get_task "1")
    open { auth = "bearer", token = function()
      fork()
      return "none"
    end }
    local _, failure = client:get_task "1"
    assert(failure.status == 401)
    open()
  ]], connections = 3 },
  { "looking a name up", [[
    client = assert(tasklist.new { base_url = "https://slow.example", token = "none", timeout = 1, env = false })
    client:map({ 1, 2 }, function(number)
      if number == 1 then
        local _, failure = client:get_task "1"
        assert(failure.kind == "timeout", failure)
      else
        forking.pause(client)
        fork()
      end
    end)
    open()
  ]], preloaded = "slow_lookup" },
  { "walking, with the next page on its way", [[
    open()
    local seen = 0
    local walk <const>, _, _, closing <close> = client:tasks { pageSize = 2 }
    for _ in walk do
      seen = seen + 1
      fork(walk)
    end
    assert(seen == 9)
  ]], fault = { action = "delay", seconds = 0.1, path = "/v1/tasks/search", times = 9 } },
  { "walking, with the next page there", [[
    open()
    local seen = 0
    local walk <const>, _, _, closing <close> = client:tasks { pageSize = 2 }
    for _ in walk do
      seen = seen + 1
      while client.connection.engine:in_flight() > 0 do get "1" end
      fork(walk)
    end
    assert(seen == 9)
  ]], connections = 2 },
  { "watching", [[
    open()
    local seen = 0
    local walk <const>, _, _, closing <close> = client:watch({}, { interval = 0.01 })
    for _, again in walk do
      seen = seen + 1
      again()
      if seen == 12 then fork(walk) elseif seen == 24 then break end
    end
  ]] },
}

-- These need somebody who forks while another waits: the client's options, what waits, when it is time to fork, and
-- faults.
local beside = {
  { "with a request on its way", "{}", [[ get "1" ]], [[ got "/v1/tasks/1" ]],
    { action = "delay", seconds = 0.3, path = "/v1/tasks/1" } },
  { "with a token on its way", "{}", [[ get "1" ]], [[ got "/oauth/token" ]],
    { action = "delay", seconds = 0.3, path = "/oauth/token" } },
  { "with a turn of the token file", "{ token_cache = os.getenv 'FOLDER' }", [[ get "1" ]], [[ got "/oauth/token" ]],
    { action = "delay", seconds = 0.3, path = "/oauth/token" } },
  { "in a pause before the next attempt", "{ trace = function(attempt) refused = attempt.status == 503 end }",
    [[ get "1" ]], "refused", { action = "status", status = 503, headers = { ["Retry-After"] = "1" },
      path = "/v1/tasks/1" } },
  { "with requests that wait for their turn", "{ max_requests = 1 }",
    [[ assert(#client:map({ "1", "2", "1" }, function(id) return client:get_task(id) end) == 3) ]],
    [[ got "/v1/tasks/1" ]], { action = "delay", seconds = 0.3, path = "/v1/tasks/1" } },
}

-- How two run beside each other.
local ways = {
  { "inside of map", [[
    local function run(...) client:map({ ... }, function(fn) fn() end) end
  ]] },
  { "in a loop by hand", [[
    local loop = require "spec.support.hand_loop".new()
    adapter = loop.adapter
    local function run(...)
      for _, fn in ipairs { ... } do loop:start(fn) end
      loop:run()
    end
  ]] },
}
for _, loop in ipairs(loops) do
  -- What else ends in the child with its state is the loop's.
  ways[#ways + 1] = { "in " .. loop.name, ("adapter, leaves = require 'tasklist.loop.%s', false\n"):format(loop.name)
    .. loop.program }
end

local function script_of(row, way)
  return way[2] .. ([[
    local refused, done = false, false
    local function got(path) return forking.has_got(path) end
    open(%s)
    run(function()
      %s
      get "2"
      done = true
    end, function()
      repeat forking.pause(client) until %s
      assert(not done)
      fork()
    end)
    assert(done)
  ]]):format(row[2], row[3], row[4])
end

describe("a child that is forked", function()
  local server, folder
  before_each(function()
    local tasks = {}
    for i = 1, 9 do tasks[i] = { id = tostring(i) } end
    server = sandbox.start { tasks = tasks, tls = "good" }
    local pipe <close> = assert(io.popen "mktemp -d")
    folder = pipe:read "l"
  end)
  after_each(function()
    server:stop()
    os.execute("rm -r " .. folder)
  end)

  -- How many connections the parent has used. A child uses its own, for its task and its tokens.
  local function parents_connections()
    local log, childs, parents, count = server:log(), {}, {}, 0
    for _, entry in ipairs(log) do
      if entry.path == "/v1/tasks/3" then childs[entry.connection] = true end
    end
    assert.truthy(next(childs))
    for _, entry in ipairs(log) do
      local connection = entry.connection
      if childs[connection] then
        assert.truthy(entry.path == "/v1/tasks/3" or entry.path == "/oauth/token", entry.path)
      elseif not parents[connection] then
        parents[connection], count = true, count + 1
      end
    end
    return count
  end

  -- `connections`: how many the parent needs at most when none is lost; 1 by default. `preloaded`: a library.
  local function run(script, fault, connections, preloaded)
    if fault then server:fault(fault) end
    local environment = ("%s CAMUNDA_CUSTOM_ROOT_CERT_PATH=%s SANDBOX=%s FOLDER=%s/cache"):format(
      connect.environment(server), server.ca_file, server.root, folder)
    if preloaded then environment = ("%s LD_PRELOAD=%s/spec/%s.so"):format(environment, checkout.build, preloaded) end
    assert.equal("fine\n", (connect.run_in_host(HEAD .. script .. [[
      assert(forks > 0)
      client:close()
      print "fine"
    ]], environment)))
    local needed = parents_connections()
    assert.is_true(needed <= (connections or 1), needed)
  end

  for _, row in ipairs(alone) do
    it("leaves a client alone that is " .. row[1], function()
      run(row[2] .. [[ get "2" ]], row.fault, row.connections, row.preloaded)
    end)
  end

  for _, way in ipairs(ways) do
    for _, row in ipairs(beside) do
      it(("leaves a client alone %s, %s"):format(row[1], way[1]), function()
        run(script_of(row, way), row[5])
      end)
    end
  end
end)
