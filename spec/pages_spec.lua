local connect = require "spec.support.client"
local find = require "spec.support.find"
local socket = require "socket"
local tasklist = require "tasklist"
local wait = require "spec.support.wait"
local wire = require "spec.support.wire"

local search_path = wire.search
local answers = debug.getregistry()["tasklist.taken"].__index -- the methods of an answer's bytes

describe("tasks", function()
  local server, client

  setup(function()
    server = wire.start()
    client = connect.of(server)
  end)
  teardown(function()
    client:close()
    server:stop()
  end)
  before_each(function() server:clear() end)

  -- What the searches that the server has seen asked for.
  local function searches()
    local found = {}
    for _, entry in ipairs(server:log()) do
      if entry.path == search_path then found[#found + 1] = wire.asked(entry.body) end
    end
    return found
  end

  local function ids_of(walk, state, first, closing)
    local ids = {}
    for task in walk, state, first, closing do ids[#ids + 1] = task.id end
    return ids
  end

  local function all_ids(query)
    local ids = {}
    for _, task in ipairs(assert(client:search_tasks(query))) do ids[#ids + 1] = task.id end
    return ids
  end

  -- Pages that the server gives one after the other.
  local function serve(pages)
    local list = {}
    for i, page in ipairs(pages) do
      list[i] = { path = search_path, action = "body", body = wire.page(page) }
    end
    server:fault(list)
  end

  -- Walks with pages of two; gives the ids and what was raised.
  local function walk_by_two(query)
    local ids = {}
    query = query or {}
    query.pageSize = 2
    local _, failure = pcall(function()
      for task in client:tasks(query) do ids[#ids + 1] = task.id end
    end)
    return ids, failure
  end

  it("gives every task once, in the order of a search", function()
    local expected = all_ids { pageSize = 1000 }
    for _, size in ipairs { 1, 7, #expected, #expected + 1 } do
      assert.same(expected, ids_of(client:tasks { pageSize = size }))
    end
    assert.same(expected, ids_of(client:tasks()))
  end)

  it("gives the next page's cursor with the last task of a page, and a walk goes on there", function()
    local all, given, cursor, cursors = all_ids { pageSize = 100 }, {}, nil, 0
    assert.is_true(#all > 6)
    for task, after in client:tasks { pageSize = 2 } do
      given[#given + 1] = task.id
      cursors = cursors + (after and 1 or 0)
      assert.equal(#given % 2 == 0 and #given < #all, after ~= nil, #given)
      cursor = cursor or #given == 4 and after
    end
    assert.equal((#all - 1) // 2, cursors)
    given = { all[1], all[2], all[3], all[4] }
    for task in client:tasks { pageSize = 2, searchAfter = cursor } do given[#given + 1] = task.id end
    assert.same(all, given)
  end)

  it("gives nothing where nothing matches", function()
    assert.same({}, ids_of(client:tasks { assignee = "nobody at all" }))
    assert.equal(1, #searches())
  end)

  it("sends the last sortValues back as they came, with the same query", function()
    ids_of(client:tasks { state = "CREATED", pageSize = 5, sort = { { field = "priority", order = "DESC" } } })
    local sent = searches()
    assert.is_true(#sent > 3)
    for i, query in ipairs(sent) do
      assert.equal("CREATED", query.state)
      assert.equal(5, query.pageSize)
      assert.same({ { field = "priority", order = "DESC" } }, query.sort)
      if i > 1 then
        local before = assert(client:search_tasks { state = "CREATED", pageSize = 5, sort = query.sort,
          searchAfter = sent[i - 1].searchAfter })
        assert.same(before[5].sortValues, query.searchAfter)
      end
    end
    assert.is_nil(sent[1].searchAfter)
  end)

  it("asks for 200 tasks at a time unless told otherwise", function()
    ids_of(client:tasks())
    assert.equal(200, searches()[1].pageSize)
  end)

  for _, row in ipairs { { 0, {} }, { 1, { 1 } }, { 7, { 7 } }, { 8, { 7, 1 } }, { 15, { 7, 7, 1 } },
    { 14.0, { 7, 7 } } } do
    it(("ends after %s tasks, and asks for no more than that"):format(row[1]), function()
      local ids = ids_of(client:tasks({ pageSize = 7 }, { limit = row[1] }))
      assert.equal(row[1], #ids)
      local sizes = {}
      for i, query in ipairs(searches()) do sizes[i] = query.pageSize end
      assert.same(row[2], sizes)
    end)
  end

  for field, again in pairs(wire.starts) do
    it("starts where " .. field .. " says", function()
      local all, from = all_ids { pageSize = 1000 }, 9
      local _, page = client:search_tasks { pageSize = from }
      local rest = table.move(all, from + 1 - again, #all, 1, {})
      assert.same(rest, ids_of(client:tasks { pageSize = 4, [field] = page.after }))
    end)
  end

  it("makes iterators that know nothing of each other", function()
    local expected = all_ids { pageSize = 1000 }
    local one, two, ids, others = client:tasks { pageSize = 3 }, client:tasks { pageSize = 4 }, {}, {}
    repeat
      local task, other = one(), two()
      ids[#ids + 1], others[#others + 1] = task and task.id, other and other.id
    until not task and not other
    assert.same(expected, ids)
    assert.same(expected, others)
    assert.is_nil(one()) -- and stays at its end
  end)

  it("keeps a copy of the query", function()
    local query = { state = "CREATED", pageSize = 5, candidateGroups = { "sales" },
      taskVariables = { customer = tasklist.raw '"Zoë Müller"' } }
    local before = ids_of(client:tasks(query))
    assert.is_true(#before > 0)
    local walk = client:tasks(query)
    query.state, query.candidateGroups[1], query.taskVariables.customer = "CANCELED", "nobody", 5
    assert.same(before, ids_of(walk))
    assert.equal(5, query.pageSize)
    assert.is_nil(query.searchAfter)
  end)

  it("takes a null in the query for nothing", function()
    local null = tasklist.null
    assert.same(all_ids { pageSize = 1000 },
      ids_of(client:tasks { pageSize = null, searchAfter = null, state = null }))
    local _, page = client:search_tasks { searchBefore = null, pageSize = 1000 }
    assert.is_nil(page.after)
  end)

  it("has the next page under way while the caller works", function()
    local walk = client:tasks { pageSize = 2 }
    walk()
    wait.until_true(function() return #searches() == 2 end, "the second page is not asked for")
    walk()
    assert.equal(2, #searches())
    walk()
    wait.until_true(function() return #searches() == 3 end, "the third page is not asked for")
  end)

  it("keeps no task that it has given", function()
    local alive, count = setmetatable({}, { __mode = "k" }), 0
    for task in client:tasks { pageSize = 3 } do
      alive[task] = true
    end
    collectgarbage() collectgarbage()
    for _ in pairs(alive) do count = count + 1 end
    assert.equal(0, count)
    local walk = client:tasks { pageSize = 3 }
    for _ = 1, 12 do alive[walk()] = true end
    collectgarbage() collectgarbage()
    for _ in pairs(alive) do count = count + 1 end
    assert.equal(0, count)
    assert.truthy(walk())
  end)

  describe("cancels what is under way", function()
    local function open_connections() return server:stats().open end

    local ways = {
      ["at a break"] = function(own)
        for task in own:tasks { pageSize = 2 } do
          if task then break end
        end
      end,
      ["at an error"] = function(own)
        assert.is_false(pcall(function()
          for _ in own:tasks { pageSize = 2 } do error "enough" end
        end))
      end,
      ["when it is dropped"] = function(own)
        own:tasks { pageSize = 2 }()
        collectgarbage() collectgarbage()
      end,
      ["when its coroutine is closed"] = function(own)
        local co = coroutine.create(function()
          for _ in own:tasks { pageSize = 2 } do coroutine.yield() end
        end)
        assert(coroutine.resume(co))
        assert(coroutine.close(co))
      end,
    }
    for name, way in pairs(ways) do
      it(name, function()
        local own <close> = connect.of(server)
        assert(own:search_tasks())
        server:fault { { path = search_path, action = "delay", seconds = 0 },
          { path = search_path, action = "silent" } }
        wait.until_true(function() return open_connections() > 0 end, "no connection")
        local before = open_connections()
        -- A collection that comes by itself would do it as well.
        collectgarbage "stop"
        finally(function() collectgarbage "restart" end)
        way(own)
        wait.until_true(function() return open_connections() < before end, "the connection stays open")
        assert(own:search_tasks()) -- and the client goes on
      end)
    end
  end)

  it("cancels a page that is waited for when the wait ends by an error", function()
    local failed = 0
    local own <close> = connect.of(server, { trace = function(attempt)
      failed = failed + (attempt.status == 503 and 1 or 0)
      if failed == 2 then error "enough" end
    end })
    -- The first may fail before anybody waits; the second cannot.
    server:fault { { path = search_path, action = "delay", seconds = 0 },
      { path = search_path, action = "status", status = 503, headers = { ["Retry-After"] = "1" } },
      { path = search_path, action = "status", status = 503 }, { path = search_path, action = "delay", seconds = 0.3 } }
    collectgarbage "stop"
    finally(function() collectgarbage "restart" end)
    local walk = own:tasks { pageSize = 1 }
    local _, problem = pcall(function()
      walk() -- the page ahead may be refused as early as this
      walk()
    end)
    find(problem, "enough")
    failed = 0
    assert(own:search_tasks()) -- long enough for an attempt that was put off
    assert.equal(4, #searches())
  end)

  it("raises the error object of the first page", function()
    server:fault { path = search_path, action = "status", status = 400, body = '{"status":400,"message":"no"}' }
    local ids, failure = walk_by_two()
    assert.same({}, ids)
    assert.equal("http", failure.kind)
    assert.equal(400, failure.status)
    assert.equal("POST", failure.method)
    assert.equal(search_path, failure.path)
  end)

  it("gives all tasks before a page that fails, then raises its error object, each time", function()
    server:fault { { path = search_path, action = "delay", seconds = 0 },
      { path = search_path, action = "status", status = 400, body = '{"status":400,"message":"no"}' } }
    local walk = client:tasks { pageSize = 2 }
    assert.truthy(walk())
    assert.truthy(walk())
    for _ = 1, 2 do
      local _, failure = pcall(walk)
      assert.equal(400, failure.status)
    end
  end)

  it("goes again after what may pass", function()
    server:fault { { path = search_path, action = "delay", seconds = 0 },
      { path = search_path, action = "close", at = "in" }, { path = search_path, action = "status", status = 503 } }
    assert.same(all_ids { pageSize = 1000 }, ids_of(client:tasks { pageSize = 7 }))
  end)

  -- What happens to the page that is under way while the caller sleeps longer than the timeout.
  local meanwhile = {
    ["the page comes"] = { action = "delay", seconds = 0 },
    ["the page comes late"] = { action = "delay", seconds = 0.6 },
    ["the connection ends"] = { action = "close" },
    ["the connection ends within the page"] = { action = "cut" },
    ["the token is no good any more"] = { action = "status", status = 401 },
    ["the server has no time"] = { action = "status", status = 503 },
  }
  for name, fault in pairs(meanwhile) do
    it("lets the caller sleep longer than the timeout: " .. name, function()
      local hasty <close> = connect.of(server, { timeout = 0.5 })
      local expected = all_ids { pageSize = 1000 }
      fault.path = search_path
      server:fault { { path = search_path, action = "delay", seconds = 0 }, fault }
      local ids = {}
      for task in hasty:tasks { pageSize = 20 } do
        ids[#ids + 1] = task.id
        if #ids == 1 then socket.sleep(0.8) end
      end
      assert.same(expected, ids)
    end)
  end

  it("lets the caller sleep while a connection is made", function()
    local own = wire.start { tls = "good", tasks = {} } -- so that it takes several round trips
    finally(function() own:stop() end)
    local hasty <close> = connect.of(own, { connect_timeout = 1, retries = 0, ca_file = own.ca_file })
    own:fault { { path = search_path, action = "body", headers = { Connection = "close" },
      body = wire.page { { "1", "20", "1" } } }, { path = search_path, action = "body", body = wire.page {} } }
    local ids = {}
    for task in hasty:tasks { pageSize = 1 } do
      ids[#ids + 1] = task.id
      socket.sleep(1.5)
    end
    assert.same({ "1" }, ids)
    assert.equal(2, own:stats().requests[search_path])
  end)

  it("lets the caller sleep longer than the timeout while a token is fetched", function()
    -- Shorter than the sleep, and long enough for a slow machine to use a token before its end.
    local brief = wire.start { token_life = 0.5 }
    finally(function() brief:stop() end)
    local hasty <close> = connect.of(brief, { timeout = 0.5 })
    local count = 0
    for _ in hasty:tasks { pageSize = 10 } do
      if count == 0 or count == 10 then
        brief:fault { path = "/oauth/token", action = "delay", seconds = 0.3 }
        socket.sleep(0.8)
      end
      count = count + 1
    end
    assert.equal(#all_ids { pageSize = 1000 }, count)
  end)

  it("takes a timeout of its own", function()
    server:fault { path = search_path, action = "silent" }
    local options = { timeout = 0.3 }
    local walk = client:tasks({}, options)
    options.timeout = 60
    local _, failure = pcall(walk)
    find(failure.message, "no answer within 0.3 s")
  end)

  it("has the whole timeout for each page", function()
    local hasty <close> = connect.of(server, { timeout = 1 })
    local expected = all_ids { pageSize = 4 }
    server:fault { path = search_path, action = "delay", seconds = 0.6, times = 2 }
    assert.same(expected, ids_of(hasty:tasks({ pageSize = 2 }, { limit = 4 })))
  end)

  it("does time out while it waits, and only once", function()
    local hasty <close> = connect.of(server, { timeout = 0.3 })
    assert(hasty:search_tasks())
    server:fault { { path = search_path, action = "delay", seconds = 0 },
      { path = search_path, action = "silent", times = 2 } }
    local walk = hasty:tasks { pageSize = 1 }
    walk()
    local _, failure = pcall(walk)
    assert.equal("timeout", failure.kind)
    assert.equal(3, #searches())
  end)

  -- On v2 before July 2026 this is what came of tasks without the date that they are sorted by (T8).
  local full = { { "1", "10", "1" }, { "2", "20", "2" } }
  local bad_cursors = {
    ["a page that comes again"] = { { full, full, full }, "a cursor came again" },
    ["pages that go in a circle"] = {
      { full, { { "3", "3" }, { "4", "4" } }, { { "5", "5" }, { "6", "6" } }, full, { { "3", "3" }, { "4", "4" } },
        { { "5", "5" }, { "6", "6" } }, full, { { "3", "3" }, { "4", "4" } }, { { "5", "5" }, { "6", "6" } } },
      "a cursor came again",
    },
  }
  for name, cursor in pairs(wire.no_cursors) do
    bad_cursors[name] = { { { { id = "1" }, { id = "2", cursor = cursor[1] } } }, "has no sortValues" }
  end
  for name, row in pairs(bad_cursors) do
    it("is no endless loop: " .. name, function()
      serve(row[1])
      local ids, failure = walk_by_two()
      assert.equal("decode", failure.kind)
      assert.equal(search_path, failure.path)
      find(tostring(failure), row[2])
      assert.is_true(#searches() <= #row[1])
      assert.same({ "1", "2" }, table.move(ids, 1, 2, 1, {})) -- what came is given
    end)
  end

  -- The next page is sent for by what the text seems to say, before it is decoded.
  for name, body in pairs(wire.misleading) do
    it("is not misled by a cursor " .. name, function()
      local last = wire.page {}
      server:fault { { path = search_path, action = "body", body = body },
        { path = search_path, action = "body", body = last, times = 2 } }
      local ids, failure = walk_by_two()
      assert.is_nil(failure)
      assert.same({ "1", "2" }, ids)
      local sent = searches()
      assert.same(wire.cursor("20", "2"), sent[#sent].searchAfter)
      assert.is_true(#sent <= 3)
    end)
  end

  it("has sent for the next page before it decodes one", function()
    local decode, calls = answers.decode, 0
    finally(function() answers.decode = decode end)
    function answers.decode(bytes)
      calls = calls + 1
      wait.until_true(function() return #searches() == 2 end, "the second page is not asked for")
      return decode(bytes)
    end
    assert.truthy(client:tasks { pageSize = 2 }())
    assert.equal(1, calls)
    assert.equal(2, #searches())
  end)

  it("does not skip the page in whose decoding an error came", function()
    local walk = client:tasks { pageSize = 2 }
    local expected, ids = all_ids { pageSize = 1000 }, {}
    local decode, calls = answers.decode, 0
    finally(function() answers.decode = decode end)
    for i = 1, 4 do ids[i] = walk().id end
    function answers.decode(bytes) -- as Ctrl-C would
      calls = calls + 1
      if calls == 1 then error("interrupted!", 0) end
      return decode(bytes)
    end
    assert.same({ false, "interrupted!" }, { pcall(walk) })
    assert.equal(1, calls)
    for task in walk do ids[#ids + 1] = task.id end
    assert.same(expected, ids)
  end)

  it("takes the first cursor for one that was there", function()
    serve { full }
    local ids, failure = walk_by_two { searchAfter = wire.cursor("20", "2") }
    assert.same({ "1", "2" }, ids)
    find(tostring(failure), "a cursor came again")
  end)

  it("needs no sortValues of a last page", function()
    serve { full, { { id = "3" } } }
    assert.same({ "1", "2", "3" }, (walk_by_two()))
  end)

  it("gives a task once that moved from the end of a page to the start of the next", function()
    serve { full, { { "2", "21", "2" }, { "3", "30", "3" } }, { { "1", "40", "1" }, { "4", "50", "4" } }, {} }
    local ids, failure = walk_by_two()
    assert.is_nil(failure)
    assert.same({ "1", "2", "3", "1", "4" }, ids) -- "1" was two pages ago
    server:clear()
    serve { full, { { "2", "21", "2" }, { "1", "22", "1" } }, { { "3", "30", "3" } } } -- a page with nothing new
    assert.same({ "1", "2", "3" }, (walk_by_two()))
  end)

  it("counts what it gives, not what comes twice, towards the limit", function()
    serve { full, { { "2", "21", "2" } }, { { "3", "30", "3" } } }
    assert.same({ "1", "2", "3" }, ids_of(client:tasks({ pageSize = 2 }, { limit = 3 })))
    local sizes = {}
    for i, query in ipairs(searches()) do sizes[i] = query.pageSize end
    assert.same({ 2, 1, 1 }, sizes)
  end)

  it("gives tasks without an id as they come", function()
    serve { { { cursor = wire.cursor "1" }, { cursor = wire.cursor "2" } }, { { name = "x" } } }
    local count = 0
    for _ in client:tasks { pageSize = 2 } do count = count + 1 end
    assert.equal(3, count)
  end)

  it("gives no more than the limit when a server gives more than it is asked for", function()
    serve { { { "1", "1" }, { "2", "2" }, { "3", "3" } } }
    assert.same({ "1", "2" }, ids_of(client:tasks({ pageSize = 2 }, { limit = 2 })))
  end)

  it("misses nothing that stays while others leave the list", function()
    local own = wire.start()
    finally(function() own:stop() end)
    local other <close> = connect.of(own)
    local query = { state = "CREATED", implementation = wire.implementation, pageSize = 4 }
    local expected = {}
    for i, task in ipairs(assert(other:search_tasks { state = "CREATED", implementation = wire.implementation })) do
      expected[i] = task.id
    end
    local ids = {}
    for task in other:tasks(query) do
      assert(other:complete_task(task.id))
      ids[#ids + 1] = task.id
    end
    assert.same(expected, ids)
    assert.equal(#expected, #own:ledger "complete")
  end)

  it("names the client's tenant", function()
    local own <close> = connect.of(server, { tenant_id = "mine" })
    ids_of(own:tasks { pageSize = 1 })
    ids_of(own:tasks { pageSize = 1, tenantIds = { "theirs" } })
    local sent = searches()
    assert.same({ "mine" }, sent[1].tenantIds)
    assert.same({ "theirs" }, sent[#sent].tenantIds)
  end)

  it("does nothing before the first task is taken", function()
    client:tasks()
    assert.same({}, searches())
  end)

  it("is of no use once the client is closed", function()
    local own = connect.of(server)
    local walk, _, _, closing = own:tasks { pageSize = 1 }
    assert.truthy(walk())
    own:close()
    local ok, problem = pcall(function() walk() end)
    assert.is_false(ok)
    find(problem, "spec/pages_spec.lua:")
    find(problem, "tasks: attempt to use a closed client")
    closing:close()
    ok, problem = pcall(function() own:tasks() end)
    assert.is_false(ok)
    find(problem, "spec/pages_spec.lua:")
    find(problem, "attempt to use a closed client")
  end)

  it("ends at once, and gives up the page, when it is closed while it waits for one", function()
    server:fault { { path = search_path, action = "delay", seconds = 0 }, { path = search_path, action = "silent" } }
    local given_up = {}
    local own <close> = connect.of(server, { timeout = 5, trace = function(event)
      if event.error then given_up[#given_up + 1] = event.error end
    end })
    local walk, _, _, closing = own:tasks { pageSize = 2 }
    local count = own:each(walk, function(task, index)
      assert(own:get_task(task.id)) -- meanwhile another waits for the second page
      if index == 2 then closing:close() end
    end)
    assert.equal(2, count)
    assert.equal(2, #searches())
    assert.same({ "given up" }, given_up)
  end)

  it("ends at once when it is closed while it waits for its first page", function()
    server:fault { path = search_path, action = "silent" }
    local given_up
    local own <close> = connect.of(server, { timeout = 5, trace = function(event)
      given_up = event.error or given_up
    end })
    local walk, _, _, closing = own:tasks()
    local task = 1
    own:each({ function() task = walk() end, function()
      repeat own:get_task "none" until #searches() == 1
      closing:close()
    end }, function(run) run() end)
    assert.is_nil(task)
    assert.equal("given up", given_up)
  end)

  local cyclic = {}
  cyclic.sort = cyclic
  local misuses = {
    { { 5 }, "tasks: query: table expected, got the integer 5" },
    { { { asignee = "x" } }, 'tasks: query: unknown field "asignee"' },
    { { { pageSize = 0 } }, "query.pageSize" },
    { { { searchBefore = { "1" } } }, "tasks: query.searchBefore: cannot be set here: tasks walks forwards" },
    { { { searchBeforeOrEqual = { "1" } } }, "query.searchBeforeOrEqual: cannot be set here: tasks walks" },
    { { cyclic }, "query.sort: array expected" },
    { { {}, 5 }, "tasks: options: table expected, got a number" },
    { { {}, { limit = -1 } }, "limit" },
    { { {}, { limit = 1.5 } }, "limit" },
    { { {}, { timeout = 0 } }, "timeout" },
    { { {}, { interval = 1 } }, "interval" },
  }
  for _, row in ipairs(misuses) do
    it("raises at the caller's line: " .. row[2], function()
      local ok, problem = pcall(function() client:tasks(table.unpack(row[1])) end)
      assert.is_false(ok)
      assert.is_string(problem)
      find(problem, row[2])
      find(problem, "spec/pages_spec.lua:")
      assert.same({}, searches())
    end)
  end
end)
