-- client:wait_for, and completing with drafts.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"

local function is_completed(task) return task.taskState == "COMPLETED" end
local function never() return false end

for _, version in ipairs { "8.6", "8.9" } do
  describe("(j6) wait_for on " .. version, function()
    local server, client

    setup(function()
      server = sandbox.start { version = version }
      client = connect.of(server)
    end)
    teardown(function()
      client:close()
      server:stop()
    end)
    before_each(function()
      server:clear()
      server:tasks { { id = "1", implementation = "ZEEBE_USER_TASK" } }
    end)

    local function reads() return #server:log() end

    it("gives the task as it was read", function()
      assert(client:get_task "1")
      server:clear()
      assert.equal("CREATED", assert(client:wait_for("1", function(task) return task.id == "1" end)).taskState)
      assert.equal(1, reads())
    end)

    it("reads until the task is as wanted; what may pass, and a task that is not there yet, are passed over", function()
      assert(client:get_task "1")
      server:clear()
      server:fault { { action = "status", status = 500 }, { action = "status", status = 404,
        body = '{"status":404,"title":"NOT_FOUND","message":"x","detail":"x"}' }, { action = "body", body = "<html>" } }
      local seen = 0
      local task = assert(client:wait_for({ id = "1" }, function(found)
        seen = seen + 1
        if seen == 1 then server:set_task_state("1", "CANCELED") end
        return found.taskState == "CANCELED"
      end))
      assert.equal("CANCELED", task.taskState)
      assert.equal(2, seen)
      assert.equal(5, reads())
    end)

    it("gives an error of the kind timeout", function()
      local task, failure = client:wait_for("1", never, { timeout = 0.3 })
      assert.is_nil(task)
      assert.equal("timeout", failure.kind)
      find(failure.message, "within 0.3 s")
      task, failure = client:wait_for("9", never, { timeout = 0.3 })
      assert.is_nil(task)
      assert.equal("timeout", failure.kind)
      find(failure.message, "the last look at it failed")
    end)

    it("gives a failure that cannot pass at once", function()
      server:fault { action = "status", status = 403, times = 9 }
      local task, failure = client:wait_for("1", never)
      assert.is_nil(task)
      assert.equal(403, failure.status)
    end)

    it("raises what the predicate raises, as it is", function()
      local mark = {}
      local fine, problem = pcall(client.wait_for, client, "1", function() error(mark) end)
      assert.is_false(fine)
      assert.equal(mark, problem)
      assert(client:get_task "1")
    end)

    it("lets the predicate call the client", function()
      assert(client:wait_for("1", function(task) return client:get_task(task.id) end))
    end)

    it("waits in many coroutines at a time", function()
      local kind = "ZEEBE_USER_TASK"
      server:tasks { { id = "1", implementation = kind }, { id = "2", implementation = kind } }
      local found = client:map({ "1", "2" }, function(id)
        return client:wait_for(id, function(task)
          if id == "1" then server:set_task_state("2", "CANCELED") end
          return id == "1" or task.taskState == "CANCELED"
        end)
      end)
      assert.equal(2, found.n)
      assert.equal("CANCELED", found[2].taskState)
    end)

    it("raises when the predicate has closed the client", function()
      local other = connect.of(server)
      local fine, problem = pcall(other.wait_for, other, "1", function() other:close() end)
      assert.is_false(fine)
      find(problem, "wait_for: ")
      find(problem, "closed")
    end)
  end)
end

describe("complete_task with drafts", function()
  local server, client

  local function open(version)
    server = sandbox.start { version = version, tasks = { { id = "1", implementation = version == "8.9"
      and "ZEEBE_USER_TASK" or nil, variables = { { name = "a", value = "1" }, { name = "plain", value = "1" } } } } }
    client = connect.of(server)
  end
  after_each(function()
    client:close()
    server:stop()
  end)

  local function sent()
    local found = {}
    for _, one in ipairs(server:ledger("complete")[1].variables) do found[one.name] = one.value end
    return found
  end

  for _, verify in ipairs { false, true } do
    it("sends them under the variables on v1; verify: " .. tostring(verify), function()
      open "8.6"
      local long = ("x"):rep(9000)
      assert(client:save_draft_variables("1", { a = 2, b = tasklist.null, c = tasklist.array {}, d = 4, long = long }))
      assert(client:complete_task("1", { d = 5 }, { drafts = true, verify = verify }))
      assert.same({ a = "2", b = "null", c = "[]", d = "5", long = tasklist.encode(long) }, sent())
      assert.is_true(is_completed(assert(client:get_task "1")))
    end)
  end

  it("sends none that were not asked for", function()
    open "8.6"
    assert(client:save_draft_variables("1", { a = 2 }))
    assert(client:complete_task("1", { d = 5 }))
    assert.same({ d = "5" }, sent())
  end)

  it("completes nothing when they cannot be read", function()
    open "8.6"
    local task, failure = client:complete_task("9", nil, { drafts = true })
    assert.is_nil(task)
    assert.equal("not_found", failure.code)
    assert.equal(0, #server:ledger())
  end)

  it("does without on v2, where none are kept", function()
    open "8.9"
    assert(client:get_task "1")
    server:clear()
    assert(client:complete_task("1", { d = 5 }, { drafts = true }))
    assert.same({ d = "5" }, sent())
    assert.equal(1, #server:log())
  end)
end)
