local connect = require "spec.support.client"
local descriptors = require "spec.support.descriptors"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"

local function misuse(part, call, ...)
  local ok, problem = pcall(call, ...)
  assert.is_false(ok)
  assert.is_string(problem)
  find(problem, part)
end

describe("search_tasks", function()
  local server, client

  setup(function()
    server = sandbox.start { base_path = "/cluster" }
    client = connect.of(server)
  end)
  teardown(function()
    client:close()
    server:stop()
  end)
  before_each(function() server:clear() end)

  local function searches()
    local found = {}
    for _, entry in ipairs(server:log()) do
      if entry.path == "/cluster/v1/tasks/search" then found[#found + 1] = entry end
    end
    return found
  end

  it("signs in as Camunda's page says and sends what its curl sends", function()
    local fresh <close> = connect.of(server)
    assert(fresh:search_tasks())
    local token, search = table.unpack(server:log())
    assert.equal("POST", token.method)
    assert.equal("/oauth/token", token.path)
    assert.equal("application/x-www-form-urlencoded", token.headers["content-type"])
    assert.equal("grant_type=client_credentials&audience=tasklist.camunda.io&client_id=sandbox-client"
      .. "&client_secret=sandbox-secret", token.body)
    assert.equal("POST", search.method)
    assert.equal("/cluster/v1/tasks/search", search.path)
    assert.equal("Bearer " .. token.token, search.headers.authorization)
    assert.equal("application/json", search.headers["content-type"])
    assert.equal("{}", search.body)
    find(search.headers["user-agent"], "tasklist/" .. tasklist._VERSION .. " libcurl/")
  end)

  it("signs in once, over one connection, for many searches", function()
    local fresh <close> = connect.of(server)
    local before = server:stats().connections
    for _ = 1, 20 do assert(fresh:search_tasks { pageSize = 1 }) end
    local tokens = 0
    for _, entry in ipairs(server:log()) do
      if entry.path == "/oauth/token" then tokens = tokens + 1 end
    end
    assert.equal(1, tokens)
    assert.equal(1, server:stats().connections - before)
  end)

  it("gives plain tables: null absent, integers, keys as strings", function()
    local tasks = assert(client:search_tasks { state = "CREATED", assigned = false })
    assert.is_true(#tasks > 0)
    for _, task in ipairs(tasks) do
      assert.is_nil(task.assignee)
      assert.is_nil(task.completionDate)
      assert.equal("CREATED", task.taskState)
      assert.is_string(task.id)
      assert.is_string(task.processInstanceKey)
      assert.equal("integer", math.type(task.priority))
      assert.is_table(task.sortValues)
    end
  end)

  it("sends the query's fields", function()
    local tasks = assert(client:search_tasks { state = "CREATED", assignee = "demo", pageSize = 2, tenantIds = {} })
    for _, task in ipairs(tasks) do assert.equal("demo", task.assignee) end
    local sent = searches()[1].body
    find(sent, '"state":"CREATED"')
    find(sent, '"pageSize":2')
    find(sent, '"tenantIds":[]')
  end)

  it("walks there and back by the cursors of its second value", function()
    local all = assert(client:search_tasks { pageSize = 1000 })
    local seen, query = {}, { pageSize = 7 }
    local after
    repeat
      local tasks, page = assert(client:search_tasks(query))
      for _, task in ipairs(tasks) do seen[#seen + 1] = task.id end
      after = page.after
      query = { pageSize = 7, searchAfter = after }
    until not after
    assert.equal(#all, #seen)
    for i, task in ipairs(all) do assert.equal(task.id, seen[i]) end

    local first, one = client:search_tasks { pageSize = 7 }
    assert.is_nil(one.before)
    local second, two = client:search_tasks { pageSize = 7, searchAfter = one.after }
    assert.not_equal(first[1].id, second[1].id)
    local back, zero = client:search_tasks { pageSize = 7, searchBefore = two.before }
    assert.equal(first[1].id, back[1].id)
    assert.is_nil(zero.before)
    assert.same(one.after, zero.after)
  end)

  it("gives an empty page without cursors when nothing matches", function()
    local tasks, page = assert(client:search_tasks { assignee = "nobody at all" })
    assert.same({}, tasks)
    assert.same({}, page)
  end)

  local wrong = {
    { 5, "search_tasks: query: table expected, got the integer 5" },
    { false, "search_tasks: query: table expected, got false" },
    { tasklist.null, "query: table expected, got null" },
    { { state = "OPEN" }, "query.state: one of \"CREATED\"" },
    { { asignee = "x" }, 'unknown field "asignee"' },
    { { pageSize = 0 }, "query.pageSize" },
    { { searchAfter = { "1" }, searchBefore = { "2" } }, "only one of searchAfter and searchBefore" },
  }
  for _, row in ipairs(wrong) do
    it("raises at the caller's line: " .. row[2], function()
      misuse(row[2], function() client:search_tasks(row[1]) end)
      misuse("spec/client_spec.lua:", function() client:search_tasks(row[1]) end)
      assert.same({}, searches())
    end)
  end

  it("reads packed answers", function()
    local packing = sandbox.start { gzip = true }
    finally(function() packing:stop() end)
    local other <close> = connect.of(packing)
    assert.is_true(#assert(other:search_tasks()) > 0)
    find(packing:log()[2].headers["accept-encoding"], "gzip")
  end)

  -- What the server does; what the error is.
  local html = "<html>\r\nsign in</html>"
  local answers = {
    { "HTML with 200", { action = "body", body = html }, "decode", 200, "no JSON" },
    { "an empty answer", { action = "body", body = "" }, "decode", 200, "no JSON" },
    { "cut JSON", { action = "body", body = '[{"id":' }, "decode", 200, "no JSON" },
    { "an object", { action = "body", body = '{"a":1}' }, "decode", 200, "an array expected" },
    { "an array of numbers", { action = "body", body = "[1]" }, "decode", 200, "an array of objects expected" },
    { "an array of nulls", { action = "body", body = "[null]" }, "decode", 200, "an array of objects expected" },
    { "a string", { action = "body", body = '"x"' }, "decode", 200, "an array expected" },
    { "a large answer", { action = "body", size = 200000 }, "limit", 200, "larger than 100000 bytes" },
    { "500", { action = "status", status = 500, body = '{"status":500,"message":"a\\nb","instance":null}' },
      "http", 500, "answered 500: a\\nb" },
    { "400", { action = "status", status = 400, body = '{"status":400,"message":"no","instance":"1-2"}' },
      "http", 400, "answered 400: no" },
    { "an empty 404", { action = "status", status = 404, body = "" }, "http", 404, "base_url" },
    { "bytes that are no HTTP", { action = "garbage", times = 9 }, "network", nil, "(network)" },
    { "a cut answer", { action = "cut", times = 9 }, "network", 200, "(network)" },
    { "no answer", { action = "close", times = 9 }, "network", nil, "(network)" },
    { "a reset", { action = "reset", times = 9 }, "network", nil, "(network)" },
    { "429 with a long Retry-After",
      { action = "status", status = 429, body = "", headers = { ["Retry-After"] = "60" } },
      "http", 429, "429" },
  }
  for _, row in ipairs(answers) do
    it("reports " .. row[1] .. " as " .. row[3], function()
      local cautious <close> = connect.of(server, { max_response = 100000 })
      row[2].path = "/v1/tasks/search"
      server:fault(row[2])
      local tasks, failure = cautious:search_tasks()
      assert.is_nil(tasks)
      assert.equal(row[3], failure.kind)
      assert.equal(row[4], failure.status)
      assert.equal("POST", failure.method)
      assert.equal("/v1/tasks/search", failure.path)
      assert.equal(row[3] == "network" and 4 or 1, failure.attempts)
      find(tostring(failure), row[5])
      assert.falsy(tostring(failure):find("[\r\n]"))
      server:clear()
      assert(cautious:search_tasks { pageSize = 1 }) -- and goes on
    end)
  end

  it("keeps the server's instance and body, and what to wait", function()
    server:fault { { path = "/v1", action = "status", status = 400,
      body = '{"status":400,"message":"no","instance":"1-2","title":"t"}', headers = { ["Retry-After"] = "7" } } }
    local _, failure = client:search_tasks()
    assert.equal("1-2", failure.instance)
    assert.equal("t", failure.title)
    assert.equal(7, failure.retry_after)
    find(failure.body, '"message":"no"')
  end)

  it("never follows a redirect with the token", function()
    local elsewhere = sandbox.start()
    finally(function() elsewhere:stop() end)
    server:fault { path = "/v1", action = "status", status = 302,
      headers = { Location = elsewhere.base_url .. "/v1/tasks/search" } }
    local _, failure = client:search_tasks()
    assert.equal("http", failure.kind)
    assert.equal(302, failure.status)
    find(failure.message, "redirects are not followed")
    assert.same({}, elsewhere:log())
  end)

  for _, status in ipairs { 502, 503, 504 } do
    it("goes again after " .. status, function()
      server:fault { path = "/v1", action = "status", status = status, times = 2 }
      assert(client:search_tasks())
      assert.equal(3, #searches())
    end)
  end

  it("ends at the deadline when the server is silent", function()
    local hasty <close> = connect.of(server, { timeout = 0.3 })
    assert(hasty:search_tasks()) -- a token is there
    server:fault { path = "/v1", action = "silent" }
    local before = os.time()
    local _, failure = hasty:search_tasks()
    assert.equal("timeout", failure.kind)
    find(failure.message, "no answer within 0.3 s: waiting for the answer")
    assert.is_true(os.time() - before < 8)
  end)

  it("ends at the deadline when the server sends a byte now and then", function()
    local hasty <close> = connect.of(server, { timeout = 0.5 })
    server:fault { path = "/v1", action = "trickle", interval = 0.05 }
    local _, failure = hasty:search_tasks()
    assert.equal("timeout", failure.kind)
    find(failure.message, "no answer within 0.5 s")
  end)
end)

describe("a client", function()
  local server
  setup(function() server = sandbox.start() end)
  teardown(function() server:stop() end)

  it("names itself, and no secret", function()
    local client = connect.of(server)
    assert.equal("tasklist.client (" .. server.base_url .. ")", tostring(client))
    client:close()
    assert.equal("tasklist.client (closed)", tostring(client))
  end)

  it("shows its secret in no dump", function()
    local client <close> = connect.of(server, { client_secret = "hush" })
    local looked = {}
    local function look(value)
      assert.not_equal("hush", value)
      if type(value) == "table" and not looked[value] then
        looked[value] = true
        for name, item in pairs(value) do
          look(name)
          look(item)
        end
      end
    end
    look(client)
    assert.equal("tasklist.client", getmetatable(client))
  end)

  it("reaches this machine without the environment's proxy", function()
    local script = assert(io.open("examples/search.lua")):read("a")
    local output, fine = connect.run_script(script, ("http_proxy=http://127.0.0.1:1 ZEEBE_CLIENT_ID=%s "
      .. "ZEEBE_CLIENT_SECRET=%s ZEEBE_AUTHORIZATION_SERVER_URL=%s CAMUNDA_TASKLIST_BASE_URL=%s"):format(
      server.client_id, server.client_secret, server.token_url, server.base_url))
    assert.is_true(fine, output)
  end)

  it("can be closed twice, and is of no use then", function()
    local client = connect.of(server)
    assert(client:search_tasks())
    client:close()
    client:close()
    misuse("attempt to use a closed client", function() client:search_tasks() end)
    misuse("spec/client_spec.lua:", function() client:search_tasks() end)
  end)

  it("is closed at the end of its block", function()
    local kept
    do
      local client <close> = connect.of(server)
      assert(client:search_tasks())
      kept = client
    end
    assert.equal("tasklist.client (closed)", tostring(kept))
  end)

  it("gives back descriptors and connections when it is dropped", function()
    assert(connect.of(server):search_tasks())
    collectgarbage() collectgarbage()
    local before = descriptors()
    for _ = 1, 10 do assert(connect.of(server):search_tasks()) end
    collectgarbage() collectgarbage()
    assert.equal(before, descriptors())
  end)

  it("does no network I/O before the first call", function()
    server:clear()
    connect.of(server):close()
    assert.same({}, server:log())
  end)

  it("reports that nobody listens, in libcurl's words", function()
    local client <close> = connect.of(server, { base_url = "http://127.0.0.1:1" })
    local _, failure = client:search_tasks()
    assert.equal("network", failure.kind)
    assert.equal(4, failure.attempts)
    -- libcurl 8.23 writes 127.0.0.1:1.
    assert.truthy(failure.message:find "^Failed to connect to 127%.0%.0%.1[: port]+1 ", failure.message)
  end)

  it("reports an unknown name", function()
    local client <close> = connect.of(server, { base_url = "https://nowhere.invalid", timeout = 5 })
    local _, failure = client:search_tasks()
    assert.equal("network", failure.kind)
    find(failure.message, "Could not resolve host")
  end)
end)
