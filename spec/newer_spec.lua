-- (j) of the mapping: what the newer API adds, and what becomes of that on a server with v1.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local json = require "tasklist.sandbox.json"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"

-- A sandbox of a version with one task, and a client of it.
local function open(version, options)
  local server = sandbox.start { version = version, tasks = { { id = "1", implementation = "ZEEBE_USER_TASK",
    processInstanceKey = "70", candidateUsers = { "omar" }, dueDate = "2024-03-08T12:00:00Z",
    variables = { { name = "a", value = "1" } } } } }
  local client = connect.of(server, options)
  return server, client
end

-- The body of the last request.
local function last_body(server)
  local log = server:log()
  return json.decode(log[#log].body)
end

describe("what the newer API adds (j)", function()
  local server, client

  before_each(function() server, client = open "8.9" end)
  after_each(function()
    client:close()
    server:stop()
  end)

  describe("(j1) update_task", function()
    -- What is asked for, what goes out, and what is known of the task then.
    local rows = {
      { { dueDate = 1709895600 }, '{"dueDate":"2024-03-08T11:00:00.000Z"}', "dueDate", "2024-03-08T11:00:00.000Z" },
      { { dueDate = "2024-03-08T12:00:00.000+0000" }, '{"dueDate":"2024-03-08T12:00:00.000+00:00"}', "dueDate",
        "2024-03-08T12:00:00.000+00:00" },
      { { followUpDate = "2024-03-08T12:00:00Z" }, '{"followUpDate":"2024-03-08T12:00:00Z"}', "followUpDate",
        "2024-03-08T12:00:00Z" },
      { { dueDate = tasklist.null }, '{"dueDate":""}', "dueDate", nil },
      { { candidateUsers = tasklist.null }, '{"candidateUsers":[]}', "candidateUsers", nil },
      { { candidateGroups = {} }, '{"candidateGroups":[]}', "candidateGroups", nil },
      { { candidateGroups = { "a", 5 } }, '{"candidateGroups":["a","5"]}', "candidateGroups", { "a", "5" } },
      { { priority = 7.0 }, '{"priority":7}', "priority", 7 },
      { { priority = tasklist.null }, '{"priority":50}', "priority", 50 },
    }
    for _, row in ipairs(rows) do
      it("changes " .. row[2], function()
        local task = assert(client:get_task "1")
        local changed = assert(client:update_task(task, row[1]))
        assert.same(json.decode(row[2]), last_body(server).changeset)
        assert.same(row[4], changed[row[3]])
        assert.equal(task.name, changed.name)
        assert.equal(1, #server:ledger "update")
        local read = assert(client:get_task "1")
        if row[3]:find "Date" then
          assert.equal(row[4] and tasklist.time(row[4]), read[row[3]] and tasklist.time(read[row[3]]))
        else
          assert.same(row[4], read[row[3]])
        end
      end)
    end

    it("takes an id, and gives what is settled", function()
      assert.same({ id = "1", priority = 3 }, client:update_task(1, { priority = 3 }))
    end)

    it("leaves the caller's task as it was", function()
      local task = { id = "1", priority = 50 }
      assert(client:update_task(task, { priority = 3 }))
      assert.same({ id = "1", priority = 50 }, task)
    end)

    it("sends an action, also without changes", function()
      assert(client:update_task("1", {}, { action = "escalate" }))
      assert.equal("escalate", last_body(server).action)
    end)

    it("tells a task that has ended from one that never was", function()
      assert(client:complete_task "1")
      assert.equal("not_active", select(2, client:update_task("1", { priority = 3 })).code)
      assert.equal("not_found", select(2, client:update_task("9", { priority = 3 })).code)
    end)

    it("gives the server's refusal of no changes at all", function()
      local _, failure = client:update_task("1", {})
      assert.equal(400, failure.status)
      find(failure.message, "No update data provided")
    end)
  end)

  describe("(j3) an action", function()
    it("goes out with an assignment and a completion", function()
      assert(client:assign_task("1", { assignee = "ann" }, { action = "take" }))
      assert.equal("take", last_body(server).action)
      assert(client:complete_task("1", { b = 1 }, { action = "approve", verify = true }))
      assert.equal("approve", last_body(server).action)
    end)

    it("is not there unless it is given", function()
      assert(client:assign_task("1", { assignee = "ann" }))
      assert.is_nil(last_body(server).action)
    end)
  end)

  describe("(j5) set_variables", function()
    -- The option, the `local` that goes out, where a new variable is afterwards.
    for _, row in ipairs { { nil, true, "own" }, { "task", true, "own" }, { "process", false, "70" } } do
      it("sets them in the scope " .. tostring(row[1]), function()
        assert.is_true(assert(client:set_variables("1", { b = { 1, tasklist.null } }, row[1] and { scope = row[1] })))
        assert.equal(row[2], last_body(server)["local"])
        local task = assert(client:get_task "1")
        local found = assert(client:search_task_variables("1", { variableNames = { "b" } }))
        assert.equal(row[3] == "own" and task.elementInstanceKey or row[3], found[1].scopeKey)
        assert.equal("[1,null]", found[1].value)
        assert.equal(1, #server:ledger "set_variables")
      end)
    end

    it("reads the task only where an id was given", function()
      local task = assert(client:get_task "1")
      server:clear()
      assert(client:set_variables(task, { b = 1 }))
      assert.equal(1, #server:log())
      server:clear()
      assert(client:set_variables(task.id, {}))
      assert.equal(2, #server:log())
      assert.same({}, last_body(server).variables)
    end)

    it("gives failures", function()
      local _, failure = client:set_variables("9", { b = 1 })
      assert.equal("not_found", failure.code)
      local task = assert(client:get_task "1")
      assert(client:complete_task "1")
      local done, other = client:set_variables(task, { b = 1 })
      assert.is_nil(done)
      assert.equal(404, other.status)
      assert.equal(0, #server:ledger "set_variables")
    end)

    it("is what drafts are referred to", function()
      local _, failure = client:save_draft_variables("1", { b = 1 })
      assert.equal("unsupported", failure.code)
      find(failure.message, "set_variables")
    end)
  end)

  describe("(j7) audit_log", function()
    local function walk(id, options)
      local found = {}
      for entry in client:audit_log(id, options) do
        found[#found + 1] = ("%s %s"):format(entry.operationType, entry.actorType)
      end
      return found
    end

    it("gives what was done, the oldest first", function()
      local task = assert(client:get_task "1")
      assert.same({}, walk(task))
      assert(client:assign_task("1", { assignee = "ann" }))
      assert(client:update_task("1", { priority = 3 }))
      assert(client:unassign_task "1")
      assert(client:set_variables("1", { b = 1 }))
      assert(client:complete_task "1")
      assert.same({ "ASSIGN CLIENT", "UPDATE CLIENT", "UNASSIGN CLIENT", "COMPLETE CLIENT" }, walk(task))
      assert.same({ "ASSIGN CLIENT" }, walk("1", { limit = 1 }))
    end)

    it("walks over pages, and can be closed", function()
      for _ = 1, 205 do assert(client:update_task("1", { priority = 1 })) end
      assert.equal(205, #walk "1")
      local iterator, _, _, closing = client:audit_log "1"
      assert.is_table(iterator())
      closing:close()
      assert.is_nil(iterator())
    end)

    it("raises the error object of a failure", function()
      local _, failure = pcall(walk, "9")
      assert.equal("not_found", failure.code)
    end)
  end)

  it("(j2) what v2 says of a task besides comes as it is", function()
    server:tasks { { id = "1", implementation = "ZEEBE_USER_TASK", tags = { "hot" },
      customHeaders = { colour = "red" } } }
    local task = assert(client:get_task "1")
    assert.same({ { "hot" }, { colour = "red" }, "string" }, { task.tags, task.customHeaders,
      type(task.elementInstanceKey) })
  end)

  it("(j4) a page says how many tasks match", function()
    server:tasks { { implementation = "ZEEBE_USER_TASK" }, { implementation = "ZEEBE_USER_TASK" } }
    local tasks, page = assert(client:search_tasks { pageSize = 1 })
    assert.same({ 1, 2, false }, { #tasks, page.totalItems, page.hasMoreTotalItems })
  end)

  it("(j8) what has no verb goes by `request`", function()
    local status, body = client:request("GET", "/v2/topology")
    assert.equal(200, status)
    find(body, '"gatewayVersion":"8.9')
  end)

  describe("(j8) whoami", function()
    it("tells a client from the settings, since the server knows users only", function()
      server:clear()
      assert.same({ client_id = server.client_id }, client:whoami())
      assert.equal(0, #server:log())
    end)
  end)
end)

describe("whoami", function()
  for _, auth in ipairs { "basic", "cookie" } do
    it("tells a user, by v2 (j): " .. auth, function()
      local server <close> = setmetatable({ sandbox.start { version = "8.9", authentication = auth } },
        { __close = function(self) self[1]:stop() end })
      local client <close> = connect.to(server[1], { auth = auth, username = "demo", password = "demo" })
      local found = assert(client:whoami())
      assert.equal("demo", found.username)
      assert.is_true(found.canLogout)
      assert.same({ "*" }, found.authorizedComponents)
      assert.is_nil(found.email)
    end)

    it("tells a user from the settings on v1: " .. auth, function()
      local server <close> = setmetatable({ sandbox.start { authentication = auth } },
        { __close = function(self) self[1]:stop() end })
      local client <close> = connect.to(server[1], { auth = auth, username = "demo", password = "demo" })
      assert.same({ username = "demo" }, client:whoami())
    end)
  end

  it("cannot tell whom another's token is for on v1", function()
    local server <close> = setmetatable({ sandbox.start() }, { __close = function(self) self[1]:stop() end })
    local client <close> = connect.to(server[1], { token = "a" })
    local found, failure = client:whoami()
    assert.is_nil(found)
    assert.equal("unsupported", failure.code)
  end)
end)

describe("an older server", function()
  it("of 8.8 has no audit log (j7)", function()
    local server, client = open "8.8"
    local _, failure = pcall(client:audit_log "1")
    assert.same({ "config", "unsupported" }, { failure.kind, failure.code })
    find(failure.message, "8.9")
    client:close()
    server:stop()
  end)

  describe("with v1", function()
    local server, client
    setup(function() server, client = open "8.6" end)
    teardown(function()
      client:close()
      server:stop()
    end)

    -- Each: the call, and what its reason names.
    local rows = {
      { "(j1) update_task", function() return client:update_task("1", { priority = 1 }) end, "v2" },
      { "(j3) action of assign_task", function()
        return client:assign_task("1", { assignee = "a" }, { action = "x" })
      end, "v2" },
      { "(j3) action of complete_task", function() return client:complete_task("1", nil, { action = "x" }) end, "v2" },
      { "(j3) action of a completion with drafts", function()
        return client:complete_task("1", nil, { action = "x", drafts = true, verify = true })
      end, "v2" },
      { "(j5) set_variables", function() return client:set_variables("1", {}) end, "save_draft_variables" },
      { "(j7) audit_log", function() return nil, select(2, pcall(client:audit_log "1")) end, "8.9" },
    }
    for _, row in ipairs(rows) do
      it("cannot do it, and says what can: " .. row[1], function()
        local found, failure = row[2]()
        assert.is_nil(found)
        assert.same({ "config", "unsupported" }, { failure.kind, failure.code })
        find(failure.message, row[3])
        assert.equal(0, #server:ledger())
      end)
    end
  end)

  -- Misuse is misuse on every server: the call, and what the message names.
  local misuse = {
    { "update_task", { "1" }, "changes: a table such as" },
    { "update_task", { "1", { due = 1 } }, "changes: unknown field \"due\"" },
    { "update_task", { "1", { dueDate = true } }, "changes.dueDate: date or seconds expected" },
    { "update_task", { "1", { priority = 101 } }, "changes.priority: integer from 0 to 100" },
    { "update_task", { "1", { candidateUsers = "a" } }, "changes.candidateUsers: array expected" },
    { "update_task", { {}, {} }, "task: a string, an integer or a task" },
    { "update_task", { "1", {}, { action = 1 } }, "action" },
    { "set_variables", { "1" }, "variables: a table of names" },
    { "set_variables", { "1", { a = print } }, "variables.a" },
    { "set_variables", { "1", {}, { scope = "all" } }, "scope" },
    { "wait_for", { "1" }, "predicate: a function expected" },
    { "wait_for", { true, print }, "id: a string, an integer or a task" },
    { "audit_log", {}, "task: a string, an integer or a task" },
    { "audit_log", { "1", { limit = -1 } }, "limit" },
    { "whoami", { { a = 1 } }, "a" },
  }
  for index, row in ipairs(misuse) do
    it(("raises for misuse, as every server does: %s, %d"):format(row[1], index), function()
      local client <close> = assert(tasklist.new { base_url = "https://h.example", token = "a", env = false })
      local fine, problem = pcall(client[row[1]], client, table.unpack(row[2]))
      assert.is_false(fine)
      find(problem, row[1] .. ": ")
      find(problem, row[3])
    end)
  end
end)
