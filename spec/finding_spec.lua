--- (h) of the mapping: which API a client finds, and what it asks for that. Its settings are in spec/settings/, what
-- goes to which of two addresses is in spec/sites_spec.lua.
local connect = require "spec.support.client"
local core = require "tasklist.core"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"

local KIND = "ZEEBE_USER_TASK" -- which the newer API has alone
local TASKS = { { name = "one", implementation = KIND }, { name = "two", implementation = KIND } }

local TOPOLOGY = "/v2/topology"

-- The requests of a log, without those for tokens.
local function requests(server)
  local list = {}
  for _, one in ipairs(server:log()) do
    if not one.path:find("oauth", 1, true) then
      list[#list + 1] = one.method .. " " .. one.path
    end
  end
  return list
end

local function count(list, path)
  local found = 0
  for _, one in ipairs(list) do
    found = found + (one:find(path, 1, true) and 1 or 0)
  end
  return found
end

describe("which API a client finds", function()
  local old, new -- 8.6, with the newer API at an address of its own; and 8.10
  local open -- 8.10 that asks nobody to sign in

  setup(function()
    old = sandbox.start { version = "8.6", tasks = TASKS }
    new = sandbox.start { version = "8.10", tasks = TASKS }
    open = sandbox.start { version = "8.10", tasks = TASKS, authentication = "none" }
  end)

  teardown(function()
    old:stop()
    new:stop()
    open:stop()
  end)

  before_each(function()
    old:clear()
    new:clear()
  end)

  local function client_of(server, options)
    local arguments = { authorization_server_url = server.token_url, client_id = server.client_id,
      client_secret = server.client_secret, timeout = 10, env = false }
    for name, value in pairs(options) do
      arguments[name] = value
    end
    return assert(tasklist.new(arguments))
  end

  describe("with base_url alone", function()
    it("is v1, without a question", function()
      local client <close> = client_of(old, { base_url = old.base_url })
      assert.equal(2, #assert(client:search_tasks()))
      assert.equal("not_found", select(2, client:get_task "77").code)
      assert.same({ "POST /v1/tasks/search", "GET /v1/tasks/77" }, requests(old))
    end)

    it("is v2 where v1 is gone, from the first 404 on, and that call is made again", function()
      local client <close> = client_of(new, { base_url = new.base_url })
      assert.equal(2, #assert(client:search_tasks()))
      assert.equal(2, #assert(client:search_tasks()))
      assert.same({ "POST /v1/tasks/search", "GET " .. TOPOLOGY, "POST /v2/user-tasks/search",
        "POST /v2/user-tasks/search" }, requests(new))
    end)

    for _, verb in ipairs { "tasks", "watch" } do
      it("is found by " .. verb .. " as well", function()
        local client <close> = client_of(new, { base_url = new.base_url })
        local names = {}
        for task in client[verb](client) do
          names[#names + 1] = task.name
          if #names == 2 then break end
        end
        table.sort(names)
        assert.same({ "one", "two" }, names)
        assert.equal(1, count(requests(new), TOPOLOGY))
      end)
    end

    it("stays v1 where nothing else is there, and asks that once", function()
      local client <close> = client_of(old, { base_url = old.base_url .. "/nowhere" })
      for _ = 1, 2 do
        local _, failure = client:search_tasks()
        assert.equal(404, failure.status)
        find(tostring(failure), "base_url (CAMUNDA_TASKLIST_BASE_URL)")
        find(tostring(failure), "rest_url (CAMUNDA_REST_ADDRESS)")
      end
      assert.equal(1, count(requests(old), TOPOLOGY))
    end)

    -- What a proxy answers is no evidence.
    for _, status in ipairs { 302, 502 } do
      it("asks again after a " .. status, function()
        local client <close> = client_of(new, { base_url = new.base_url, retries = 0 })
        new:fault { path = TOPOLOGY, action = "status", status = status }
        local _, failure = client:search_tasks()
        assert.equal(404, failure.status)
        find(failure.message, "answered " .. status)
        assert.equal(2, #assert(client:search_tasks()))
      end)
    end

    -- The newer API is found while the others' requests to v1 are still on their way.
    it("is v2 also for calls whose 404 comes when that is known already", function()
      local client <close> = client_of(new, { base_url = new.base_url })
      new:fault { path = "/v1/tasks/search", action = "delay", seconds = 0.2 }
      local counts, failures = client:map({ 1, 2, 3, 4 }, function()
        local tasks, failure = client:search_tasks()
        return tasks and #tasks, failure
      end)
      assert.same({}, failures)
      assert.same({ 2, 2, 2, 2, n = 4 }, counts)
      assert.equal(1, count(requests(new), TOPOLOGY))
    end)

    it("is v2 also for a walk whose 404 comes when that is known already", function()
      local client <close> = client_of(new, { base_url = new.base_url })
      new:fault { path = "/v1/tasks/search", action = "delay", seconds = 0.2 }
      local found, failures = client:map({ 1, 2 }, function()
        local ids = {}
        for task in client:tasks() do ids[#ids + 1] = task.id end
        return #ids
      end)
      assert.same({}, failures)
      assert.same({ 2, 2, n = 2 }, found)
    end)

    for name, call in pairs { search_tasks = function(client) return client:search_tasks() end,
        tasks = function(client) return client:tasks()() end } do
      it("fails with the call where the client is closed as v1's 404 has come: " .. name, function()
        local client
        client = client_of(new, { base_url = new.base_url, trace = function(event)
          if event.status == 404 then client:close() end
        end })
        local _, failures = client:map({ 1 }, function()
          local fine, found, failure = pcall(call, client)
          return nil, fine and failure or found
        end)
        assert.equal("closed", failures[1].kind, tostring(failures[1]))
        assert.equal(0, count(requests(new), TOPOLOGY))
      end)
    end

    it("fails with the call that is closed or has no time left while this is asked", function()
      local client <close> = client_of(new, { base_url = new.base_url })
      new:fault { path = TOPOLOGY, action = "silent", times = 2 }
      assert.equal("timeout", select(2, client:search_tasks(nil, { timeout = 0.3 })).kind)
      local _, failures = client:map({ "search", "walk", "close" }, function(what)
        if what == "close" then
          repeat client:request("GET", "/") until count(requests(new), TOPOLOGY) == 2
          client:close()
        elseif what == "search" then
          return client:search_tasks()
        else
          local fine, failure = pcall(client:tasks())
          assert.is_false(fine)
          return nil, failure
        end
      end)
      assert.same({ "closed", "closed" }, { failures[1].kind, failures[2].kind })
    end)

    it("makes a write again, which a 404 has not executed", function()
      local client <close> = client_of(new, { base_url = new.base_url })
      local task = assert(client_of(new, { rest_url = new.rest_url }):search_tasks { assigned = false })[1]
      assert(client:assign_task(task.id, { assignee = "robot" }))
      assert.equal(1, #new:ledger())
    end)
  end)

  -- 8.8 in V1 mode serves both APIs: what only the newer one can do goes there, all else to v1, which shows all tasks.
  for name, walk in pairs {
    tasks = function(client) return client:tasks { pageSize = 10 } end,
    claim = function(client) return client:claim({ pageSize = 10 }, "ann") end,
    watch = function(client) return client:watch({ pageSize = 10 }, { interval = 0.02 }) end,
  } do
    it(("stays v1 where a call that it cannot do goes to v2: %s"):format(name), function()
      local tasks = {}
      for i = 1, 25 do tasks[i] = { implementation = KIND } end
      local server <close> = sandbox.start { version = "8.8", v1 = true, tasks = tasks }
      local client <close> = client_of(server, { base_url = server.base_url })
      local seen, given = {}, 0
      for task in walk(client) do
        assert.is_nil(seen[task.id])
        seen[task.id], given = true, given + 1
        assert(client:update_task(task, { priority = 3 }))
        if name == "watch" and given == #tasks then break end
      end
      assert.equal(#tasks, given)
      assert.equal(#tasks, #server:ledger "update")
      assert(client:search_tasks())
      assert.equal(0, count(requests(server), "POST /v2/user-tasks/search"))
      assert.equal(1, count(requests(server), TOPOLOGY))
      assert.equal("v1", assert(client:server()).api)
    end)
  end

  it("leaves a walk with the API by which it was begun", function()
    local tasks = {}
    for i = 1, 25 do tasks[i] = { implementation = KIND } end
    local server <close> = sandbox.start { version = "8.8", v1 = true, tasks = tasks }
    local client <close> = client_of(server, { base_url = server.base_url })
    local given = 0
    for task in client:tasks { pageSize = 10 } do
      if given == 0 then
        server:fault { path = "/v1/tasks/" .. task.id, action = "status", status = 404, body = "" }
        assert(client:get_task(task.id))
        assert.equal("v2", assert(client:server()).api)
      end
      given = given + 1
    end
    assert.equal(#tasks, given)
  end)

  describe("with base_url alone and a password", function()
    -- The server's options, what is asked of it, and the API.
    local rows = {
      { "cookie", { version = "8.6" }, { "POST /api/login", "POST /v1/tasks/search" }, "v1" },
      { "cookie", { version = "8.8", v1 = true }, { "POST /api/login", "POST /login", "GET " .. TOPOLOGY,
        "POST /v2/user-tasks/search" }, "v2" },
      { "cookie", { version = "8.10" }, { "POST /api/login", "POST /login", "GET " .. TOPOLOGY,
        "POST /v2/user-tasks/search" }, "v2" },
      { "basic", { version = "8.8", v1 = true }, { "POST /v1/tasks/search" }, "v1" },
      { "basic", { version = "8.10" }, { "POST /v1/tasks/search", "GET " .. TOPOLOGY, "POST /v2/user-tasks/search" },
        "v2" },
    }
    for _, row in ipairs(rows) do
      local auth, options = row[1], row[2]
      it(("is %s on %s with %s, and other requests go there"):format(row[4], options.version, auth), function()
        local server <close> = sandbox.start { version = options.version, v1 = options.v1, tasks = TASKS,
          authentication = auth }
        local client <close> = connect.to(server, { auth = auth, username = "demo", password = "demo" })
        assert.equal(2, #assert(client:search_tasks()))
        assert.same(row[3], requests(server))
        assert.equal(row[4], assert(client:server()).api)
        assert.equal(options.version == "8.6" and 404 or 200, (client:request("GET", TOPOLOGY)))
      end)
    end
  end)

  it("is v2 with rest_url alone, without a question", function()
    local client <close> = client_of(new, { rest_url = new.rest_url })
    assert.equal(2, #assert(client:search_tasks()))
    assert.same({ "POST /v2/user-tasks/search" }, requests(new))
  end)

  it("is what the settings say", function()
    local first <close> = client_of(new, { base_url = new.base_url, api = "v2" })
    assert(first:search_tasks())
    local second <close> = client_of(new, { base_url = new.base_url, rest_url = new.rest_url, api = "v1" })
    assert.equal(404, select(2, second:search_tasks()).status)
    assert.same({ "POST /v2/user-tasks/search", "POST /v1/tasks/search" }, requests(new))
  end)

  describe("with both addresses", function()
    local function both(server, options)
      local arguments = { base_url = server.base_url, rest_url = server.rest_url }
      for name, value in pairs(options or {}) do
        arguments[name] = value
      end
      return client_of(server, arguments)
    end

    it("is asked for once", function()
      for server, path in pairs { [old] = "POST /v1/tasks/search", [new] = "POST /v2/user-tasks/search" } do
        local client <close> = both(server)
        assert(client:search_tasks())
        assert(client:search_tasks())
        local list = requests(server)
        find(table.remove(list, 1), TOPOLOGY)
        assert.same({ path, path }, list)
      end
    end)

    it("is asked for once by all that wait", function()
      local client <close> = both(new)
      new:fault { path = TOPOLOGY, action = "delay", seconds = 0.1 }
      client:each({ 1, 2, 3, 4, 5, 6, 7, 8 }, function() assert(client:search_tasks()) end)
      assert.equal(1, count(requests(new), TOPOLOGY))
    end)

    -- The version that the topology tells, the API that is taken.
    for text, api in pairs { ["8.10.0-alpha2"] = "v2", ["8.9.28"] = "v2", ["8.8.3-SNAPSHOT"] = "v2", ["9.0.0"] = "v2",
      ["8.7.5"] = "v1", ["8.5"] = "v1" } do
      it(("is %s where the version is %s"):format(api, text), function()
        local client <close> = both(new)
        new:fault { path = TOPOLOGY, action = "status", status = 200, body = ('{"gatewayVersion":"%s"}'):format(text) }
        client:search_tasks()
        assert.equal(api == "v2" and "POST /v2/user-tasks/search" or "POST /v1/tasks/search", requests(new)[2])
      end)
    end

    for _, status in ipairs { 401, 403, 404, 500 } do
      it(("is v1 where the question meets a %d, which is told when v1 fails as well"):format(status), function()
        local client <close> = both(old, { base_url = old.base_url .. "/nowhere", retries = 0 })
        old:fault { path = TOPOLOGY, action = "status", status = status, times = 4 }
        local _, failure = client:search_tasks()
        assert.equal(404, failure.status)
        find(failure.message, ("answered %d"):format(status))
      end)
    end

    it("says with each 404 of a place without v1 that rest_url was asked in vain", function()
      local client <close> = both(new, { rest_url = new.base_url .. "/nowhere" })
      for _ = 1, 2 do
        find(tostring(select(2, client:search_tasks())), "check rest_url (CAMUNDA_REST_ADDRESS)")
      end
    end)

    it("is not spoken of where v1 has answered", function()
      local client <close> = both(old, { rest_url = old.base_url .. "/nowhere" })
      local _, failure = client:get_task "77"
      assert.equal("not_found", failure.code)
      assert.is_nil(failure.message:find("newer API", 1, true))
    end)

    it("fails with the call whose time is over, and the next call asks anew", function()
      local client <close> = both(new)
      new:fault { path = TOPOLOGY, action = "silent" }
      local _, failure = client:search_tasks(nil, { timeout = 0.2 })
      assert.equal("timeout", failure.kind)
      assert(client:search_tasks())
    end)

    it("is looked for in the time of the call", function()
      local given, sent = 60, nil
      local server = require("tasklist.api.server").new { values = { api = "auto", base_url = "b", rest_url = "r",
        timeout = given }, closing = function() end, call = function(_, made)
          if made.path == TOPOLOGY then
            local begun = core.now()
            repeat until core.now() > begun
            return { gatewayVersion = "8.6.0" }
          end
          sent = made.timeout
          return {}
        end }
      assert(server:call("get_task", { method = "GET", path = "/v1/tasks/1" }, "1"))
      assert.is_true(sent < given)
    end)

    it("is asked for anew when whoever asked has gone", function()
      local client <close> = both(new)
      new:fault { path = TOPOLOGY, action = "delay", seconds = 0.2 }
      local fine, problem = pcall(client.each, client, { "ends", "waits" }, function(what)
        if what == "ends" then
          local _, failure = client:search_tasks(nil, { timeout = 0.05 })
          error(failure) -- which ends the other coroutine as well
        end
        assert(client:search_tasks())
      end)
      assert.is_false(fine)
      assert.equal("timeout", problem.kind, tostring(problem))
      assert(client:search_tasks())
    end)

    it("is asked for anew when an error has ended the coroutine that asked", function()
      local raised
      local client <close> = both(new, { timeout = 3, trace = function(event)
        if event.url:find(TOPOLOGY, 1, true) and not raised then
          raised = true
          error "from trace"
        end
      end })
      local fine, problem = coroutine.resume(coroutine.create(function() client:search_tasks() end))
      assert.is_false(fine)
      find(problem, "from trace")
      assert.equal(2, #assert(client:search_tasks()))
    end)

    -- At each place where memory is asked for: while the API is looked for, and while the page's variables are read.
    it("leaves a client that works where there is no memory at times", function()
      local output = connect.run_in_host([[
        local starve, tasklist = require "host".starve, require "tasklist"
        local query = { includeVariables = { { name = "amount" } } }
        local function check(client)
          assert(#assert(client:search_tasks(query)) == 2)
          collectgarbage() -- what could not be closed without memory
          collectgarbage()
          assert(client.connection.engine:in_flight() == 0)
        end
        local function new() return assert(tasklist.new { timeout = 5, auth = "none" }) end
        check(new()) -- all files are loaded
        local left, fine = 0, nil
        repeat
          left = left + 1
          local client <close> = new()
          local ok, tasks = starve(left, client.search_tasks, client, query)
          fine = ok and tasks[2].variables
          coroutine.wrap(check)(client) -- which another coroutine's look would keep waiting
        until fine
        print "fine"
      ]], ("CAMUNDA_TASKLIST_BASE_URL='%s' CAMUNDA_REST_ADDRESS='%s'"):format(open.base_url, open.rest_url))
      assert.equal("fine\n", output)
    end)

    it("does not keep a trace function waiting that calls the client meanwhile", function()
      local client, called, inner
      client = both(new, { trace = function(event)
        if event.url:find(TOPOLOGY, 1, true) and not called then
          called = true
          inner = { client:search_tasks(nil, { timeout = 5 }) }
        end
      end })
      assert(client:search_tasks())
      assert.equal(2, #inner[1])
      client:close()
    end)
  end)

  it("turns to the other host of a SaaS cluster where the newer one has nothing", function()
    local client <close> = client_of(new, { base_url = new.base_url, rest_url = new.base_url .. "/nowhere" })
    client.values.rest_fallback = new.rest_url -- as `settings.addresses` has it for a cluster on SaaS
    assert.equal(2, #assert(client:search_tasks()))
    assert.equal(new.rest_url, client:settings().rest_url.value)
  end)

  describe("what the client does besides its verbs", function()
    it("signs in for client:request as v2 wants it, once v2 is found at base_url", function()
      local cookies = sandbox.start { version = "8.10", authentication = "cookie" }
      finally(function() cookies:stop() end)
      local client <close> = assert(tasklist.new { auth = "cookie", username = "demo", password = "demo", env = false,
        base_url = cookies.base_url })
      assert(client:search_tasks())
      assert.equal(200, (client:request("GET", TOPOLOGY)))
      assert.equal(1, count(requests(cookies), "/api/login"))
    end)

    it("names the address that was found", function()
      for server, address in pairs { [old] = "base_url", [new] = "rest_url" } do
        local client <close> = client_of(server, { base_url = server.base_url .. (server == new and "/old" or ""),
          rest_url = server.rest_url })
        assert(client:search_tasks())
        assert.equal("tasklist.client (" .. server[address] .. ")", tostring(client))
      end
    end)
  end)

  describe("client:server()", function()
    -- What the client is given, of which server, what it tells.
    local rows = {
      { "v1 alone", "old", { "base_url" }, { api = "v1", address = "base_url" } },
      { "v1 with both", "old", { "base_url", "rest_url" }, { api = "v1", version = "8.6.0", address = "base_url" } },
      { "v2 by base_url alone", "new", { "base_url" }, { api = "v2", version = "8.10.0", address = "base_url" } },
      { "v2 by rest_url alone", "new", { "rest_url" }, { api = "v2", version = "8.10.0", address = "rest_url" } },
    }
    for _, row in ipairs(rows) do
      it("tells " .. row[1], function()
        local server = row[2] == "old" and old or new
        local options = {}
        for _, name in ipairs(row[3]) do options[name] = server[name] end
        local client <close> = client_of(server, options)
        local told = assert(client:server())
        assert.same({ api = row[4].api, version = row[4].version, address = server[row[4].address] }, told)
        assert.same(told, client:server())
      end)
    end

    it("does not take an answer to a request for one of v1", function()
      local client <close> = client_of(new, { base_url = new.base_url })
      assert.equal(200, (client:request("GET", TOPOLOGY)))
      assert.equal("v2", assert(client:server()).api)
    end)

    it("gives a failure where nobody answers", function()
      local client <close> = assert(tasklist.new { rest_url = "http://127.0.0.1:1", auth = "none", env = false,
        retries = 0 })
      local told, failure = client:server()
      assert.is_nil(told)
      assert.equal("network", failure.kind)
    end)

    it("gives a failure where v1 was taken for granted and is not there", function()
      for _, options in ipairs { {}, { api = "v1" }, { rest_url = old.base_url .. "/nowhere" } } do
        options.base_url = old.base_url .. "/nowhere"
        local client <close> = client_of(old, options)
        for _ = 1, 2 do
          local told, failure = client:server()
          assert.is_nil(told)
          assert.equal(404, failure.status)
        end
      end
    end)

    it("raises misuse", function()
      local client = client_of(new, { rest_url = new.rest_url })
      client:close()
      find(select(2, pcall(client.server, client)), "closed")
      find(select(2, pcall(client.server)), "call it with a colon: client:server")
    end)
  end)

  it("loads nothing of the newer API for v1", function()
    local output, fine = connect.run_script([[
      local client = assert(require "tasklist".new { env = true })
      assert(client:search_tasks())
      for _, name in ipairs { "v2", "exchange", "finding", "search" } do
        assert(not package.loaded["tasklist.api." .. name], name)
      end
    ]], connect.environment(old))
    assert.is_true(fine, output)
  end)
end)
