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

  local function call(method, path, body, token)
    local status, _, text = http.request(server.base_url .. path, method,
      { Authorization = "Bearer " .. token, ["Content-Type"] = "application/json" }, body)
    return status, text ~= "" and json.decode(text) or nil
  end

  it("shows what was executed, and forgets it", function()
    local token = sign_in()
    call("PATCH", "/v1/tasks/1/assign", '{"assignee":"jane"}', token)
    call("PATCH", "/v1/tasks/1/assign", '{"assignee":"joe","allowOverrideAssignment":false}', token)
    call("POST", "/v1/tasks/1/variables", '{"variables":[{"name":"a","value":"1"}]}', token)
    local ledger = server:ledger()
    assert.same({ 2, "assign", "1", "sandbox-client", "jane", json.null }, { #ledger, ledger[1].operation,
      ledger[1].task, ledger[1].caller, ledger[1].assignee, ledger[1].variables })
    assert.same({ "save_drafts", { { name = "a", value = "1" } } }, { ledger[2].operation, ledger[2].variables })
    http.request(server.root .. "/sandbox/ledger", "DELETE")
    assert.same({}, server:ledger())
  end)

  it("tells what happens in the process", function()
    local token = sign_in()
    local key, ids = server:start_instance{ tasks = { {}, { candidateGroups = { "a" } } }, processDefinitionKey = "44",
      variables = { { name = "a", value = "1" } }, forms = { { id = "ask" } } }
    server:set_variables(ids[1], { { name = "a", value = "2" } })
    server:set_task_state(ids[2], "CANCELED")
    local _, variable = call("GET", "/v1/variables/" .. key .. "-a", nil, token)
    assert.equal("2", variable.value)
    local _, task = call("GET", "/v1/tasks/" .. ids[2], nil, token)
    assert.same({ "CANCELED", { "a" } }, { task.taskState, task.candidateGroups })
    server:add_forms{ { id = "more", processDefinitionKey = "44" } }
    for _, form in ipairs{ "ask", "more" } do
      assert.equal(200, (call("GET", ("/v1/forms/%s?processDefinitionKey=44"):format(form), nil, token)))
    end
  end)

  it("reads a body with a byte order mark, as editors and shells write it", function()
    local path = server.root .. "/sandbox/tasks"
    for _, body in ipairs{ '\u{FEFF}[{"id":"7"}]', "\xFF\xFE[\0{\0}\0]\0" } do
      assert.equal(204, (http.request(path, "POST", nil, body)))
    end
    assert.equal(400, (http.request(path, "POST", nil, "\0\0\0[\0")))
  end)

  it("logs which of the optional fields a sign-in had", function()
    sign_in()
    http.request(server.token_url, "POST", { ["Content-Type"] = "application/x-www-form-urlencoded" },
      "grant_type=client_credentials&scope=a+b&resource=urn%3Ax")
    local log = server:log()
    assert.same({ "tasklist.camunda.io", json.null, json.null }, { log[1].audience, log[1].scope, log[1].resource })
    assert.same({ json.null, "a b", "urn:x" }, { log[2].audience, log[2].scope, log[2].resource })
  end)

  local bad = {
    { "/sandbox/instances", "[]", "a JSON object is needed" },
    { "/sandbox/instances", "null", "a JSON object is needed" },
    { "/sandbox/tasks/state", '{"id":"9","taskState":"FAILED"}', "no task 9" },
    { "/sandbox/variables", '{"key":"1","variables":[{}]}', "'variables' must be an array" },
    { "/sandbox/variables", '{"key":"1"}', "'variables' is missing" },
    { "/sandbox/forms", "[{}]", "form 1: 'id' is missing" },
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
