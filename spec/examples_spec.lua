local connect = require "spec.support.client"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local servers = require "spec.support.servers"
local wait = require "spec.support.wait"

-- The tasks that claim.lua does of a Camunda user task (1) and a job worker's (2), where that is not the first alone.
local DONE_BY_CLAIM = { ["8.6"] = { 2 }, ["8.6 with both addresses"] = { 1, 2 }, ["8.7"] = { 2 },
  ["8.8 in V1 mode"] = { 2 } }

-- Each example is run as its head comment says.
describe("the example", function()
  local server
  after_each(function() server:stop() end)

  -- What an example wrote and its exit code.
  local function run(name, ...)
    return connect.start_file(server, ("examples/%s.lua"):format(name), ...):finish()
  end

  local function lines_of(text)
    local lines = {}
    for line in text:gmatch("[^\n]+") do lines[#lines + 1] = line end
    return lines
  end

  local function seconds_ago(seconds)
    return os.date("!%Y-%m-%dT%H:%M:%SZ", os.time() - seconds)
  end

  describe("search", function()
    it("prints open tasks", function()
      server = sandbox.start { tasks = { { id = "1", name = "Pay", assignee = "frida" },
        { id = "2", name = "Old", taskState = "COMPLETED" } } }
      local output, code = run "search"
      assert.equal("1\tPay\tfrida\t2024-01-01T00:00:00.000+0000\n", output)
      assert.equal(0, code)
    end)
  end)

  describe("export", function()
    it("writes a search as CSV", function()
      server = sandbox.start { tasks = {
        { id = "1", name = 'Say "hello", twice', processName = "two\nlines", candidateGroups = { "sales", "hr" },
          creationDate = "2024-03-01T00:00:00Z", dueDate = "2024-03-09T12:00:00Z" },
        { id = "2", name = "Pay", processName = "Invoice", assignee = "frida", candidateGroups = { "sales" },
          creationDate = "2024-03-02T00:00:00Z", implementation = "ZEEBE_USER_TASK", priority = 80 },
        { id = "3", name = "Pack", candidateGroups = { "warehouse" }, creationDate = "2024-03-03T00:00:00Z" },
        { id = "4", name = "Done", candidateGroups = { "sales" }, taskState = "COMPLETED" },
      } }
      local head = "id,name,processName,assignee,candidateGroups,creationDate,dueDate,priority\r\n"
      local rows = "2,Pay,Invoice,frida,sales,2024-03-02T00:00:00.000+0000,,80\r\n"
        .. '1,"Say ""hello"", twice","two\nlines",,sales hr,2024-03-01T00:00:00.000+0000,'
        .. "2024-03-09T12:00:00.000+0000,50\r\n"
      assert.equal(head .. rows, (run("export", "sales")))
      assert.equal(head .. "3,Pack,Process,,warehouse,2024-03-03T00:00:00.000+0000,,50\r\n" .. rows, (run "export"))
    end)
  end)

  describe("approve", function()
    local function invoice(amount, changes)
      local task = { taskDefinitionId = "Activity_approve_invoice" }
      for name, value in pairs(changes or {}) do task[name] = value end
      return select(2, server:start_instance { tasks = { task },
        variables = amount and { { name = "amount", value = amount } } or {} })[1]
    end

    it("approves small amounts and assigns the rest, also of what comes later", function()
      server = sandbox.start { tasks = {} }
      local small, large, late = invoice "99.5", invoice "100.01", invoice()
      local taken = invoice("1", { assignee = "omar" })
      local other = invoice("1", { taskDefinitionId = "Activity_pay" })
      server:fault { path = "/v1/tasks/search", action = "status", status = 500, body = "" }
      local process = connect.start_file(server, "examples/approve.lua", "frida", "100", "0.05")
      find(process:line(), "the server answered 500")
      local told = {}
      for i = 1, 2 do told[i] = process:line() end
      assert.same({ "approve\t" .. small .. "\t99.5", "assign\t" .. large .. "\t100.01" }, told)
      local text, number = invoice '"12"', invoice "100"
      assert.equal("assign\t" .. text .. "\t12", process:line())
      assert.equal("approve\t" .. number .. "\t100", process:line())
      server:set_variables(late, { { name = "amount", value = "7" } })
      assert.equal("approve\t" .. late .. "\t7", process:line())
      wait.until_true(function() return #server:ledger() == 5 end, "not all are settled")
      process:interrupt()
      local rest, code = process:finish()
      find(rest, "interrupted!")
      assert.equal(1, code)
      local did = {}
      for _, entry in ipairs(server:ledger()) do
        did[entry.task] = entry.operation == "assign" and entry.assignee or entry.variables
      end
      local approved = { { name = "approved", value = "true" } }
      assert.same({ [small] = approved, [large] = "frida", [late] = approved, [text] = "frida",
        [number] = approved }, did)
      assert.is_nil(did[taken] or did[other])
    end)

    it("comes back to what failed, but not to what another has settled", function()
      server = sandbox.start { tasks = {} }
      local unread, undone, lost = invoice "1", invoice "2", invoice "3"
      server:fault { { path = ("/v1/tasks/%s/variables"):format(unread), action = "status", status = 500 },
        { path = ("/v1/tasks/%s/complete"):format(undone), action = "exhausted", times = 4 },
        { path = ("/v1/tasks/%s/complete"):format(lost), action = "status", status = 404,
          body = ('{"status":404,"message":"task with id %s was not found"}'):format(lost) } }
      local process = connect.start_file(server, "examples/approve.lua", "frida", "100", "0.05")
      wait.until_true(function() return #server:ledger() == 2 end, "not all are settled")
      local searches = "/v1/tasks/search"
      local last = server:stats().requests[searches] + 2
      wait.until_true(function() return server:stats().requests[searches] >= last end, "no further look")
      process:interrupt()
      local output = process:finish()
      assert.equal(2, select(2, output:gsub("approve\t" .. undone, "")))
      assert.equal(1, select(2, output:gsub("approve\t" .. unread, "")))
      assert.equal(1, select(2, output:gsub("approve\t" .. lost, "")))
    end)

    it("says how it is used", function()
      server = sandbox.start { tasks = {} }
      for _, arguments in ipairs { {}, { "frida", "much" } } do
        local output, code = run("approve", table.unpack(arguments))
        find(output, "usage:")
        assert.equal(2, code)
      end
    end)
  end)

  describe("report", function()
    it("counts open tasks by group and age", function()
      local hour, day = 3600, 86400
      server = sandbox.start { tasks = {
        { candidateGroups = { "sales" }, creationDate = seconds_ago(hour) },
        { candidateGroups = { "sales" }, creationDate = seconds_ago(2 * hour) },
        { candidateGroups = { "sales", "Geschäftsführung" }, creationDate = seconds_ago(2 * day) },
        { candidateGroups = { "sales" }, creationDate = seconds_ago(30 * day), taskState = "COMPLETED" },
        { candidateGroups = { "Geschäftsführung" }, creationDate = seconds_ago(8 * day) },
        { candidateGroups = { "Büro" }, creationDate = seconds_ago(hour) },
        { creationDate = seconds_ago(300 * day) },
      } }
      local output, code = run "report"
      assert.same({
        "group              < 1 day  < 1 week     older",
        "-                        0         0         1",
        "Büro                     1         0         0",
        "Geschäftsführung         0         1         1",
        "sales                    2         1         0",
      }, lines_of(output))
      assert.equal(0, code)
    end)

    it("has no rows where no task is open", function()
      server = sandbox.start { tasks = {} }
      assert.same({ "group   < 1 day  < 1 week     older" }, lines_of((run "report")))
    end)
  end)

  describe("variables", function()
    it("joins variables to their tasks, a request for each page", function()
      local tasks = {}
      for i = 1, 250 do
        tasks[i] = { id = ("%d"):format(i), name = "Pay",
          creationDate = ("2024-03-01T00:%02d:%02dZ"):format(i // 60, i % 60),
          variables = { { name = "amount", value = ("%d"):format(i) }, { name = "paid", value = "false" } } }
      end
      local long = ("x"):rep(9000)
      table.insert(tasks[1].variables, { name = "note", value = '"' .. long .. '"' })
      table.insert(tasks[2].variables, { name = "note", value = '{"a":[1,null]}' })
      table.insert(tasks[3].variables, { name = "note", value = "null" })
      table.insert(tasks[4].variables, { name = "note", value = [["one\ttwo"]] })
      server = sandbox.start { tasks = tasks }
      local output, code = run("variables", "amount", "paid", "note")
      assert.equal(0, code)
      local lines = lines_of(output)
      assert.equal(250, #lines)
      assert.equal("250\tPay\t250\tfalse\t-", lines[1])
      assert.equal("4\tPay\t4\tfalse\tone two", lines[247])
      assert.equal("3\tPay\t3\tfalse\tnull", lines[248])
      assert.equal('2\tPay\t2\tfalse\t{"a":[1,null]}', lines[249])
      assert.equal("1\tPay\t1\tfalse\t" .. long, lines[250])
      assert.equal(2, server:stats().requests["/v1/tasks/search"])
    end)
  end)

  describe("claim", function()
    it("does each task of a group once, with two workers at once", function()
      local tasks = {}
      for i = 1, 60 do
        tasks[i] = { id = ("%d"):format(i), name = "Pack", candidateGroups = { i % 3 == 0 and "sales" or "warehouse" },
          implementation = i % 10 == 0 and "ZEEBE_USER_TASK" or nil }
      end
      server = sandbox.start { tasks = tasks }
      -- Who comes first has its first task, and waits for the word of it while the other goes on.
      server:fault { path = "/v1/tasks/", method = "PATCH", action = "delay", seconds = 2, executed = true }
      local workers = {}
      for i, name in ipairs { "ann", "bob" } do
        workers[i] = connect.start_file(server, "examples/claim.lua", "warehouse", name, "1")
      end
      local told = {}
      for _, worker in ipairs(workers) do
        local output, code = worker:finish()
        assert.equal(0, code, output)
        for _, line in ipairs(lines_of(output)) do told[#told + 1] = line:match("^(%d+)\tPack$") end
      end
      assert.equal(36, #told)
      local completed, claimed_by, claimed = {}, {}, {}
      for _, entry in ipairs(server:ledger()) do
        if entry.operation == "assign" then
          assert.is_nil(claimed_by[entry.task])
          claimed_by[entry.task], claimed[entry.assignee] = entry.assignee, true
        else
          assert.is_nil(completed[entry.task])
          completed[entry.task] = true
          assert.same({ { name = "completedBy", value = '"' .. claimed_by[entry.task] .. '"' } }, entry.variables)
        end
      end
      for _, id in ipairs(told) do assert.is_true(completed[id]) end
      assert.equal(36, #server:ledger "complete")
      for _, entry in ipairs(server:log()) do
        if entry.path:find "/assign$" then find(entry.body, '"allowOverrideAssignment":false') end
      end
      assert.same({ ann = true, bob = true }, claimed)
    end)

    for _, one in ipairs(servers) do
      it("does what the server lets it do: " .. one.name, function()
        local tasks = {}
        for i, kind in ipairs { "ZEEBE_USER_TASK", "JOB_WORKER" } do
          tasks[i] = { id = ("%d"):format(i), name = "Pack", candidateGroups = { "sales" }, implementation = kind }
        end
        server = servers.start(one, { tasks = tasks })
        local output, code = run("claim", "sales", "ann-1")
        assert.equal(0, code, output)
        local done = {}
        for _, entry in ipairs(server:ledger "complete") do done[#done + 1] = tonumber(entry.task) end
        table.sort(done)
        assert.same(DONE_BY_CLAIM[one.name] or { 1 }, done)
      end)
    end

    it("goes on over a completion that fails, and does it in the next run", function()
      local tasks = {}
      for i = 1, 4 do tasks[i] = { id = ("%d"):format(i), name = "Pack", candidateGroups = { "sales" } } end
      tasks[5] = { id = "5", name = "Pack", candidateGroups = { "warehouse" }, assignee = "ann" }
      tasks[6] = { id = "6", name = "Pack", candidateGroups = { "sales" }, assignee = "bob" }
      server = sandbox.start { tasks = tasks }
      server:fault { { path = "/v1/tasks/2/complete", action = "status", status = 502, executed = true },
        { path = "/v1/tasks/3/complete", action = "exhausted", times = 4 } }
      local output, code = run("claim", "sales", "ann")
      find(output, "the server answered 503")
      assert.is_nil(output:find("502", 1, true))
      assert.equal(1, code)
      assert.equal(3, #server:ledger "complete")
      output, code = run("claim", "sales", "ann")
      assert.equal("3\tPack\n", output)
      assert.equal(0, code)
      local times = {}
      for _, entry in ipairs(server:ledger "complete") do times[entry.task] = (times[entry.task] or 0) + 1 end
      assert.same({ ["1"] = 1, ["2"] = 1, ["3"] = 1, ["4"] = 1 }, times)
    end)

    it("says what is no quicker worker", function()
      server = sandbox.start { tasks = { { id = "1", candidateGroups = { "sales" } } } }
      server:fault { path = "/v1/tasks/1", action = "status", status = 403, body = '{"message":"no"}' }
      local output, code = run("claim", "sales", "ann")
      find(output, "the server answered 403: no")
      assert.equal(1, code)
      assert.same({}, server:ledger())
    end)

    it("does several at once", function()
      local tasks = {}
      for i = 1, 6 do tasks[i] = { id = ("%d"):format(i), name = "Pack", candidateGroups = { "sales" } } end
      server = sandbox.start { tasks = tasks }
      -- The first claim is answered late, and its task comes last.
      server:fault { path = "/v1/tasks/", method = "PATCH", action = "delay", seconds = 0.5, executed = true }
      local lines = lines_of((run("claim", "sales", "ann", "2")))
      assert.equal(6, #lines)
      assert.equal(server:ledger("assign")[1].task .. "\tPack", lines[6])
      server:tasks(tasks)
      server:fault { path = "/v1/tasks/", method = "PATCH", action = "delay", seconds = 0.5, executed = true }
      server:clear()
      lines = lines_of((run("claim", "sales", "ann", "1")))
      assert.equal(server:ledger("assign")[1].task .. "\tPack", lines[1])
    end)

    it("says how it is used", function()
      server = sandbox.start { tasks = {} }
      for _, arguments in ipairs { { "sales" }, { "sales", "ann", "many" } } do
        local output, code = run("claim", table.unpack(arguments))
        find(output, "usage:")
        assert.equal(2, code)
      end
    end)
  end)

  describe("worker", function()
    local stop
    before_each(function()
      stop = os.tmpname()
      os.remove(stop)
    end)
    after_each(function() os.remove(stop) end)

    local function order(changes)
      local task = { name = "Pack", candidateGroups = { "sales" } }
      for name, value in pairs(changes or {}) do task[name] = value end
      return select(2, server:start_instance { tasks = { task } })[1]
    end

    local function start()
      return connect.start_file(server, "examples/worker.lua", "sales", "ann", "4", "0.05", stop)
    end

    local function stop_it()
      assert(io.open(stop, "w")):close()
    end

    -- The ids that were completed, each once, by whom they were claimed.
    local function completed()
      local done, by = {}, {}
      for _, entry in ipairs(server:ledger()) do
        if entry.operation == "assign" then
          by[entry.task] = entry.assignee
        else
          assert.is_nil(done[entry.task])
          done[entry.task] = by[entry.task] or "held"
        end
      end
      return done
    end

    it("works off what is there and what comes, until the file is there", function()
      server = sandbox.start { tasks = {} }
      local first, second = order(), order()
      local held = order { assignee = "ann" }
      order { assignee = "bob" }
      order { candidateGroups = { "hr" } }
      local process = start()
      wait.until_true(function() return #server:ledger "complete" == 3 end, "the first were not done")
      local late = order()
      wait.until_true(function() return #server:ledger "complete" == 4 end, "what came was not done")
      stop_it()
      local output, code = process:finish()
      assert.equal(4, #lines_of(output), output)
      assert.equal(0, code)
      assert.same({ [first] = "ann", [second] = "ann", [held] = "held", [late] = "ann" }, completed())
    end)

    it("completes what it has claimed before it stops", function()
      server = sandbox.start { tasks = {} }
      for _ = 1, 3 do order() end
      server:fault { path = "/v1/tasks/", method = "PATCH", action = "delay", seconds = 0.3, executed = true,
        times = 3 }
      local process = start()
      wait.until_true(function() return #server:ledger "assign" > 0 end, "none was claimed")
      stop_it()
      local output, code = process:finish()
      assert.equal(0, code, output)
      assert.equal(#server:ledger "assign", #server:ledger "complete")
      assert.equal(#server:ledger "assign", #lines_of(output))
    end)

    it("completes what it has claimed after Ctrl-C", function()
      server = sandbox.start { tasks = {} }
      for _ = 1, 3 do order() end
      server:fault { path = "/v1/tasks/", method = "PATCH", action = "delay", seconds = 1, executed = true,
        times = 3 }
      local process = start()
      wait.until_true(function() return #server:ledger "assign" == 3 end, "they were not claimed")
      process:interrupt()
      local output, code = process:finish()
      assert.equal(0, code, output)
      assert.equal(3, #server:ledger "complete")
      assert.equal(3, #lines_of(output), output)
    end)

    it("stops at Ctrl-C while it completes what it held, too", function()
      server = sandbox.start { tasks = {} }
      local id = order { assignee = "ann" }
      server:fault { path = "/v1/tasks/", method = "PATCH", action = "silent" }
      local process = start()
      wait.until_true(function()
        local last = server:log()[#server:log()]
        return last and last.method == "PATCH"
      end, "it was not to be completed")
      process:interrupt()
      local output, code = process:finish()
      assert.equal(id .. "\tPack\n", output)
      assert.equal(0, code)
      assert.same({ [id] = "held" }, completed())
    end)

    it("begins with what it held when it was killed", function()
      server = sandbox.start { tasks = {} }
      local id = order()
      server:fault { path = "/v1/tasks/", method = "PATCH", action = "delay", seconds = 5, executed = true }
      local process = start()
      wait.until_true(function() return #server:ledger "assign" == 1 end, "it was not claimed")
      process:kill()
      server:clear()
      process = start()
      assert.equal(id .. "\tPack", process:line())
      stop_it()
      process:finish()
      assert.same({ [id] = "held" }, completed())
    end)

    it("says what fails, and comes back to what it could not claim", function()
      server = sandbox.start { tasks = {} }
      local id = order()
      server:fault { path = "/v1/tasks/", method = "PATCH", action = "exhausted", times = 4 }
      local process = start()
      find(process:line(), "the server answered 503")
      assert.equal(id .. "\tPack", process:line())
      stop_it()
      assert.same("", (process:finish()))
    end)

    it("ends with what cannot pass", function()
      server = sandbox.start { tasks = {} }
      server:fault { { path = "/v1/tasks/search", action = "delay", seconds = 0 },
        { path = "/v1/tasks/search", action = "status", status = 403, body = '{"message":"no"}' } }
      local output, code = start():finish()
      find(output, "the server answered 403: no")
      assert.equal(1, code)
    end)

    it("says how it is used", function()
      server = sandbox.start { tasks = {} }
      for _, arguments in ipairs { { "sales" }, { "sales", "ann", "many" }, { "sales", "ann", "4", "often" } } do
        local output, code = run("worker", table.unpack(arguments))
        find(output, "usage:")
        assert.equal(2, code)
      end
    end)
  end)

  describe("complete", function()
    it("completes a task with the command line's variables", function()
      server = sandbox.start { tasks = { { id = "1", name = "Approve" } } }
      local output, code = run("complete", "1", "approved=true", "amount=12.5", "lines=[1,2]", "note=it's fine",
        "nothing=null", "formula=a=b")
      assert.equal("1\tApprove\tCOMPLETED\n", output)
      assert.equal(0, code)
      assert.same({ { name = "amount", value = "12.5" }, { name = "approved", value = "true" },
        { name = "formula", value = '"a=b"' }, { name = "lines", value = "[1,2]" },
        { name = "note", value = '"it\'s fine"' }, { name = "nothing", value = "null" } },
        server:ledger("complete")[1].variables)
    end)

    it("says what the server refuses", function()
      server = sandbox.start { tasks = { { id = "1", taskState = "COMPLETED" } } }
      local output, code = run("complete", "1")
      find(output, "Task is not active")
      assert.equal(1, code)
    end)

    it("says how it is used, and completes nothing", function()
      server = sandbox.start { tasks = { { id = "1" } } }
      local _, code = run "complete"
      assert.equal(2, code)
      local output
      output, code = run("complete", "1", "approved")
      find(output, "approved: NAME=VALUE expected")
      assert.equal(2, code)
      assert.same({}, server:ledger())
    end)
  end)
end)
