--- Clients in cqueues and in luv: what needs the real loop. What holds in any loop is in parking_spec.lua and
-- map_spec.lua.
local condition = require "cqueues.condition"
local connect = require "spec.support.client"
local cqueues = require "cqueues"
local descriptors = require "spec.support.descriptors"
local find = require "spec.support.find"
local loops = require "spec.support.loops"
local sandbox = require "spec.support.sandbox"
local seen = require "spec.support.seen"
local tasklist = require "tasklist"

local server
setup(function()
  local tasks = {}
  for i = 1, 40 do tasks[i] = { id = tostring(i) } end
  server = sandbox.start { tasks = tasks }
end)
teardown(function() server:stop() end)
before_each(function() server:clear() end)

for _, row in ipairs(loops) do
  describe("a client in " .. row.name, function()
    local loop, client

    local function new(options)
      options = options or {}
      options.loop = loop.adapter
      return connect.of(server, options)
    end

    before_each(function()
      loop = row.new()
      client = new()
    end)
    after_each(function()
      assert.equal(0, client.connection.engine:in_flight())
      assert.equal(loop.begun, loop.ended)
      client:close()
    end)

    -- Runs a script in a program of its own, which has `client` and `run`; what it writes. `settings` are `NAME=value`
    -- words besides those that name the sandbox.
    local function script(text, settings)
      return connect.run_in_host(row.program .. ([[
        local adapter = require "tasklist.loop.%s"
        local tasklist = require "tasklist"
        local host = require "host"
        local function new() return assert(tasklist.new { loop = adapter, timeout = 20 }) end
        local client = new()
      ]]):format(row.name) .. text, connect.environment(server) .. (settings or ""))
    end

    -- luv itself loses a handle when Lua has no memory to hold it, which a sanitizer sees at times.
    local lossy = row.name == "luv" and " ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0" or nil

    it("does not stop the loop: a timer ticks while 20 calls wait", function()
      server:fault { action = "delay", seconds = 0.1, path = "/v1/tasks/1", times = 20 }
      local ticks, left = 0, 20
      loop:start(function()
        while left > 0 do
          row.sleep(0.001)
          ticks = ticks + 1
        end
      end)
      for _ = 1, 20 do
        loop:start(function()
          assert(client:get_task(1))
          left = left - 1
        end)
      end
      loop:run()
      assert.equal(0, left)
      assert.is_true(ticks >= 10, ticks)
      assert.equal(1, loop.begun)
    end)

    it("does what it does elsewhere", function()
      loop:run_all(function()
        local list, page = client:search_tasks { pageSize = 3 }
        assert.equal(3, #list)
        assert.is_table(page.after)
        assert.equal("CREATED", client:get_task(1).taskState)
        assert.equal("anna", assert(client:assign_task(1, { assignee = "anna" })).assignee)
        assert.is_nil(assert(client:unassign_task(1)).assignee)
        assert.same({}, client:variables(1))
        assert.equal(200, (client:request("GET", "/v1/tasks/1")))
        assert.equal("not_found", select(2, client:get_task "none").code)
        local count = 0
        for _ in client:tasks { pageSize = 7 } do count = count + 1 end
        assert.equal(40, count)
        for task, again in client:watch({}, { interval = 0.01 }) do
          count = count + 1
          if count == 41 then again() end
          if count == 81 then
            assert.is_string(task.id)
            break
          end
        end
        local results, errors = client:map({ 1, 2, "none" }, function(id) return client:get_task(id) end)
        assert.same({ 3, "1", "2" }, { results.n, results[1].id, results[2].id })
        assert.equal("not_found", errors[3].code)
      end)
    end)

    it("shares the loop with another one", function()
      local other, count = new(), 0
      for i = 1, 10 do
        loop:start(function()
          assert(client:get_task(i))
          assert(other:get_task(i))
          count = count + 1
        end)
      end
      loop:run()
      assert.equal(10, count)
      assert.equal(2, loop.most)
      other:close()
    end)

    it("ends its watch though a walk steps between the last request's end and its own", function()
      server:fault { action = "silent", path = "/v1/tasks/1" }
      local waiting, ended = nil, false
      loop:start(function()
        local walk, _, _, closing = client:tasks { pageSize = 20 }
        assert.is_string(walk().id)
        waiting = loop.adapter.spawn(function() client:get_task(1) end)
        repeat row.sleep(0.001) until seen.count(server, "/v1/tasks/search") == 2
          and client.connection.engine:in_flight() == 1
        coroutine.close(waiting)
        assert.is_string(walk().id)
        closing:close()
        ended = true
      end)
      loop:run()
      assert.is_true(ended)
    end)

    it("may be made and left in a coroutine", function()
      loop:run_all(function()
        local inner <close> = new()
        assert(inner:get_task(1))
      end)
    end)

    it("may be closed by one of those that wait for it", function()
      server:fault { action = "silent", path = "/v1/tasks/2" }
      local failure
      loop:start(function() failure = select(2, client:get_task(2)) end)
      loop:start(function()
        assert(client:get_task(1))
        client:close()
      end)
      loop:run()
      assert.equal("closed", failure.kind)
    end)

    it("wakes everybody though there is no memory at times", function()
      local output = script [[
        local plain, turns = adapter.watch, 0
        function adapter.watch(fd, on_ready, idle)
          return plain(fd, function()
            turns = turns + 1
            host.starve(turns % 30, on_ready)
          end, idle)
        end
        local done, all = 0, {}
        for i = 1, 40 do
          all[i] = function()
            pcall(client.get_task, client, "1") -- which may fail for want of memory
            done = done + 1
          end
        end
        run(table.unpack(all))
        assert(done == 40, done)
        print "fine"
      ]]
      assert.equal("fine\n", output)
    end)

    it("has one watch though there was no memory to begin it at first", function()
      local output = script([[
        local plain, failed, ended = adapter.watch, 0, 0
        function adapter.watch(fd, on_ready, idle)
          local function counted()
            local over = idle()
            if over then ended = ended + 1 end
            return over
          end
          while true do
            local fine, stop = host.starve(failed, plain, fd, on_ready, counted)
            if fine then return stop end
            failed = failed + 1
          end
        end
        run(function() assert(client:get_task "1") end)
        assert(failed > 2, failed)
        print(ended)
      ]], lossy)
      assert.equal("1\n", output)
    end)

    it("lets the state be closed as a coroutine begins", function()
      local output, fine = script "run(function() os.exit(0, true) end)"
      assert.equal("", output)
      assert.is_true(fine)
    end)

    it("lets the state be closed in the middle", function()
      server:fault { action = "silent", path = "/v1/tasks/1", times = 4 }
      local output, fine = script [[
        local function get() client:get_task "1" end
        run(get, function() client:map({ 1, 2, 3 }, get) end, function()
          local other = new()
          assert(other:get_task "2")
          io.stderr:write "leaves\n"
          os.exit(0, true)
        end)
      ]]
      assert.equal("", (output:gsub("leaves\n", "")))
      assert.is_true(fine)
    end)

    it("does not disturb the most aggressive collector", function()
      local pause, multiplier = collectgarbage("setpause", 0), collectgarbage("setstepmul", 1000)
      finally(function()
        collectgarbage("setpause", pause)
        collectgarbage("setstepmul", multiplier)
      end)
      local count = 0
      for i = 1, 10 do
        loop:start(function()
          for _ = 1, 3 do
            assert(client:get_task(i))
            count = count + 1
          end
        end)
      end
      loop:run()
      assert.equal(30, count)
    end)

    it("takes less than 4 KiB for a coroutine that waits", function()
      client = new { max_requests = 4 }
      server:fault { action = "silent", path = "/v1/tasks/1", times = 4 }
      local count, bytes = 500, nil
      local function get() client:get_task(1) end
      local function used()
        collectgarbage()
        collectgarbage()
        return collectgarbage "count" * 1024
      end
      loop:run_all(function()
        assert(client:get_task(2))
        local before = used()
        for _ = 1, count do
          if loop.controller then loop.controller:wrap(get) else loop.adapter.spawn(get) end
        end
        repeat row.sleep(0.001) until client.connection.engine:in_flight() == count
        bytes = (used() - before) / count
        client:close()
      end)
      assert.is_true(bytes < 4096, bytes)
    end)

    it("leaves nothing behind of 10,000 coroutines that have ended", function()
      local open = descriptors()
      local function round()
        for i = 1, 500 do loop:start(function() assert(client:get_task(i % 40 + 1)) end) end
        loop:run()
        collectgarbage()
        collectgarbage()
        return collectgarbage "count"
      end
      for _ = 1, 4 do round() end
      local before, after = round(), math.huge
      for _ = 6, 15 do round() end
      for _ = 16, 20 do after = math.min(after, round()) end -- what is left behind is there after each
      assert.is_true(after - before < 16, after - before) -- KiB, of 7,500 coroutines
      assert.equal(0, client.connection.engine:in_flight())
      client:close()
      assert.is_true(descriptors() <= open)
    end)
  end)
end

describe("a client in cqueues", function()
  local row = loops[1]

  it("works for one controller at a time", function()
    server:fault { action = "delay", seconds = 0.2, path = "/v1/tasks/1" }
    local one, other = row.new(), row.new()
    local client <close> = connect.of(server, { loop = row.adapter })
    local first, second, problem
    one:start(function() first = client:get_task(1) end)
    one:run(function() return seen.count(server, "/v1/tasks/1") == 1 end)
    other:start(function() problem = select(2, pcall(client.get_task, client, 2)) end)
    other:run()
    find(problem, "get_task: this client is at work in another loop")
    one:run()
    assert.equal("1", first.id)
    other:start(function() second = client:get_task(2) end)
    other:run()
    assert.equal("2", second.id)
    assert.equal(0, client.connection.engine:in_flight())
  end)

  it("is not called in luv", function()
    local client <close> = connect.of(server, { loop = row.adapter })
    local other, problem = loops[2].new(), nil
    other:run_all(function() problem = select(2, pcall(client.get_task, client, 1)) end)
    find(problem, "get_task: no cqueues controller runs here")
  end)

  it("serves coroutines that the controller itself started", function()
    local client <close> = connect.of(server, { loop = row.adapter })
    local controller, found = cqueues.new(), 0
    for i = 1, 3 do
      controller:wrap(function()
        assert(client:get_task(i))
        found = found + 1
      end)
    end
    assert(controller:loop())
    assert.equal(3, found)
  end)

  it("does not suspend a call for ever whose client a finalizer closes when it is about to wait", function()
    local client <close> = connect.of(server, { loop = row.adapter })
    local controller, plain, problem = cqueues.new(), condition.new, nil
    finally(function() condition.new = plain end)
    condition.new = function() -- which may run a finalizer
      client:close()
      return plain()
    end
    controller:wrap(function() problem = select(2, pcall(client.get_task, client, 1)) end)
    assert(controller:loop(20))
    find(problem, "closed client")
  end)

  it("works in a controller inside of another one", function()
    local client <close> = connect.of(server, { loop = row.adapter })
    local outer, inner, found = cqueues.new(), cqueues.new(), nil
    inner:wrap(function() found = client:get_task(1) end)
    outer:wrap(function() assert(inner:loop()) end)
    assert(outer:loop())
    assert.equal("1", found.id)
  end)
end)

it("nothing of luv and cqueues is loaded with the module", function()
  local output = connect.run_script [[
    local tasklist = require "tasklist"
    assert(tasklist.new { base_url = "http://127.0.0.1:1", auth = "none", env = false }):close()
    for name in pairs(package.loaded) do
      if name:find "^luv" or name:find "^_?cqueues" or name:find "^tasklist%.loop" then print(name) end
    end
  ]]
  assert.equal("", output)
  assert.is_function(tasklist.new)
end)
