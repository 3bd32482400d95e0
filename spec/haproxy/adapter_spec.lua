--- The adapter for haproxy in the real one: scripts that a service of it runs, as an answer to a request.
local daemon = require "spec.support.daemon"
local find = require "spec.support.find"
local http = require "spec.support.http"
local public = require "spec.support.public"
local sandbox = require "spec.support.sandbox"
local seen = require "spec.support.seen"
local wait = require "spec.support.wait"

local CONFIGURATION = [[
global
  tune.lua.burst-timeout 100ms
  lua-load %{folder}/trial.lua
frontend trial
  mode http
  bind 127.0.0.1:%{port}
  timeout client 1m
  http-request wait-for-body time 10s
  http-request return status 200 content-type text/plain lf-string "%[lua.fetch]" if { path /fetch }
  http-request use-service lua.trial
]]

-- A script gives what is answered. It runs in the service itself, and `inside(fn)` calls a function in the loop.
local TRIAL = [[
local adapter = require "tasklist.loop.haproxy"
local values = setmetatable({ tasklist = require "tasklist", adapter = adapter, inside = adapter.run }, { __index = _G })
function values.new(options)
  options = options or {}
  options.loop = adapter
  return assert(values.tasklist.new(options))
end
core.register_service("trial", "http", function(applet)
  local text = applet:receive()
  local fine, given = xpcall(assert(load(text, "=script", "t", values)), debug.traceback)
  local answer = tostring(given)
  applet:set_status(200)
  applet:add_header("Content-Length", #answer)
  applet:start_response()
  applet:send(answer)
end)
core.register_fetches("fetch", function()
  local fine, problem = pcall(adapter.run, function() values.new():complete_task "1" end)
  return tostring(problem)
end)
]]

describe("the adapter for haproxy", function()
  local server, host

  local function run(script)
    local status, _, body = http.request(host.url .. "/", "POST", nil, script)
    assert.equal(200, status)
    return body
  end

  local function output() return public.read(host.folder .. "/output") end

  setup(function()
    local tasks = {}
    for i = 1, 40 do tasks[i] = { id = tostring(i), name = "Task " .. i } end
    server = sandbox.start { tasks = tasks }
    host = daemon.start(server, "haproxy -f %{folder}/haproxy.cfg",
      { ["haproxy.cfg"] = CONFIGURATION, ["trial.lua"] = TRIAL })
  end)
  teardown(function()
    host:stop()
    server:stop()
  end)
  before_each(function() server:clear() end)

  it("gives what a function gives, and raises what it raises", function()
    assert.equal("3: a, nil, nil", run [[
      local given = table.pack(inside(function(...) return ... end, "a", nil, nil))
      return ("%d: %s, %s, %s"):format(given.n, table.unpack(given, 1, given.n))
    ]])
    assert.equal("a value of one's own", run [[
      local problem = { "a value of one's own" }
      local _, given = pcall(inside, function() error(problem) end)
      return given == problem and given[1]
    ]])
  end)

  it("calls functions for many items", function()
    assert.equal("400 Task 1", run [[
      return inside(function()
        local client <close> = new()
        local ids = {}
        for i = 1, 400 do ids[i] = tostring(i % 40 + 1) end
        local found = client:map(ids, function(id) return client:get_task(id) end, { concurrency = 400 })
        return #found .. " " .. found[40].name
      end)
    ]])
  end)

  it("lets another end what one waits for", function()
    server:fault { path = "/v1/tasks/1", action = "silent" }
    assert.equal("closed", run [[
      return inside(function()
        local client = new()
        adapter.spawn(function() client:close() end)
        return select(2, client:get_task "1").kind
      end)
    ]])
  end)

  it("looks at the descriptor while something is in flight, and no longer", function()
    assert.equal("true 0", run [[
      local plain, looks = adapter.watch, 0
      function adapter.watch(fd, on_ready, idle)
        return plain(fd, function()
          looks = looks + 1
          on_ready()
        end, idle)
      end
      inside(function()
        local client = new()
        client:get_task "1"
      end)
      local before = looks
      core.msleep(50)
      adapter.watch = plain
      return ("%s %d"):format(before > 0, looks - before)
    ]])
  end)

  it("lets two that wake each other stop nobody", function()
    run [[
      local function peer(own, other)
        return function()
          peers = peers or {}
          peers[own] = coroutine.running()
          repeat
            if peers[other] then adapter.wake(peers[other]) end
            adapter.park()
          until over
        end
      end
      inside(function()
        adapter.spawn(peer(1, 2))
        adapter.spawn(peer(2, 1))
      end)
    ]]
    assert.equal("Task 1", run [[
      over = inside(function()
        local client <close> = new()
        return client:get_task("1").name
      end)
      return over
    ]])
  end)

  it("logs what functions raise, closes their variables, and goes on", function()
    assert.equal("before after", run [[
      return inside(function()
        local client <close> = new()
        local closed = {}
        adapter.spawn(function()
          local note <close> = setmetatable({}, { __close = function() closed[#closed + 1] = "before" end })
          error "raised before it waited"
        end)
        adapter.spawn(function()
          local note <close> = setmetatable({}, { __close = function() closed[#closed + 1] = "after" end })
          client:search_tasks()
          error "raised after it waited"
        end)
        repeat client:search_tasks() until #closed == 2
        return table.concat(closed, " ")
      end)
    ]])
    find(output(), "raised before it waited")
    find(output(), "raised after it waited")
  end)

  it("goes on when one has run for longer than haproxy lets its own", function()
    server:fault { path = "/v1/tasks/1", action = "delay", seconds = 0.2 }
    local waiting = http.connect(host.url)
    waiting:write(http.render(host.url .. "/", "POST", nil, [[
      return inside(function()
        local client <close> = new()
        return client:get_task("1").name
      end)
    ]]))
    wait.until_true(function() return seen.count(server, "/v1/tasks/1") > 0 end, "nothing was asked for")
    run [[
      inside(function()
        local stop = os.clock() + 0.2
        repeat until os.clock() > stop
      end)
    ]]
    assert.equal("Task 1", (select(3, http.read_response(waiting))))
    waiting:close()
  end)

  it("says where nothing can wait", function()
    find(run "new():get_task '1'", "call it in a function that `run` of that gets")
    find(run [[
      inside(function()
        local client <close> = new()
        table.sort({ 1, 2 }, function() client:get_task "1" end)
      end)
    ]], "nothing can wait here")
    find(select(3, http.request(host.url .. "/fetch", "GET")), "pop_wait() may only be used within task context")
    run "inside(function() new():get_task '2' end)" -- after what should not have begun
    assert.equal(0, seen.count(server, "/v1/tasks/1/complete"))
  end)
end)
