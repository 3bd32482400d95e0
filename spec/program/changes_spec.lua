--- `tasklist unclaim`, `complete`, `draft` and `update`, as processes.
local program = require "spec.support.program"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"

describe("tasklist", function()
  local server
  setup(function() server = sandbox.start { version = "8.10" } end)
  teardown(function() server:stop() end)

  local ids = { "1", "2" }
  before_each(function()
    server:clear()
    server:tasks { { id = "1", implementation = "ZEEBE_USER_TASK" }, { id = "2", implementation = "ZEEBE_USER_TASK" } }
  end)

  local function run(words, options)
    options = options or {}
    options.server = server
    local out, err, code = program.run(words, options)
    assert.same({ "", 0 }, { err:gsub("^tasklist: %d+ %a+, 0 failed\n$", ""), code })
    return out
  end

  -- The variables of the only entry of the ledger: name -> JSON text.
  local function variables(operation)
    local entries, found = server:ledger(operation), {}
    for _, variable in ipairs(entries[1].variables) do found[variable.name] = variable.value end
    return found, #entries
  end

  it("complete sends variables of the command line and of a file, all tasks the same", function()
    local path = os.tmpname()
    local file <close> = assert(io.open(path, "w"))
    file:write '{"amount": 4, "tags": [], "note": null}'
    file:close()
    run { "complete", ids[1], ids[2], "amount=5", "city=Bonn", 'code="5"', "--vars-file", path }
    os.remove(path)
    local sent, count = variables "complete"
    assert.same({ amount = "5", city = '"Bonn"', code = '"5"', tags = "[]", note = "null" }, sent)
    assert.equal(2, count)
  end)

  it("complete reads variables from stdin, or the ids, and not both", function()
    run({ "complete", ids[1], "--vars-file", "-" }, { stdin = '{"a": 1}' })
    assert.same({ a = "1" }, (variables "complete"))
    run({ "complete", "-", "a=2" }, { stdin = ids[2] .. "\n" })
    assert.equal(2, #server:ledger "complete")
    local _, err, code = program.run({ "complete", "-", "--vars-file", "-" }, { server = server, stdin = "1\n" })
    assert.matches("^tasklist: stdin cannot be both", err)
    assert.equal(2, code)
  end)

  it("complete refuses a file without a JSON object", function()
    for _, text in ipairs { "[]", "[1]", "5", "{", "", '{"a":"\xff"}' } do
      local _, err, code = program.run({ "complete", ids[1], "--vars-file", "-" }, { server = server, stdin = text })
      assert.matches("^tasklist: %-%-vars%-file: ", err)
      assert.equal(2, code)
    end
    assert.same({}, server:ledger "complete")
  end)

  it("complete --verify finds out whether a task was completed", function()
    server:fault { action = "close", at = "executed", path = "/v2/user-tasks/" .. ids[1] .. "/completion" }
    run { "complete", ids[1], "--verify" }
    assert.equal(1, #server:ledger "complete")
  end)

  it("unclaim takes tasks from their assignees", function()
    run { "claim", ids[1], ids[2], "--as", "me" }
    run { "unclaim", ids[1], ids[2] }
    assert.equal(2, #server:ledger "unassign")
  end)

  it("draft keeps variables", function()
    local old <close> = sandbox.start { tasks = { { id = "1" } } }
    local _, err, code = program.run({ "draft", "1", "amount=5", "city=Bonn" }, { server = old })
    assert.same({ "", 0 }, { err, code })
    assert.equal(1, #old:ledger "save_drafts")
  end)

  local function of_task(id, ...)
    return run { "get", id, "-o", "tsv", "--columns", (...) }:match "([^\n]*)\n$"
  end

  it("update changes dates, priority and groups, and takes them away", function()
    local before = os.time()
    run { "update", ids[1], ids[2], "--due", "2030-05-01T12:00:00Z", "--follow-up", "+3d", "--priority", "7",
      "--group", "a", "--group", "b" }
    assert.matches("^2030%-05%-01T12:00:00", of_task(ids[2], "dueDate"))
    local followed = tasklist.time(of_task(ids[2], "followUpDate")) - 3 * 86400
    assert.is_true(followed >= before and followed <= os.time())
    assert.equal("7", of_task(ids[2], "priority"))
    assert.matches("a.*b", of_task(ids[2], "candidateGroups"))
    run { "update", ids[2], "--due", "none", "--priority", "none", "--group", "none" }
    assert.equal("", of_task(ids[2], "dueDate"))
    assert.equal("50", of_task(ids[2], "priority"))
    assert.is_nil(of_task(ids[2], "candidateGroups"):find "%a")
  end)

  it("update takes a date alone for the end of that day, or for its beginning to follow up", function()
    run({ "update", ids[1], "--due", "2030-05-01", "--follow-up", "2030-05-01" }, { environment = { TZ = "UTC-2" } })
    assert.matches("^2030%-05%-01T21:59:59", of_task(ids[1], "dueDate"))
    assert.matches("^2030%-04%-30T22:00:00", of_task(ids[1], "followUpDate"))
  end)
end)
