--- Two processes that work off one list of tasks.
local connect = require "spec.support.client"
local core = require "tasklist.core"
local sandbox = require "spec.support.sandbox"

local COUNT, POOL_COUNT = 500, 2000

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

-- Claims in an order of its own and completes, 32 at once. It has been at the gate after its first search, too.
local POOL = [[
  local tasklist = require "tasklist"
  local name = os.getenv "WORKER"
  local client <close> = assert(tasklist.new())
  assert(#assert(client:search_tasks { state = "CREATED", pageSize = 1000 }) == 1000)
  assert(io.open(%q, "r")):close()
  local completed = 0
  client:each(client:claim({ implementation = "JOB_WORKER" }, name), function(task)
    assert(task.assignee == name)
    assert(client:complete_task(task.id, { by = name }))
    completed = completed + 1
  end, { concurrency = 32 })
  print(completed, 0)
]]

local server, gate
local function start(options)
  server = sandbox.start(options)
  gate = os.tmpname()
  os.remove(gate)
  assert(os.execute("mkfifo " .. gate))
end
after_each(function()
  server:stop()
  os.remove(gate)
end)

local function tasks(count)
  local list = {}
  for i = 1, count do list[i] = { id = tostring(i) } end
  return list
end

-- Runs a script in two processes at once; gives the two numbers that each has printed.
local function race(script)
  local workers, numbers = {}, {}
  for i, name in ipairs { "one", "two" } do
    workers[i] = connect.start_script(("%s WORKER=%s"):format(connect.environment(server), name), script)
  end
  -- One that fails before that would be waited for in vain.
  local late = core.now() + 60
  repeat
    local searches = server:stats().requests["/v1/tasks/search"] or 0
  until searches >= 2 or core.now() > late
  local opened <close> = assert(io.open(gate, "r+")) -- luacheck: ignore 211 -- until both have ended: one may come late
  for i, worker in ipairs(workers) do
    local output = worker:finish()
    local done, missed = output:match "^(%d+)\t(%d+)\n$"
    assert.is_truthy(done, output)
    numbers[i] = { math.tointeger(done), math.tointeger(missed) }
  end
  return numbers
end

-- Each task was claimed once and completed once, by whom it was claimed.
local function check_ledger(count)
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
  for i = 1, count do
    assert.equal(1, times["assign " .. i])
    assert.equal(1, times["complete " .. i])
  end
end

describe("two processes that claim from one list of 500 tasks", function()
  for _, version in ipairs { "8.6", "8.8" } do
    it("complete each exactly once; the server is " .. version, function()
      start { tasks = tasks(COUNT), version = version, v1 = true }
      local one, two = table.unpack(race(WORKER:format(COUNT, gate)))
      assert.equal(COUNT, one[1] + one[2])
      assert.equal(COUNT, two[1] + two[2])
      assert.equal(COUNT, one[1] + two[1])
      assert.equal(COUNT, one[2] + two[2])
      check_ledger(COUNT)
    end)
  end
end)

describe("two processes with 32 at once each over one list of 2,000 tasks", function()
  it("complete each exactly once", function()
    start { tasks = tasks(POOL_COUNT) }
    local one, two = table.unpack(race(POOL:format(gate)))
    assert.equal(POOL_COUNT, one[1] + two[1])
    assert.is_true(one[1] > 0 and two[1] > 0)
    check_ledger(POOL_COUNT)
  end)
end)
