local connect = require "spec.support.client"
local find = require "spec.support.find"
local wait = require "spec.support.wait"
local wire = require "spec.support.wire"

local search_path = wire.search

describe("watch", function()
  local server, client

  before_each(function()
    server = wire.start { tasks = {} }
    client = connect.of(server, { timeout = 2 })
  end)
  after_each(function()
    client:close()
    server:stop()
  end)

  -- Starts a process instance; gives the ids of its tasks.
  local function start(count)
    local tasks = {}
    for i = 1, count or 1 do tasks[i] = { name = "Approve" } end
    return select(2, server:start_instance { processName = "Invoice", tasks = wire.tasks(tasks) })
  end

  local function searches()
    local found = {}
    for _, entry in ipairs(server:log()) do
      if entry.path == search_path then found[#found + 1] = entry end
    end
    return found
  end

  it("gives what is there, the oldest first, then what appears, each once", function()
    server:tasks(wire.tasks { { id = "3", creationDate = "2024-03-03T00:00:00Z" },
      { id = "1", creationDate = "2024-03-01T00:00:00Z" }, { id = "2", creationDate = "2024-03-02T00:00:00Z" },
      { id = "9", creationDate = "2024-03-01T12:00:00Z", taskState = "COMPLETED" } })
    local seen, started = {}, {}
    for task in client:watch({ state = "CREATED", pageSize = 2 }, { interval = 0.05 }) do
      seen[#seen + 1] = task.id
      if #seen >= 3 and #started < 4 then started[#started + 1] = start()[1] end
      if #seen == 7 then break end
    end
    assert.same({ "1", "2", "3", table.unpack(started) }, seen)
    assert.is_true(#searches() > 4)
  end)

  it("gives a task again that left the result and came back", function()
    local own, seen = start()[1], {}
    for task in client:watch({ state = "CREATED" }, { interval = 0.05 }) do
      seen[#seen + 1] = task.id
      if #seen == 1 then
        server:set_task_state(own, "FAILED")
        start()
      elseif #seen == 2 then
        start() -- what shows next has been seen by a round of its own
      elseif #seen == 3 then
        server:set_task_state(own, "CREATED")
      else
        break
      end
    end
    assert.equal(own, seen[1])
    assert.equal(own, seen[4])
  end)

  it("gives a task again in the next round when the loop asks for it", function()
    local first, second = table.unpack(start(2))
    local seen, third = {}, nil
    for task, again in client:watch({ state = "CREATED", pageSize = 2 }, { interval = 0.05 }) do
      seen[#seen + 1] = task.id
      if task.id == first and #seen <= 3 then
        again()
        if #seen == 3 then server:fault { path = search_path, action = "status", status = 500 } end
      elseif #seen == 4 then
        third = start()[1]
      elseif #seen == 5 then
        break
      end
    end
    assert.same({ first, second, first, first, third }, seen)
  end)

  it("does not give a task again that has left the result by then", function()
    local first = start()[1]
    local walk = client:watch({ state = "CREATED" }, { interval = 0.05 })
    local _, again = walk()
    again()
    server:set_task_state(first, "FAILED")
    local second = start()[1]
    assert.equal(second, walk().id)
  end)

  it("keeps a copy of the query", function()
    start()
    local query = { state = "CREATED" }
    local walk = client:watch(query, { interval = 0.05 })
    query.state = "FAILED"
    assert.truthy(walk())
    start()
    assert.truthy(walk())
    assert.is_nil(query.sort)
  end)

  it("remembers only what matches", function()
    local handled, most = 0, 0
    local walk, _, _, watching = client:watch({ state = "CREATED" }, { interval = 0.01 })
    start(3)
    for task in walk, nil, nil, watching do
      assert(client:complete_task(task.id))
      handled = handled + 1
      local known = 0
      for _ in pairs(watching.given) do known = known + 1 end
      most = math.max(most, known)
      if handled == 60 then break end
      if handled % 3 == 0 then start(3) end
    end
    assert.equal(60, #server:ledger "complete")
    assert.is_true(most <= 9, most) -- three of this round, of the last, and of the one before
  end)

  it("signs in anew when a token is over", function()
    server:stop()
    server = wire.start { tasks = {}, token_life = 0.3 }
    local own <close> = connect.of(server)
    start()
    local count = 0
    for _ in own:watch({}, { interval = 0.2 }) do
      count = count + 1
      if count == 6 then break end
      start()
    end
    assert.is_true(server:stats().requests["/oauth/token"] >= 3)
  end)

  it("raises at the caller's line once the client is closed, by on_error too", function()
    start()
    local closers = {
      function(own, watching) watching() own:close() end,
      function() server:fault { path = search_path, action = "status", status = 500 } end,
    }
    for _, prepare in ipairs(closers) do
      local own = connect.of(server)
      local watching = own:watch({}, { interval = 0.05, on_error = function() own:close() end })
      prepare(own, watching)
      local ok, problem = pcall(function() watching() end)
      assert.is_false(ok)
      find(problem, "spec/watch_spec.lua:")
      find(problem, "watch: attempt to use a closed client")
    end
  end)

  -- The seconds between one search and the next, as the server saw them.
  local function gaps()
    local list, found = searches(), {}
    for i = 2, #list do found[i - 1] = list[i].at - list[i - 1].at end
    return found
  end

  it("sleeps between two rounds, and burns nothing then", function()
    start()
    local script = [[
      io.stdout:setvbuf "line"
      local core = require "tasklist.core"
      local client <close> = assert(require("tasklist").new())
      local watching = client:watch({}, { interval = 3 })
      print(watching().id)
      local burnt, began = os.clock(), core.now()
      watching()
      print((os.clock() - burnt) / (core.now() - began))
    ]]
    local process = connect.start_script(connect.environment(server), script)
    process:line()
    start()
    local output = process:finish()
    local share = tonumber(output)
    assert.is_true(share and share < 0.01, output)
    assert.equal(1, #gaps())
    assert.is_true(gaps()[1] >= 3)
  end)

  it("sleeps after a failure, for as long as the server asks for", function()
    start()
    local watching = client:watch({}, { interval = 0.05, timeout = 0.5 })
    server:fault { { path = search_path, action = "status", status = 500 },
      { path = search_path, action = "status", status = 429, headers = { ["Retry-After"] = "1" } } }
    watching()
    assert.equal(2, #gaps())
    assert.is_true(gaps()[1] >= 0.05)
    assert.is_true(gaps()[2] >= 1)
  end)

  it("looks every 5 s unless told otherwise", function()
    local _, _, _, watching = client:watch()
    assert.equal(5, watching.interval)
  end)

  it("cancels what is under way at a break", function()
    start(3)
    server:fault { { path = search_path, action = "delay", seconds = 0 }, { path = search_path, action = "silent" } }
    for task in client:watch { pageSize = 2 } do
      if task then break end
    end
    wait.until_true(function() return server:stats().open == 0 end, "it stays open")
  end)

  it("gives nothing any more once it is closed", function()
    start()
    local walk, _, _, watching = client:watch()
    getmetatable(watching).__close(watching)
    watching:close()
    assert.is_nil(walk())
    assert.same({}, searches())
  end)

  it("ends cleanly at Ctrl-C", function()
    start()
    local script = [[
      io.stdout:setvbuf "line"
      local client <close> = assert(require("tasklist").new())
      for task in client:watch({}, { interval = 60 }) do print("task", task.id) end
    ]]
    local process = connect.start_script(connect.environment(server), script)
    find(process:line(), "task")
    process:interrupt()
    local rest, code = process:finish()
    find(rest, "interrupted!")
    assert.equal(1, code)
    start()
    assert.equal(1, #searches())
  end)

  it("ends cleanly at Ctrl-C while it waits for the server", function()
    start(2)
    server:fault { { path = search_path, action = "delay", seconds = 0 }, { path = search_path, action = "silent" } }
    local script = [[
      io.stdout:setvbuf "line"
      local client <close> = assert(require("tasklist").new { timeout = 60 })
      local ok, problem = pcall(function()
        for task in client:watch { pageSize = 1 } do print("task", task.id) end
      end)
      print(ok, problem)
      print(#assert(client:search_tasks()))
    ]]
    local process = connect.start_script(connect.environment(server), script)
    find(process:line(), "task")
    process:interrupt()
    local rest, code = process:finish()
    find(rest, "interrupted!")
    find(rest, "\n2\n") -- and the client is of use
    assert.equal(0, code)
  end)

  it("ends when it is closed while it waits, also at once in the time between two looks", function()
    start(2)
    for _, faults in ipairs { {}, { { path = search_path, action = "delay", seconds = 0 },
      { path = search_path, action = "delay", seconds = 0.2 } } } do
      server:fault(faults)
      local walk, _, _, watching = client:watch({ state = "CREATED", pageSize = 2 }, { interval = 1000 })
      assert.equal(2, (client:each(walk, function(task, index)
        for _ = 1, #faults == 0 and 5 or 1 do assert(client:get_task(task.id)) end -- meanwhile another waits
        if index == 2 then
          watching:close()
          start() -- it would be new
        end
      end)))
      assert.equal(2, #searches())
      server:tasks {}
      start(2)
      server:clear()
    end
  end)

  local misuses = {
    { { 5 }, "watch: query: table expected, got the integer 5" },
    { { { asignee = "x" } }, 'watch: query: unknown field "asignee"' },
    { { { sort = {} } }, "watch: query.sort: cannot be set here: watch gives the oldest first" },
    { { { searchAfter = { "1" } } }, "query.searchAfter: cannot be set here: watch looks at all that matches" },
    { { { searchBefore = { "1" } } }, "query.searchBefore: cannot be set here: watch looks at all" },
    { { {}, 5 }, "watch: options: table expected, got a number" },
    { { {}, { interval = 0 } }, "interval" },
    { { {}, { on_error = "print" } }, "on_error" },
    { { {}, { limit = 1 } }, "limit" },
  }
  it("raises misuse at the caller's line", function()
    for _, row in ipairs(misuses) do
      local ok, problem = pcall(function() client:watch(table.unpack(row[1])) end)
      assert.is_false(ok)
      assert.is_string(problem)
      find(problem, row[2])
      find(problem, "spec/watch_spec.lua:")
    end
    assert.same({}, server:log())
  end)
end)
