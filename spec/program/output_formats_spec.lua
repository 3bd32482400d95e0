--- How the program writes results, as a process.
local program = require "spec.support.program"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"

local FOREIGN = "a\tb\\c\nd\27[31me\u{9b}2Jf\127"

local TASKS = {
  { id = "1", name = "Pay", assignee = "frida", candidateGroups = { "b", "a" }, creationDate = "2024-03-01T08:00:00Z" },
  { id = "2", name = FOREIGN, creationDate = "2024-03-01T07:00:00Z", dueDate = "2024-03-02T00:00:00Z" },
}

-- The text of stdout; the program must have said nothing else.
local function out_of(words, options)
  local out, err, code = program.run(words, options)
  assert.equal("", err)
  assert.equal(0, code)
  return out
end

describe("tasklist list", function()
  local server
  setup(function() server = sandbox.start { tasks = TASKS } end)
  teardown(function() server:stop() end)

  local function listed(...)
    return out_of({ "list", ... }, { server = server })
  end

  it("writes tab-separated text into a pipe, from which printf has each field back", function()
    local out = listed("--columns", "id,name,candidateGroups,dueDate,assignee")
    assert.equal('1\tPay\t["b","a"]\t\tfrida\n'
      .. [[2]] .. "\t" .. [[a\tb\\c\nd\0033[31me\0302\02332Jf\0177]] .. "\t\t2024-03-02T00:00:00.000+0000\t\n", out)
    local name = out:match "\n2\t([^\t]*)"
    local printf <close> = assert(io.popen("printf %b '" .. name .. "'"))
    assert.equal(FOREIGN, printf:read "a")
  end)

  it("writes the dates of tsv as they came", function()
    assert.matches("^1\tPay\tfrida\t\t2024%-03%-01T08:00:00%.000%+0000\n", listed "-otsv")
  end)

  it("writes an object for each task with ndjson, its names in order", function()
    local out, count = listed("-o", "ndjson"), 0
    for line in out:gmatch "([^\n]*)\n" do
      local task, last = assert(tasklist.decode(line)), ""
      count = count + 1
      assert.equal(TASKS[count].name, task.name)
      -- Values of tasks have no names here but the task's own.
      for name in line:gmatch '"([%a]+)":' do
        assert.is_true(last < name, name)
        last = name
      end
    end
    assert.equal(2, count)
  end)

  it("keeps the types that came: an empty list is a list, an integer an integer", function()
    assert.equal('{"priority":50,"variables":[]}\n{"priority":50,"variables":[]}\n',
      listed("-o", "ndjson", "--columns", "variables,priority"))
    assert.equal("[]\t50\n[]\t50\n", listed("--columns", "variables,priority"))
  end)

  it("writes one array with json, also of nothing", function()
    local all = assert(tasklist.decode(listed "-ojson"))
    assert.equal(2, #all)
    assert.equal(FOREIGN, all[2].name)
    assert.equal("[]\n", listed("-ojson", "--assignee", "nobody"))
  end)

  it("writes only the fields that are asked for with json, and none that is not there", function()
    assert.equal('[\n{"assignee":"frida","id":"1"},\n{"id":"2"}\n]\n',
      listed("-ojson", "--columns", "id,assignee,completionDate"))
  end)

  it("writes ids alone with id", function()
    assert.equal("1\n2\n", listed "-oid")
  end)

  it("writes JSON in which nothing is a control character to a terminal, with the same values", function()
    local out = out_of({ "list", "-ondjson" }, { server = server, terminal = 80 })
    local line = out:match "\n({[^\r]*})\r\n$"
    assert.is_nil(line:find "[%c\127]")
    assert.is_nil(line:find "\xc2[\x80-\x9f]")
    assert.equal(FOREIGN, tasklist.decode(line).name)
  end)

  it("says so where the disk is full, and ends with 1", function()
    local pipe <close> = assert(io.popen(("env %s bin/tasklist list 2>&1 >/dev/full; echo $?")
      :format(program.environment(server))))
    assert.matches("^tasklist: cannot write the output: No space left on device\n1\n$", pipe:read "a")
  end)
end)

describe("tasklist vars", function()
  it("keeps the types of values with json, and has the names of objects in them in order", function()
    local server <close> = sandbox.start { tasks = { { id = "1", variables = {
      { name = "tags", value = "{}" }, { name = "list", value = "[]" }, { name = "float", value = "1.0" },
      { name = "deep", value = '{"b":[{"y":null,"x":9007199254740993}],"a":{}}' },
    } } } }
    assert.equal('[\n{"deep":{"a":{},"b":[{"x":9007199254740993,"y":null}]},"float":1.0,"list":[],"tags":{}}\n]\n',
      out_of({ "vars", "1", "-o", "json" }, { server = server }))
  end)
end)

describe("tasklist get", function()
  it("writes an array with json for one id, too", function()
    local server <close> = sandbox.start { tasks = { TASKS[1] } }
    local all = assert(tasklist.decode(out_of({ "get", "1", "-o", "json" }, { server = server })))
    assert.equal(1, #all)
    assert.equal("Pay", all[1].name)
  end)
end)
