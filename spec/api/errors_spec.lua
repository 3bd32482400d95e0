-- (g) of the mapping: what each refusal of v2 is to who reads and who writes. What a 404 of a write means is in
-- spec/api/changes_spec.lua.
local connect = require "spec.support.client"
local json = require "tasklist.sandbox.json"
local sandbox = require "spec.support.sandbox"

local TASK = "/v2/user-tasks/1"
local REJECTED = "Command 'COMPLETE' rejected with code 'INVALID_STATE': Expected to complete user task with key '1', "

-- How many requests about the task came.
local function count(server)
  local found = 0
  for _, one in ipairs(server:log()) do found = found + (one.path:find(TASK, 1, true) and 1 or 0) end
  return found
end

describe("(g) v2's answer", function()
  local server

  setup(function()
    server = sandbox.start { version = "8.10" }
    server.addresses = { "rest_url" }
  end)
  teardown(function() server:stop() end)
  before_each(function()
    server:clear()
    server:tasks { { id = "1", implementation = "ZEEBE_USER_TASK" } }
  end)

  -- Status, title, detail, kind, code, outcome of a write, how often a write and a read go out.
  local rows = {
    { 400, "INVALID_ARGUMENT", "No assignee provided.", "http", nil, nil, 1, 1 },
    { 400, "Bad Request", "Request property [filter.colour] cannot be parsed", "http", "unsupported", nil, 1, 1 },
    { 401, "UNAUTHORIZED", "An Authentication object was not found", "auth", nil, nil, 2, 2 },
    { 403, "FORBIDDEN", "Unauthorized to perform operation 'UPDATE_USER_TASK'", "http", "forbidden", nil, 1, 1 },
    { 403, "FORBIDDEN", "Invalid CSRF Token", "auth", "csrf", nil, 1, 1 },
    { 403, "FORBIDDEN", "This endpoint requires a secondary storage, but none is set.", "http", "unsupported", nil, 1,
      1 },
    { 404, "Not Found", "No static resource v2/user-tasks/1.", "http", "no_endpoint", nil, 1, 1 },
    { 405, "Method Not Allowed", "Method 'POST' is not supported.", "http", "no_endpoint", nil, 1, 1 },
    { 409, "INVALID_STATE", REJECTED .. "but it has already been assigned", "http", "already_assigned", nil, 1, 1 },
    { 409, "INVALID_STATE", REJECTED .. "but it is in state 'COMPLETING'", "http", "not_active", nil, 1, 1 },
    { 409, "INVALID_STATE", "The task was denied by Task Listener. Reason to deny: 'no'", "http", "denied", nil, 1, 1 },
    { 409, "INVALID_STATE", REJECTED .. "but its process instance is banned", "http", nil, nil, 1, 1 },
    { 429, "Too Many Requests", "Expected to handle request, but too busy.", "http", nil, nil, 2, 2 },
    { 503, "RESOURCE_EXHAUSTED", "Expected to handle request, but too busy.", "http", nil, nil, 2, 2 },
    { 503, "UNAVAILABLE", "Expected to execute command, but partition 1 has no leader.", "http", nil, "unknown", 1, 2 },
    { 502, "ABORTED", "The command may or may not have been accepted.", "http", nil, "unknown", 1, 2 },
    { 504, "DEADLINE_EXCEEDED", "Request timed out between gateway and broker", "http", nil, "unknown", 1, 2 },
    { 500, "INTERNAL", "Unexpected error", "http", nil, "unknown", 1, 1 },
  }
  for _, row in ipairs(rows) do
    local status, title, detail, kind, code = table.unpack(row, 1, 5)
    local body = json.encode { type = "about:blank", title = title, status = status, detail = detail, instance = TASK }

    -- What `call` gives, and how often it went out.
    local function failure_of(call)
      local client <close> = connect.of(server, { retries = 1 })
      server:fault { path = TASK, action = "status", status = status, body = body, times = 9 }
      local done, failure = call(client)
      assert.is_nil(done)
      assert.same({ status, kind, title }, { failure.status, failure.kind, failure.title })
      assert.equal(code, failure.code)
      assert.same({}, server:ledger())
      return failure, count(server)
    end

    it(("to a write is told apart: %d %s, %s"):format(status, title, detail), function()
      local failure, sent = failure_of(function(client) return client:complete_task "1" end)
      assert.equal(row[6], failure.outcome)
      assert.equal(row[7], sent)
    end)

    it(("to a read is told apart: %d %s, %s"):format(status, title, detail), function()
      local failure, sent = failure_of(function(client) return client:get_task "1" end)
      assert.is_nil(failure.outcome)
      assert.equal(row[8], sent)
    end)
  end

  it("may be HTML, as that of a proxy: then only the status counts", function()
    local client <close> = connect.of(server)
    server:fault { path = TASK, action = "status", status = 403, body = "<html>no</html>" }
    assert.equal("forbidden", select(2, client:complete_task "1").code)
    server:fault { path = TASK, action = "status", status = 404, body = "<html>no</html>" }
    local _, failure = client:complete_task "1"
    assert.is_nil(failure.code)
    assert.is_nil(failure.outcome)
    assert.equal(2, count(server)) -- whether the task is known is asked only where v2 said that it is not
  end)

  it("is never that a task is nobody's or another's: what v1 refuses is done", function()
    local client <close> = connect.of(server)
    assert(client:unassign_task "1")
    assert(client:assign_task("1", { assignee = "bob" }))
    assert(client:complete_task "1")
    assert.equal(3, #server:ledger())
  end)
end)

-- The writes that only v2 has; spec/writes_spec.lua has the others.
describe("(j) a write over a kept connection, by v2,", function()
  local server, client, task

  setup(function()
    server = sandbox.start { version = "8.10" }
    server.addresses = { "rest_url" }
    client = connect.of(server)
  end)
  teardown(function()
    client:close()
    server:stop()
  end)
  before_each(function()
    server:clear()
    server:tasks { { id = "1", implementation = "ZEEBE_USER_TASK" } }
    task = assert(client:get_task "1")
  end)

  local writes = {
    update_task = function() return client:update_task(task, { priority = 3 }) end,
    set_variables = function() return client:set_variables(task, { a = 1 }) end,
  }
  -- How its connection ends, or what is answered; how often it goes out and is executed; what is said.
  local ends = {
    { { action = "close", at = "before" }, 1, 0, "unknown" },
    { { action = "close", at = "executed" }, 1, 1, "unknown" },
    { { action = "reset", at = "executed" }, 1, 1, "unknown" },
    { { action = "status", status = 504, body = "", executed = true }, 1, 1, "unknown" },
    { { action = "status", status = 502, body = "" }, 1, 0, "unknown" },
    { { action = "status", status = 401, body = "", times = 1 }, 2, 1, "success" },
    { { action = "exhausted", times = 1 }, 2, 1, "success" },
  }
  for name, write in pairs(writes) do
    for _, row in ipairs(ends) do
      local fault = row[1]
      it(("is executed once at most, and what is said is true: %s, %s %s"):format(name, fault.action,
        fault.at or fault.status or ""), function()
        fault.path, fault.times = "/v2/", fault.times or 9
        server:fault(fault)
        local before = #server:log()
        local done, failure = write()
        local sent = 0
        for place, one in ipairs(server:log()) do
          sent = sent + (place > before and one.path:find "^/v2/" and 1 or 0)
        end
        assert.same({ row[2], row[3] }, { sent, #server:ledger() })
        assert.equal(row[4], done and "success" or failure.outcome)
      end)
    end
  end
end)
