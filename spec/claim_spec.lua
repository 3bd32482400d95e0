--- Two processes that work off one list of tasks.
local connect = require "spec.support.client"
local core = require "tasklist.core"
local sandbox = require "spec.support.sandbox"

local COUNT = 500

-- Reads the list, waits at the gate until the other has read it too, and tries every task once.
local WORKER = [[
  local tasklist = require "tasklist"
  local name = os.getenv "WORKER"
  local client <close> = assert(tasklist.new())
  local all = assert(client:search_tasks { state = "CREATED", pageSize = 1000 })
  assert(#all == %d)
  assert(io.open(%q, "r")):close() -- a fifo: opens when the other side does
  local completed, lost = 0, 0
  for _, task in ipairs(all) do
    local mine, failure = client:assign_task(task.id, { assignee = name, allowOverrideAssignment = false })
    if mine then
      assert(mine.assignee == name)
      assert(client:complete_task(task.id, { by = name }))
      completed = completed + 1
    elseif failure.code == "already_assigned" or failure.code == "not_active" then
      assert(not failure.outcome)
      lost = lost + 1
    else
      error(failure)
    end
  end
  print(completed, lost)
]]

describe("two processes that claim from one list of 500 tasks", function()
  for _, version in ipairs { "8.6", "8.8" } do
    it("complete each exactly once; the server is " .. version, function()
      local list = {}
      for i = 1, COUNT do list[i] = { id = tostring(i) } end
      local server = sandbox.start { tasks = list, version = version }
      local gate = os.tmpname()
      finally(function()
        server:stop()
        os.remove(gate)
      end)
      os.remove(gate)
      assert(os.execute("mkfifo " .. gate))

      local workers = {}
      for i, name in ipairs { "one", "two" } do
        workers[i] = connect.start_script(("%s WORKER=%s"):format(connect.environment(server), name),
          WORKER:format(COUNT, gate))
      end
      -- One that fails before that would be waited for in vain.
      local late = core.now() + 60
      repeat
        local searches = server:stats().requests["/v1/tasks/search"] or 0
      until searches >= 2 or core.now() > late
      local opened = assert(io.open(gate, "r+")) -- until both have ended: one may come late

      local completed, lost = 0, 0
      for _, worker in ipairs(workers) do
        local output = worker:finish()
        local done, missed = output:match "^(%d+)\t(%d+)\n$"
        assert.is_truthy(done, output)
        assert.equal(COUNT, done + missed)
        completed, lost = completed + done, lost + missed
      end
      opened:close()
      assert.equal(COUNT, completed)
      assert.equal(COUNT, lost)

      local times, by = {}, {}
      for _, entry in ipairs(server:ledger()) do
        local key = entry.operation .. " " .. entry.task
        times[key] = (times[key] or 0) + 1
        if entry.operation == "assign" then
          by[entry.task] = entry.assignee
        else
          assert.equal("complete", entry.operation)
          assert.equal(('"%s"'):format(by[entry.task]), entry.variables[1].value)
        end
      end
      for i = 1, COUNT do
        assert.equal(1, times["assign " .. i])
        assert.equal(1, times["complete " .. i])
      end
    end)
  end
end)
