--- `tasklist vars`, as a process.
local program = require "spec.support.program"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"

local LONG = '"' .. ("x"):rep(9000) .. '"'
local TASKS = { { id = "1", implementation = "ZEEBE_USER_TASK", variables = {
  { name = "amount", value = "5" }, { name = "city", value = '"Bonn"' }, { name = "lines", value = "[]" },
  { name = "note", value = "null" }, { name = "total", value = "9007199254740993" } } },
  { id = "2", implementation = "ZEEBE_USER_TASK", variables = { { name = "long", value = LONG } } },
  { id = "3", implementation = "ZEEBE_USER_TASK" },
  { id = "4", implementation = "ZEEBE_USER_TASK", variables = {
    { name = "customer", value = '{"d":4,"b":2,"a":1,"c":3}' } } } }

describe("tasklist vars", function()
  local servers = {}
  lazy_setup(function()
    servers.v1 = sandbox.start { tasks = TASKS }
    servers.v2 = sandbox.start { version = "8.10", tasks = TASKS }
  end)
  lazy_teardown(function()
    for _, server in pairs(servers) do server:stop() end
  end)

  local function vars(words, server)
    table.insert(words, 1, "vars")
    return program.run(words, { server = server or servers.v1 })
  end

  for name in pairs { v1 = true, v2 = true } do
    it("shows names and values as JSON, by " .. name, function()
      local out, err, code = vars({ "1" }, servers[name])
      assert.equal('amount\t5\ncity\t"Bonn"\nlines\t[]\nnote\tnull\ntotal\t9007199254740993\n', out)
      assert.equal("", err)
      assert.equal(0, code)
    end)
  end

  it("shows those that are named, in that order", function()
    assert.equal('total\t9007199254740993\namount\t5\n', (vars { "1", "total", "amount" }))
  end)

  it("is one object of all with -o json, whose values keep their types", function()
    assert.equal('[\n{"amount":5,"city":"Bonn","lines":[],"note":null,"total":9007199254740993}\n]\n',
      (vars { "1", "-o", "json" }))
    assert.equal('{"amount":5,"city":"Bonn"}\n', (vars { "1", "city", "amount", "-o", "ndjson" }))
  end)

  it("has the names in an object in order", function()
    assert.equal('customer\t{"a":1,"b":2,"c":3,"d":4}\n', (vars { "4" }))
  end)

  it("shows a long value as a whole", function()
    assert.equal("long\t" .. LONG .. "\n", (vars { "2" }))
  end)

  it("shows nothing of a task without variables", function()
    local out, err, code = vars { "3" }
    assert.equal("", out)
    assert.equal("", err)
    assert.equal(0, code)
  end)

  it("ends with 4 where one that is named is not there, and shows the others", function()
    local out, err, code = vars { "1", "none", "amount" }
    assert.equal("amount\t5\n", out)
    assert.equal("tasklist: 1: the task has no variable 'none'\n", err)
    assert.equal(4, code)
  end)

  it("ends with 4 where there is no such task", function()
    local out, err, code = vars { "none" }
    assert.equal("", out)
    assert.matches("^tasklist: none: [^\n]+\n$", err)
    assert.equal(4, code)
  end)

  it("has drafts in the place of what they are to replace", function()
    local server <close> = sandbox.start { tasks = TASKS }
    local client <close> = tasklist.new { base_url = server.v1_url, client_id = server.client_id,
      client_secret = server.client_secret, authorization_server_url = server.token_url, env = false }
    assert(client:save_draft_variables("1", { amount = 6, fresh = true }))
    assert.equal("amount\t5\n", (vars({ "1", "amount" }, server)))
    assert.equal("amount\t6\nfresh\ttrue\n", (vars({ "1", "amount", "fresh", "--drafts" }, server)))
  end)
end)
