--- What `make` runs, read from what it says it would run; what the tests run with; how steps are counted.
local connect = require "spec.support.client"
local core = require "tasklist.core"

--- The lines that compile or link, of a dry run in which nothing counts as built.
-- Without the environment: a `make` around the tests may have a build of its own in mind.
local function commands(targets)
  local pipe = assert(io.popen("env -i PATH=$PATH make -nB --no-print-directory " .. targets))
  local lines = {}
  for line in pipe:lines() do
    if line:find " %-o " then lines[#lines + 1] = line end
  end
  assert(pipe:close())
  return lines
end

-- Without the poller of the other systems, which lacks a header here: `make test-kqueue` compiles it.
local function sources()
  local pipe = assert(io.popen "find src spec bench examples -name '*.c' ! -path src/net/poller_kqueue.c")
  local names = {}
  for name in pipe:lines() do names[#names + 1] = name end
  pipe:close()
  return names
end

describe("make", function()
  it("lets no warning end a build of a user's", function()
    local lines = commands "all install test demo bench"
    assert.is_true(#lines > #sources())
    for _, line in ipairs(lines) do
      assert.falsy(line:find("-Werror", 1, true), line)
    end
  end)

  it("lets every warning of gcc and clang end `make lint`, in every C file", function()
    local compiled = {}
    for _, line in ipairs(commands "lint") do
      local compiler, source = line:match "^(%S+) .* ([%w_/]+%.c)%f[^%w_]"
      if compiler and line:find(" -Werror ", 1, true) then compiled[compiler .. " " .. source] = true end
    end
    for _, source in ipairs(sources()) do
      assert.truthy(compiled["gcc " .. source], source .. " by gcc")
      assert.truthy(compiled["clang " .. source], source .. " by clang")
    end
  end)
end)

describe("the tests", function()
  it("run with the libcurl that they were built against, and so do the programs that they start", function()
    local config = assert(io.popen "curl-config --version")
    local system = config:read("a"):match "libcurl (%S+)"
    config:close()
    local wanted = os.getenv "TASKLIST_LIBCURL" or system
    assert.equal(wanted, core.curl_version())
    assert.equal(wanted, (connect.run_script "io.write(require('tasklist.core').curl_version())"))
  end)
end)

describe("tools/run-steps", function()
  local function run(...)
    local pipe = assert(io.popen("JOBS=2 tools/run-steps " .. table.concat({ ... }, " ")))
    local output = pipe:read("a")
    return output, (pipe:close())
  end

  it("counts each command by its last closing line, or as one", function()
    local output, fine = run("'echo 3 passed, 0 failed'",
      "'echo 1 passed, 9 failed; echo 5 passed, 1 failed; exit 1'", "true")
    assert.is_nil(fine)
    assert.equal("9 passed, 1 failed", output:match "([^\n]*)\n$")
    output, fine = run("'echo 3 passed, 0 failed'", "true")
    assert.is_true(fine)
    assert.equal("4 passed, 0 failed", output:match "([^\n]*)\n$")
  end)

  it("takes a command that ends badly for failed, whatever it wrote, and none for no success", function()
    assert.equal("2 passed, 2 failed", run("false", "'echo 2 passed, 0 failed; exit 1'"):match "([^\n]*)\n$")
    local output, fine = run()
    assert.is_nil(fine)
    assert.equal("0 passed, 0 failed\n", output)
  end)

  it("shows the output of each in one piece", function()
    local slow = "'for i in 1 2 3 4 5; do echo %s; sleep 0.02; done'"
    local output = run(slow:format "a", slow:format "b")
    assert.truthy(output:find(("a\n"):rep(5), 1, true), output)
    assert.truthy(output:find(("b\n"):rep(5), 1, true), output)
  end)
end)

describe("tools/run-tests", function()
  local function run(...)
    local pipe = assert(io.popen("lua5.4 tools/run-tests " .. table.concat({ ... }, " ")))
    local output = pipe:read("a")
    return output:match "([^\n]*)\n$", (pipe:close())
  end

  it("counts what each command writes as TAP", function()
    assert.same({ "2 passed, 0 failed", true }, { run("'echo ok 1'", "'echo ok 1'") })
    assert.equal("1 passed, 2 failed", (run("'echo ok 1; echo not ok 2'", "'echo ok 1 \\# SKIP'")))
    assert.equal("1 passed, 2 failed", (run("'echo ok 1; false'", "true")))
  end)

  it("runs those after --at-once at the same time, and counts them as well", function()
    local folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir " .. folder))
    finally(function() os.execute("rm -r " .. folder) end)
    -- Each waits for the other.
    local one = ("'cd %s; touch %%s; until [ -e %%s ]; do sleep 0.01; done; echo ok 1'"):format(folder)
    assert.same({ "3 passed, 0 failed", true },
      { run("'echo ok 1'", "--at-once", one:format("a", "b"), one:format("b", "a")) })
    assert.equal("1 passed, 2 failed", (run("--at-once", "'echo ok 1; exit 1'", "'echo not ok 1; false'")))
  end)
end)
