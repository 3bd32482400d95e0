--- complete_task(…, { verify = true }): what became of a task whose completion got no clear answer.
local completion = require "tasklist.completion"
local connect = require "spec.support.client"
local core = require "tasklist.core"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"

describe("complete_task with verify", function()
  local server, client

  setup(function()
    server = sandbox.start()
    client = connect.of(server)
  end)
  teardown(function()
    client:close()
    server:stop()
  end)
  before_each(function()
    server:clear()
    server:tasks { { id = "1", assignee = "demo" }, { id = "2", taskState = "CANCELED" } }
  end)

  local function seen(method, path)
    local count = 0
    for _, entry in ipairs(server:log()) do
      count = count + (entry.method == method and entry.path == path and 1 or 0)
    end
    return count
  end

  local function spoil(fault, times)
    fault.method, fault.path, fault.times = "PATCH", "/v1/tasks/", times
    server:fault(fault)
  end

  local function reads() return seen("GET", "/v1/tasks/1") + seen("GET", "/v1/tasks/2") end
  local function writes() return seen("PATCH", "/v1/tasks/1/complete") + seen("PATCH", "/v1/tasks/2/complete") end

  it("gives the answer's task, and reads nothing, when there is one", function()
    local task = assert(client:complete_task("1", { a = 1 }, { verify = true }))
    assert.equal("COMPLETED", task.taskState)
    assert.is_nil(task.outcome)
    assert.equal(0, reads())
  end)

  -- It was completed, and the answer does not say so.
  local done = {
    { "no answer", { action = "close", at = "executed" } },
    { "a reset", { action = "reset", at = "executed" } },
    { "a cut answer", { action = "cut" } },
    { "a 502", { action = "status", status = 502, executed = true } },
    { "a 500", { action = "status", status = 500, executed = true } },
    { "a 504", { action = "status", status = 504, executed = true } },
    { "an answer that is no JSON", { action = "body", body = "<html>", executed = true } },
    { "an answer that is too large", { action = "body", size = 20000000, executed = true } },
  }
  for _, row in ipairs(done) do
    it("gives the task as it was read after " .. row[1], function()
      spoil(row[2])
      local task = assert(client:complete_task("1", { a = 1 }, { verify = true }))
      assert.equal("1", task.id)
      assert.equal("COMPLETED", task.taskState)
      assert.equal("completed", task.outcome)
      assert.equal(1, reads())
      assert.equal(1, writes())
      assert.equal(1, #server:ledger())
    end)
  end

  it("reads on while the task is not completed, and while reading fails", function()
    spoil { action = "close", at = "executed" }
    server:fault {
      { method = "GET", action = "body", body = '{"id":"1","taskState":"CREATED"}', times = 2 },
      { method = "GET", action = "status", status = 500, body = '{"status":500}' },
      { method = "GET", action = "status", status = 502 },
      { method = "GET", action = "body", body = "<html>" },
    }
    local task = assert(client:complete_task("1", nil, { verify = true }))
    assert.equal("completed", task.outcome)
    assert.equal(6, reads())
    assert.equal(1, writes())
  end)

  it("sends the completion again only where it was not taken, as without", function()
    spoil { action = "exhausted" }
    local task = assert(client:complete_task("1", nil, { verify = true }))
    assert.is_nil(task.outcome)
    assert.equal(2, writes())
    assert.equal(0, reads())
  end)

  it("keeps the error of the completion when the deadline ends first", function()
    spoil({ action = "close", at = "before" }, 9)
    local task, failure = client:complete_task("1", nil, { verify = true, timeout = 1 })
    assert.is_nil(task)
    assert.equal("network", failure.kind)
    assert.equal("unknown", failure.outcome)
    assert.equal("PATCH", failure.method)
    assert.equal("/v1/tasks/1/complete", failure.path)
    assert.is_true(reads() >= 2 and reads() <= 5) -- after pauses of 0.1, 0.2, 0.4 s and what is left
    assert.equal(1, writes())
    assert.equal(0, #server:ledger())
  end)

  it("has one deadline for all, the client's when none is given", function()
    local hasty <close> = connect.of(server, { timeout = 0.5 })
    spoil { action = "close", at = "executed" }
    server:fault { method = "GET", action = "silent", times = 9 }
    local task, failure = hasty:complete_task("1", nil, { verify = true })
    assert.is_nil(task)
    assert.equal("unknown", failure.outcome)
    assert.equal("/v1/tasks/1/complete", failure.path)
    assert.equal(1, reads()) -- which took what was left
  end)

  it("leaves to reading what completing left of the time", function()
    local left
    local remote = {}
    function remote.deadline(_, seconds)
      return core.now() + seconds
    end
    function remote.call(_, name, message)
      if name == "complete_task" then
        local now = core.now()
        repeat until core.now() > now
        return nil, { outcome = "unknown" }
      end
      left = message.timeout
      return { taskState = "COMPLETED" }
    end
    assert(completion.verified(remote, { timeout = 10 }, "1"))
    assert.is_true(left > 0 and left < 10)
  end)

  it("reads nothing when completing took all of the time", function()
    spoil({ action = "silent", executed = true }, 9)
    local task, failure = client:complete_task("1", nil, { verify = true, timeout = 0.3 })
    assert.is_nil(task)
    assert.equal("timeout", failure.kind)
    assert.equal("unknown", failure.outcome)
    find(failure.message, "within 0.3 s")
    assert.equal(0, reads())
  end)

  -- Waiting on would be in vain: the task, what reading it meets.
  local hopeless = { { "that was canceled", "2" }, { "that is gone", "3" } }
  for _, row in ipairs(hopeless) do
    it("gives up at once on a task " .. row[1], function()
      spoil { action = "close", at = "before" }
      local task, failure = client:complete_task(row[2], nil, { verify = true, timeout = 5 })
      assert.is_nil(task)
      assert.equal("unknown", failure.outcome)
      assert.equal(1, seen("GET", "/v1/tasks/" .. row[2]))
    end)
  end

  -- It is certain that nothing happened.
  local refused = {
    { "a refusal", { action = "status", status = 400, body = '{"status":400,"message":"Task is not active"}' } },
    { "a 401 that stays", { action = "status", status = 401 }, 2 },
    { "429, again and again", { action = "status", status = 429 }, 4 },
  }
  for _, row in ipairs(refused) do
    it("reads nothing after " .. row[1], function()
      spoil(row[2], row[3])
      local task, failure = client:complete_task("1", nil, { verify = true })
      assert.is_nil(task)
      assert.equal(row[2].status, failure.status)
      assert.is_nil(failure.outcome)
      assert.equal(0, reads())
    end)
  end

  for _, options in ipairs { false, {}, { verify = false } } do
    it("reads nothing unless it is asked to", function()
      spoil { action = "close", at = "executed" }
      local task, failure = client:complete_task("1", nil, options or nil)
      assert.is_nil(task)
      assert.equal("unknown", failure.outcome)
      assert.equal(0, reads())
    end)
  end
end)
