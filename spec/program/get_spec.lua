--- `tasklist get`, as a process.
local program = require "spec.support.program"
local sandbox = require "spec.support.sandbox"

local TASKS = { { id = "1", name = "Pay", implementation = "ZEEBE_USER_TASK" },
  { id = "2", name = "Pack", implementation = "ZEEBE_USER_TASK" } }

describe("tasklist get", function()
  local server
  lazy_setup(function() server = sandbox.start { tasks = TASKS } end)
  lazy_teardown(function() server:stop() end)

  local function get(words, options)
    table.insert(words, 1, "get")
    options = options or {}
    options.server = options.server or server
    return program.run(words, options)
  end

  it("shows tasks in the order of the ids", function()
    local out, err, code = get { "2", "1", "--columns", "id,name" }
    assert.equal("2\tPack\n1\tPay\n", out)
    assert.equal("", err)
    assert.equal(0, code)
  end)

  it("reads ids from stdin", function()
    assert.equal("1\n2\n", (get({ "-", "-o", "id" }, { stdin = "1\n2\n" })))
  end)

  it("goes on after a task that is not there, and ends with 4", function()
    local out, err, code = get { "none", "2", "-o", "id" }
    assert.equal("2\n", out)
    assert.matches("^tasklist: none: [^\n]+\n$", err)
    assert.equal(4, code)
  end)

  it("works on several at a time", function()
    local ids, words = {}, {}
    for i = 1, 20 do
      ids[i] = { id = ("%02d"):format(i), implementation = "ZEEBE_USER_TASK" }
      words[i] = ids[i].id
    end
    local many <close> = sandbox.start { tasks = ids }
    words[#words + 1] = "-j"
    words[#words + 1] = "8"
    local lines = {}
    words[#words + 1] = "-o"
    words[#words + 1] = "id"
    for line in get(words, { server = many }):gmatch "%d+" do lines[#lines + 1] = line end
    table.sort(lines)
    assert.equal(20, #lines)
    assert.equal("20", lines[20])
    assert.is_true(many:stats().connections > 2)
  end)

  it("reads by v2, too", function()
    local newer <close> = sandbox.start { version = "8.10", tasks = TASKS }
    local out, err, code = get({ "1", "99", "--columns", "name" }, { server = newer })
    assert.equal("Pay\n", out)
    assert.matches("^tasklist: 99: ", err)
    assert.equal(4, code)
  end)

  it("wants an id", function()
    assert.equal(2, (select(3, get {})))
  end)
end)
