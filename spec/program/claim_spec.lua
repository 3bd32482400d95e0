--- `tasklist claim`, as a process.
local program = require "spec.support.program"
local sandbox = require "spec.support.sandbox"

describe("tasklist claim", function()
  local server
  before_each(function()
    server = sandbox.start { tasks = { { id = "1", name = "Pay" }, { id = "2", name = "Pack", assignee = "frida" } } }
  end)
  after_each(function() server:stop() end)

  it("assigns a task", function()
    local _, err, code = program.run({ "claim", "1", "--as", "me" }, { server = server })
    assert.equal("", err)
    assert.equal(0, code)
    assert.equal(1, #server:ledger "assign")
  end)

  it("ends with 5 where somebody has it, and says so in a line with the id", function()
    local _, err, code = program.run({ "claim", "2", "--as", "me" }, { server = server })
    assert.matches("^tasklist: 2: .*Task is already assigned[^\n]*\n$", err)
    assert.equal(5, code)
  end)

  it("reads ids from stdin", function()
    local _, _, code = program.run({ "claim", "-", "--as", "me" }, { server = server, stdin = "1\n" })
    assert.equal(0, code)
    assert.equal(1, #server:ledger "assign")
  end)

  it("may have a terminal", function()
    local out, _, code = program.run({ "list", "-o", "id" }, { server = server, terminal = 80 })
    assert.equal("1\r\n2\r\n", out)
    assert.equal(0, code)
  end)
end)
