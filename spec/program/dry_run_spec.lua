--- `tasklist --dry-run`, as a process: what would be sent, on stdout.
local program = require "spec.support.program"
local sandbox = require "spec.support.sandbox"

describe("tasklist --dry-run", function()
  local server
  setup(function() server = sandbox.start { tasks = { { id = "1", name = "Pay" }, { id = "2", name = "Pack" } } } end)
  teardown(function() server:stop() end)
  before_each(function() server:clear() end)

  local function shown(words, options)
    words[#words + 1] = "--dry-run"
    options = options or {}
    options.server = server
    local out, err, code = program.run(words, options)
    assert.equal("", err)
    assert.equal(0, code)
    assert.same({}, server:ledger())
    return (out:gsub(server.base_url:gsub("%p", "%%%0"), ""))
  end

  it("shows one request for each id, with the body to read, and sends none of them", function()
    local body = '{\n  "allowOverrideAssignment": false,\n  "assignee": "me"\n}\n'
    assert.equal("PATCH /v1/tasks/1/assign\n" .. body .. "\nPATCH /v1/tasks/2/assign\n" .. body,
      shown { "claim", "1", "2", "--as", "me" })
  end)

  it("does so with ids of stdin, which nobody is asked about", function()
    local _, count = shown({ "claim", "-", "--as", "me" }, { stdin = ("1\n"):rep(150) }):gsub("PATCH", "")
    assert.equal(150, count)
  end)

  for words, first in pairs {
    ["complete 1 2 amount=5 --verify"] = "PATCH /v1/tasks/1/complete\n"
      .. '{\n  "variables": [\n    {\n      "name": "amount",\n      "value": "5"\n    }\n  ]\n}\n',
    ["unclaim 1 2 -j 2"] = "PATCH /v1/tasks/1/unassign\n\nPATCH /v1/tasks/2/unassign\n",
    ["draft 1 amount=5"] = "POST /v1/tasks/1/variables\n{",
    ["list --group sales"] = 'POST /v1/tasks/search\n{\n  "candidateGroup": "sales",\n',
    ["vars 1"] = "POST /v1/tasks/1/variables/search\n{}\n",
    ["form 1"] = "GET /v1/tasks/1\n",
  } do
    it("shows " .. words, function()
      local list = {}
      for word in words:gmatch "%S+" do list[#list + 1] = word end
      local out = shown(list)
      assert.equal(first, out:sub(1, #first))
      assert.equal(list[3] == "2" and 2 or 1, select(2, out:gsub("%f[^%z\n]%u+ /v1/", "")))
    end)
  end

  it("writes no result, in whatever format", function()
    assert.equal("GET /v1/tasks/1\n", shown { "get", "1", "-o", "json" })
    assert.matches("^POST /v1/tasks/search\n{\n[^\n].*}\n$", shown { "list", "-o", "tsv" })
  end)

  it("shows the requests of v1 where nobody can ask which API there is", function()
    local out = shown({ "get", "1" }, { environment = { ZEEBE_CLIENT_SECRET = "wrong" } })
    assert.equal("GET /v1/tasks/1\n", out)
  end)

  it("says of no task that it may have been changed, where the output cannot be written", function()
    local line = "seq 1 5000 | env %s bin/tasklist claim - --as me --dry-run 2>&1 >/dev/full"
    local pipe <close> = io.popen(line:format(program.environment(server)))
    assert.equal("tasklist: cannot write the output: No space left on device\n", pipe:read "a")
  end)

  it("shows no secret", function()
    local out = shown { "api", "POST", "/v1/tasks/search", "-d", "{}" }
    assert.equal("POST /v1/tasks/search\n{}\n", out)
    assert.is_nil(out:find(server.client_secret, 1, true))
  end)
end)
