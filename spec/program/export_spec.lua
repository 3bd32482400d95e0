--- `tasklist export`, as a process.
local program = require "spec.support.program"
local sandbox = require "spec.support.sandbox"
local wait = require "spec.support.wait"

local NAMES = "id,name,taskDefinitionId,processName,processInstanceKey,taskState,assignee,candidateGroups,"
  .. "candidateUsers,creationDate,completionDate,dueDate,followUpDate,priority,tenantId"

describe("tasklist export", function()
  local server
  after_each(function() server:stop() end)

  local function many(count, version)
    local tasks = {}
    for i = 1, count do
      tasks[i] = { id = tostring(i), implementation = version and "ZEEBE_USER_TASK" }
    end
    return sandbox.start { tasks = tasks, version = version }
  end

  local function run(words, options)
    options = options or {}
    options.server = server
    return program.run({ "export", table.unpack(words) }, options)
  end

  -- The lines of a text by how often each is there.
  local function counted(text)
    local lines, count = {}, 0
    for line in text:gmatch "[^\r\n]+" do
      lines[line], count = (lines[line] or 0) + 1, count + 1
    end
    return lines, count
  end

  it("writes CSV with a line of names, quoted as RFC 4180 says", function()
    local name = 'Say "hello", twice\nnow'
    server = sandbox.start { tasks = { { id = "1", name = name, candidateGroups = { "sales", "hr" } } } }
    local out, err, code = run { "--columns", "id,name,candidateGroups,assignee" }
    assert.equal('id,name,candidateGroups,assignee\r\n1,"Say ""hello"", twice\nnow",sales hr,\r\n', out)
    assert.equal("", err)
    assert.equal(0, code)
  end)

  it("names the fields of a task where nobody asks for others, also without any task", function()
    server = sandbox.start { tasks = {} }
    assert.equal(NAMES .. "\r\n", (run {}))
  end)

  for text, cell in pairs { ["=1+1"] = "'=1+1", ["+1+1"] = "'+1+1", ["-cmd"] = "'-cmd", ["@SUM(A1)"] = "'@SUM(A1)",
    ["\t=1"] = "'\t=1", ["-12.5"] = "-12.5", ["+49"] = "+49", ["a=1"] = "a=1", ['=A1,"x"'] = [["'=A1,""x"""]] } do
    it(("leaves a spreadsheet nothing to run of %q"):format(text), function()
      server = sandbox.start { tasks = { { id = "1", name = text } } }
      assert.equal("name\r\n" .. cell .. "\r\n", (run { "--columns", "name" }))
    end)
  end

  it("writes variables as columns", function()
    server = sandbox.start { tasks = { { id = "1", variables = { { name = "a", value = "5" },
      { name = "b", value = '"x y"' }, { name = "c", value = '{"z":1,"a":[]}' } } } } }
    local out = run { "--vars", "a,b,c,none", "--columns", "id,variable a,variable b,variable c,variable none" }
    assert.equal('id,variable a,variable b,variable c,variable none\r\n1,5,x y,"{""z"":1,""a"":[]}",\r\n', out)
    assert.matches("tenantId,variable a,variable b\r\n", (run { "--vars", "a,b" }))
  end)

  it("asks for a variable once that is named twice", function()
    server = many(1)
    local out, err, code = run { "--vars", "b,a,b", "--columns", "id,variable a,id" }
    assert.same({ "id,variable a\r\n1,\r\n", "", 0 }, { out, err, code })
    assert.matches("tenantId,variable b,variable a\r\n", (run { "--vars", "b,a,b" }))
  end)

  it("writes JSON lines, with variables as they came", function()
    server = sandbox.start { tasks = { { id = "1", variables = { { name = "a", value = "5" },
      { name = "c", value = '{"z":1,"a":[]}' } } } } }
    local out = run { "-o", "ndjson", "--vars", "a,c" }
    assert.matches('^{[^\n]*"id":"1",[^\n]*"variables":{"a":5,"c":{"z":1,"a":%[%]}}}\n$', out)
  end)

  it("shows a terminal no control characters", function()
    server = sandbox.start { tasks = { { id = "1", name = "a\27[31mb" } } }
    local out = program.run({ "export", "--columns", "name" }, { server = server, terminal = 80 })
    assert.equal("name\r\r\na\u{FFFD}[31mb\r\r\n", out)
    assert.equal("name\r\na\27[31mb\r\n", (run { "--columns", "name" }))
  end)

  for _, version in ipairs { "8.6", "8.10" } do
    it("goes on where it ended early, with each task once, on " .. version, function()
      server = many(450, version)
      local path = os.tmpname()
      local search = version == "8.6" and "/v1/tasks/search" or "/v2/user-tasks/search"
      server:fault { { action = "delay", path = search, seconds = 0, times = 2 },
        { action = "status", path = search, status = 500, times = 9 } }
      local _, err, code = run { "--to", path, "--columns", "id" }
      assert.equal(1, code)
      local cursor = assert(err:match "goes on with %-%-after '(.-)'\n", err)
      server:clear()
      _, err, code = run { "--to", path, "--columns", "id", "--after", cursor }
      assert.equal("", err)
      assert.equal(0, code)
      local file <close> = assert(io.open(path, "rb"))
      local lines, count = counted(file:read "a")
      os.remove(path)
      assert.equal(451, count)
      for i = 1, 450 do assert.equal(1, lines[tostring(i)], i) end
      assert.equal(1, lines.id)
    end)
  end

  it("says at Ctrl-C how it goes on", function()
    server = many(450)
    server:fault { { action = "delay", path = "/v1/tasks/search", seconds = 0, times = 2 },
      { action = "delay", path = "/v1/tasks/search", seconds = 60 } }
    local running = program.start({ "export", "--to", "/dev/null" }, { server = server, terminal = 80 })
    wait.until_true(function() return server:stats().requests["/v1/tasks/search"] == 3 end, "no third page")
    running:send "\3"
    local out, _, code = running:finish()
    assert.matches("goes on with %-%-after '", out)
    assert.equal(130, code)
  end)

  it("refuses other formats, and cursors that are none", function()
    server = many(1)
    for words, text in pairs { ["-o table"] = "export: -o csv or", ["--after x"] = "--after must be what an export has",
      ["--after 5"] = "and is '5'", ["--after null"] = "and is 'null'", ["--after {}"] = "and is '{}'",
      ["--after []"] = "and is '[]'", ['--after [1,{}]'] = "and is '[1,{}]'", ['--after ""'] = "and is '\"\"'" } do
      local _, err, code = run { words:match "^(%S+) (%S+)$" }
      assert.matches("^tasklist: [^\n]+\nTry: tasklist export %-%-help\n$", err)
      assert.is_truthy(err:find(text, 1, true), err)
      assert.equal(2, code)
    end
  end)

  it("does not say where to go on when it has come nowhere", function()
    server = many(1)
    local _, err, code = run { "--after", '"of v2"' }
    assert.matches("^tasklist: [^\n]*cursor[^\n]*\n$", err)
    assert.equal(1, code)
  end)

  it("leaves the file as it is where the command line is wrong", function()
    server = many(1)
    local path = os.tmpname()
    run { "--to", path }
    assert.equal(2, (select(3, run { "--to", path, "--columns", "idd" })))
    local file <close> = assert(io.open(path, "rb"))
    os.remove(path)
    assert.matches("^id,name,", file:read "a")
  end)

  it("says where the file cannot be written", function()
    server = many(1)
    local _, err, code = run { "--to", "/none/file.csv" }
    assert.matches("^tasklist: .*/none/file.csv: No such file", err)
    assert.equal(1, code)
    _, err, code = run { "--to", "/dev/full" }
    assert.matches("^tasklist: [^\n]*No space left on device\n$", err)
    assert.equal(1, code)
  end)
end)
