--- Calls that wait in a loop: a small one by hand (spec/support/hand_loop.lua), cqueues and luv.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local hand_loop = require "spec.support.hand_loop"
local loops = require "spec.support.loops"
local sandbox = require "spec.support.sandbox"
local seen = require "spec.support.seen"
local tasklist = require "tasklist"

-- `outside` and `foreign`: what is said where nothing can wait; `only_by_hand` is `it` for what needs the small loop.
local function describe_client(kind, new_loop, outside, foreign, only_by_hand) describe("a client in a loop " .. kind,
function()
  local server, loop, client
  setup(function()
    local tasks = {}
    for i = 1, 20 do tasks[i] = { id = tostring(i) } end
    server = sandbox.start { tasks = tasks }
  end)
  teardown(function() server:stop() end)
  before_each(function()
    server:clear()
    loop = new_loop()
    client = connect.of(server, { loop = loop.adapter })
  end)
  after_each(function() client:close() end)

  local function another(options, its_loop)
    options = options or {}
    options.loop = (its_loop or loop).adapter
    return connect.of(server, options)
  end

  -- Runs a function in a coroutine of the loop until nothing is left to do, and gives what it gave.
  local function run(fn)
    local results
    loop:start(function() results = table.pack(fn()) end)
    loop:run()
    return table.unpack(assert(results, "it has no end"), 1, results.n)
  end

  local function until_seen(count)
    loop:run(function() return #server:log() >= count end)
  end

  local function in_flight()
    return client.connection.engine:in_flight()
  end

  local function until_pausing()
    loop:run(function()
      local awaited = client.connection.driver.parking.waits.after.awaited
      return awaited and not awaited.result -- which a request has
    end)
  end

  it("suspends its callers, and has one watch for all of them", function()
    local ids = {}
    for i = 1, 10 do
      loop:start(function() ids[i] = assert(client:get_task(i)).id end)
      assert.is_nil(ids[i])
    end
    loop:run()
    assert.same({ "1", "2", "3", "4", "5", "6", "7", "8", "9", "10" }, ids)
    assert.same({ 1, 1, 1 }, { loop.begun, loop.ended, loop.most })
  end)

  it("lets others run meanwhile", function()
    server:fault { action = "delay", seconds = 0.3, path = "/v1" }
    local turns = 0
    loop.on_turn = function() turns = turns + 1 end
    local task = run(function() return client:get_task(1) end)
    assert.equal("1", task.id)
    assert.is_true(turns > 5, turns)
  end)

  it("has each call wait at least once, also when it is finished at once", function()
    local refused <close> = assert(tasklist.new { base_url = "http://127.0.0.1:1", auth = "none", env = false,
      retries = 0, loop = loop.adapter })
    local turns, before = 0, 0
    loop.on_turn = function() turns = turns + 1 end
    run(function()
      refused:get_task(1) -- luv starts a coroutine early in a turn, and looks at descriptors later in the same one
      for _ = 1, 5 do
        before = turns
        local _, failure = refused:get_task(1)
        assert.equal("network", failure.kind)
        assert.is_true(turns > before)
      end
    end)
  end)

  it("waits for a page that was fetched ahead, and is finished and taken already", function()
    local count = 0
    run(function()
      for _ in client:tasks { pageSize = 4 } do
        count = count + 1
        assert(client:get_task(1)) -- the page comes meanwhile
      end
    end)
    assert.equal(20, count)
  end)

  it("walks, watches and pauses", function()
    local given = {}
    run(function()
      for task, again in client:watch({ state = "CREATED" }, { interval = 0.01 }) do
        given[#given + 1] = task.id
        if #given == 1 then again() end
        if #given == 21 then break end
      end
    end)
    assert.equal(21, #given)
    assert.equal(given[1], given[21])
  end)

  describe("where nothing can wait", function()
    local function check(problem, part)
      find(problem, part)
      find(problem, "parking_spec.lua:")
      assert.equal(0, in_flight())
      assert.equal(0, #server:log())
    end

    it("raises in the main coroutine", function()
      local line = debug.getinfo(1, "l").currentline + 1
      local ok, problem = pcall(function() client:get_task(1) end)
      assert.is_false(ok)
      find(problem, ("parking_spec.lua:%d: get_task: %s"):format(line, outside))
      check(problem, "get_task: " .. outside)
      check(select(2, pcall(function() client:request("GET", "/v1/tasks/1") end)), "request: ")
      check(select(2, pcall(function() client:map({}, print) end)), "map: ")
      check(select(2, pcall(function() for _ in client:tasks() do end end)), "tasks: ")
      check(select(2, pcall(function() for _ in client:watch() do end end)), "watch: ")
    end)

    for name, call in pairs {
      ["in string.gsub"] = function(get) return ("a"):gsub("a", get) end,
      ["in table.sort"] = function(get) return table.sort({ 1, 2 }, get) end,
      ["in __tostring"] = function(get) return tostring(setmetatable({}, { __tostring = get })) end,
      ["in require"] = function(get)
        package.preload.of_the_spec = get
        return require "of_the_spec"
      end,
    } do
      it("raises " .. name, function()
        run(function()
          check(select(2, pcall(call, function() client:get_task(1) end)), "get_task: nothing can wait")
        end)
      end)
    end

    it("raises in a finalizer", function()
      local problem
      run(function()
        setmetatable({}, { __gc = function() problem = select(2, pcall(function() client:get_task(1) end)) end })
        collectgarbage()
        collectgarbage()
      end)
      check(problem, "get_task: ")
    end)

    it("raises in a coroutine that is none of the loop's", function()
      run(function()
        local generate = coroutine.wrap(function() return pcall(function() client:get_task(1) end) end)
        check(select(2, generate()), "get_task: " .. foreign)
      end)
    end)
  end)

  only_by_hand("notices who resumes a coroutine that is not theirs", function()
    loop = new_loop { blind = true }
    client = another()
    local items, problem = 0, nil
    run(function()
      local ok
      ok, problem = pcall(function()
        for _ in coroutine.wrap(function() coroutine.yield(client:get_task(1)) end) do items = items + 1 end
      end)
      assert.is_false(ok)
    end)
    assert.is_true(items <= 1, items)
    find(problem, "parking_spec.lua:")
    find(problem, "get_task: the coroutine that waits was resumed by somebody else")
    assert.equal(0, in_flight())
  end)

  only_by_hand("tells that of a walk and of map, too", function()
    loop = new_loop { blind = true }
    client = another()
    for name, call in pairs {
      tasks = function() for _ in client:tasks() do end end,
      watch = function() for _ in client:watch() do end end,
      map = function() client:map({ 1 }, function(id) return client:get_task(id) end) end,
    } do
      run(function()
        local co = coroutine.wrap(function() return pcall(call) end)
        co()
        local ok, problem = co()
        assert.is_false(ok)
        find(problem, name .. ": the coroutine that waits was resumed by somebody else")
      end)
    end
  end)

  only_by_hand("works in one loop at a time", function()
    local other = new_loop()
    server:fault { action = "delay", seconds = 0.3, path = "/v1" }
    local both = new_loop() -- its adapter is of whichever of the two runs
    both.adapter.may_park = function() return loop.running and loop or other end
    both.adapter.watch = function(...) return (loop.running and loop or other).adapter.watch(...) end
    both.adapter.wake = function(...) return loop.adapter.wake(...) end
    client = another(nil, both)
    local first, problem
    loop:start(function() first = client:get_task(1) end)
    until_seen(2)
    loop.running = false
    other:start(function() problem = select(2, pcall(function() client:get_task(2) end)) end)
    other:run()
    find(problem, "get_task: this client is at work in another loop")
    loop:run()
    assert.equal("1", first.id)
    assert.equal(2, #server:log())
    loop.running = false
    local second
    both.adapter.wake = other.adapter.wake
    other:start(function() second = client:get_task(2) end) -- nothing is in flight in the first one any more
    other:run()
    assert.equal("2", second.id)
  end)

  describe("ends", function()
    it("what a coroutine waits for when that is closed, and the watch with it", function()
      server:fault { action = "silent", path = "/v1" }
      local co = loop:start(function() client:get_task(1) end)
      until_seen(2)
      assert.equal(1, in_flight())
      assert.is_true(coroutine.close(co))
      assert.equal(0, in_flight())
      assert.is_nil(client.connection.driver.parking.waits.after.awaited)
      loop:run()
      assert.same({ 1, 1 }, { loop.begun, loop.ended })
    end)

    -- As a finalizer does that runs in the middle of waking it.
    it("nothing else when a coroutine is closed as it is woken", function()
      assert(run(function() return client:get_task(20) end))
      local plain, closed, found = loop.adapter.wake, nil, 0
      loop.adapter.wake = function(co)
        if not closed then
          closed = co
          coroutine.close(co)
        end
        plain(co)
      end
      for i = 1, 3 do
        server:fault { action = "delay", seconds = 0.1, path = "/v1/tasks/" .. i }
        loop:start(function()
          assert(client:get_task(i))
          found = found + 1
        end)
      end
      loop:run(function() return in_flight() == 3 end)
      while in_flight() > 0 do client.connection.engine:step() end -- so that all are woken in one turn
      assert.is_nil(closed)
      loop:run()
      assert.is_thread(closed)
      assert.equal(2, found)
      assert.same({ 2, 2 }, { loop.begun, loop.ended })
    end)

    -- As a finalizer may that runs in the middle of beginning it. A loop must not watch a descriptor that is closed.
    it("the watch when the client is closed as that begins", function()
      local plain, problem = loop.adapter.watch, nil
      loop.adapter.watch = function(...)
        local stop = plain(...)
        client:close()
        return stop
      end
      loop:start(function() problem = select(2, pcall(client.get_task, client, 1)) end)
      loop:run()
      find(problem, "closed client")
      assert.same({ 1, 1 }, { loop.begun, loop.ended })
    end)

    it("the watch when a page that was fetched ahead is given up", function()
      server:fault { action = "delay", seconds = 0, path = "/v1" }
      server:fault { action = "silent", path = "/v1" }
      run(function()
        local walk, _, _, closing = client:tasks { pageSize = 4 }
        assert.is_string(walk().id)
        closing:close()
      end)
      assert.equal(0, in_flight())
      assert.equal(1, loop.ended)
    end)

    it("the watch when a coroutine is closed that pauses", function()
      local co = loop:start(function()
        for _ in client:watch({ state = "CANCELED" }, { interval = 1000 }) do end
      end)
      until_pausing()
      coroutine.close(co)
      loop:run()
      assert.equal(loop.begun, loop.ended)
    end)

    it("tells trace of a write that is given up in the middle", function()
      local events = {}
      client = another { trace = function(event) events[#events + 1] = event end }
      server:fault { action = "silent", path = "/v1/tasks" }
      local co = loop:start(function() client:unassign_task(1) end)
      until_seen(2)
      coroutine.close(co)
      loop:run()
      assert.same({ "PATCH", "unknown", "given up" }, { events[2].method, events[2].outcome, events[2].error })
      assert.is_nil(events[1].outcome)
    end)

    it("no sign-in that others wait for, when the coroutine is closed that began it", function()
      server:fault { action = "delay", seconds = 0.2, path = "/oauth" }
      local task
      local co = loop:start(function() client:get_task(1) end)
      loop:start(function() task = client:get_task(2) end)
      loop:run(function() return seen.count(server, "/oauth/token") == 1 or loop.open == 1 end)
      coroutine.close(co)
      loop:run()
      assert.equal("2", task.id)
      assert.equal(1, seen.count(server, "/oauth/token"))
    end)
  end)

  describe("closed while others wait", function()
    it("has them fail, and says what is known of writes", function()
      client:close()
      client = another { max_requests = 2 }
      assert(run(function() return client:get_task(1) end))
      server:clear()
      server:fault { action = "silent", path = "/v1/tasks", times = 2 }
      local failures = {}
      loop:start(function() failures.read = select(2, client:get_task(1)) end)
      loop:start(function() failures.write = select(2, client:unassign_task(1)) end)
      until_seen(2)
      loop:start(function() failures.unsent = select(2, client:unassign_task(2)) end)
      loop:start(function() client:close() end)
      loop:run()
      for name, failure in pairs(failures) do
        assert.equal("closed", failure.kind, name)
        find(tostring(failure), "closed")
      end
      assert.is_nil(failures.read.outcome)
      assert.equal("unknown", failures.write.outcome)
      find(tostring(failures.write), "it may have been executed")
      assert.equal("PATCH", failures.write.method)
      assert.is_nil(failures.unsent.outcome)
      assert.same({ 1, 1, true }, { loop.begun - 1, loop.ended - 1, client.connection.engine:closed() })
    end)

    it("tells trace of what was given up", function()
      local events = {}
      client = another { trace = function(event) events[#events + 1] = event end }
      server:fault { action = "silent", path = "/v1" }
      loop:start(function() client:unassign_task(1) end)
      until_seen(2)
      client:close()
      assert.same({ "PATCH", "unknown" }, { events[2].method, events[2].outcome })
      loop:run()
    end)

    it("says of what was never sent that it was not", function()
      server:fault { action = "silent", path = "/oauth" }
      local failure
      loop:start(function() failure = select(2, client:unassign_task(1)) end)
      until_seen(1)
      client:close()
      loop:run()
      assert.equal("closed", failure.kind)
      assert.is_nil(failure.outcome)
      find(failure.message, "before this was sent")
    end)

    it("gives them what has come already", function()
      local task
      loop:start(function() task = client:get_task(1) end)
      loop.on_poll = function()
        if client.connection.driver.parking.waits.after.woken then client:close() end
      end
      loop:run()
      assert.is_true(client.connection.engine:closed())
      assert.equal("1", task.id)
    end)

    it("ends a walk and a watch with that error", function()
      for _, name in ipairs { "tasks", "watch" } do
        server:clear()
        client = another()
        server:fault { action = "silent", path = "/v1" }
        local failure
        loop:start(function() failure = select(2, pcall(function() for _ in client[name](client) do end end)) end)
        until_seen(2)
        client:close()
        loop:run()
        assert.equal("closed", failure.kind)
      end
    end)

    it("ends a watch that pauses", function()
      local failure
      loop:start(function()
        failure = select(2, pcall(function()
          for _ in client:watch({ state = "CANCELED" }, { interval = 1000 }) do end
        end))
      end)
      until_pausing()
      client:close()
      loop:run()
      assert.equal("closed", failure.kind)
    end)
  end)

  describe("asks a token function", function()
    local function token()
      local plain <close> = connect.of(server)
      assert(plain:search_tasks { pageSize = 1 })
      return seen.last(server, "/oauth/token").token
    end

    local function bearer(fn)
      return tasklist.new { base_url = server.base_url, token = fn, timeout = 10, env = false, loop = loop.adapter }
    end

    it("that waits for another client", function()
      local given, calls = token(), 0
      local other <close> = another()
      client = bearer(function()
        calls = calls + 1
        assert(other:get_task(1))
        return given
      end)
      local tasks = {}
      for i = 1, 3 do loop:start(function() tasks[i] = assert(client:get_task(i)).id end) end
      loop:run()
      assert.same({ "1", "2", "3" }, tasks)
      assert.equal(1, calls)
    end)

    it("and says at once that it cannot call its own client", function()
      client = bearer(function() return client:get_task(1).id end)
      local _, failure = run(function() return client:get_task(1) end)
      assert.equal("auth", failure.kind)
      find(failure.message, "get_task: a token function cannot call the client that waits for its token")
      client = connect.to(server, { token = function() return client:get_task(1).id end }) -- blocks
      _, failure = client:get_task(1)
      find(failure.message, "get_task: a token function cannot call the client that waits for its token")
      _, failure = client:get_task(1)
      find(failure.message, "cannot call the client that waits for its token")
    end)

    it("and goes on when it raises", function()
      local calls, given = 0, token()
      client = bearer(function()
        calls = calls + 1
        if calls == 1 then error { "none" } end
        return given
      end)
      local _, failure = run(function() return client:get_task(1) end)
      find(failure.message, "the token function raised")
      assert.equal("1", run(function() return client:get_task(1) end).id)
    end)

    it("that waits, also for a page that is fetched ahead", function()
      local given, calls, count = token(), 0, 0
      local other <close> = another()
      client = bearer(function()
        calls = calls + 1
        assert(other:get_task(1))
        return given, 0.001
      end)
      run(function()
        for _ in client:tasks { pageSize = 4 } do
          count = count + 1
          assert(other:get_task(1)) -- the token's life is over meanwhile
        end
      end)
      assert.equal(20, count)
      assert.is_true(calls > 1)
    end)

    only_by_hand("once, however late its loop starts that", function()
      local given, plain, started, turns = token(), loop.adapter.spawn, {}, 0
      loop.adapter.spawn = function(fn) started[#started + 1] = fn end
      loop.on_turn = function()
        turns = turns + 1
        if turns == 5 then plain(started[1]) end
      end
      client = bearer(function() return given end)
      assert.equal("1", run(function() return client:get_task(1) end).id)
      assert.equal(1, #started)
    end)

    only_by_hand("whose loop starts it at once", function()
      loop = new_loop { eager = true }
      local given = token()
      client = bearer(function() return given end)
      assert.equal("1", run(function() return client:get_task(1) end).id)
    end)
  end)

  describe("with a trace function that raises", function()
    it("has the call raise it whose attempt it was, once", function()
      client = another { trace = function(event)
        if event.url:find "/tasks/2$" then error { event.url } end
      end }
      local results = {}
      for i = 1, 3 do
        loop:start(function() results[i] = table.pack(pcall(client.get_task, client, i)) end)
      end
      loop:run()
      assert.equal("1", results[1][2].id)
      assert.is_false(results[2][1])
      find(results[2][2][1], "/tasks/2")
      assert.equal("3", results[3][2].id)
      assert.equal("4", run(function() return client:get_task(4) end).id)
    end)

    it("does not wait for the attempts that are left", function()
      client = another { retries = 3, trace = function(event) if event.status == 503 then error "mine" end end }
      server:fault { action = "status", status = 503, path = "/v1", times = 4 }
      local ok, problem = run(function() return pcall(client.get_task, client, 1) end)
      assert.is_false(ok)
      find(problem, "mine")
      assert.equal(1, seen.count(server, "/v1/tasks/1"))
    end)

    it("has one call raise what was a sign-in's", function()
      client = another { trace = function(event) if event.sign_in then error "mine" end end }
      local raised = 0
      for i = 1, 3 do
        loop:start(function() if not pcall(client.get_task, client, i) then raised = raised + 1 end end)
      end
      loop:run()
      assert.equal(1, raised)
    end)

    it("may be closed by it", function()
      local failures = {}
      client = another { trace = function(event) if not event.sign_in then client:close() end end }
      for i = 1, 2 do
        loop:start(function() failures[i] = select(2, client:get_task(i)) or "fine" end)
      end
      loop:run()
      assert.is_true(failures[1] ~= nil and failures[2] ~= nil)
    end)
  end)

  it("lets one walk be used by one coroutine at a time", function()
    for _, name in ipairs { "tasks", "watch" } do
      local walk, _, _, closing = client[name](client, { pageSize = 4 })
      local first, problem
      loop:start(function() first = walk() end)
      loop:start(function() problem = select(2, pcall(function() walk() end)) end)
      loop:run(function() return first and problem end)
      find(problem, "parking_spec.lua:")
      find(problem, name .. ": this iterator is at work in another coroutine")
      assert.is_string(first.id)
      loop:start(function() assert.is_string(walk().id) closing:close() end)
      loop:run()
    end
  end)

  it("does not keep a walk for taken whose coroutine was closed", function()
    server:fault { action = "silent", path = "/v1" }
    local walk = client:tasks { pageSize = 4 }
    local co = loop:start(function() walk() end)
    until_seen(2)
    coroutine.close(co)
    assert.is_string(run(function() return walk() end).id)
  end)

  it("lets out what its adapter raises, when everybody is woken", function()
    local raised = 0
    local plain = loop.adapter.wake
    loop.adapter.wake = function(co)
      plain(co)
      raised = raised + 1
      error "the adapter's"
    end
    local ids = {}
    for i = 1, 3 do loop:start(function() ids[i] = assert(client:get_task(i)).id end) end
    loop:run(nil, true)
    assert.same({ "1", "2", "3" }, ids)
    assert.equal(3, raised)
    assert.is_true(#loop.errors >= 1)
    find(loop.errors[1], "the adapter's")
  end)

  only_by_hand("wakes everybody though there is no memory at times", function()
    local output, fine = connect.run_in_host([[
      local starve = require "host".starve
      local new_loop = require "spec.support.hand_loop".new
      local tasklist = require "tasklist"
      local loop = new_loop()
      local client = assert(tasklist.new { loop = loop.adapter, timeout = 20 })
      local plain = loop.adapter.watch
      local turns = 0
      loop.adapter.watch = function(fd, on_ready, idle)
        return plain(fd, function()
          turns = turns + 1
          starve(turns % 30, on_ready)
        end, idle)
      end
      local done = 0
      for i = 1, 40 do
        loop:start(function()
          pcall(client.get_task, client, "1") -- which may fail for want of memory
          done = done + 1
        end)
      end
      loop:run(nil, true)
      assert(done == 40, done)
      print "fine"
    ]], connect.environment(server))
    assert.equal("fine\n", output)
    assert.is_true(fine)
  end)

  only_by_hand("ends what waits in a child after fork whose loop goes on", function()
    server:fault { action = "delay", seconds = 0.3, path = "/v1/tasks/1" }
    local output, fine = connect.run_in_host([[
      local in_child = require "host".in_child
      local loop = require "spec.support.hand_loop".new()
      local client = assert(require "tasklist".new { loop = loop.adapter, timeout = 20 })
      local fine, given
      loop:start(function() fine, given = pcall(client.get_task, client, "1") end)
      loop:run(function() return client.connection.engine:in_flight() == 1 end)
      assert(in_child(function()
        loop:run()
        assert(not fine and given:find("made before a fork", 1, true), given)
      end))
      loop:run()
      print(given.id)
    ]], connect.environment(server))
    assert.equal("1\n", output)
    assert.is_true(fine)
  end)

  it("does not disturb the collector", function()
    collectgarbage("generational")
    finally(function() collectgarbage("incremental", 200, 100, 13) end)
    local count = 0
    for i = 1, 10 do
      loop:start(function()
        for _ = 1, 3 do
          assert(client:get_task(i))
          collectgarbage()
          count = count + 1
        end
      end)
    end
    loop:run()
    assert.equal(30, count)
  end)

  it("refuses an adapter that is none", function()
    for _, row in ipairs { { {}, "may_park is missing" }, { { may_park = print }, "watch is missing" }, { 1, "table" },
      { { may_park = print, watch = print, park = print, wake = print }, "spawn is missing" } } do
      local ok, problem = pcall(tasklist.new, { loop = row[1] })
      assert.is_false(ok)
      find(problem, 'option "loop" must be')
      find(problem, row[2])
    end
  end)
end) end

describe_client("by hand", hand_loop.new, "this loop does not run", "this coroutine is none of the loop's", it)
for _, loop in ipairs(loops) do
  describe_client("of " .. loop.name, loop.new, loop.outside, loop.foreign, function() end)
end
