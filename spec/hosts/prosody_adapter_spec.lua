--- The adapter for Prosody in the real one: scripts that a module of it runs, as an answer to a request.
local find = require "spec.support.find"
local http = require "spec.support.http"
local prosody = require "spec.support.prosody"
local public = require "spec.support.public"
local sandbox = require "spec.support.sandbox"

local HOST = [[
VirtualHost "127.0.0.1"
  modules_enabled = { "http", "trial" }
]]

-- A script gives what is answered.
local MODULE = [[
module:depends "http"
local values = setmetatable({ tasklist = require "tasklist", adapter = require "tasklist.loop.prosody",
  async = require "util.async", timer = require "util.timer", server = require "net.server" }, { __index = _G })
function values.new(options)
  options = options or {}
  options.loop = values.adapter
  return assert(values.tasklist.new(options))
end
module:provides("http", { default_path = "/", route = { ["POST /"] = function(event)
  local fine, given = xpcall(assert(load(event.request.body, "=script", "t", values)), debug.traceback)
  return tostring(given)
end } })
]]

for _, way in ipairs(prosody.ways) do
  describe("the adapter in Prosody " .. way.name, function()
    local server, host

    local function run(script)
      local status, _, body = http.request(host.url .. "/", "POST", nil, script)
      assert.equal(200, status)
      return body
    end

    local function log() return public.read(host.folder .. "/log") end

    setup(function()
      local tasks = {}
      for i = 1, 40 do tasks[i] = { id = tostring(i), name = "Task " .. i } end
      server = sandbox.start { tasks = tasks }
      host = prosody.start(server, way, "http", HOST, { ["mod_trial.lua"] = MODULE })
    end)
    teardown(function()
      host:stop()
      server:stop()
    end)
    before_each(function() server:clear() end)
    after_each(function() assert.is_nil((log():match "[^\n]*\terror\t[^\n]*")) end)

    it("calls functions for many items, more than Lua lets start inside of each other", function()
      assert.equal("400 Task 1", run [[
        local client <close> = new()
        local ids = {}
        for i = 1, 400 do ids[i] = tostring(i % 40 + 1) end
        local found = client:map(ids, function(id) return client:get_task(id) end, { concurrency = 400 })
        return #found .. " " .. found[40].name
      ]])
    end)

    it("ends its watch when nothing is in flight, and lets others have the descriptor's number", function()
      assert.equal("60 60", run [[
        local plain, begun, found = server.watchfd, 0, 0
        function server.watchfd(...)
          begun = begun + 1
          return plain(...)
        end
        for i = 1, 30 do
          local client <close> = new()
          for _ = 1, 2 do
            if client:get_task "1" then found = found + 1 end
            async.sleep(0.001)
          end
        end
        server.watchfd = plain
        return begun .. " " .. found
      ]])
    end)

    it("resumes once for any number of wakes, and not who waits for something else", function()
      assert.equal("nothing nothing slept", run [[
        local me, other, state = coroutine.running(), nil, "nothing"
        adapter.wake(me)
        adapter.spawn(function()
          other = coroutine.running()
          adapter.park()
          async.sleep(0.1)
          state = "slept"
          adapter.wake(me)
        end)
        async.sleep(0.01)
        for _ = 1, 3 do adapter.wake(other) end
        local before = state
        async.sleep(0.01)
        local after = state
        adapter.park()
        return before .. " " .. after .. " " .. state
      ]])
    end)

    it("starts in one turn what starts each other", function()
      assert.equal("2", run [[
        local plain, turns, me = timer.add_task, 0, coroutine.running()
        function timer.add_task(...)
          turns = turns + 1
          return plain(...)
        end
        local function start(left)
          if left == 0 then return adapter.wake(me) end
          adapter.spawn(function() start(left - 1) end)
        end
        start(20)
        adapter.park()
        timer.add_task = plain
        return turns
      ]])
    end)

    it("forgets what a map has given up", function()
      server:fault { path = "/v1/tasks/2", action = "silent" }
      find(run [[
        local client <close> = new()
        client:map({ "2", "1" }, function(id)
          assert(client:get_task(id))
          error "enough"
        end)
      ]], "enough")
    end)

    it("lets another end what one waits for", function()
      server:fault { path = "/v1/tasks/1", action = "silent" }
      assert.equal("closed", run [[
        local client = new()
        timer.add_task(0.01, function() client:close() end)
        return select(2, client:get_task "1").kind
      ]])
    end)

    it("says where nothing can wait", function()
      find(run [[
        local client <close> = new()
        local wait, done = async.waiter()
        local problem
        timer.add_task(0, function()
          problem = select(2, pcall(client.get_task, client, "1"))
          done()
        end)
        wait()
        return problem
      ]], "this is the main coroutine")
      find(run [[
        local client <close> = new()
        table.sort({ 1, 2 }, function() client:get_task "1" end)
      ]], "nothing can wait here")
      assert.same({}, server:log())
    end)
  end)

  describe("what is raised in Prosody " .. way.name, function()
    local server, host
    setup(function()
      server = sandbox.start()
      host = prosody.start(server, way, "http", HOST, { ["mod_trial.lua"] = MODULE })
    end)
    teardown(function()
      host:stop()
      server:stop()
    end)

    -- What a script gives; others go on, and what it says that it raises is in the log, and has not come further.
    local function check(expected, script)
      local _, _, body = http.request(host.url .. "/", "POST", nil, script)
      assert.equal(expected, body)
      local log = public.read(host.folder .. "/log")
      for text in script:gmatch 'error "(.-)"' do find(log, text) end
      assert.is_nil(log:find("Top-level error", 1, true), log)
    end

    it("by functions of spawn is logged, and their variables are closed", function()
      check("before after", [[
        local client <close> = new()
        local closed = {}
        local function note(text)
          return setmetatable({}, { __close = function() closed[#closed + 1] = text end })
        end
        adapter.spawn(function()
          local noted <close> = note "before"
          error "before it waited"
        end)
        adapter.spawn(function()
          local noted <close> = note "after"
          client:search_tasks()
          error "after it waited"
        end)
        repeat client:search_tasks() until #closed == 2
        return table.concat(closed, " ")
      ]])
    end)

    it("by a runner that is resumed lets others be resumed", function()
      check("went on", [[
        local waiting, me, other = {}, coroutine.running(), "never"
        local function wait()
          waiting[#waiting + 1] = coroutine.running()
          adapter.park()
        end
        local raising = async.runner(function(input)
          if input == 1 then wait() end
          error "of a runner"
        end)
        raising:run(1)
        raising:run(2)
        adapter.spawn(function()
          wait()
          other = "went on"
        end)
        timer.add_task(0.01, function()
          for _, co in ipairs(waiting) do adapter.wake(co) end
          timer.add_task(0.01, function() adapter.wake(me) end)
        end)
        adapter.park()
        return other
      ]])
    end)

    it("by what a watch calls lets the watch go on", function()
      check("2", [[
        local socket = require "socket"
        local listener = assert(socket.bind("127.0.0.1", 0))
        local address, port = listener:getsockname()
        local caller = assert(socket.connect(address, port))
        local called, me = 0, coroutine.running()
        local stop = adapter.watch(listener:getfd(), function()
          called = called + 1
          if called == 1 then error "of a watch" end
          adapter.wake(me)
        end, function() return false end)
        adapter.park()
        stop()
        caller:close()
        listener:close()
        return called
      ]])
    end)
  end)
end
