--- The adapter for haproxy in the real one: scripts that a service of it runs, as an answer to a request.
local daemon = require "spec.support.daemon"
local find = require "spec.support.find"
local http = require "spec.support.http"
local pages = require "spec.support.pages"
local public = require "spec.support.public"
local sandbox = require "spec.support.sandbox"
local seen = require "spec.support.seen"
local snippets = require "spec.support.snippets"
local wait = require "spec.support.wait"

-- haproxy interrupts its own coroutines at each instruction, and ends what runs for longer than a tenth of a second.
local CONFIGURATION = [[
global
  nbthread 2
  tune.lua.forced-yield 1
  tune.lua.burst-timeout 100ms
  lua-load %{folder}/trial.lua
  lua-load %{folder}/manual.lua
frontend trial
  mode http
  bind 127.0.0.1:%{port}
  timeout client 1m
  http-request wait-for-body time 10s
  http-request return status 200 content-type text/plain lf-string "%[lua.fetch]" if { path /fetch }
  http-request lua.count_tasks if { path /count }
  http-request return status 200 content-type text/plain lf-string "%[var(txn.tasks)]" if { path /count }
  http-request use-service lua.trial
]]

-- A script gives what is answered. It runs in the service itself, and `inside(fn)` calls a function in the loop.
local TRIAL = [[
local adapter = require "tasklist.loop.haproxy"
local values = setmetatable({ tasklist = require "tasklist", adapter = adapter, inside = adapter.run },
  { __index = _G })
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

-- The block of the manual.
local function manual()
  for _, block in ipairs(pages.blocks(pages.read "loops")) do
    if snippets.host_of(block.text) == "haproxy" then
      return (block.text:gsub("/etc/haproxy", "%%{folder}"))
    end
  end
end

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
    for i = 1, 40 do tasks[i] = { id = tostring(i), name = "Task " .. i, candidateGroups = { "accounting" } } end
    server = sandbox.start { tasks = tasks }
    host = daemon.start(server, "haproxy -f %{folder}/haproxy.cfg",
      { ["haproxy.cfg"] = CONFIGURATION, ["trial.lua"] = TRIAL, ["manual.lua"] = manual(),
        ["camunda.env"] = daemon.env_file(server) })
  end)
  teardown(function()
    host:stop()
    server:stop()
  end)
  before_each(function() server:clear() end)

  it("does what the manual says", function()
    assert.equal("40", (select(3, http.request(host.url .. "/count", "GET"))))
  end)

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

  it("calls functions for many items, for many at a time", function()
    local socks = {}
    for i = 1, 16 do
      socks[i] = http.connect(host.url)
      socks[i]:write(http.render(host.url .. "/", "POST", nil, [[
        shared = shared or new()
        return inside(function()
          local ids = {}
          for i = 1, 100 do ids[i] = tostring(i % 40 + 1) end
          local found = shared:map(ids, function(id) return shared:get_task(id) end, { concurrency = 100 })
          return #found .. " " .. found[40].name
        end)
      ]]))
    end
    for _, sock in ipairs(socks) do
      assert.equal("100 Task 1", (select(3, http.read_response(sock))))
      sock:close()
    end
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
    assert.equal("1 watch, true, 0", run [[
      local plain, watches, looks = adapter.watch, 0, 0
      function adapter.watch(fd, on_ready, idle)
        watches = watches + 1
        return plain(fd, function()
          looks = looks + 1
          on_ready()
        end, idle)
      end
      inside(function()
        local client = new()
        for _ = 1, 5 do client:get_task "1" end
      end)
      local before = looks
      core.msleep(50)
      adapter.watch = plain
      return ("%d watch, %s, %d"):format(watches, before > 0, looks - before)
    ]])
  end)

  it("lets nothing be lost between handlers that come and go", function()
    local socks = {}
    for i = 1, 8 do
      socks[i] = http.connect(host.url)
      socks[i]:write(http.render(host.url .. "/", "POST", nil, [[
        shared = shared or new()
        local found = 0
        for _ = 1, 50 do
          if inside(shared.get_task, shared, "1") then found = found + 1 end
        end
        return found
      ]]))
    end
    for _, sock in ipairs(socks) do
      assert.equal("50", (select(3, http.read_response(sock))))
      sock:close()
    end
  end)

  it("does not let a function wait for haproxy", function()
    assert.equal("Task 1", run [[
      return inside(function()
        local client <close> = new()
        client:get_task "2"
        core.msleep(1000) -- does nothing
        return client:get_task("1").name
      end)
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
    local long = [[
      return inside(function()
        local co, stop = coroutine.running(), os.clock() + 0.2
        adapter.spawn(function() adapter.wake(co) end)
        repeat until os.clock() > stop
        adapter.park()
        return "done"
      end)
    ]]
    assert.equal("done", run(long))
    server:fault { path = "/v1/tasks/1", action = "delay", seconds = 0.2 }
    local waiting = http.connect(host.url)
    waiting:write(http.render(host.url .. "/", "POST", nil, [[
      return inside(function()
        local client <close> = new()
        return client:get_task("1").name
      end)
    ]]))
    wait.until_true(function() return seen.count(server, "/v1/tasks/1") > 0 end, "nothing was asked for")
    assert.equal("done", run(long))
    assert.equal("Task 1", (select(3, http.read_response(waiting))))
    waiting:close()
  end)

  it("ends what computes for so long that haproxy would end itself", function()
    find(run "inside(function() repeat until false end)", "script:1: this has run for more than a second")
    assert.equal("Task 1", run [[
      return inside(function()
        local client <close> = new()
        return client:get_task("1").name
      end)
    ]])
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
