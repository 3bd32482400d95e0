--- Two processes that work off one list of tasks.
local connect = require "spec.support.client"
local servers = require "spec.support.servers"

local named = {}
for _, one in ipairs(servers) do named[one.name] = one end

local V1_ALONE = { ["8.6"] = true, ["8.7"] = true } -- where a client with a token changes tasks of job workers only

-- Reads the list, waits until the other has read it too, and tries every task once.
local WORKER = [[
  local all = assert(client:search_tasks { state = "CREATED", pageSize = 1000 })
  assert(#all == COUNT)
  wait()
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

-- Claims every task, waits until the other has claimed what it could, and completes its own.
local NAMESAKE = [[
  local mine = {}
  for _, task in ipairs(assert(client:search_tasks { state = "CREATED", pageSize = 1000 })) do
    local claimed, failure = client:assign_task(task, { assignee = name, allowOverrideAssignment = false })
    assert(claimed or failure.code == "already_assigned", failure)
    mine[#mine + 1] = claimed
  end
  wait()
  local completed, lost = 0, 0
  for _, task in ipairs(mine) do
    local done, failure = client:complete_task(task, { by = name })
    assert(done or failure.code == "not_active", failure)
    completed, lost = completed + (done and 1 or 0), lost + (done and 0 or 1)
  end
  print(completed, lost)
]]

-- Claims in an order of its own and completes, 32 at once. It has waited after its first search, too.
local POOL = [[
  assert(#assert(client:search_tasks { state = "CREATED", pageSize = COUNT // 2 }) == COUNT // 2)
  wait()
  local completed = 0
  client:each(client:claim(nil, name), function(task)
    assert(task.assignee == name)
    assert(client:complete_task(task.id, { by = name }))
    completed = completed + 1
  end, { concurrency = 32 })
  print(completed, 0)
]]

-- What each of them begins with. A fifo opens when the other side does.
local BEGINNING = [[
  local client <close> = assert(require "tasklist".new())
  local name, COUNT = os.getenv "WORKER", %d
  local function wait()
    print "ready"
    io.stdout:flush()
    assert(io.open(%q, "r")):close()
  end
]]

local server, gate
local function start(one, count)
  local list = {}
  for i = 1, count do
    list[i] = { id = tostring(i), implementation = V1_ALONE[one.name] and "JOB_WORKER" or "ZEEBE_USER_TASK" }
  end
  server = servers.start(one, { tasks = list })
  gate = os.tmpname()
  os.remove(gate)
  assert(os.execute("mkfifo " .. gate))
end
after_each(function()
  server:stop()
  os.remove(gate)
end)

-- Runs a script in two processes at once; gives the two numbers that each has printed.
local function race(script, count, names)
  local workers, numbers = {}, {}
  for i, name in ipairs(names or { "one", "two" }) do
    workers[i] = connect.start_script(("%s WORKER=%s"):format(connect.environment(server), name),
      BEGINNING:format(count, gate) .. script)
  end
  for _, worker in ipairs(workers) do
    assert.equal("ready", worker:line())
  end
  local opened <close> = assert(io.open(gate, "r+")) -- luacheck: ignore 211 -- until both have ended: one may come late
  for i, worker in ipairs(workers) do
    local output = worker:finish()
    local done, missed = output:match "^(%d+)\t(%d+)\n$"
    assert.is_truthy(done, output)
    numbers[i] = { math.tointeger(done), math.tointeger(missed) }
  end
  return table.unpack(numbers)
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

describe("two processes that claim from one list", function()
  for _, one in ipairs(servers) do
    local count = one.name == "8.6" and 500 or 100
    it("complete each task exactly once, with two names: " .. one.name, function()
      start(one, count)
      local first, second = race(WORKER, count)
      assert.equal(count, first[1] + first[2])
      assert.equal(count, second[1] + second[2])
      assert.equal(count, first[1] + second[1])
      check_ledger(count)
    end)
  end

  -- T1: v1 refuses a task that is assigned. v2 refuses it only if the assignee is another one.
  for name, are_both_told_so in pairs { ["8.6"] = false, ["8.8 in V1 mode"] = false, ["8.6 with both addresses"] = true,
    ["8.8.5"] = true, ["8.10 by rest_url"] = true, ["8.10 that lags"] = true } do
    it(("under one name %s have each, and one completes it: %s"):format(are_both_told_so and "both" or "one", name),
      function()
        start(named[name], 20)
        local first, second = race(NAMESAKE, 20, { "robot", "robot" })
        assert.equal(20, first[1] + second[1])
        assert.equal(are_both_told_so and 20 or 0, first[2] + second[2])
        assert.equal(are_both_told_so and 40 or 20, #server:ledger "assign")
        assert.equal(20, #server:ledger "complete")
      end)
  end
end)

describe("two processes with 32 at once each over one list", function()
  for _, name in ipairs { "8.6", "8.6 with both addresses", "8.10 by rest_url" } do
    it("complete each task exactly once: " .. name, function()
      start(named[name], 2000)
      local one, two = race(POOL, 2000)
      assert.equal(2000, one[1] + two[1])
      assert.is_true(one[1] > 0 and two[1] > 0)
      check_ledger(2000)
    end)
  end
end)
