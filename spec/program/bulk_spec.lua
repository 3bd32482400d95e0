--- Commands that change many tasks, as processes.
local program = require "spec.support.program"
local quote = require "spec.support.quote"
local sandbox = require "spec.support.sandbox"
local wait = require("spec.support.wait").until_true

local COUNT = 300

describe("many tasks", function()
  local server, ids
  setup(function() server = sandbox.start() end)
  teardown(function() server:stop() end)

  before_each(function()
    local tasks = {}
    ids = {}
    for i = 1, COUNT do
      ids[i] = ("%d"):format(2251799813685000 + i)
      tasks[i] = { id = ids[i] }
    end
    server:clear()
    server:tasks(tasks)
  end)

  local function lines(count)
    return table.concat(ids, "\n", 1, count) .. "\n"
  end

  local function words(first, count, ...)
    local all = { table.unpack(first) }
    table.move(ids, 1, count, #all + 1, all)
    return table.move({ ... }, 1, select("#", ...), #all + 1, all)
  end

  local function claim(options, ...)
    options.server = server
    return program.run({ "claim", "-", "--as", "me", ... }, options)
  end

  it("are worked on several at a time, each once, and counted at the end", function()
    local out, err, code = claim({ stdin = lines(COUNT) }, "-j", "16")
    assert.same({ "", "tasklist: 300 claimed, 0 failed\n", 0 }, { out, err, code })
    local seen = {}
    for _, entry in ipairs(server:ledger "assign") do seen[entry.task] = true end
    for _, id in ipairs(ids) do assert.is_true(seen[id]) end
    assert.equal(COUNT, #server:ledger "assign")
  end)

  it("may be more at a time than a client has requests on the wire by default", function()
    server:fault { action = "delay", seconds = 1 / 2, method = "PATCH", times = 150 }
    local run = program.start({ "claim", "-", "--as", "me", "-j", "150" }, { server = server, stdin = lines(150) })
    wait(function() return server:stats().open > 140 end)
    assert.equal(0, select(3, run:finish()))
  end)

  it("are not counted with -q, and lines without an id are none", function()
    local _, err, code = claim({ stdin = "\n" .. ids[1] .. "\r\n\n  " .. ids[2] }, "-q")
    assert.same({ "", 0 }, { err, code })
    assert.equal(2, #server:ledger "assign")
  end)

  it("are written with -o, for the next program", function()
    assert.equal(lines(3), (claim({ stdin = lines(3) }, "-o", "id")))
  end)

  it("have a line with the id for each failure, and the code that all failures share", function()
    local _, err, code = claim { stdin = "77\n" .. lines(1) .. "78\n" }
    assert.matches("^tasklist: 77: [^\n]*\ntasklist: 78: [^\n]*\ntasklist: 1 claimed, 2 failed\n$", err)
    assert.equal(4, code)
  end)

  it("have lines of stdin in what is said that no terminal obeys", function()
    local _, err = claim { stdin = "a\27[31mb\n" }
    assert.matches("^tasklist: a\u{FFFD}%[31mb: ", err)
  end)

  it("have a line for what cannot be an id, too, and go on", function()
    local _, err, code = claim({ stdin = ".\n" .. lines(2) .. "..\n" }, "-j", "3")
    assert.matches("^tasklist: %.: [^\n]* is no id\ntasklist: %.%.: [^\n]* is no id\n"
      .. "tasklist: 2 claimed, 2 failed\n$", err)
    assert.equal(2, code)
    assert.equal(2, #server:ledger "assign")
  end)

  it("end with 1 where failures have several codes, and with 6 where one may have been executed", function()
    program.run({ "claim", ids[1], "--as", "her" }, { server = server })
    assert.equal(1, select(3, claim { stdin = "77\n" .. lines(1) }))
    server:fault { action = "close", at = "executed", method = "PATCH" }
    local _, err, code = claim { stdin = ids[2] .. "\n77\n" .. ids[1] .. "\n" }
    assert.matches(ids[2] .. ": [^\n]*it may have been executed", err)
    assert.equal(6, code)
  end)

  it("are not begun any more after a failure that comes for all", function()
    local _, err, code = claim({ stdin = lines(COUNT), environment = { ZEEBE_CLIENT_SECRET = "wrong" } }, "-j", "2")
    assert.matches("\ntasklist: 0 claimed, 2 failed, 298 not tried\n$", err)
    assert.equal(3, code)
  end)

  it("are taken from stdin as they come, while others are under way", function()
    local run = program.start({ "claim", "-", "--as", "me", "-j", "4", "-o", "id" }, { server = server, open = true })
    run:send(lines(1))
    wait(function() return #server:ledger "assign" == 1 end)
    wait(function() return run:out() == lines(1) end)
    run:send(lines(2))
    wait(function() return #server:ledger "assign" >= 1 and run:out():find(ids[2], 1, true) or run:err() ~= "" end)
    run:close_input()
    assert.equal(5, select(3, run:finish())) -- the first came twice
  end)

  it("are not begun any more when nobody reads the output, and nothing is said", function()
    local status = os.tmpname()
    local script = "{ env %s bin/tasklist claim - --as me -o id <<'.'; echo $? >%s; } 2>&1 >/dev/full | cat\n%s.\n"
    local pipe = assert(io.popen(script:format(program.environment(server), status, lines(COUNT))))
    assert.matches("^tasklist: cannot write the output: [^\n]*\n$", pipe:read "a")
    pipe:close()
    local file <close> = assert(io.open(status))
    assert.equal(1, file:read "n")
    os.remove(status)
  end)

  it("end silently with 141 when the reader of the output has gone", function()
    local script = ("env %s bin/tasklist claim - --as me -o id <<'.' | true\n%s.\necho ${PIPESTATUS[0]}")
      :format(program.environment(server), lines(COUNT))
    local pipe = assert(io.popen("exec 2>&1; bash -c " .. quote(script)))
    assert.equal("141\n", pipe:read "a")
    pipe:close()
    assert.is_true(#server:ledger "assign" < COUNT)
  end)

  it("show how far they are on a terminal, and then the counts instead", function()
    server:fault { action = "delay", seconds = 6 / 10, method = "PATCH", times = 3 }
    local out, _, code = program.run(words({ "claim" }, 3, "--as", "me"), { server = server, terminal = 80 })
    assert.matches("\r2 claimed, 0 failed, %d+/s, %d s left", out)
    assert.matches("\r +\rtasklist: 3 claimed, 0 failed\r\n$", out)
    assert.equal(0, code)
  end)

  it("show nothing of that with -q, nor where stderr is no terminal", function()
    server:fault { action = "delay", seconds = 6 / 10, method = "PATCH", times = 6 }
    assert.equal("", (program.run(words({ "claim" }, 3, "--as", "me", "-q"), { server = server, terminal = 80 })))
    local _, err = program.run(words({ "claim" }, 3, "--as", "her", "--steal"), { server = server })
    assert.equal("tasklist: 3 claimed, 0 failed\n", err)
  end)

  describe("of more than 100", function()
    local function answer(text, ...)
      local run = program.start(words({ "claim" }, 101, "--as", "me", ...), { server = server, terminal = 80 })
      wait(function() return run:out():find("Go on?", 1, true) end)
      run:send(text)
      return run:finish()
    end

    it("are asked about on a terminal, and left alone without a yes", function()
      for _, text in ipairs { "n\n", "\n", "\4" } do
        local out, _, code = answer(text)
        assert.matches("tasklist: 101 tasks will be claimed. Go on%? %[y/N%]", out)
        assert.matches("tasklist: nothing was changed\r\n$", out)
        assert.equal(1, code)
      end
      assert.equal(0, #server:ledger "assign")
    end)

    it("are changed after a yes", function()
      assert.equal(0, select(3, answer("y\n", "-j", "8")))
      assert.equal(101, #server:ledger "assign")
    end)

    it("are not asked about with --yes", function()
      local out, _, code = program.run(words({ "claim" }, 101, "--as", "me", "--yes"),
        { server = server, terminal = 80 })
      assert.equal("tasklist: 101 claimed, 0 failed\r\n", out:gsub("^.*\r([^\n])", "%1"))
      assert.equal(0, code)
    end)

    it("and no more than that are not asked about", function()
      assert.equal(0, select(3, program.run(words({ "claim" }, 100, "--as", "me"), { server = server, terminal = 80 })))
    end)
  end)

  it("are not read from a terminal", function()
    for _, command in ipairs { { "claim", "-", "--as", "me" }, { "complete", "-" }, { "unclaim", "-" } } do
      local out, _, code = program.run(command, { server = server, terminal = 80 })
      assert.matches("^tasklist: %- reads ids from stdin, and stdin is a terminal", out)
      assert.equal(2, code)
    end
  end)

  describe("Ctrl-C", function()
    it("says whose change may have been executed", function()
      server:fault { action = "silent", method = "PATCH", times = 2 }
      local path = "/v1/tasks/" .. ids[2] .. "/assign"
      local function seen() return server:stats().requests[path] or 0 end
      local before = seen()
      local run = program.start(words({ "claim" }, 3, "--as", "me", "-j", "2"), { server = server, terminal = 80 })
      wait(function() return seen() > before end)
      run:send "\3"
      local out, _, code = run:finish()
      assert.matches("tasklist: " .. ids[1] .. ": broken off; it may have been claimed\r\n"
        .. "tasklist: " .. ids[2] .. ": broken off; it may have been claimed\r\n", out)
      assert.matches("tasklist: 0 claimed, 0 failed", out)
      assert.is_nil(out:find "traceback")
      assert.equal(130, code)
    end)

    it("ends the wait for more ids on stdin", function()
      local run = program.start({ "claim", "-", "--as", "me", "-o", "id" }, { server = server, open = true })
      run:send(lines(1))
      wait(function() return run:out() == lines(1) end)
      os.execute("kill -INT " .. run:pid())
      local _, err, code = run:finish()
      run:close_input()
      assert.same({ "tasklist: 1 claimed, 0 failed, the rest not tried\n", 130 }, { err, code })
    end)

    it("ends the wait for an answer to the question", function()
      local run = program.start(words({ "claim" }, 101, "--as", "me"), { server = server, terminal = 80 })
      wait(function() return run:out():find("Go on?", 1, true) end)
      run:send "\3"
      local out, _, code = run:finish()
      assert.is_nil(out:find "traceback")
      assert.equal(130, code)
    end)
  end)

  it("are no lines without an end", function()
    local line = "head -c 99999 /dev/zero | env %s timeout 60 bin/tasklist claim - --as me 2>&1; echo $?"
    local pipe <close> = assert(io.popen(line:format(program.environment(server))))
    assert.matches("\ntasklist: a line of stdin is too long for an id\nTry: tasklist claim %-%-help\n2\n$",
      "\n" .. pipe:read "a")
  end)

  it("are read ahead to a bound only, however many there are", function()
    -- Takes ids of many lines, and says by how many KiB the memory grows meanwhile: less than all of them take.
    local script = [[
      local ids = require("tasklist.cli.ids").new { "-" }
      collectgarbage()
      local before, most, count, last = collectgarbage "count", 0, 0, nil
      while ids:wait(1) do
        last, count = ids:next(), count + 1
        most = math.max(most, collectgarbage "count")
      end
      print(count, last, ids:left(), most - before < 8192)]]
    local pipe <close> = assert(io.popen("seq 1 300000 | lua5.4 -e " .. quote(script)))
    assert.equal("300000\t300000\t0\ttrue\n", pipe:read "a")
  end)
end)
