-- (a), (g) and (h) of the mapping: changes of tasks on servers with v2, alone and beside v1.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local json = require "tasklist.sandbox.json"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"

local KIND = "ZEEBE_USER_TASK"
local TASKS = {
  { id = "1", implementation = KIND }, { id = "2", implementation = KIND, assignee = "bob" },
  { id = "3", implementation = KIND, taskState = "COMPLETED" },
  { id = "4", implementation = KIND, taskState = "CANCELED" }, { id = "5", implementation = "JOB_WORKER" },
}
local V2 = "/v2/user-tasks/"

-- Starts a sandbox for one test, and a client of it that is told these addresses.
local function start(options, addresses, arguments)
  options.tasks = options.tasks or TASKS
  local server = sandbox.start(options)
  server.addresses = addresses or { "rest_url" }
  local client = (arguments and connect.to or connect.of)(server, arguments)
  finally(function()
    client:close()
    server:stop()
  end)
  return client, server
end

local function requests(server)
  local list = {}
  for _, one in ipairs(server:log()) do
    if not one.path:find("^/oauth/") then list[#list + 1] = ("%s %s"):format(one.method, one.path) end
  end
  return list
end

local writes = {
  assign = function(client, task) return client:assign_task(task, { assignee = "ann" }) end,
  claim = function(client, task)
    return client:assign_task(task, { assignee = "ann", allowOverrideAssignment = false })
  end,
  unassign = function(client, task) return client:unassign_task(task) end,
  complete = function(client, task) return client:complete_task(task, { a = 1 }) end,
}

describe("(a) a task in place of an id", function()
  local function task_of(kind)
    return { id = "1", implementation = kind, assignee = "bob", dueDate = "2024-03-08T12:00:00Z" }
  end

  for version, kind in pairs { ["8.6"] = "JOB_WORKER", ["8.8"] = KIND, ["8.10"] = KIND } do
    for name, write in pairs(writes) do
      if name ~= "claim" then
        it(("is given as the change leaves it, and stays as it was: %s on %s"):format(name, version), function()
          local client = start({ version = version, tasks = { task_of(kind) } }, { "base_url" })
          local task = assert(client:get_task "1")
          task.mine = "kept"
          local changed = assert(write(client, task))
          assert.same({ "1", "kept", task.dueDate, task.name }, { changed.id, changed.mine, changed.dueDate,
            changed.name })
          assert.equal(({ assign = "ann", complete = "bob" })[name], changed.assignee)
          assert.equal(name == "complete" and "COMPLETED" or "CREATED", changed.taskState)
          assert.same({ "bob", "CREATED" }, { task.assignee, task.taskState })
        end)
      end
    end
  end

  it("serves every verb that takes one", function()
    for _, version in ipairs { "8.6", "8.10" } do
      local server <close> = sandbox.start { version = version, tasks = { task_of(KIND) } }
      local client <close> = connect.of(server)
      local task = { id = 1, processDefinitionKey = "9" }
      assert.equal("1", assert(client:get_task(task)).id)
      assert.same({}, client:variables(task))
      assert.same({}, client:search_task_variables(task))
      assert.is_false(client:get_task_form(task))
      if version == "8.6" then assert.is_true(client:save_draft_variables(task, {})) end
    end
  end)

  it("runs none of its own code once the change is executed", function()
    local untold = { __pairs = function() error "from __pairs" end }
    for version, kind in pairs { ["8.6"] = "JOB_WORKER", ["8.10"] = KIND } do
      local server <close> = sandbox.start { version = version, tasks = { task_of(kind) } }
      local client <close> = connect.of(server)
      local task = setmetatable({ id = "1", mine = "kept" }, untold)
      assert.equal("kept", assert(client:unassign_task(task)).mine)
    end
  end)

  it("has to have an id, or that is misuse at the caller's line", function()
    local client, server = start({ version = "8.10" }, { "base_url" })
    for _, verb in ipairs { "get_task", "assign_task", "unassign_task", "complete_task", "save_draft_variables",
      "variables", "search_task_variables", "get_task_form" } do
      for _, wrong in ipairs { {}, { id = {} }, { id = 1.5 }, { name = "Pay" } } do
        local fine, problem = pcall(function() client[verb](client, wrong, verb:find "draft" and {} or nil) end)
        assert.is_false(fine)
        find(problem, "spec/api/changes_spec.lua:")
        find(problem, "a string, an integer or a task with its id expected")
      end
    end
    assert.same({}, requests(server))
  end)
end)

describe("(a) a user's own name", function()
  local USER = { auth = "basic", username = "demo", password = "demo" }
  -- How nobody is named, what is sent.
  local rows = { { nil, {} }, { {}, {} }, { { assignee = "" }, {} }, { { assignee = tasklist.null }, {} },
    { { allowOverrideAssignment = false }, { allowOverride = false } } }
  for place, row in ipairs(rows) do
    it(("is sent where nobody is named, and given (%d)"):format(place), function()
      local client, server = start({ version = "8.10", authentication = "basic" }, nil, USER)
      local task = assert(client:assign_task("1", row[1]))
      assert.equal("demo", task.assignee)
      row[2].assignee = "demo"
      assert.same(row[2], json.decode(server:log()[1].body))
    end)
  end

  it("is that of the login with cookies", function()
    local client, server = start({ version = "8.10", authentication = "cookie" }, nil,
      { auth = "cookie", username = "demo", password = "demo" })
    assert.equal("demo", assert(client:assign_task "1").assignee)
    assert.equal("demo", server:ledger()[1].assignee)
  end)

  it("goes after one that is given", function()
    local client, server = start({ version = "8.10", authentication = "basic" }, nil, USER)
    assert(client:assign_task("1", { assignee = "ann" }))
    assert.equal("ann", server:ledger()[1].assignee)
  end)

  it("is not known of a token, so the server refuses", function()
    local client = start { version = "8.10" }
    local task, failure = client:assign_task "1"
    assert.is_nil(task)
    assert.equal(400, failure.status)
    assert.is_nil(failure.outcome)
    find(failure.message, "No assignee provided")
  end)
end)

describe("(g) a refused change", function()
  it("of another's task is already_assigned; of one's own it is done once more (T1)", function()
    local client, server = start { version = "8.10" }
    local task, failure = writes.claim(client, "2")
    assert.is_nil(task)
    assert.same({ 409, "INVALID_STATE", "already_assigned" }, { failure.status, failure.title, failure.code })
    assert.is_nil(failure.outcome)
    assert(writes.claim(client, "1"))
    assert(writes.claim(client, "1"))
    assert.equal(2, #server:ledger "assign")
  end)

  for _, id in ipairs { "3", "4" } do
    for name, write in pairs(writes) do
      it(("is not_active where the task has ended, after one look (T2): %s %s"):format(name, id), function()
        local client, server = start { version = "8.10" }
        local task, failure = write(client, { id = id })
        assert.is_nil(task)
        assert.same({ 404, "NOT_FOUND", "not_active" }, { failure.status, failure.title, failure.code })
        assert.is_nil(failure.outcome)
        find(failure.body, "no such user task was found")
        find(failure.message, "the task has ended")
        local list = requests(server)
        assert.equal(2, #list)
        assert.equal("GET " .. V2 .. id, list[2])
        assert.same({}, server:ledger())
      end)
    end
  end

  it("is not_active where reads still see the task as it was (T10)", function()
    local client = start { version = "8.10", lag = 60 }
    assert(writes.complete(client, "1"))
    assert.equal("CREATED", assert(client:get_task "1").taskState)
    for _, write in pairs(writes) do
      assert.equal("not_active", select(2, write(client, "1")).code)
    end
  end)

  it("is not_found where the task never was", function()
    local client, server = start { version = "8.10" }
    for _, write in pairs(writes) do
      server:clear()
      local _, failure = write(client, "77")
      assert.same({ 404, "not_found" }, { failure.status, failure.code })
      assert.equal(2, #requests(server))
    end
  end)

  -- The look's own failure, and what it leaves.
  for _, fault in ipairs { { action = "status", status = 403 }, { action = "close" }, { action = "silent" } } do
    it("stays not_found where the look tells nothing: " .. fault.action, function()
      local client, server = start { version = "8.10" }
      fault.path, fault.method, fault.times = V2, "GET", 9
      server:fault(fault)
      local _, failure = client:complete_task("3", nil, { timeout = 0.5 })
      assert.same({ 404, "not_found", "POST" }, { failure.status, failure.code, failure.method })
    end)
  end

  it("is not looked at where it is open whether it was executed", function()
    local client, server = start { version = "8.10" }
    server:fault { path = V2, action = "status", status = 504, executed = true, body =
      '{"title":"DEADLINE_EXCEEDED","status":504,"detail":"Request timed out between gateway and broker"}' }
    local _, failure = writes.complete(client, "1")
    assert.same({ 504, "unknown" }, { failure.status, failure.outcome })
    find(failure.message, "task listener")
    assert.equal(1, #requests(server))
    assert.equal(1, #server:ledger())
  end)

  for name, write in pairs(writes) do
    it("is denied, with the reason, where a task listener said no: " .. name, function()
      local client, server = start { version = "8.10" }
      server:fault { path = V2, action = "denied", reason = "it is Friday" }
      local _, failure = write(client, "1")
      assert.same({ 409, "denied", "http" }, { failure.status, failure.code, failure.kind })
      assert.is_nil(failure.outcome)
      find(failure.message, "it is Friday")
      assert.same({}, server:ledger())
    end)
  end

  it("is forbidden without the permission", function()
    local client = start { version = "8.10", client_role = "READER" }
    for _, write in pairs(writes) do
      assert.same({ 403, "forbidden" }, { select(2, write(client, "1")).status, select(2, write(client, "1")).code })
    end
  end)
end)

describe("(g) complete_task with verify", function()
  it("goes on where v2's index does not know the task yet (T10)", function()
    local client, server = start { version = "8.10", tasks = { TASKS[1] } }
    server:fault { path = V2 .. "1/completion", action = "close", at = "executed" }
    server:fault { path = V2 .. "1", method = "GET", action = "status", status = 404, times = 2,
      body = '{"type":"about:blank","title":"NOT_FOUND","status":404,"detail":"User Task with key \'1\' not found"}' }
    assert.equal("completed", assert(client:complete_task("1", nil, { verify = true })).outcome)
  end)

  it("waits for reads that lag behind (T10)", function()
    local client, server = start { version = "8.10", lag = 0.4 }
    server:fault { path = V2, method = "POST", action = "close", at = "executed" }
    local task = assert(client:complete_task("1", nil, { verify = true }))
    assert.same({ "COMPLETED", "completed" }, { task.taskState, task.outcome })
    local list = requests(server)
    assert.is_true(#list > 2) -- the first look was too early
    assert.equal(1, #server:ledger())
  end)

  it("asks nothing after a clear answer, whatever reads see", function()
    local client, server = start { version = "8.10", lag = 60 }
    assert.equal("COMPLETED", assert(client:complete_task("1", nil, { verify = true })).taskState)
    assert.equal(1, #requests(server))
  end)

  it("keeps the error where reads do not tell in time", function()
    local client, server = start { version = "8.10", lag = 60 }
    server:fault { path = V2, method = "POST", action = "close", at = "executed" }
    local task, failure = client:complete_task("1", nil, { verify = true, timeout = 0.5 })
    assert.is_nil(task)
    assert.same({ "unknown", "POST" }, { failure.outcome, failure.method })
    assert.equal(1, #server:ledger())
  end)
end)

describe("(g) claim", function()
  it("passes over what has ended, is another's or is gone by now", function()
    local client, server = start { version = "8.10", lag = 60, tasks = {
      { id = "1", implementation = KIND }, { id = "2", implementation = KIND }, { id = "3", implementation = KIND } } }
    assert(client:complete_task "1")
    assert(client:assign_task("2", { assignee = "bob" }))
    local ids = {}
    for task in client:claim(nil, "ann") do ids[#ids + 1] = task.id end
    assert.same({ "3" }, ids)
    assert.equal(3, #server:ledger())
  end)

  local lost = { path = V2, method = "POST", action = "close", at = "executed" }
  local function is_assignment(one) return one:find("/assignment", 1, true) end

  it("claims once more what reads still show as nobody's after a lost answer (T10)", function()
    local client, server = start { version = "8.10", lag = 60, tasks = { TASKS[1] } }
    lost.path = V2 .. "1/assignment"
    server:fault(lost)
    local task = assert(client:claim(nil, "ann")())
    assert.same({ "1", "ann" }, { task.id, task.assignee })
    assert.equal(2, #server:ledger "assign") -- the second one changes nothing (T1)
  end)

  it("passes over what is another's after a lost answer, whatever reads show", function()
    local client, server = start { version = "8.10", tasks = { TASKS[1] } }
    local path = V2 .. "1/assignment"
    server:fault { { path = path, action = "close", at = "before" }, { path = path, action = "status", status = 409,
      body = '{"title":"INVALID_STATE","status":409,"detail":"… but it has already been assigned"}' } }
    assert.is_nil((client:claim(nil, "ann")()))
    assert.equal("GET " .. V2 .. "1", requests(server)[3])
    assert.equal(4, #requests(server)) -- the search, and no look after the second claim
  end)

  it("does not take a task that is being claimed for over after a lost answer", function()
    local client, server = start { version = "8.10", tasks = { TASKS[1] } }
    lost.path = V2 .. "1/assignment"
    server:fault(lost)
    server:fault { path = V2 .. "1", method = "GET", action = "body", body = '{"userTaskKey":"1","state":"ASSIGNING"}' }
    assert.equal("ann", assert(client:claim(nil, "ann")()).assignee)
    local count = 0
    for _, one in ipairs(requests(server)) do count = count + (is_assignment(one) and 1 or 0) end
    assert.equal(2, count)
  end)
end)

describe("(h) what v1 refuses", function()
  local both = { "base_url", "rest_url" }
  local version_paths = { ["8.5"] = "/v1/user-tasks/", ["8.6"] = V2, ["8.7"] = V2 }
  local asked = { assign = "POST /zeebe%s1/assignment", claim = "POST /zeebe%s1/assignment",
    unassign = "DELETE /zeebe%s1/assignee", complete = "POST /zeebe%s1/completion" }

  for version, path in pairs(version_paths) do
    for name, write in pairs(writes) do
      it(("goes to v2, and is executed once: %s on %s"):format(name, version), function()
        local client, server = start({ version = version }, both)
        assert(client:get_task "5")
        server:clear()
        local task = assert(write(client, { id = "1", name = "Pay" }))
        assert.same({ "1", "Pay" }, { task.id, task.name })
        local list = requests(server)
        assert.equal(2, #list)
        find(list[1], "PATCH /v1/tasks/1/")
        assert.equal(asked[name]:format(path), list[2])
        assert.equal(1, #server:ledger())
      end)
    end

    it("is told apart by v1, which alone can read: " .. version, function()
      local client, server = start({ version = version }, both)
      assert.equal("not_active", select(2, writes.complete(client, "3")).code)
      assert.equal("already_assigned", select(2, writes.claim(client, "2")).code)
      assert.equal("GET /v1/tasks/3", requests(server)[#requests(server) - 2])
    end)
  end

  for version, path in pairs(version_paths) do
    it("and what only v2 does goes there as well: " .. version, function()
      local client, server = start({ version = version }, both)
      assert(client:get_task "5")
      server:clear()
      assert.equal(80, assert(client:update_task("1", { priority = 80 }, { action = "raise" })).priority)
      assert.equal("ann", assert(client:assign_task("1", { assignee = "ann" }, { action = "take" })).assignee)
      assert.same({ "PATCH /zeebe" .. path .. "1", asked.assign:format(path) }, requests(server))
      assert.equal(2, #server:ledger())
    end)
  end

  it("stays unsupported for a task of job workers, which v2 does not know", function()
    local client, server = start({ version = "8.6" }, both)
    local _, failure = client:update_task("5", { priority = 80 })
    assert.same({ 404, "unsupported" }, { failure.status, failure.code })
    find(failure.message, "job workers")
    assert.equal("GET /v1/tasks/5", requests(server)[#requests(server)])
    assert.same({}, server:ledger())
  end)

  it("is unsupported on 8.8 in V1 mode, too, once the client uses v2: the caller's task says whose it is", function()
    local client, server = start({ version = "8.8", v1 = true }, { "base_url" })
    local task = assert(client:get_task "5")
    local _, failure = client:update_task(task, { priority = 80 })
    assert.same({ 404, "unsupported" }, { failure.status, failure.code })
    find(failure.message, "job workers")
    assert.same({}, server:ledger())
  end)

  it("costs nothing where it is not refused", function()
    local client, server = start({ version = "8.6" }, both)
    assert(writes.claim(client, "5"))
    assert(writes.complete(client, "5"))
    for _, one in ipairs(requests(server)) do
      assert.is_truthy(one:find("topology", 1, true) or one:find("/v1/tasks/5/", 1, true), one)
    end
  end)

  for _, row in ipairs { { "without an address of v2", { "base_url" } }, { 'with api = "v1"', both, "v1" } } do
    it("stays refused " .. row[1], function()
      local server = sandbox.start { version = "8.6", tasks = TASKS }
      server.addresses = row[2]
      local client <close> = connect.of(server, { api = row[3] })
      finally(function() server:stop() end)
      local _, failure = writes.complete(client, "1")
      assert.same({ 400, "unsupported" }, { failure.status, failure.code })
      find(failure.message, "rest_url (CAMUNDA_REST_ADDRESS)")
      assert.same({ "PATCH /v1/tasks/1/complete" }, requests(server))
      assert.same({}, server:ledger())
    end)
  end

  it("stays refused where v2 does not tell its version, and says why", function()
    local client, server = start({ version = "8.6" }, both)
    server:fault { path = "/v2/topology", action = "status", status = 403, times = 2 }
    local _, failure = writes.complete(client, "1")
    assert.same({ 400, "unsupported" }, { failure.status, failure.code })
    find(failure.message, "answered 403")
    assert.same({}, server:ledger())
    assert(writes.complete(client, "1"))
    assert.equal(1, #server:ledger())
  end)

  it("goes to v2 where that did not tell its version at first: 8.5, where that has a path of its own", function()
    local client, server = start({ version = "8.5" }, both)
    server:fault { path = "/v2/topology", action = "status", status = 403 }
    assert(client:get_task "5")
    assert(writes.complete(client, "1"))
    assert.equal(1, #server:ledger())
  end)

  it("stays refused where v2 was looked for in vain, which is said once", function()
    local client, server = start({ version = "8.6" }, both)
    server:fault { path = "/v2/topology", action = "status", status = 403, times = 9 }
    assert(client:get_task "5")
    local count = #requests(server)
    local _, failure = client:update_task("1", { priority = 80 })
    assert.equal("unsupported", failure.code)
    assert.equal(1, select(2, failure.message:gsub("answered 403", "")))
    assert.equal(count + 1, #requests(server))
  end)

  for _, executed in ipairs { true, false } do
    it(("is unknown where v2's answer is lost (%s)"):format(executed and "executed" or "not executed"), function()
      local client, server = start({ version = "8.6" }, both)
      assert(client:get_task "5")
      server:clear()
      server:fault { path = V2, action = "close", at = executed and "executed" or "before", times = 9 }
      local _, failure = writes.complete(client, "1")
      assert.same({ "unknown", 1 }, { failure.outcome, failure.attempts })
      assert.equal(executed and 1 or 0, #server:ledger())
      assert.equal(2, #requests(server))
    end)
  end

  it("is verified by v1", function()
    local client, server = start({ version = "8.6" }, both)
    server:fault { path = V2, method = "POST", action = "close", at = "executed" }
    assert.equal("completed", assert(client:complete_task("1", nil, { verify = true })).outcome)
    assert.equal(1, #server:ledger())
  end)
end)
