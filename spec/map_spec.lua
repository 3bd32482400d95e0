--- client:map and client:each: without a loop, in one by hand, in cqueues and in luv.
local connect = require "spec.support.client"
local descriptors = require "spec.support.descriptors"
local find = require "spec.support.find"
local new_loop = require("spec.support.hand_loop").new
local sandbox = require "spec.support.sandbox"
local seen = require "spec.support.seen"

-- How a client is made in a loop, and how a function runs there.
local function in_loop(make)
  return function()
    local loop = make()
    return function(server, options)
      options = options or {}
      options.loop = loop.adapter
      return connect.of(server, options)
    end, function(fn)
      local results
      loop:start(function() results = table.pack(pcall(fn)) end)
      loop:run()
      assert(results, "it has no end")
      assert.equal(loop.begun, loop.ended)
      if not results[1] then error(results[2], 0) end
      return table.unpack(results, 2, results.n)
    end
  end
end

local loops = { ["in a loop"] = new_loop }
for _, loop in ipairs(require "spec.support.loops") do loops["in " .. loop.name] = loop.new end

-- How each way makes a client, and runs a function.
local ways = { ["without a loop"] = function()
  return connect.of, function(fn) return fn() end
end }
for name, make in pairs(loops) do ways[name] = in_loop(make) end

local function numbers(count)
  local list = {}
  for i = 1, count do list[i] = i end
  return list
end

for way, make in pairs(ways) do
  describe("map " .. way, function()
    local server, client, new, run
    setup(function()
      local tasks = {}
      for i = 1, 40 do tasks[i] = { id = tostring(i) } end
      server = sandbox.start { tasks = tasks }
    end)
    teardown(function() server:stop() end)
    before_each(function()
      server:clear()
      new, run = make()
      client = new(server)
    end)
    after_each(function()
      assert.equal(0, client.connection.engine:in_flight())
      local parking = client.connection.driver.parking
      assert.is_nil(parking and parking.waits.after.awaited)
      client:close()
    end)

    local function get(id) return client:get_task(id) end

    local function map(...)
      local arguments = table.pack(...)
      return run(function() return client:map(table.unpack(arguments, 1, arguments.n)) end)
    end

    local function raised(...)
      local arguments = table.pack(...)
      local ok, problem = pcall(map, table.unpack(arguments, 1, arguments.n))
      assert.is_false(ok)
      return problem
    end

    it("gives the results in order, whatever the order of the answers", function()
      server:fault { action = "delay", seconds = 0.2, path = "/v1/tasks/1", times = 1 }
      local results, errors = map(numbers(20), get)
      assert.same({}, errors)
      assert.equal(20, results.n)
      for i = 1, 20 do assert.equal(tostring(i), results[i].id) end
    end)

    it("gives item and index, and takes no more at a time than it may", function()
      local now, most = 0, 0
      local results = map({ "7", "8", "9", "10", "11" }, function(item, index)
        now = now + 1
        most = math.max(most, now)
        assert(client:get_task(item))
        now = now - 1
        return item .. "/" .. index
      end, { concurrency = 3 })
      assert.same({ "7/1", "8/2", "9/3", "10/4", "11/5", n = 5 }, results)
      assert.equal(3, most)
    end)

    it("works at many at a time, 16 by default", function()
      local now, most = 0, 0
      map(numbers(40), function(id)
        now = now + 1
        most = math.max(most, now)
        assert(client:get_task(id))
        now = now - 1
      end)
      assert.equal(16, most)
    end)

    it("takes nothing, and what is less than there may be", function()
      assert.same({ n = 0 }, (map({}, get)))
      assert.equal("1", map({ 1 }, get)[1].id)
      assert.same({ 1, 2, 3, n = 3 }, (map({ 1, 2, 3, nil, 5 }, function(x) return x end)))
      assert.same({ n = 2 }, (map({ 1, 2 }, function() end)))
    end)

    it("keeps errors by index, and goes on", function()
      local results, errors = map({ 1, "none", 3 }, get)
      assert.equal(3, results.n)
      assert.same({ "1", "3" }, { results[1].id, results[3].id })
      assert.is_nil(results[2])
      assert.equal("not_found", errors[2].code)
      assert.same({ 2 }, { next(errors) == 2 and 2 })
      results, errors = map({ 1, 2, 3 }, function(x)
        if x == 1 then return false, "no error" elseif x == 2 then return nil, "mine" end
      end)
      assert.same({ { false, n = 3 }, { [2] = "mine" } }, { results, errors })
    end)

    it("starts nothing new after the first error, if it is to stop", function()
      local calls = {}
      local results, errors = map({ 1, 2, "none", 4, 5, 6, 7 }, function(id)
        calls[#calls + 1] = id
        return client:get_task(id)
      end, { stop = true, concurrency = 1 })
      assert.same({ 1, 2, "none" }, calls)
      assert.equal(3, results.n)
      assert.equal("not_found", errors[3].code)
    end)

    it("finishes what was under way when it stops", function()
      server:fault { action = "delay", seconds = 0.3, path = "/v1/tasks/1" }
      local results, errors = map({ 1, "none", 3, 4 }, get, { stop = true, concurrency = 2 })
      assert.equal(2, results.n)
      assert.equal("1", results[1].id)
      assert.truthy(errors[2])
    end)

    it("takes an iterator, with what else it gives", function()
      local results = map(("a b c"):gmatch("%a"), function(letter, index) return letter .. index end)
      assert.same({ "a1", "b2", "c3", n = 3 }, results)
      local n = 0
      results = map(function(_, last)
        n = n + 1
        if n <= 3 then return (last or 0) + 10, "more" end
      end, function(...) return table.concat({ ... }, " ") end)
      assert.same({ "10 1 more", "20 2 more", "30 3 more", n = 3 }, results)
    end)

    it("takes an iterator that is a table with __call", function()
      local left = 3
      local source = setmetatable({ "no item" }, { __call = function(_, _, last)
        left = left - 1
        return left >= 0 and (last or 0) + 1 or nil
      end })
      assert.same({ 1, 2, 3, n = 3 }, (map(source, function(item) return item end)))
    end)

    it("walks, one page ahead while tasks are worked on", function()
      local results = map(client:tasks { pageSize = 10 }, function(task, index)
        assert(client:get_task(task.id))
        return index
      end)
      assert.equal(40, results.n)
      assert.equal(5, seen.count(server, "/v1/tasks/search"))
    end)

    it("takes no more than is needed of a walk, and closes it", function()
      local walk = client:tasks { pageSize = 2 }
      local _, errors = map(walk, function(task, index)
        if index == 3 then return nil, task.id end
        return client:get_task(task.id).id
      end, { stop = true, concurrency = 1 })
      assert.truthy(errors[3])
      assert.is_true(seen.count(server, "/v1/tasks/search") <= 3)
      assert.is_nil(run(walk))
    end)

    it("works on tasks while the next page is on its way", function()
      server:fault { action = "delay", seconds = 0, path = "/v1/tasks/search" }
      server:fault { action = "delay", seconds = 0.5, path = "/v1/tasks/search" }
      local first
      map(client:tasks { pageSize = 20 }, function(_, index)
        assert(client:get_task(1))
        if index == 20 then first = seen.count(server, "/v1/tasks/1") end
      end, { concurrency = 32 })
      assert.is_true(first >= 1, first)
    end)

    it("is a pool of workers over a watch", function()
      local done, again_at = {}, nil
      local count, failure = run(function()
        return client:each(client:watch({ state = "CREATED" }, { interval = 0.01 }), function(task, index, again)
          assert(client:get_task(task.id))
          done[#done + 1] = task.id
          if index == 1 then again_at = task.id again() end
          if #done == 41 then return nil, "enough" end
        end, { stop = true })
      end)
      assert.equal("enough", failure)
      assert.equal(41, count)
      assert.is_string(again_at)
    end)

    it("ends a watch that pauses when it stops", function()
      local count = run(function()
        return client:each(client:watch({ state = "CREATED" }, { interval = 1000 }), function(_, index)
          assert(client:get_task(1))
          if index == 40 then return nil, "enough" end
        end, { stop = true, concurrency = 50 })
      end)
      assert.equal(40, count)
    end)

    it("has maps in maps", function()
      local results = map({ 0, 10, 20 }, function(base)
        local inner = client:map(numbers(8), function(i) return tonumber(client:get_task(base + i).id) end)
        local sum = 0
        for i = 1, inner.n do sum = sum + inner[i] end
        return sum
      end, { concurrency = 2 })
      assert.same({ 36, 116, 196, n = 3 }, results)
      assert.equal(24, #server:log() - 1)
    end)

    it("has walks and pauses in its function", function()
      local results = map({ 1, 2, 3 }, function()
        local count = 0
        for _ in client:tasks { pageSize = 15 } do count = count + 1 end
        return count
      end)
      assert.same({ 40, 40, 40, n = 3 }, results)
    end)

    describe("whose function raises", function()
      local mine = setmetatable({}, { __tostring = function() return "mine" end })

      it("raises the same, closes the others and cancels what they wait for", function()
        server:fault { action = "silent", path = "/v1/tasks/1" }
        server:fault { action = "silent", path = "/v1/tasks/3" }
        local closed = {}
        local problem = raised({ 1, 3, 2, 4 }, function(id)
          local _ <close> = setmetatable({}, { __close = function(_, e) closed[id] = tostring(e) end })
          if id == 2 then
            assert(client:get_task(id))
            error(mine)
          end
          return client:get_task(id)
        end, { concurrency = 3 })
        assert.is_true(rawequal(mine, problem))
        assert.same({ [1] = "nil", [2] = "mine", [3] = "nil" }, closed)
        assert.equal(0, client.connection.engine:in_flight())
      end)

      it("starts nothing new", function()
        local calls = 0
        raised(numbers(40), function(id)
          calls = calls + 1
          assert(client:get_task(id))
          error "mine"
        end, { concurrency = 2 })
        assert.is_true(calls <= 3, calls)
      end)

      it("raises nil and strings as they are", function()
        assert.is_nil(raised({ 1 }, function() error() end))
        assert.equal("plain", raised({ 1 }, function() error("plain", 0) end))
      end)

      it("closes the maps in it, too", function()
        server:fault { action = "silent", path = "/v1/tasks/1" }
        local closed = 0
        local problem = raised({ 1, 2 }, function(outer)
          if outer == 2 then
            assert(client:get_task(2))
            error(mine)
          end
          client:map({ 1 }, function(id)
            local _ <close> = setmetatable({}, { __close = function() closed = closed + 1 end })
            return client:get_task(id)
          end)
        end)
        assert.is_true(rawequal(mine, problem))
        assert.equal(1, closed)
      end)

      it("in a map in it, raises there", function()
        local results = map({ 1, 2 }, function(id)
          local ok, problem = pcall(client.map, client, { 1, 2 }, function()
            assert(client:get_task(id))
            error(mine)
          end)
          return not ok and rawequal(problem, mine)
        end)
        assert.same({ true, true, n = 2 }, results)
      end)

      it("raises what the iterator raises", function()
        assert.equal(mine, raised(function() error(mine) end, get))
        server:fault { action = "status", status = 404, path = "/v1/tasks/search" }
        local problem = raised(client:tasks(), get)
        assert.equal("http", problem.kind)
      end)

      it("leaves the client usable", function()
        raised({ 1 }, function() error(mine) end)
        assert.equal("1", run(function() return client:get_task(1) end).id)
        assert.equal("1", map({ 1 }, get)[1].id)
      end)
    end)

    it("raises for misuse, at the caller's line", function()
      local line
      local function check(part, ...)
        local arguments = table.pack(...)
        local ok, problem = pcall(run, function()
          line = debug.getinfo(1, "l").currentline + 1
          client:map(table.unpack(arguments, 1, arguments.n))
        end)
        assert.is_false(ok)
        find(problem, ("map_spec.lua:%d: map: "):format(line))
        find(problem, part)
      end
      check("items: an array or an iterator expected, got", nil, get)
      check("items: an array or an iterator expected, got", 5, get)
      check("fn: a function expected, got", {}, nil)
      check('option "concurrency" must be a whole number from 1', {}, get, { concurrency = 0 })
      check('option "concurrency" must be a whole number from 1', {}, get, { concurrency = 1.5 })
      check('option "stop" must be a boolean', {}, get, { stop = 1 })
      check("colour", {}, get, { colour = 1 })
      find(select(2, pcall(client.map)), "call it with a colon")
    end)

    it("names the line that called it for misuse in a call with which its functions end", function()
      local line
      local function check(items, fn)
        local ok, problem = pcall(run, function()
          line = debug.getinfo(1, "l").currentline + 1
          client:map(items, fn)
        end)
        assert.is_false(ok)
        find(problem, ("map_spec.lua:%d: map: get_task: id: "):format(line))
      end
      local function misuse() return client:get_task(nil) end
      check({ 1 }, misuse)
      check(misuse, get)
    end)

    for name, call in pairs {
      ["in string.gsub"] = function(fn) return ("a"):gsub("a", fn) end,
      ["in table.sort"] = function(fn) return table.sort({ 1, 2 }, fn) end,
      ["in __tostring"] = function(fn) return tostring(setmetatable({}, { __tostring = fn })) end,
    } do
      it("raises for a call " .. name .. ", and nothing is in flight", function()
        local problem = raised({ 1 }, function() call(function() client:get_task(1) end) end)
        find(problem, "map_spec.lua:")
        find(problem, "get_task: nothing can wait here")
        assert.equal(0, #server:log())
      end)
    end

    it("raises for a call in a finalizer", function()
      local problem
      map({ 1 }, function()
        setmetatable({}, { __gc = function() problem = select(2, pcall(function() client:get_task(1) end)) end })
        collectgarbage()
        collectgarbage()
        return client:get_task(1)
      end)
      find(problem, "get_task: ")
    end)

    it("raises for a call in a generator of one's own", function()
      local items = 0
      local problem = raised({ 1 }, function()
        for _ in coroutine.wrap(function() coroutine.yield(client:get_task(1)) end) do items = items + 1 end
      end)
      assert.equal(0, items)
      find(problem, "get_task: ")
      find(problem, "coroutine")
      assert.equal(0, #server:log())
    end)

    it("lets a generator be that waits for nothing", function()
      local results = map({ 1, 2 }, function(id)
        local sum = 0
        for i in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) do sum = sum + i end
        return sum + client:get_task(id).id
      end)
      assert.same({ 7, 8, n = 2 }, results)
    end)

    it("tells who closes a client in it", function()
      server:fault { action = "silent", path = "/v1/tasks/1" }
      local results, errors = map({ 1, 2 }, function(id)
        if id == 2 then
          assert(client:get_task(2))
          client:close()
          return "closed"
        end
        return client:get_task(id)
      end)
      assert.equal("closed", results[2])
      assert.equal("closed", errors[1].kind)
    end)

    it("raises what trace raises at the call whose attempt it was, once", function()
      client = new(server, { trace = function(event)
        if event.url:find "/tasks/2$" then error "mine" end
      end })
      local results = map({ 1, 2, 3 }, function(id)
        local ok, task = pcall(client.get_task, client, id)
        return ok and task.id or "raised"
      end)
      assert.same({ "1", "raised", "3", n = 3 }, results)
    end)

    it("tells trace of writes that it gave up", function()
      local events = {}
      client = new(server, { trace = function(event) events[#events + 1] = event end })
      server:fault { action = "silent", path = "/v1/tasks/1" }
      pcall(map, { 1, 2 }, function(id)
        if id == 1 then return client:unassign_task(1) end
        repeat assert(client:get_task(2)) until #server:log() > 2
        error "mine"
      end)
      local last = events[#events]
      assert.same({ "PATCH", "unknown" }, { last.method, last.outcome })
    end)

    it("asks a token function once for all", function()
      local plain <close> = connect.of(server)
      assert(plain:get_task(1))
      local token, calls = seen.last(server, "/oauth/token").token, 0
      local options = { token = function()
        calls = calls + 1
        return token
      end, authorization_server_url = false, client_id = false, client_secret = false }
      client = new({ base_url = server.base_url }, { token = options.token })
      local results = map(numbers(10), get)
      assert.equal("10", results[10].id)
      assert.equal(1, calls)
    end)

    it("keeps no results when it is each", function()
      local count, failure = run(function()
        return client:each({ 1, "none", "no", 2 }, get, { concurrency = 1 })
      end)
      assert.equal(4, count)
      find(failure.path, "none")
      count, failure = run(function() return client:each({ 1, 2 }, get) end)
      assert.same({ 2 }, { count, failure })
      find(select(2, pcall(run, function() client:each(1, get) end)), "each: items: ")
    end)

    it("raises that one of its coroutines was closed by somebody else", function()
      server:fault { action = "silent", path = "/v1/tasks/1" }
      local first
      local problem = raised({ 1, 2 }, function(id)
        if id == 2 then
          assert(client:get_task(2))
          coroutine.close(first)
        end
        first = coroutine.running()
        return client:get_task(id)
      end)
      assert.equal("a coroutine of client:map was closed by somebody else", problem)
    end)

    it("forgets the coroutines of maps in it that were broken off", function()
      server:fault { action = "silent", path = "/v1/tasks/1", times = 20 }
      local broken_off, left = setmetatable({}, { __mode = "k" }), nil
      map(numbers(20), function(index)
        pcall(client.map, client, { 1, 2 }, function(id)
          if id == 1 then broken_off[coroutine.running()] = true end
          assert(client:get_task(id))
          error "mine"
        end)
        assert(client:get_task(2))
        if index == 20 then
          collectgarbage()
          collectgarbage()
          left = 0
          for _ in pairs(broken_off) do left = left + 1 end
        end
      end, { concurrency = 1 })
      assert.is_true(left <= 2, left) -- the loop may have it still
    end)

    it("lets one walk be pulled by one of its functions at a time", function()
      local walk, _, _, closing = client:tasks { pageSize = 10 }
      local problem
      map({ 1, 2 }, function()
        local ok, what = pcall(function() return walk() end)
        if not ok then problem = what end
      end)
      closing:close()
      find(problem, "tasks: this iterator is at work in another coroutine")
    end)
  end)
end

describe("map without a loop", function()
  local server, client
  setup(function() server = sandbox.start { tasks = { { id = "1" }, { id = "2" } } } end)
  teardown(function() server:stop() end)
  before_each(function()
    server:clear()
    client = connect.of(server)
  end)
  after_each(function() client:close() end)

  it("goes on with what the first have begun while others still start", function()
    local others = 0 -- the client has no connection yet
    client:each(numbers(200), function(item)
      if item > 1 and seen.count(server, "/v1/tasks/1") == 0 then -- which takes some time
        others = others + 1
      end
      return client:get_task(item > 1 and 2 or 1)
    end, { concurrency = 200 })
    assert.is_true(others < 199)
  end)

  it("raises for a function that yields", function()
    local closed = false
    local ok, problem = pcall(client.map, client, { 1 }, function()
      local _ <close> = setmetatable({}, { __close = function() closed = true end })
      coroutine.yield(1)
    end)
    assert.is_false(ok)
    find(problem, "the function has yielded")
    assert.is_true(closed)
  end)

  it("refuses a token of a function that yields", function()
    client = connect.to(server, { token = function() coroutine.yield() end })
    local _, errors = client:map({ 1 }, function(id) return client:get_task(id) end)
    assert.equal("auth", errors[1].kind)
    find(errors[1].message, "the token function was ended before it gave a token")
  end)

  -- Both answers come while the second of the outer functions sleeps, so one step has both: the error of "raises" ends
  -- the map in "waits", whose caller is about to go on by then.
  it("forgets who was woken and is closed before it goes on", function()
    assert(client:get_task(1))
    server:fault { { action = "delay", seconds = 0.1, path = "/v1/tasks/2" },
      { action = "delay", seconds = 0.2, path = "/v1/tasks/1" } }
    local results = client:map({ "maps", "sleeps" }, function(what)
      if what == "sleeps" then
        assert(client:search_tasks())
        os.execute "sleep 0.5"
        return assert(client:get_task(2)).id
      end
      return (pcall(client.map, client, { "waits", "raises" }, function(how)
        if how == "waits" then return client:map({ 1 }, function(id) return client:get_task(id) end) end
        assert(client:get_task(2))
        error "mine"
      end))
    end)
    assert.same({ false, "2", n = 2 }, results)
  end)

  it("raises where map was called, while it is at work", function()
    local problem
    client = connect.of(server, { trace = function()
      problem = problem or select(2, pcall(function() client:get_task(1) end))
    end })
    assert.equal("2", client:map({ 1, 2 }, function(id) return client:get_task(id) end)[2].id)
    find(problem, "get_task: client:map is at work")
  end)

  it("may be called in a coroutine, which it does not suspend", function()
    local results = coroutine.wrap(function()
      return client:map({ 1, 2 }, function(id) return client:get_task(id) end)
    end)()
    assert.equal("2", results[2].id)
  end)

  it("blocks for another client without a loop", function()
    local other <close> = connect.of(server)
    local results = client:map({ 1, 2 }, function(id) return client:get_task(other:get_task(id).id) end)
    assert.equal("2", results[2].id)
  end)

  it("goes on with a walk that was begun outside of it, and leaves one to go on with", function()
    server:tasks { { id = "1" }, { id = "2" }, { id = "3" }, { id = "4" }, { id = "5" }, { id = "6" } }
    finally(function() server:tasks { { id = "1" }, { id = "2" } } end)
    local walk = client:tasks { pageSize = 2 }
    local given = { [walk().id] = true }
    client:map({ 1, 2, 3 }, function() given[walk().id] = true end, { concurrency = 1 })
    for task in walk do given[task.id] = true end
    for i = 1, 6 do assert.is_true(given[tostring(i)]) end
  end)

  it("lets Ctrl-C end it at once, and the client stays usable", function()
    server:fault { path = "/v1", action = "silent", times = 2 }
    local output = connect.run_script([[
      local client = require("tasklist").new { timeout = 50 }
      local pid = io.open("/proc/self/stat"):read("n")
      local closed = 0
      os.execute("(sleep 0.5; kill -INT " .. pid .. ") &")
      local ok, problem = pcall(client.map, client, { 1, 2 }, function(id)
        local _ <close> = setmetatable({}, { __close = function() closed = closed + 1 end })
        return client:get_task(id)
      end)
      print(ok, problem, closed)
      print(client:map({ 1 }, function(id) return client:get_task(id) end)[1].id)
    ]], connect.environment(server))
    assert.truthy(output:find("^false\t.*interrupted!\t2\n1\n$"), output)
  end)

  it("lets the state be closed in the middle", function()
    server:fault { path = "/v1/tasks/1", action = "silent", times = 4 }
    local output = connect.run_script([[
      local client = require("tasklist").new { timeout = 50 }
      client:map({ 1, 2 }, function()
        client:map({ "1", "1", "2" }, function(id)
          assert(client:get_task(id))
          os.exit(0, true)
        end)
      end)
    ]], connect.environment(server))
    assert.equal("", output)
  end)

  it("is not disturbed by the most aggressive collector", function()
    local pause, multiplier = collectgarbage("setpause", 0), collectgarbage("setstepmul", 1000)
    finally(function()
      collectgarbage("setpause", pause)
      collectgarbage("setstepmul", multiplier)
    end)
    local results, errors = client:map(numbers(20), function(i)
      return client:map({ 1, 2 }, function() return client:get_task(i % 2 + 1) end)[2].id
    end)
    assert.same({}, errors)
    for i = 1, 20 do assert.equal(tostring(i % 2 + 1), results[i]) end
  end)

  it("takes less than 4 KiB for a coroutine that waits", function()
    client = connect.of(server, { max_requests = 4 })
    assert(client:get_task(2))
    server:fault { action = "silent", path = "/v1/tasks/1", times = 4 }
    local count, before, bytes = 500, nil, nil
    local function used()
      collectgarbage()
      collectgarbage()
      return collectgarbage "count" * 1024
    end
    client:each(numbers(count + 1), function(i)
      before = before or used()
      if i <= count then return client:get_task(1) end
      bytes = (used() - before) / count
      client:close()
    end, { concurrency = count + 1 })
    assert.is_true(bytes < 4096, bytes)
  end)

  it("leaves nothing behind of 10,000 that have ended", function()
    local open = descriptors()
    local function round()
      assert.equal(500, (client:each(numbers(500), function() return client:get_task(1) end, { concurrency = 100 })))
      collectgarbage()
      collectgarbage()
      return collectgarbage "count"
    end
    for _ = 1, 4 do round() end
    local before, after = round(), math.huge
    for _ = 6, 15 do round() end
    for _ = 16, 20 do after = math.min(after, round()) end -- what is left behind is there after each
    assert.is_true(after - before < 16, after - before) -- KiB
    assert.equal(0, client.connection.engine:in_flight())
    client:close()
    assert.is_true(descriptors() <= open)
  end)

  it("ends when there is no memory for waking, instead of trying for ever", function()
    local own, tries = require "tasklist.loop.own", 0
    local new = own.new
    finally(function() own.new = new end)
    own.new = function(...)
      local loop = new(...)
      loop.wake = function()
        tries = tries + 1
        error(tries < 100 and "not enough memory" or "it never ends", 0)
      end
      return loop
    end
    local ok, problem = pcall(client.map, client, { 1 }, function() return client:get_task(1) end)
    assert.same({ false, "not enough memory" }, { ok, problem })
    assert.equal(0, client.connection.engine:in_flight())
    own.new = new
    assert.equal("1", client:map({ 1 }, function() return client:get_task(1) end)[1].id)
  end)

  it("wakes everybody though there is no memory at times", function()
    local output = connect.run_in_host([[
      local starve = require "host".starve
      local client = assert(require("tasklist").new { timeout = 20 })
      assert(client:get_task "1")
      local fine, left = nil, 0
      repeat
        left = left + 1
        local ok, results = starve(left, client.map, client, { "1", "2", "1" }, function(id)
          return client:get_task(id)
        end)
        fine = ok and results.n == 3 and results[2] and results[2].id == "2"
        assert(client:get_task "1") -- it is usable
        assert(client.connection.engine:in_flight() == 0)
      until fine
      print "fine"
    ]], connect.environment(server))
    assert.equal("fine\n", output)
  end)
end)

describe("map in a loop", function()
  local server
  setup(function() server = sandbox.start { tasks = { { id = "1" }, { id = "2" } } } end)
  teardown(function() server:stop() end)
  before_each(function() server:clear() end)

  for name, make in pairs(loops) do it("ends its coroutines when the one that called it ends: " .. name, function()
    local loop, closed = make(), 0
    local client <close> = connect.of(server, { loop = loop.adapter })
    server:fault { action = "silent", path = "/v1", times = 2 }
    local co = loop:start(function()
      client:map({ 1, 2 }, function(id)
        local _ <close> = setmetatable({}, { __close = function() closed = closed + 1 end })
        return client:get_task(id)
      end)
    end)
    loop:run(function() return #server:log() == 3 end)
    coroutine.close(co)
    assert.equal(2, closed)
    assert.equal(0, client.connection.engine:in_flight())
    loop:run()
    assert.same({ 1, 1 }, { loop.begun, loop.ended })
  end) end

  it("works with one whose spawn does not wait", function()
    local loop = new_loop { eager = true }
    local client <close> = connect.of(server, { loop = loop.adapter })
    local sum, results
    loop:start(function()
      sum = client:each({ 1, 2, 3 }, function() end)
      results = client:map({ 1, 2 }, function(id) return client:get_task(id) end)
    end)
    loop:run()
    assert.equal(3, sum)
    assert.equal("2", results[2].id)
  end)

  it("says who was resumed by somebody else", function()
    local loop = new_loop { blind = true }
    local client <close> = connect.of(server, { loop = loop.adapter })
    local problem
    loop:start(function()
      local co = coroutine.wrap(function()
        return pcall(function() client:map({ 1 }, function(id) return client:get_task(id) end) end)
      end)
      co()
      problem = select(2, co())
    end)
    loop:run()
    find(problem, "map: the coroutine that waits was resumed by somebody else")
  end)

  it("wakes nobody any more whom somebody else has resumed", function()
    local loop = new_loop { blind = true }
    local client <close> = connect.of(server, { loop = loop.adapter })
    server:fault { action = "silent", path = "/v1/tasks/search" }
    local raised, woken = false, false
    loop:start(function()
      local co = coroutine.create(function()
        raised = not pcall(client.map, client, client:tasks(), print)
        coroutine.yield()
        woken = true
      end)
      coroutine.resume(co)
      client:get_task(1) -- one of the map's coroutines waits for the first page meanwhile
      coroutine.resume(co)
      client:get_task(1)
    end)
    loop:run()
    assert.same({ true, false }, { raised, woken })
  end)
end)
