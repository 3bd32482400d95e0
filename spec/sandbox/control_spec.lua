local http = require "spec.support.http"
local json = require "tasklist.sandbox.json"
local recorder = require "tasklist.sandbox.recorder"
local sandbox = require "spec.support.sandbox"

describe("the sandbox's side door", function()
  local FORM = "grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret"
    .. "&audience=tasklist.camunda.io"
  local server
  before_each(function() server = sandbox.start{ tasks = { { id = "1", candidateGroups = { "a" } } } } end)
  after_each(function() server:stop() end)

  local function sign_in()
    local _, _, body = http.request(server.token_url, "POST",
      { ["Content-Type"] = "application/x-www-form-urlencoded" }, FORM)
    return json.decode(body).access_token
  end

  local function search(token)
    local status, _, body = http.request(server.base_url .. "/v1/tasks/search?a=b", "POST",
      { Authorization = "Bearer " .. token, ["X-Odd"] = "1" })
    return status, json.decode(body)
  end

  it("shows what was asked and answered, but not itself", function()
    local token = sign_in()
    search(token)
    local log = server:log()
    assert.equal(2, #log)
    assert.same({ "POST", "/oauth/token", FORM, 200, token },
      { log[1].method, log[1].path, log[1].body, log[1].status, log[1].token })
    assert.same({ "/v1/tasks/search", "a=b", "1", json.null }, { log[2].path, log[2].query, log[2].headers["x-odd"],
      log[2].token })
    assert.is_true(log[2].at >= log[1].at)
    assert.not_equal(log[1].connection, log[2].connection)
  end)

  it("forgets what was asked, and the faults", function()
    sign_in()
    server:fault{ action = "status", status = 500 }
    server:clear()
    assert.same({}, server:log())
    assert.equal(405, (http.request(server.token_url, "GET")))
  end)

  it("counts requests and connections, without its own", function()
    local sock = http.connect(server.token_url)
    for _ = 1, 2 do
      sock:write(http.render(server.token_url, "GET"))
      http.read_response(sock)
    end
    assert.same({ connections = 1, open = 1, requests = { ["/oauth/token"] = 2 } }, server:stats())
    sock:close()
    local stats
    repeat stats = server:stats() until stats.open == 0
    assert.equal(1, stats.connections)
  end)

  it("takes the worth from tokens", function()
    local token = sign_in()
    assert.equal(200, (search(token)))
    server:revoke()
    assert.equal(401, (search(token)))
    assert.equal(200, (search(sign_in())))
  end)

  it("replaces the tasks", function()
    local token = sign_in()
    server:tasks{ { id = "7", variables = { { name = "a", value = "1" } } }, { id = "8" } }
    local _, found = search(token)
    assert.same({ "7", "8" }, { found[1].id, found[2].id })
  end)

  local bad = {
    { "/sandbox/faults", "{}", "a JSON array is needed" },
    { "/sandbox/faults", "[", "Unexpected end-of-input" },
    { "/sandbox/faults", '[{"action":"x"}]', "a fault needs a known 'action'" },
    { "/sandbox/tasks", '[{"ID":"1"}]', "task 1: unknown field 'ID'" },
  }
  for _, case in ipairs(bad) do
    it(("refuses %s at %s"):format(case[2], case[1]), function()
      local status, _, body = http.request(server.root .. case[1], "POST", nil, case[2])
      assert.equal(400, status)
      assert.is_truthy(json.decode(body).error:find(case[3], 1, true))
    end)
  end

  it("says what it does not know", function()
    local status, _, body = http.request(server.root .. "/sandbox/nothing", "GET")
    assert.same({ 404, "no such control: GET /sandbox/nothing" }, { status, json.decode(body).error })
  end)
end)

describe("the log", function()
  it("keeps the latest ten thousand requests", function()
    local log = recorder.new()
    for i = 1, 10001 do log:note{ method = "GET", path = "/", body = tostring(i) } end
    local entries = log:log()
    assert.same({ 10000, "2", "10001" }, { #entries, entries[1].body, entries[10000].body })
    assert.equal(10001, log.counts["/"])
  end)
end)
