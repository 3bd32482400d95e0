--- `tasklist watch`, as a process.
local program = require "spec.support.program"
local sandbox = require "spec.support.sandbox"
local wait = require "spec.support.wait"

describe("tasklist watch", function()
  local server
  local TASKS = { { id = "1", name = "Pay", candidateGroups = { "sales" }, creationDate = "2024-03-01T00:00:00Z" },
    { id = "2", name = "Pack", creationDate = "2024-03-02T00:00:00Z" } }
  before_each(function() server = sandbox.start { tasks = TASKS } end)
  after_each(function() server:stop() end)

  it("shows with --once what is there, the oldest first", function()
    local out, err, code = program.run({ "watch", "--once", "--columns", "id,name" }, { server = server })
    assert.equal("1\tPay\n2\tPack\n", out)
    assert.equal("", err)
    assert.equal(0, code)
    assert.equal("1\n", (program.run({ "watch", "--once", "--group", "sales", "-o", "id" }, { server = server })))
  end)

  it("shows each task as it comes, and ends with 130 at Ctrl-C", function()
    local running = program.start({ "watch", "--interval", "0.05", "-o", "id" }, { server = server, terminal = 80 })
    wait.until_true(function() return running:out() == "1\r\n2\r\n" end, "not those that are there")
    server:tasks { TASKS[1], TASKS[2], { id = "3" } }
    wait.until_true(function() return running:out() == "1\r\n2\r\n3\r\n" end, "not the new one")
    running:send "\3"
    local _, _, code = running:finish()
    assert.equal(130, code)
  end)

  it("goes on when the server is away for a while", function()
    server:fault { action = "status", path = "/v1/tasks/search", status = 500, times = 1 }
    local running = program.start({ "watch", "--interval", "0.05", "-o", "id" }, { server = server })
    wait.until_true(function() return running:out() == "1\n2\n" end, "it did not go on")
    assert.matches("^tasklist: POST /v1/tasks/search: the server answered 500[^\n]*\n$", running:err())
    os.execute("kill -INT " .. running:pid())
    local _, _, code = running:finish()
    assert.equal(130, code)
  end)

  it("runs a command for each, which gets nothing of the task but its id", function()
    server:fault { action = "body", path = "/v1/tasks/search",
      body = [=[[{"id":"it's $(echo run)","name":"$(echo run)"}]]=] }
    local words = { "watch", "--once", "--exec", "printf 'got %s\\n' {} {}" }
    local out, err, code = program.run(words, { server = server })
    assert.equal("got it's $(echo run)\ngot it's $(echo run)\n", out)
    assert.equal("", err)
    assert.equal(0, code)
  end)

  it("says which command failed, goes on, and ends with 1", function()
    local out, err, code = program.run({ "watch", "--once", "-o", "id", "--exec", "exit {}" }, { server = server })
    assert.equal("1\n2\n", out)
    assert.equal("tasklist: 1: the command ended with 1\ntasklist: 2: the command ended with 2\n", err)
    assert.equal(1, code)
  end)

  it("ends at a Ctrl-C that a command gets", function()
    local words = { "watch", "--exec", "echo begun; exec sleep 60" }
    local running = program.start(words, { server = server, terminal = 80 })
    wait.until_true(function() return running:out() == "begun\r\n" end, "no command")
    running:send "\3"
    local out, _, code = running:finish()
    assert.equal("begun\r\n^C", (out:gsub("%s*$", "")))
    assert.equal(130, code)
  end)

  -- Seconds after which a task is as the filter asks: time enough for a look before.
  local SOON = 4
  local function date(seconds) return os.date("!%Y-%m-%dT%H:%M:%SZ", os.time() + seconds) end

  for what, case in pairs {
    ["it is old enough"] = { { "--older", "1m" }, function() return { id = "1", creationDate = date(SOON - 60) } end },
    ["it becomes overdue"] = { { "--overdue" }, function() return { id = "1", dueDate = date(SOON) } end },
  } do
    it("gives a task when " .. what, function()
      server:tasks { case[2]() }
      local words = { "watch", "--interval", "0.05", "-o", "id", table.unpack(case[1]) }
      local running = program.start(words, { server = server })
      wait.until_true(function() return (server:stats().requests["/v1/tasks/search"] or 0) > 2 end, "no second look")
      assert.equal("", running:out())
      wait.until_true(function() return running:out() == "1\n" end, "it did not come")
      os.execute("kill -INT " .. running:pid())
      running:finish()
    end)
  end
end)
