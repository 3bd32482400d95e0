local cqueues = require "cqueues"
local faults = require "tasklist.sandbox.faults"
local http = require "spec.support.http"
local json = require "tasklist.sandbox.json"
local sandbox = require "spec.support.sandbox"

describe("the queue of faults", function()
  it("gives each fault as often as it says, in order, to the paths it is meant for", function()
    local queue = faults.new()
    queue:add{ { action = "silent", path = "/v1/tasks" }, { action = "garbage", times = 2 } }
    local seen = {}
    for i, path in ipairs{ "/oauth/token", "/v1/tasks/search", "/v1/tasks/search", "/v1/tasks/search" } do
      local fault = queue:take(path)
      seen[i] = fault and fault.action or "none"
    end
    assert.same({ "garbage", "silent", "garbage", "none" }, seen)
  end)

  it("keeps a fault for the request's method, and an early one for those whose body is still to come", function()
    local queue = faults.new()
    queue:add{ { action = "close", at = "headers", method = "PATCH" }, { action = "garbage" } }
    assert.is_nil(queue:take("/", "GET", true))
    assert.equal("garbage", queue:take("/", "GET").action)
    assert.equal("close", queue:take("/", "PATCH", true).action)
    queue:add{ { action = "garbage" }, { action = "close", at = "headers" } }
    -- The first one's turn comes first, though the second one strikes earlier.
    assert.is_nil(queue:take("/", "GET", true))
  end)

  it("can be emptied", function()
    local queue = faults.new()
    queue:add{ { action = "silent" } }
    queue:clear()
    assert.is_nil(queue:take("/"))
  end)

  local bad = {
    { {}, "a fault needs a known 'action'" },
    { { action = "explode" }, "a fault needs a known 'action'" },
    { { action = "status" }, "status: 'status' is missing" },
    { { action = "status", status = "429" }, "status: 'status' must be of type integer" },
    { { action = "delay", seconds = 1, at = "in" }, "delay: unknown field 'at'" },
    { { action = "close", at = "never" }, "close: 'at' must be headers, body, before, executed, in, after or next" },
  }
  for _, case in ipairs(bad) do
    it("takes none of a list with a bad one: " .. case[2], function()
      local queue = faults.new()
      assert.has_error(function() queue:add{ { action = "silent" }, case[1] } end, case[2])
      assert.is_nil(queue:take("/"))
    end)
  end
end)

describe("a fault", function()
  local FORM = "grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret"
    .. "&audience=tasklist.camunda.io"
  local USUAL = '{"error":"HTTP 405 Method Not Allowed"}'
  local server
  local token
  setup(function()
    server = sandbox.start()
    local _, _, body = http.request(server.token_url, "POST",
      { ["Content-Type"] = "application/x-www-form-urlencoded" }, FORM)
    token = json.decode(body).access_token
  end)
  teardown(function() server:stop() end)
  before_each(function() server:clear() end)

  local function get()
    return http.request(server.token_url, "GET")
  end

  -- Sends a request and reads all that comes, as bytes; gives the number of the error that ended it as well.
  local function read_all(text)
    local sock = http.connect(server.token_url)
    sock:write(text or http.render(server.token_url, "GET"))
    local bytes = {}
    for byte in function() return sock:read(1) end do bytes[#bytes + 1] = byte end
    local why = sock:error("r")
    sock:close()
    return table.concat(bytes), why
  end

  it("of a status has its body and headers, and spoils nothing further", function()
    server:fault{ action = "status", status = 429, body = "later", headers = { ["Retry-After"] = "1" } }
    local status, headers, body = get()
    assert.same({ 429, "1", "later" }, { status, headers["retry-after"], body })
    assert.equal(405, (get()))
  end)

  it("of a body is a 200", function()
    server:fault{ { action = "body", body = "<p>", headers = { ["Content-Type"] = "text/html" } },
      { action = "body", size = 3000000 } }
    local status, headers, body = get()
    assert.same({ 200, "text/html", "<p>" }, { status, headers["content-type"], body })
    assert.equal(3000000, #select(3, get()))
  end)

  it("of a token may hold one that the API accepts", function()
    server:fault{ action = "token", path = "/oauth", body = '{"access_token":"$TOKEN","expires_in":"x"}' }
    local _, headers, body = http.request(server.token_url, "POST", nil, FORM)
    assert.equal("application/json", headers["content-type"])
    local answer = json.decode(body)
    assert.equal("x", answer.expires_in)
    assert.equal(200, (http.request(server.base_url .. "/v1/tasks/search", "POST",
      { Authorization = "Bearer " .. answer.access_token })))
  end)

  it("of a delay answers as usual, later", function()
    server:fault{ action = "delay", seconds = 0.1 }
    local start = cqueues.monotime()
    assert.equal(405, (get()))
    assert.is_true(cqueues.monotime() - start >= 0.1)
  end)

  it("of a trickle answers as usual, byte by byte", function()
    server:fault{ action = "trickle", interval = 0.001 }
    local start = cqueues.monotime()
    local status, _, body = get()
    assert.same({ 405, USUAL }, { status, body })
    assert.is_true(cqueues.monotime() - start >= 0.05)
  end)

  local parts = {
    { "cut", nil, nil, USUAL:sub(1, #USUAL // 2) }, { "cut", nil, 5, USUAL:sub(1, 5) },
    { "close", nil, nil, nil }, { "close", "in", 3, USUAL:sub(1, 3) }, { "close", "after", nil, USUAL },
    { "reset", nil, nil, nil }, { "reset", "in", 3, USUAL:sub(1, 3) }, { "reset", "after", nil, USUAL },
  }
  for _, case in ipairs(parts) do
    local action, at, bytes, expected = table.unpack(case, 1, 4)
    it(("of a %s %s ends the connection there"):format(action, at or "by default"), function()
      server:fault{ action = action, at = at, bytes = bytes }
      local text, why = read_all()
      assert.equal(expected and ("Content-Length: %d\r\n\r\n%s"):format(#USUAL, expected) or "",
        text:match("Content%-Length.*") or text)
      -- 104 is ECONNRESET.
      assert.equal(action == "reset" and 104 or nil, why)
    end)
  end

  local function complete(id)
    return http.render(server.base_url .. ("/v1/tasks/%s/complete"):format(id), "PATCH",
      { ["Content-Type"] = "application/json", Authorization = "Bearer " .. token }, '{"variables":[]}')
  end

  -- Each row: the fault, whether the completion was executed, the status that came.
  local writes = {
    { { action = "close", at = "headers" }, false },
    { { action = "reset", at = "headers" }, false },
    { { action = "close", at = "body" }, false },
    { { action = "reset", at = "body", bytes = 3 }, false },
    { { action = "close", at = "before" }, false },
    { { action = "reset", at = "before" }, false },
    { { action = "close", at = "executed" }, true },
    { { action = "reset", at = "executed" }, true },
    { { action = "close", at = "in" }, true, 200 },
    { { action = "reset", at = "after" }, true, 200 },
    { { action = "status", status = 502 }, false, 502 },
    { { action = "status", status = 504, executed = true }, true, 504 },
    { { action = "garbage", executed = true }, true },
    { { action = "exhausted" }, false, 503 },
    { { action = "denied" }, false, 409 },
    { { action = "rejected" }, false, 500 },
    { { action = "conflict" }, false, 500 },
  }
  for place, row in ipairs(writes) do
    local fault, executed, status = row[1], row[2], row[3]
    local words = {}
    for name, value in pairs(fault) do words[#words + 1] = ("%s=%s"):format(name, value) end
    table.sort(words)
    it(("of a write, %s: it was %sexecuted"):format(table.concat(words, " "), executed and "" or "not "), function()
      fault.path, fault.method = "/v1/", "PATCH"
      server:tasks{ { id = tostring(place) } }
      server:fault(fault)
      local keep = (fault.action == "close" or fault.action == "reset") and "" or "Connection: close\r\n"
      local text, why = read_all((complete(place):gsub("\r\n", "\r\n" .. keep, 1)))
      assert.equal(status, tonumber(text:match("^HTTP/1%.1 (%d+)")), text)
      if not status and fault.action ~= "garbage" then assert.equal("", text) end
      assert.equal(fault.action == "reset" and 104 or nil, why)
      assert.equal(executed and 1 or 0, #server:ledger("complete"))
      local log = server:log()
      assert.equal("PATCH", log[#log].method)
      -- What was read of the body is in the log.
      local read = fault.at == "headers" and 0 or fault.at == "body" and (fault.bytes or 8) or 16
      assert.equal(read, #log[#log].body)
    end)
  end

  it("of a broker that takes nothing says so, and for how long", function()
    server:fault{ action = "exhausted", headers = { ["Retry-After"] = "2" } }
    local status, headers, body = http.request(server.base_url .. "/v1/tasks/1/complete", "PATCH")
    body = json.decode(body)
    assert.same({ 503, "2", "RESOURCE_EXHAUSTED", 503, "/v1/tasks/1/complete" },
      { status, headers["retry-after"], body.title, body.status, body.instance })
  end)

  local denials = {
    { "POST", "/assignment", "ASSIGN", "Assignment" }, { "DELETE", "/assignee", "ASSIGN", "Assignment" },
    { "POST", "/completion", "COMPLETE", "Completion" }, { "PATCH", "", "UPDATE", "Update" },
  }
  for _, row in ipairs(denials) do
    local method, ending, command, name = table.unpack(row)
    it(("of a listener that denies says what and why: %s %s"):format(method, ending), function()
      server:fault{ action = "denied", reason = "too early" }
      local path = "/v2/user-tasks/7" .. ending
      local status, _, body = http.request(server.base_url .. path, method)
      body = json.decode(body)
      assert.same({ 409, "INVALID_STATE", ("Command '%s' rejected with code 'INVALID_STATE': %s of the User Task with "
        .. "key '7' was denied by Task Listener. Reason to deny: 'too early'"):format(command, name), path },
        { status, body.title, body.detail, body.instance })
    end)
  end

  local words = { rejected = "^Command 'COMPLETE' rejected with code 'NOT_FOUND': .*7",
    conflict = "^Update request failed for %[.*7.*version conflict" }
  for action, pattern in pairs(words) do
    it("of what lies behind Tasklist has the error's shape: " .. action, function()
      server:fault{ action = action }
      local status, _, body = http.request(server.base_url .. "/v1/tasks/7/complete", "PATCH")
      body = json.decode(body)
      assert.same({ 500, 500, json.null }, { status, body.status, body.instance })
      assert.is_truthy(body.message:find(pattern))
    end)
  end

  for _, action in ipairs{ "close", "reset" } do
    it(("of a kept connection that ends when the next request comes: %s"):format(action), function()
      server:fault{ action = action, at = "next" }
      local sock = http.connect(server.token_url)
      sock:write(http.render(server.token_url, "GET"))
      assert.equal(405, (http.read_response(sock)))
      -- It is open, and stays so until there is something to read.
      assert.equal(0.05, (cqueues.poll({ pollfd = sock:pollfd(), events = "r" }, 0.05)))
      sock:write(http.render(server.token_url, "GET"))
      assert.is_nil(sock:read(1))
      assert.equal(action == "reset" and 104 or nil, (sock:error("r")))
      sock:close()
      assert.equal(1, #server:log())
    end)
  end

  it("of garbage is no HTTP", function()
    server:fault{ { action = "garbage" }, { action = "garbage", body = "SSH-2.0\r\n" } }
    assert.is_nil((read_all():match("HTTP/1")))
    assert.equal("SSH-2.0\r\n", (read_all()))
  end)

  it("of silence never answers", function()
    server:fault{ action = "silent" }
    local sock = http.connect(server.token_url)
    sock:write(http.render(server.token_url, "GET"))
    -- What was ready comes back: the time that has passed, and not the connection.
    assert.equal(0.1, (cqueues.poll({ pollfd = sock:pollfd(), events = "r" }, 0.1)))
    sock:close()
    assert.equal(json.null, server:log()[1].status)
  end)

  it("is meant for a path beneath the base path", function()
    local below = sandbox.start{ base_path = "/cluster-id" }
    below:fault{ action = "status", path = "/v1/", status = 503 }
    assert.equal(405, (http.request(below.token_url, "GET")))
    assert.equal(503, (http.request(below.base_url .. "/v1/tasks/search", "POST")))
    below:stop()
  end)
end)
