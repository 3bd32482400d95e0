--- What a verb gives when the server refuses, and the words that stand for its refusals.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local refusals = require "tasklist.refusals"
local sandbox = require "spec.support.sandbox"
local seen = require "spec.support.seen"

local UNEXPECTED = "Unexpected server error occurred."

local function tasks()
  return {
    { id = "1", variables = { { name = "a", value = "1" } } },
    { id = "2", assignee = "demo" },
    { id = "3", taskState = "COMPLETED", assignee = "demo" },
    { id = "4", taskState = "FAILED", assignee = "demo" },
    { id = "5", taskState = "CANCELED" },
    { id = "6", implementation = "ZEEBE_USER_TASK", assignee = "demo" },
  }
end

-- What the server documents, from a server. The verb, its arguments, status, code, words.
local robot, mine = { assignee = "robot" }, { assignee = "robot", allowOverrideAssignment = false }
local process = { processDefinitionKey = "9" }
local answers = {
  { "get_task", { "9" }, 404, "not_found", "task with id 9 was not found" },
  { "get_task", { "search" }, 404, "not_found", "task with id search was not found" },
  { "get_task", { "ü b" }, 404, "not_found", "task with id ü b was not found" },
  { "assign_task", { "9", robot }, 404, "not_found", "task with id 9 was not found" },
  { "assign_task", { "1" }, 400, nil, "Assignee must be specified" },
  { "assign_task", { "1", { assignee = "" } }, 400, nil, "Assignee must be specified" },
  { "assign_task", { "2", mine }, 400, "already_assigned", "Task is already assigned" },
  { "assign_task", { "3", robot }, 400, "not_active", "Task is not active" },
  { "assign_task", { "4", robot }, 400, "not_active", "Task is not active" },
  { "assign_task", { "5", mine }, 400, "not_active", "Task is not active" },
  { "assign_task", { "6", robot }, 400, "unsupported", 'search with implementation = "JOB_WORKER"' },
  { "unassign_task", { "9" }, 404, "not_found", "task with id 9 was not found" },
  { "unassign_task", { "1" }, 400, "not_assigned", "Task is not assigned" },
  { "unassign_task", { "3" }, 400, "not_active", "Task is not active" },
  { "unassign_task", { "6" }, 400, "unsupported", 'search with implementation = "JOB_WORKER"' },
  { "complete_task", { "9" }, 404, "not_found", "task with id 9 was not found" },
  { "complete_task", { "3", { a = 1 } }, 400, "not_active", "Task is not active" },
  { "complete_task", { "4" }, 400, "not_active", "Task is not active" },
  { "complete_task", { "6" }, 400, "unsupported", 'search with implementation = "JOB_WORKER"' },
  { "save_draft_variables", { "9", { a = 1 } }, 404, "not_found", "task with id 9 was not found" },
  { "save_draft_variables", { "3", { a = 1 } }, 400, "not_active", "Task is not active" },
  { "search_task_variables", { "9" }, 404, "not_found", "task with id 9 was not found" },
  { "search_task_variables", { "1", { variableNames = { "a", "a" } } }, 500, nil, UNEXPECTED },
  { "get_variable", { "9-a" }, 404, "not_found", "Variable with id 9-a not found." },
  { "get_variable", { "a/b" }, 400, nil, "the server answered 400" },
  { "get_form", { "f", process }, 404, "not_found", "form with id f was not found" },
  { "get_form", { "f", { processDefinitionKey = "9", version = 3 } }, 404, "not_found", "form with id f was not" },
}

-- From 8.8 on v1 changes tasks of each implementation.
local function answers_of(version)
  local found = {}
  for _, row in ipairs(answers) do
    found[#found + 1] = (version == "8.6" or row[4] ~= "unsupported") and row or nil
  end
  return found
end

for _, version in ipairs { "8.6", "8.8" } do
  describe("a refusal of " .. version, function()
    local server, client
    setup(function()
      server = sandbox.start { tasks = tasks(), version = version, v1 = true }
      client = connect.of(server)
    end)
    teardown(function()
      client:close()
      server:stop()
    end)

    for i, row in ipairs(answers_of(version)) do
      local verb, arguments, status, code, words = table.unpack(row, 1, 5)
      it(("is %s %s for %s (%d)"):format(status, code, verb, i), function()
        server:clear()
        local nothing, failure = client[verb](client, table.unpack(arguments, 1, 2))
        assert.is_nil(nothing)
        assert.equal("http", failure.kind)
        assert.equal(status, failure.status)
        assert.equal(code, failure.code)
        find(failure.message, ("the server answered %d"):format(status))
        find(failure.message, words)
        assert.equal(1, failure.attempts)
        assert.is_nil(failure.outcome)
        assert.same({}, server:ledger())
        if status ~= 500 and failure.body ~= "" then assert.equal(36, #failure.instance) end
        local titled = version == "8.8" and code and code ~= "not_found" and code ~= "unsupported"
        assert.equal(titled and "TASK" or nil, failure.title and failure.title:sub(1, 4))
      end)
    end
  end)
end

describe("a client that may only read", function()
  it("is told so, as far as the server's words allow", function()
    local server = sandbox.start { tasks = tasks(), client_role = "READER" }
    finally(function() server:stop() end)
    local client <close> = connect.of(server)
    assert(client:get_task "1")
    local _, failure = client:assign_task("1", robot)
    assert.equal(500, failure.status)
    find(failure.message, UNEXPECTED .. "; a client without the permission to write gets this as well")
    _, failure = client:search_tasks { pageSize = 10001 }
    assert.equal("the server answered 500: " .. UNEXPECTED, failure.message)
  end)
end)

describe("an answer that is no success", function()
  local server, client
  setup(function()
    server = sandbox.start()
    client = connect.of(server)
  end)
  teardown(function()
    client:close()
    server:stop()
  end)

  local csrf = '{"error": "Access denied due to invalid CSRF token."}'
  local html = "<html>\r\n<h1>Forbidden</h1></html>"
  local detail = '{"type":"about:blank","title":"Not Found","status":404,"detail":"No static resource v1/x:.",'
    .. '"instance":"/v1/x:"}'
  -- Status, body, kind, code, words, the title; the body is in one of the server's forms, or in none.
  local forms = {
    { 400, '{"status":400,"message":"no","instance":"1-2"}', "http", nil, "answered 400: no", nil, "1-2" },
    { 400, '{"status":400,"message":"JSON parse error: x","instance":null}', "http", nil, "400: JSON parse error: x" },
    { 400, '{"status":400,"message":"Task is not assigned to demo","instance":"1-2"}', "http", "not_assignee",
      "Task is not assigned to demo", nil, "1-2" },
    { 400, '{"status":400,"message":"{\\"title\\":\\"TASK_NOT_ASSIGNED_TO_CURRENT_USER\\",\\"detail\\":\\"Not '
      .. 'yours\\"}","instance":"1-2"}', "http", "not_assignee", "400: Not yours", "TASK_NOT_ASSIGNED_TO_CURRENT_USER",
      "1-2" },
    { 400, '{"status":400,"message":"{ cut"}', "http", nil, "400: { cut" },
    { 400, '{"status":400,"message":"{\\"title\\":\\"NEW_ONE\\",\\"detail\\":\\"x\\"}"}', "http", nil, "400: x",
      "NEW_ONE" },
    { 401, '{"message":"JWT payload validation failed"}', "auth", nil, "401: JWT payload validation failed; the API "
      .. "does not accept the token; check audience" },
    { 401, '{"message":""}', "auth", nil, "401; the API does not accept the token; check audience" },
    { 403, '{"status":403,"message":"User does not have permission to perform on this task.","instance":"1-2"}', "http",
      "forbidden", "403: User does not have permission", nil, "1-2" },
    { 403, csrf, "auth", "csrf", 'invalid CSRF token.; sign in with auth = "cookie"' },
    { 403, "", "http", "forbidden", "answered 403" },
    { 403, html, "http", "forbidden", "answered 403" },
    { 404, "", "http", nil, "404; check base_url (CAMUNDA_TASKLIST_BASE_URL)" },
    { 404, html, "http", nil, "404; check base_url (CAMUNDA_TASKLIST_BASE_URL)" },
    { 404, detail, "http", nil, "404: No static resource v1/x:.; check base_url (CAMUNDA_TASKLIST_BASE_URL)",
      "Not Found", "/v1/x:" },
    { 404, '{"status":404,"message":"Task not found","instance":"1-2"}', "http", "not_found", "404: Task not found",
      nil, "1-2" },
    { 500, '{"status":500,"message":null,"instance":null}', "http", nil, "answered 500" },
    { 500, '{"status":500,"message":"Command \'COMPLETE\' rejected with code \'NOT_FOUND\': no\\r\\n\\u0000x"}', "http",
      nil, "500: Command 'COMPLETE' rejected with code 'NOT_FOUND': no\\r\\n\\x00x" },
    { 500, '{"title":"INVALID_STATE","status":500,"detail":"Command \'COMPLETE\' rejected with code \'INVALID_STATE\': '
      .. 'Expected to complete user task with key \'1\', but it is in state \'COMPLETING\'"}', "http", "not_active",
      "but it is in state 'COMPLETING'", "INVALID_STATE" },
    { 500, "[1,2]", "http", nil, "answered 500" },
    { 500, '"text"', "http", nil, "answered 500" },
    { 500, "null", "http", nil, "answered 500" },
    { 500, '{"message":{"a":1},"title":5,"instance":[]}', "http", nil, "answered 500" },
    { 302, html, "http", nil, "302; redirects are not followed" },
  }
  for i, row in ipairs(forms) do
    local status, body, kind, code, words, title, instance = table.unpack(row, 1, 7)
    it(("is told in one line: %d %s (%d)"):format(status, body, i), function()
      server:clear()
      server:fault { path = "/v1/", action = "status", status = status, body = body, times = 2 }
      local task, failure = client:get_task "1"
      assert.is_nil(task)
      assert.equal(kind, failure.kind)
      assert.equal(status, failure.status)
      assert.equal(code, failure.code)
      assert.equal(title, failure.title)
      assert.equal(instance, failure.instance)
      assert.equal(body, failure.body)
      find(failure.message, words)
      assert.is_nil(tostring(failure):find "%c")
      find(tostring(failure), "tasklist: GET /v1/tasks/1: the server answered " .. status)
    end)
  end
end)

describe("the engine's refusal of a write, said with a 500,", function()
  local server, client
  setup(function()
    server = sandbox.start()
    client = connect.of(server)
  end)
  teardown(function()
    client:close()
    server:stop()
  end)

  local json = require "tasklist.sandbox.json"
  local rejected = "Command 'COMPLETE' rejected with code 'INVALID_STATE': "
  local expected = rejected .. "Expected to complete user task with key '1', "
  local denied = rejected .. "Update of the User Task with key '1' "
    .. "was denied by Task Listener. Reason to deny: 'not today'"

  -- Title, detail, code, outcome.
  local rows = {
    { "INVALID_STATE", expected .. "but it is in state 'CANCELED'", "not_active" },
    { "INVALID_STATE", expected .. "but it has already been assigned", "already_assigned" },
    { "INVALID_STATE", denied, "denied" },
    { "INVALID_STATE", "something new", nil },
    { "TASK_PROCESSING_TIMEOUT", "The request timed out while processing the task.", nil, "unknown" },
    { "NEW_ONE", expected .. "but it is in state 'CANCELED'", nil, "unknown" },
  }
  for _, row in ipairs(rows) do
    local title, detail, code, outcome = table.unpack(row, 1, 4)
    for form, body in pairs {
      ["a problem document"] = json.encode { title = title, status = 500, detail = detail },
      ["a message that is JSON"] = json.encode { status = 500,
        message = json.encode { title = title, status = 500, detail = detail } },
    } do
      it(("has the code %s and the outcome %s: %s in %s"):format(code, outcome, title, form), function()
        server:clear()
        server:fault { path = "/v1/", action = "status", status = 500, body = body }
        local nothing, failure = client:complete_task("1", { a = 1 }, { verify = not outcome })
        assert.is_nil(nothing)
        assert.same({ "http", 500, title, code, outcome },
          { failure.kind, failure.status, failure.title, failure.code, failure.outcome })
        find(failure.message, detail)
        assert.equal(outcome == "unknown", tostring(failure):find("may have been executed", 1, true) ~= nil)
        assert.equal(1, seen.count(server, "/v1/tasks/1/complete"))
        assert.equal(0, seen.count(server, "/v1/tasks/1")) -- there is nothing to look up
      end)
    end
  end
end)

describe("a refusal that says too much", function()
  local json = require "tasklist.sandbox.json"
  local long = ("ü\n"):rep(5000)

  it("is cut in message, title and instance, and its body is whole", function()
    local server = sandbox.start()
    finally(function() server:stop() end)
    local client <close> = connect.of(server)
    local body = json.encode { title = long, detail = long, instance = long }
    server:fault { path = "/v1/", action = "status", status = 401, body = body, times = 2 }
    local _, failure = client:get_task "1"
    assert.equal(body, failure.body)
    assert.truthy(#tostring(failure) < 1000)
    find(failure.message, "…; the API does not accept the token") -- what to do is still there
    for _, name in ipairs { "message", "title", "instance" } do
      assert.truthy(#failure[name] < 600 and utf8.len(failure[name]) and not failure[name]:find "\n", name)
    end
  end)

  it("of a token endpoint is cut in message, error and error_description", function()
    local server = sandbox.start()
    finally(function() server:stop() end)
    local client <close> = connect.of(server)
    local body = json.encode { error = long, error_description = long }
    server:fault { path = "/oauth/token", action = "status", status = 400, body = body }
    local _, failure = client:get_task "1"
    assert.truthy(#tostring(failure) < 1100)
    for _, name in ipairs { "message", "error", "error_description" } do
      assert.truthy(utf8.len(failure[name]) and failure[name]:find "…" and not failure[name]:find "\n", failure[name])
    end
  end)

  it("is known by words at its end", function()
    local said = refusals.read(404, json.encode { message = "task with id " .. long .. " was not found" })
    assert.equal("not_found", said.code)
  end)
end)

describe("the words for refusals", function()
  local function said(status, message)
    return refusals.read(status, ('{"status":%d,"message":"%s"}'):format(status, message)).code
  end

  it("depend on the status as well as on the text", function()
    assert.equal("not_active", said(400, "Task is not active"))
    assert.is_nil(said(500, "Task is not active"))
    assert.equal("not_found", said(404, "form with id x was not found"))
    assert.is_nil(said(400, "form with id x was not found"))
  end)

  -- Status, title, detail, code, a part of what to do about it: (g) of the newer API's mapping.
  local rejected = "Command 'ASSIGN' rejected with code 'X': "
  local v2 = {
    { 400, "INVALID_ARGUMENT", "No assignee provided.", nil, nil },
    { 400, "Bad Request", "Request property [filter.tags] cannot be parsed", "unsupported", "field or operator" },
    { 401, "Unauthorized", "Expected to handle request X with tenant identifier 'a', but tenant is not authorized", nil,
      "check tenant_id" },
    { 403, "FORBIDDEN", "Unauthorized to perform operation 'READ' on resource 'USER_TASK'", "forbidden", nil },
    { 403, "FORBIDDEN", "This endpoint requires a secondary storage, but none is set.", "unsupported", "a database" },
    { 404, "NOT_FOUND", "User Task with key '1' is unknown", "not_found", nil },
    { 404, "NOT_FOUND", rejected .. "Expected to complete user task with key '1', but no such user task was found",
      "not_found", nil },
    { 404, "Not Found", "No static resource v2/user-tasks/1/effective-variables/search.", "no_endpoint", "version" },
    { 404, "Not Found", "No static resource physical-tenants/a/v2/forms/1 for request '/x'.", "no_endpoint", "check " },
    { 405, "Method Not Allowed", "Method 'POST' is not supported.", "no_endpoint", "version of Camunda" },
    { 409, "INVALID_STATE", rejected .. "… but it has already been assigned", "already_assigned", nil },
    { 409, "INVALID_STATE", rejected .. "… but it is in state 'COMPLETING'", "not_active", nil },
    { 409, "INVALID_STATE", rejected .. "was denied by Task Listener. Reason to deny: 'no'", "denied", nil },
    { 409, "INVALID_STATE", rejected .. "the instance is banned", nil, nil },
    { 503, "RESOURCE_EXHAUSTED", "too many", nil, nil },
    { 504, "DEADLINE_EXCEEDED", "request timed out between gateway and broker", nil, "task listener" },
    { 500, "INTERNAL", "x", nil, nil },
  }
  for _, row in ipairs(v2) do
    it(("of v2 are known: %d %s, %s"):format(row[1], row[2], row[3]), function()
      local json = require "tasklist.sandbox.json"
      local found = refusals.read(row[1], json.encode { title = row[2], status = row[1], detail = row[3] })
      assert.equal(row[4], found.code)
      assert.equal(row[5] ~= nil, found.hint ~= nil)
      find(found.hint or "", row[5] or "")
    end)
  end

  it("name the setting of the address", function()
    local function message_with(address, body)
      local bytes = { text = function() return body end }
      return refusals.of_answer({ status = 404, bytes = bytes }, { path = "/" },
        { way = {}, address = address, advise = function() return {} end }).message
    end
    find(message_with("rest_url (CAMUNDA_REST_ADDRESS)", ""), "404; check rest_url (CAMUNDA_REST_ADDRESS)")
    local no_endpoint = '{"title":"Not Found","detail":"No static resource v2/x."}'
    find(message_with("rest_url", no_endpoint), "elsewhere: check rest_url")
  end)

  it("are for the server's own words, not for those of an id", function()
    assert.equal("not_found", said(404, "task with id Task is not active was not found"))
    assert.is_nil(said(400, "JSON parse error: Task is not active"))
  end)
end)
