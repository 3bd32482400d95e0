--- The table that the program shows, as a process.
local program = require "spec.support.program"
local sandbox = require "spec.support.sandbox"

-- The lines of the output of `list`, without the last line end.
local function lines_of(server, words, options)
  options = options or { terminal = 80 }
  options.server = server
  options.environment = options.environment or { NO_COLOR = "1", TZ = "UTC" }
  local out, err, code = program.run({ "list", table.unpack(words or {}) }, options)
  assert.equal("", err)
  assert.equal(0, code)
  local lines = {}
  for line in out:gmatch "([^\r\n]*)\r?\n" do lines[#lines + 1] = line end
  return lines
end

-- The first 100 tasks are short, the last one is not.
local function many()
  local tasks = {}
  for i = 1, 101 do
    tasks[i] = { id = ("%d"):format(1000 + i), name = i < 101 and "short" or ("long "):rep(30),
      creationDate = ("2024-03-01T%02d:%02d:00Z"):format(23 - i // 60, 59 - i % 60) }
  end
  return tasks
end

describe("the table", function()
  local server
  setup(function()
    server = sandbox.start { tasks = {
      { id = "11", name = "寿司と茶を注文する", priority = 5, implementation = "ZEEBE_USER_TASK",
        creationDate = "2024-03-04T08:00:00Z" },
      { id = "12", name = "Cafe\u{301} au lait", priority = 100, implementation = "ZEEBE_USER_TASK",
        creationDate = "2024-03-03T08:00:00Z", dueDate = "2024-03-05T22:30:00Z" },
      { id = "13", name = "x\27[2J\u{9b}31m\ny\u{202e}z", creationDate = "2024-03-02T08:00:00Z",
        dueDate = "9999-03-05T22:30:00Z" },
    } }
  end)
  teardown(function() server:stop() end)

  it("has a line of names, columns by the width of the characters, dates in the local time", function()
    assert.same({
      "id  name                assignee  dueDate           creationDate",
      "11  寿司と茶を注文する                              2024-03-04 09:00",
      "12  Cafe\u{301} au lait                  2024-03-05 23:30  2024-03-03 09:00",
      "13  x�[2J�31m y�z                 9999-03-05 23:30  2024-03-02 09:00",
    }, lines_of(server, {}, { terminal = 100, environment = { NO_COLOR = "1", TZ = "CET-1" } }))
  end)

  it("cuts long fields with … where the terminal is narrow", function()
    assert.same({ "id  name    assig…", "11  寿司…   ", "12  Cafe\u{301} …  ", "13  x�[2J…  " },
      lines_of(server, { "--columns", "id,name,assignee" }, { terminal = 18 }))
  end)

  it("has numbers at the right", function()
    assert.same({ "priority  id", "       5  11", "     100  12", "      50  13" },
      lines_of(server, { "--columns", "priority,id" }))
  end)

  it("has its line of names where nothing matches", function()
    assert.same({ "id  name" }, lines_of(server, { "--columns", "id,name", "--assignee", "nobody" }))
  end)

  local function shown(options)
    return table.concat(lines_of(server, { "-o", "table", "--columns", "id,name" }, options), "\n")
  end

  it("shows what is overdue in colour on a terminal", function()
    local out = shown { terminal = 80, environment = { TERM = "xterm" } }
    assert.matches("\27%[31m12  [^\n]*\27%[0m\n", out)
    assert.is_nil(out:find "\27%[31m1[13]")
  end)

  it("has no colour with NO_COLOR, with TERM=dumb and where it goes to no terminal", function()
    for _, options in ipairs { { terminal = 80, environment = { NO_COLOR = "1" } },
      { terminal = 80, environment = { TERM = "dumb" } }, {} } do
      options.environment = options.environment or { TERM = "xterm" }
      assert.is_nil(shown(options):find "\27")
    end
    assert.truthy(shown { terminal = 80, environment = { NO_COLOR = "" } }:find "\27")
  end)

  it("cuts later rows to the width that the first hundred gave", function()
    local others <close> = sandbox.start { tasks = many() }
    local lines = lines_of(others, { "--columns", "id,name" })
    assert.equal(102, #lines)
    assert.equal("1100  short", lines[101])
    assert.equal("1101  long…", lines[102])
  end)

  it("cuts no ids", function()
    local others <close> = sandbox.start { tasks = many() }
    assert.equal("1001  Activ…", lines_of(others, { "--columns", "id,taskDefinitionId" }, { terminal = 12 })[2])
  end)

  it("has a line for each field where columns would have no room, and cuts nothing there", function()
    assert.same({ "id: 11", "name: 寿司と茶を注文する", "priority: 5", "", "id: 12", "name: Cafe\u{301} au lait",
      "priority: 100", "", "id: 13", "name: x�[2J�31m y�z", "priority: 50" },
      lines_of(server, { "--columns", "id,name,priority" }, { terminal = 15 }))
    assert.same({ "id: 12", "dueDate: 2024-03-05 22:30" },
      lines_of(server, { "--columns", "id,assignee,dueDate", "--older", "1d", "--overdue" }, { terminal = 15 }))
  end)

  it("cuts nothing where it goes to no terminal", function()
    local others <close> = sandbox.start { tasks = many() }
    local lines = lines_of(others, { "-otable", "--columns", "id,name" }, {})
    assert.equal("1101  " .. ("long "):rep(30), lines[102])
  end)
end)
