--- `tasklist sandbox`, as a process.
local arguments = require "tasklist.cli.arguments"
local child = require "spec.support.child"
local http = require "spec.support.http"
local program = require "spec.support.program"
local read = require("spec.support.public").read
local versions = require "tasklist.sandbox.versions"
local wait = require "spec.support.wait"

-- The words that start a sandbox at a port of this test's own, and whether it is there.
local function at_a_port(...)
  local port = child.free_port()
  return { "sandbox", "--port", tostring(port), ... }, function()
    return (pcall(function() http.connect("http://127.0.0.1:" .. port):close() end))
  end
end

describe("tasklist sandbox", function()
  for _, words in ipairs { {}, { "--version", "8.8" }, { "--version", "8.10", "--auth", "basic" },
    { "--version", "8.10", "--auth", "none" }, { "--auth", "cookie" }, { "--auth", "oauth" } } do
    it("runs a command against it, with " .. table.concat(words, " "), function()
      local line = table.move({ "--", "bin/tasklist", "list", "-o", "id", "--limit", "1" }, 1, 7, #words + 1,
        { table.unpack(words) })
      local out, err, code = program.run { "sandbox", table.unpack(line) }
      assert.equal("", err)
      assert.matches("^%d+\n$", out)
      assert.equal(0, code)
    end)
  end

  it("gives the command's exit code, and leaves nothing running", function()
    local words, is_there = at_a_port("--", "sh", "-c", "exit 7")
    local _, _, code = program.run(words)
    assert.equal(7, code)
    assert.is_false(is_there())
  end)

  it("gives the command its words as they are", function()
    local out = program.run { "sandbox", "--", "printf", "%s|", "a b", "it's", "$HOME", "-x" }
    assert.equal("a b|it's|$HOME|-x|", out)
  end)

  it("ends with program and command, however these end", function()
    local words, is_there = at_a_port("--", "sh", "-c", "echo $$; exec sleep 60")
    local running = program.start(words)
    wait.until_true(function() return running:out():find "\n" end, "the command does not run")
    local command = running:out():match "%d+"
    assert.is_true(is_there())
    os.execute("pkill -KILL -P " .. running:pid())
    os.execute("kill " .. command)
    running:finish()
    wait.until_true(function() return not is_there() end, "the sandbox is still there")
  end)

  it("prints one line for another terminal, and ends at Ctrl-C", function()
    local words, is_there = at_a_port()
    local running = program.start(words, { terminal = 80 })
    wait.until_true(function() return running:out():find "AUTHORIZATION_SERVER_URL='[^']*'\r\n" end, "no line")
    local line = running:out():match "\nexport [^\r\n]*"
    local pipe <close> = assert(io.popen(line .. "\nbin/tasklist list -o id"))
    assert.matches("^%d+\n", pipe:read "a")
    running:send "\3"
    local _, _, code = running:finish()
    assert.equal(130, code)
    wait.until_true(function() return not is_there() end, "the sandbox is still there")
  end)

  it("is ended by Ctrl-C without a word of make, where `make sandbox` runs it", function()
    local recipe = assert(read("Makefile"):match "\nsandbox:[^\n]*\n.-(\t@[^\n]*bin/tasklist sandbox[^\n]*\n)\n")
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write("sandbox:\n", recipe)
    file:close()
    local running = program.start({ "sandbox", "--", "make", "-f", path }, { terminal = 80 })
    wait.until_true(function() return running:out():find "AUTHORIZATION_SERVER_URL='[^']*'\r\n" end, "no line")
    running:send "\3"
    assert.is_nil(running:finish():find("make:", 1, true))
    os.remove(path)
  end)

  it("says lines for a shell where nobody sits", function()
    local running = program.start { "sandbox", "--auth", "cookie" }
    wait.until_true(function() return running:out():find "AUTHORIZATION_SERVER_URL='[^']*'\n" end, "no lines")
    assert.matches("\nexport CAMUNDA_TASKLIST_BASE_URL='http://127.0.0.1:%d+'\n", running:out())
    assert.matches("export CAMUNDA_COOKIE_AUTH_USERNAME='demo'\n", running:out())
    os.execute("kill -INT " .. running:pid())
    local _, err, code = running:finish()
    assert.equal("", err)
    assert.equal(0, code)
  end)

  it("refuses versions and ports that are none", function()
    for _, words in ipairs { { "--version", "9" }, { "--version", "7", "--", "true" }, { "--port", "x" },
      { "--port", "70000" }, { "--auth", "x" } } do
      local _, err, code = program.run { "sandbox", table.unpack(words) }
      assert.matches("^tasklist: [^\n]+\nTry: tasklist sandbox %-%-help\n$", err)
      assert.equal(2, code)
    end
  end)

  it("knows the versions that there are", function()
    for _, version in ipairs { "8.4", "8.5", "8.8.3", "8.10", "8.11", "8.8.", "8", "8.8.3.1", "v8.8" } do
      local fine = pcall(arguments.read, { "sandbox", "--version", version })
      assert.equal(versions.known(version), fine, version)
    end
  end)
end)
