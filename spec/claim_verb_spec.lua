local connect = require "spec.support.client"
local find = require "spec.support.find"
local json = require "tasklist.sandbox.json"
local sandbox = require "spec.support.sandbox"

local search_path = "/v1/tasks/search"

describe("claim", function()
  local server, client

  setup(function()
    server = sandbox.start { tasks = {} }
    client = connect.of(server)
  end)
  teardown(function()
    client:close()
    server:stop()
  end)
  before_each(function() server:clear() end)

  -- Makes `count` open tasks with the ids 1, 2, 3 …; changes: id -> fields.
  local function serve(count, changes)
    local list = {}
    for i = 1, count do
      local task = { id = ("%d"):format(i), creationDate = ("2024-03-01T%02d:%02d:00Z"):format(i // 60, i % 60) }
      for name, value in pairs(changes and changes[task.id] or {}) do task[name] = value end
      list[i] = task
    end
    server:tasks(list)
  end

  local function requests(method, pattern)
    local found = {}
    for _, entry in ipairs(server:log()) do
      if entry.method == method and entry.path:find(pattern) then found[#found + 1] = entry end
    end
    return found
  end

  local function assigns() return requests("PATCH", "/assign$") end

  local function searches()
    local bodies = {}
    for i, entry in ipairs(requests("POST", search_path)) do bodies[i] = json.decode(entry.body) end
    return bodies
  end

  local function ids_of(walk, state, first, closing)
    local ids = {}
    for task in walk, state, first, closing do ids[#ids + 1] = task.id end
    return ids
  end

  local function sorted(ids)
    local copy = table.move(ids, 1, #ids, 1, {})
    table.sort(copy, function(one, other) return tonumber(one) < tonumber(other) end)
    return copy
  end

  local function numbers(first, last)
    local ids = {}
    for i = first, last do ids[#ids + 1] = ("%d"):format(i) end
    return ids
  end

  -- The ids whose claims were executed -> the assignee. Each must be there once.
  local function claimed()
    local by = {}
    for _, entry in ipairs(server:ledger "assign") do
      assert.is_nil(by[entry.task], entry.task)
      by[entry.task] = entry.assignee
    end
    return by
  end

  it("gives every open task that nobody has, once, and each is the assignee's", function()
    serve(9, { ["2"] = { assignee = "bob" }, ["4"] = { taskState = "COMPLETED" }, ["6"] = { taskState = "FAILED" } })
    local ids = {}
    for task in client:claim({ pageSize = 2 }, "ann") do
      assert.equal("ann", task.assignee)
      assert.equal("ann", client:get_task(task.id).assignee)
      ids[#ids + 1] = task.id
    end
    assert.same({ "1", "3", "5", "7", "8", "9" }, sorted(ids))
    assert.equal(6, #assigns())
    for _, entry in ipairs(assigns()) do
      assert.same({ assignee = "ann", allowOverrideAssignment = false }, json.decode(entry.body))
    end
  end)

  it("gives what the search said of a task, too", function()
    serve(1, { ["1"] = { name = "Pay", dueDate = "2024-03-08T12:00:00Z",
      variables = { { name = "amount", value = "7" } } } })
    local task = client:claim({ includeVariables = { { name = "amount" } } }, "ann")()
    assert.equal("Pay", task.name)
    assert.equal("2024-03-08T12:00:00.000+0000", task.dueDate) -- the answer to a claim has none
    assert.equal("7", task.variables[1].value)
    assert.equal("ann", task.assignee)
  end)

  it("asks for open tasks without an assignee, and for what the query says", function()
    serve(1)
    ids_of(client:claim({ candidateGroup = "sales", sort = { { field = "priority", order = "DESC" } } }, "ann"))
    ids_of(client:claim(nil, "ann"))
    ids_of(client:claim({ state = "CREATED", assigned = false }, "ann"))
    local seen = searches()
    assert.same({ candidateGroup = "sales", state = "CREATED", assigned = false, pageSize = 200,
      sort = { { field = "priority", order = "DESC" } } }, seen[1])
    assert.same({ state = "CREATED", assigned = false, pageSize = 200 }, seen[2])
    assert.same(seen[2], seen[3])
  end)

  it("keeps a copy of the query", function()
    serve(3)
    local query = { pageSize = 1 }
    local walk = client:claim(query, "ann")
    query.state = "FAILED"
    assert.equal(3, #ids_of(walk))
    assert.same({ pageSize = 1, state = "FAILED" }, query)
  end)

  it("has the client's tenant", function()
    serve(1)
    local of_tenant <close> = connect.of(server, { tenant_id = "<default>" })
    assert.equal(1, #ids_of(of_tenant:claim(nil, "ann")))
    assert.same({ "<default>" }, searches()[1].tenantIds)
  end)

  it("has an order of its own within each page", function()
    local function order()
      serve(60)
      return ids_of(client:claim({ pageSize = 30 }, "ann"))
    end
    local one, other = order(), order()
    assert.same(numbers(1, 60), sorted(one))
    assert.same(numbers(31, 60), sorted(table.move(one, 1, 30, 1, {}))) -- the newest come first
    assert.same(numbers(31, 60), sorted(table.move(other, 1, 30, 1, {})))
    -- A fair shuffle is the same twice, or the page's own order, once in 30! times.
    assert.is_not_same(one, other)
    assert.is_not_same(one, sorted(one))
    -- And each place of it has any task: of 30 tasks at the first place, not all are the same.
    local first = {}
    for _ = 1, 30 do
      serve(8)
      first[client:claim(nil, "ann")().id] = true
    end
    assert.is_not_nil(next(first, next(first)))
  end)

  it("leaves the host's random numbers as they are", function()
    serve(5)
    math.randomseed(7, 7)
    local expected = math.random(0)
    math.randomseed(7, 7)
    ids_of(client:claim(nil, "ann"))
    assert.equal(expected, math.random(0))
  end)

  it("meets few refusals where two claim from one list", function()
    serve(200)
    local other <close> = connect.of(server)
    local walks = { (client:claim(nil, "ann")), (other:claim(nil, "bob")) }
    local ids = {}
    while #walks > 0 do
      for i = #walks, 1, -1 do
        local task = walks[i]()
        if task then ids[#ids + 1] = task.id else table.remove(walks, i) end
      end
    end
    assert.same(numbers(1, 200), sorted(ids))
    local count = { ann = 0, bob = 0 }
    for _, name in pairs(claimed()) do count[name] = count[name] + 1 end
    assert.same({ ann = 100, bob = 100 }, count)
    -- Some 35 in the mean. Where each goes through the whole of what it has read once, in whatever order, it is 200.
    assert.is_true(#assigns() < 200 + 80, #assigns())
    assert.is_true(#searches() < 40, #searches())
  end)

  it("tries no task twice that the search still shows", function()
    serve(30)
    local page = assert(client:search_tasks { pageSize = 30 })
    for _, task in ipairs(page) do assert(client:assign_task(task.id, { assignee = "bob" })) end
    server:clear()
    for _, task in ipairs(page) do task.sortValues = json.array(task.sortValues) end
    server:fault { path = search_path, action = "body", body = json.encode(json.array(page)), times = 100 }
    assert.same({}, ids_of(client:claim(nil, "ann")))
    assert.equal(30, #assigns())
  end)

  it("holds nothing that it has not given", function()
    serve(10)
    for task in client:claim({ pageSize = 4 }, "ann") do
      if #server:ledger "assign" == 3 then
        assert.equal("ann", claimed()[task.id])
        break
      end
    end
    assert.equal(3, #server:ledger "assign")
    local walk, _, _, closing = client:claim(nil, "ann")
    assert.equal(3, #server:ledger "assign")
    closing:close()
    assert.is_nil(walk())
    assert.equal(3, #server:ledger "assign")
  end)

  for _, row in ipairs { { 0, 0 }, { 1, 1 }, { 3.0, 3 }, { 6, 5 } } do
    it(("ends after %s tasks"):format(row[1]), function()
      serve(5)
      assert.equal(row[2], #ids_of(client:claim({ pageSize = 2 }, "ann", { limit = row[1] })))
      assert.equal(row[2], #server:ledger "assign")
      assert.equal(row[1] > 0, #searches() > 0)
    end)
  end

  it("does not count what it does not get", function()
    serve(6)
    local walk = client:claim(nil, "ann", { limit = 3 })
    local first = walk()
    for _, id in ipairs(numbers(1, 6)) do
      if id ~= first.id and id % 2 == 0 then assert(client:assign_task(id, { assignee = "bob" })) end
    end
    assert.equal(2, #ids_of(walk))
  end)

  it("goes on quietly over what is another's, over and gone", function()
    serve(8)
    local walk = client:claim(nil, "ann")
    local first = walk().id
    local left = {}
    for _, id in ipairs(numbers(1, 8)) do
      if id ~= first then left[#left + 1] = id end
    end
    assert(client:assign_task(left[1], { assignee = "bob" }))
    server:set_task_state(left[2], "FAILED")
    assert(client:complete_task(left[3]))
    server:fault { path = ("/v1/tasks/%s/assign"):format(left[4]), action = "status", status = 404,
      body = ('{"status":404,"message":"task with id %s was not found"}'):format(left[4]) }
    assert.same({ table.unpack(left, 5) }, sorted(ids_of(walk)))
  end)

  it("raises the error of any other refusal, and may be asked again", function()
    serve(3)
    server:fault { path = "/v1/tasks/2/assign", action = "status", status = 403, body = '{"message":"no"}' }
    local walk, ids, failures = client:claim(nil, "ann"), {}, {}
    repeat
      local fine, task = pcall(walk)
      if fine and task then ids[#ids + 1] = task.id end
      if not fine then failures[#failures + 1] = task end
    until fine and not task
    assert.same({ "1", "3" }, sorted(ids))
    assert.equal(1, #failures)
    assert.equal("forbidden", failures[1].code)
    assert.equal("/v1/tasks/2/assign", failures[1].path)
    assert.is_nil(failures[1].outcome)
  end)

  it("raises for tasks that v1 cannot change", function()
    serve(1, { ["1"] = { implementation = "ZEEBE_USER_TASK" } })
    local fine, failure = pcall(client:claim(nil, "ann"))
    assert.is_false(fine)
    assert.equal("unsupported", failure.code)
  end)

  it("raises the error of a search", function()
    serve(1)
    server:fault { path = search_path, action = "status", status = 500, body = "" }
    local fine, failure = pcall(client:claim(nil, "ann"))
    assert.is_false(fine)
    assert.equal(500, failure.status)
  end)

  it("raises for a task without an id", function()
    server:fault { path = search_path, action = "body", body = '[{"name":"Pay"}]' }
    local fine, failure = pcall(client:claim(nil, "ann"))
    assert.is_false(fine)
    assert.equal("decode", failure.kind)
    find(tostring(failure), "id: a string, an integer or a task with its id expected, got nil")
  end)

  describe("whose answer is lost", function()
    local assign, read = "/v1/tasks/1/assign", "/v1/tasks/1"

    -- Claims from a list of one task; gives what came, and how often the claim was sent and the task read.
    local function claim(faults, options)
      serve(1, { ["1"] = { dueDate = "2024-03-08T12:00:00Z" } })
      server:fault(faults)
      local fine, result = pcall(client:claim(nil, "ann", options))
      return fine, result, #assigns(), #requests("GET", read .. "$")
    end

    local function raises(...)
      local fine, failure, sent, looked = claim(...)
      assert.is_false(fine)
      assert.equal("unknown", failure.outcome)
      assert.equal("/v1/tasks/1/assign", failure.path)
      return failure, sent, looked
    end

    local function stale(assignee)
      return { path = read, method = "GET", action = "body", body = json.encode { id = "1", taskState = "CREATED",
        assignee = assignee } }
    end

    for name, fault in pairs {
      ["the connection ended"] = { path = assign, action = "close", at = "executed" },
      ["the answer was cut"] = { path = assign, action = "cut" },
      ["a gateway gave up"] = { path = assign, action = "status", status = 504, executed = true },
      ["the answer was no JSON"] = { path = assign, action = "body", body = "<html>", executed = true },
    } do
      it("is given, when the task is the assignee's: " .. name, function()
        local fine, task, sent, looked = claim { fault }
        assert.is_true(fine, tostring(task))
        assert.equal("ann", task.assignee)
        assert.equal("2024-03-08T12:00:00.000+0000", task.dueDate)
        assert.same({ 1, 1 }, { sent, looked })
        assert.same({ ["1"] = "ann" }, claimed())
      end)
    end

    it("is made once more, when nobody has the task", function()
      local fine, task, sent, looked = claim { { path = assign, action = "status", status = 502 } }
      assert.is_true(fine, tostring(task))
      assert.equal("ann", task.assignee)
      assert.same({ 2, 1 }, { sent, looked })
      assert.same({ ["1"] = "ann" }, claimed())
    end)

    it("is given, when it took effect after the look", function()
      local fine, task, sent, looked = claim { { path = assign, action = "close", at = "executed" }, stale() }
      assert.is_true(fine, tostring(task))
      assert.equal("ann", task.assignee)
      assert.same({ 2, 2 }, { sent, looked }) -- the second claim was refused
      assert.same({ ["1"] = "ann" }, claimed())
    end)

    it("is passed over, when another has the task by now", function()
      local fine, task, sent, looked = claim { { path = assign, action = "status", status = 502 }, stale "bob" }
      assert.is_true(fine, tostring(task))
      assert.is_nil(task)
      assert.same({ 1, 1 }, { sent, looked })
    end)

    it("is passed over, when the task is over or gone by now", function()
      local gone = { path = read, method = "GET", action = "status", status = 404,
        body = '{"status":404,"message":"task with id 1 was not found"}' }
      local over = { path = read, method = "GET", action = "body",
        body = '{"id":"1","taskState":"COMPLETED","assignee":"ann"}' }
      for _, look in ipairs { gone, over } do
        local fine, task = claim { { path = assign, action = "status", status = 502 }, look }
        assert.is_true(fine, tostring(task))
        assert.is_nil(task)
      end
    end)

    it("raises, when it was lost twice and nobody has the task", function()
      local failure, sent, looked = raises { { path = assign, action = "status", status = 502, times = 2 } }
      assert.equal(502, failure.status)
      assert.same({ 2, 2 }, { sent, looked })
    end)

    it("raises, when the look fails", function()
      local _, sent, looked = raises { { path = assign, action = "status", status = 502 },
        { path = read, method = "GET", action = "status", status = 500 } }
      assert.same({ 1, 1 }, { sent, looked })
    end)

    it("raises, when the second is refused for another reason", function()
      local failure, sent = raises { { path = assign, action = "status", status = 502 },
        { path = assign, action = "status", status = 403 } }
      assert.equal(502, failure.status)
      assert.equal(2, sent)
    end)

    it("raises, when its time is over", function()
      local failure = raises({ { path = assign, action = "silent" } }, { timeout = 0.2 })
      assert.equal("timeout", failure.kind)
    end)
  end)

  describe("with held", function()
    it("gives first what the assignee has already", function()
      serve(6, { ["2"] = { assignee = "ann" }, ["3"] = { assignee = "bob" }, ["5"] = { assignee = "ann" },
        ["6"] = { assignee = "ann", taskState = "COMPLETED" } })
      local ids = ids_of(client:claim({ pageSize = 1 }, "ann", { held = true }))
      assert.same({ "2", "5" }, sorted { ids[1], ids[2] })
      assert.same({ "1", "4" }, sorted { ids[3], ids[4] })
      assert.equal(4, #ids)
      assert.same({ ["1"] = "ann", ["4"] = "ann" }, claimed())
      assert.equal(2, #assigns())
    end)

    it("counts these, too", function()
      serve(4, { ["2"] = { assignee = "ann" } })
      local ids = ids_of(client:claim(nil, "ann", { held = true, limit = 2 }))
      assert.equal("2", ids[1])
      assert.equal(2, #ids)
      assert.equal(1, #assigns())
    end)

    it("is not the usual way", function()
      serve(2, { ["2"] = { assignee = "ann" } })
      assert.same({ "1" }, ids_of(client:claim(nil, "ann")))
      assert.same({}, ids_of(client:claim(nil, "ann", { held = false })))
    end)
  end)

  describe("in each", function()
    -- The ids that each has given to its function, which may do something with the task.
    local function each(options, concurrency, work)
      local ids = {}
      local walk, _, _, closing = client:claim(nil, "ann", options)
      client:each(walk, function(task)
        assert.equal("ann", task.assignee)
        ids[#ids + 1] = task.id
        if work then work(task, closing) end
      end, { concurrency = concurrency })
      return ids
    end

    -- The search shows all tasks as nobody's, whatever they are.
    local function show_all(count)
      serve(count)
      local page = assert(client:search_tasks { pageSize = count })
      for _, task in ipairs(page) do task.sortValues = json.array(task.sortValues) end
      server:fault { path = search_path, action = "body", body = json.encode(json.array(page)), times = 100 }
    end

    it("gives each task once", function()
      serve(50)
      assert.same(numbers(1, 50), sorted(each(nil, 8)))
      assert.equal(50, #server:ledger "assign")
      assert.equal(50, #assigns())
    end)

    it("claims several at the same time", function()
      serve(6)
      server:fault { path = "/v1/tasks/", method = "PATCH", action = "delay", seconds = 0.3 }
      local ids = each(nil, 2)
      assert.equal(6, #ids)
      assert.equal(("/v1/tasks/%s/assign"):format(ids[6]), assigns()[1].path)
    end)

    it("gives what the limit says, whatever is refused meanwhile", function()
      for _, row in ipairs { { 2, 2 }, { 4, 4 }, { 6, 4 } } do
        show_all(8)
        for _, id in ipairs(numbers(1, 4)) do assert(client:assign_task(id, { assignee = "bob" })) end
        server:fault { path = "/v1/tasks/", method = "PATCH", action = "delay", seconds = 0.05, times = 8 }
        assert.equal(row[2], #each({ limit = row[1] }, 3))
        assert.equal(4 + row[2], #server:ledger "assign")
        server:clear()
      end
    end)

    it("begins with what the assignee has", function()
      serve(6, { ["2"] = { assignee = "ann" }, ["5"] = { assignee = "ann" } })
      local ids = each({ held = true }, 2)
      assert.same({ "2", "5" }, sorted { ids[1], ids[2] })
      assert.same(numbers(1, 6), sorted(ids))
    end)

    it("gives what was being claimed when it was closed, and claims no other", function()
      serve(20)
      local given = 0
      local ids = each(nil, 4, function(task, closing)
        given = given + 1
        if given == 3 then closing:close() end
        assert(client:complete_task(task.id))
      end)
      assert.is_true(#ids >= 3 and #ids <= 6, #ids)
      assert.equal(#ids, #server:ledger "assign")
      assert.equal(#ids, #server:ledger "complete")
    end)

    it("asks for nothing more when it was closed while it waited for a page", function()
      serve(4, { ["1"] = { assignee = "ann" }, ["2"] = { assignee = "ann" } })
      server:fault { { path = search_path, action = "delay", seconds = 0 },
        { path = search_path, action = "delay", seconds = 0.2 } }
      local walk, _, _, closing = client:claim({ pageSize = 1 }, "ann", { held = true })
      assert.equal(1, (client:each(walk, function(task)
        assert(client:get_task(task.id)) -- meanwhile another waits for the second page
        closing:close()
      end)))
      assert.equal(2, #searches())
      assert.equal(0, #assigns())
    end)

    it("raises that the client was closed, when it was", function()
      serve(2)
      server:fault { path = "/v1/tasks/", method = "PATCH", action = "delay", seconds = 5, executed = true }
      local closed = connect.of(server)
      local walk, failure = closed:claim(nil, "ann"), nil
      pcall(closed.each, closed, {
        function() failure = select(2, pcall(walk)) end,
        function()
          for _ = 1, 10 do assert(closed:get_task("1")) end -- the claim is on its way by then
          closed:close()
        end,
      }, function(run) run() end)
      assert.equal("closed", failure.kind)
      assert.equal("unknown", failure.outcome)
      assert.truthy(failure.path:find("/assign$"))
    end)

    it("gives what was being claimed when an error stopped the rest", function()
      serve(20)
      local ids = {}
      local _, failure = client:each(client:claim(nil, "ann"), function(task)
        ids[#ids + 1] = task.id
        return client:get_task("none")
      end, { concurrency = 4, stop = true })
      assert.equal("not_found", failure.code)
      assert.is_true(#ids < 20)
      assert.equal(#ids, #server:ledger "assign")
    end)

    it("raises what a claim raises", function()
      serve(3)
      server:fault { path = "/v1/tasks/2/assign", action = "status", status = 403, body = '{"message":"no"}' }
      local fine, failure = pcall(each, nil, 2)
      assert.is_false(fine)
      assert.equal("forbidden", failure.code)
    end)
  end)

  it("raises misuse at the caller's line", function()
    local sets = "claim takes what is open and has no assignee"
    for _, row in ipairs {
      { {}, "assignee: a user's name expected, got nil" },
      { { {}, "" }, "assignee: a user's name expected, got the string \"\"" },
      { { {}, 7 }, "assignee: a user's name expected, got the integer 7" },
      { { {}, { limit = 3 } }, "assignee: a user's name expected, got a table" },
      { { {}, "\255" }, "assignee: not UTF-8" },
      { { 7, "ann" }, "query: table expected, got the integer 7" },
      { { { page_size = 1 }, "ann" }, 'query: unknown field "page_size"; did you mean "pageSize"?' },
      { { { state = "FAILED" }, "ann" }, 'query.state: cannot be "FAILED" here: ' .. sets },
      { { { assigned = true }, "ann" }, "query.assigned: cannot be true here: " .. sets },
      { { { assignee = "bob" }, "ann" }, "query.assignee: cannot be set here: " .. sets },
      { { { assignees = {} }, "ann" }, "query.assignees: cannot be set here: " .. sets },
      { { { searchBefore = { "1" } }, "ann" }, "query.searchBefore: cannot be set here: " },
      { { {}, "ann", 7 }, "options: table expected, got a number" },
      { { {}, "ann", { limits = 1 } }, 'unknown option "limits"; did you mean "limit"?' },
      { { {}, "ann", { limit = -1 } }, 'option "limit" must be a whole number, got the integer -1' },
      { { {}, "ann", { held = 1 } }, 'option "held" must be a boolean, got the integer 1' },
    } do
      local fine, problem = pcall(function() client:claim(table.unpack(row[1], 1, 3)) end)
      assert.is_false(fine)
      find(problem, "spec/claim_verb_spec.lua:")
      find(problem, "claim: " .. row[2])
    end
    local fine, problem = pcall(function() client.claim({}, "ann") end)
    assert.is_false(fine)
    find(problem, "claim: call it with a colon: client:claim(…)")
    assert.same({}, server:log())
  end)

  it("raises misuse when the client was closed meanwhile", function()
    serve(3)
    local closed = connect.of(server)
    local walk = closed:claim(nil, "ann")
    assert.truthy(walk())
    closed:close()
    local fine, problem = pcall(function() walk() end)
    assert.is_false(fine)
    find(problem, "spec/claim_verb_spec.lua:")
    find(problem, "claim: attempt to use a closed client")
  end)
end)
