--- `tasklist api`, as a process.
local program = require "spec.support.program"
local sandbox = require "spec.support.sandbox"

describe("tasklist api", function()
  local server
  setup(function() server = sandbox.start() end)
  teardown(function() server:stop() end)
  before_each(function()
    server:clear()
    server:tasks { { id = "1", name = "Pay" }, { id = "2", name = "Pack", assignee = "frida" } }
  end)

  local function api(words, options)
    table.insert(words, 1, "api")
    options = options or {}
    options.server = server
    return program.run(words, options)
  end

  -- Gives what answers the next request.
  local function answer(status, body)
    server:fault { path = "/v1/tasks", action = "status", status = status, body = body }
  end

  it("writes the body as it came, and a line end behind JSON", function()
    local out, err, code = api { "get", "/v1/tasks/1" }
    assert.equal("", err)
    assert.equal(0, code)
    assert.matches('^{.*"id":"1".*}\n$', out)
    for body, written in pairs { ["[1]\n"] = "[1]\n", ["no JSON"] = "no JSON", [""] = "" } do
      answer(200, body)
      assert.equal(written, (api { "GET", "/v1/tasks/1" }))
    end
  end)

  it("writes JSON for people on a terminal, names in order", function()
    local out, _, code = api({ "GET", "/v1/tasks/1" }, { terminal = 80 })
    assert.equal(0, code)
    assert.matches('^{\r\n  "assignee": null,\r\n.*\r\n  "id": "1",\r\n', out)
    assert.matches("\r\n}\r\n$", out)
  end)

  for name, given in pairs { ["a text"] = { '{"pageSize":1}' }, stdin = { "@-", '{"pageSize":1}' } } do
    it("sends the body of " .. name, function()
      local out, err, code = api({ "POST", "/v1/tasks/search", "-d", given[1] }, { stdin = given[2] })
      assert.equal("", err)
      assert.equal(0, code)
      assert.equal(1, select(2, out:gsub('"taskState"', "")))
    end)
  end

  it("sends the body of a file", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write('{"assignee":"me","allowOverrideAssignment":false}')
    file:close()
    local _, err, code = api { "PATCH", "/v1/tasks/1/assign", "-d", "@" .. path }
    os.remove(path)
    assert.equal("", err)
    assert.equal(0, code)
    assert.equal(1, #server:ledger "assign")
  end)

  it("ends with 4 for what is not there, its body still on stdout", function()
    local out, err, code = api { "GET", "/v1/tasks/none" }
    assert.matches('"status":404', out)
    assert.equal("tasklist: GET /v1/tasks/none: the server answered 404\n", err)
    assert.equal(4, code)
  end)

  for status, exit in pairs { [400] = 1, [401] = 3, [403] = 3, [409] = 5 } do
    it(("ends with %d for a %d"):format(exit, status), function()
      for _ = 1, 2 do answer(status, "{}") end -- a 401 is tried with a new token
      local _, err, code = api { "GET", "/v1/tasks/1" }
      assert.matches("the server answered " .. status .. "\n$", err)
      assert.equal(exit, code)
    end)
  end

  it("ends with 6 where a write may have happened: after an answer that leaves it open, and without any", function()
    answer(500, "{}")
    local _, err, code = api { "PATCH", "/v1/tasks/1/unassign" }
    assert.equal("tasklist: PATCH /v1/tasks/1/unassign: the server answered 500; it may have been executed\n", err)
    assert.equal(6, code)
    server:fault { path = "/v1/tasks", action = "reset" }
    local out
    out, err, code = api { "PATCH", "/v1/tasks/1/unassign" }
    assert.equal("", out)
    assert.matches("it may have been executed[^\n]*\n$", err)
    assert.equal(6, code)
  end)

  it("ends with 1 where a read came to nothing", function()
    local _, err, code = program.run({ "api", "GET", "/v1/tasks/1", "--timeout", "1" },
      { environment = { CAMUNDA_TASKLIST_BASE_URL = "http://127.0.0.1:1", CAMUNDA_AUTH_STRATEGY = "none" } })
    assert.matches("^tasklist: GET /v1/tasks/1: [^\n]+\n$", err)
    assert.equal(1, code)
  end)

  for name, words in pairs {
    ["a path without a slash"] = { "GET", "v1/tasks" }, ["a method that is none"] = { "G-T", "/" },
    ["a file that is not there"] = { "POST", "/v1/tasks/search", "-d", "@/no/such" },
    ["a folder"] = { "POST", "/v1/tasks/search", "-d", "@/tmp" },
  } do
    it("ends with 2 for " .. name, function()
      local out, err, code = api(words)
      assert.equal("", out)
      assert.matches("^tasklist: [^\n]+\n", err)
      assert.is_nil(err:find "traceback")
      assert.equal(2, code)
    end)
  end

  it("lets a body do nothing to a terminal", function()
    answer(200, "<p>\27[31m\nred</p>")
    local out = api({ "GET", "/v1/tasks/1" }, { terminal = 80 })
    assert.equal("<p>\u{FFFD}[31m\r\nred</p>\r\n", out)
  end)
end)
