--- Each way of signing in, end to end, with expiry and a 401 in the middle of a run.
local base64 = require "tasklist.sandbox.base64"
local connect = require "spec.support.client"
local find = require "spec.support.find"
local http = require "spec.support.http"
local sandbox = require "spec.support.sandbox"

local function count(server, path)
  local seen = 0
  for _, entry in ipairs(server:log()) do
    if entry.path == path then seen = seen + 1 end
  end
  return seen
end

local function last(server, path)
  local found
  for _, entry in ipairs(server:log()) do
    if entry.path == path then found = entry end
  end
  return found
end

local search = "/v1/tasks/search"

local function search_one(client)
  return client:search_tasks { pageSize = 1 }
end

describe("auth = oauth", function()
  local server
  setup(function()
    server = sandbox.start { check_audience = false, client_id = "a b:c", client_secret = "d+e%f&ü" }
  end)
  teardown(function() server:stop() end)
  before_each(function() server:clear() end)

  local function client_with(options)
    return connect.of(server, options)
  end

  -- Options, and what the token endpoint sees; false: nothing of the kind.
  local fields = {
    { {}, audience = "tasklist.camunda.io", scope = false, resource = false },
    { { audience = "" }, audience = false, scope = false, resource = false },
    { { audience = "my api", scope = "a b", resource = "https://r.example/?x" }, audience = "my api", scope = "a b",
      resource = "https://r.example/?x" },
    { { scope = "", resource = "" }, audience = "tasklist.camunda.io", scope = false, resource = false },
  }
  for number, row in ipairs(fields) do
    it("sends audience, scope and resource unless they are empty, row " .. number, function()
      local client <close> = client_with(row[1])
      assert(search_one(client))
      local entry = last(server, "/oauth/token")
      for _, name in ipairs { "audience", "scope", "resource" } do
        local sent = entry[name]
        assert.equal(row[name] or nil, type(sent) == "string" and sent or nil)
        assert.equal(row[name] ~= false, entry.body:find(name .. "=", 1, true) ~= nil)
      end
    end)
  end

  it("sends the secret in the header when told so, form-encoded first", function()
    local client <close> = client_with { client_auth = "basic" }
    assert(search_one(client))
    local entry = last(server, "/oauth/token")
    assert.equal("Basic " .. base64.encode("a%20b%3Ac:d%2Be%25f%26%C3%BC"), entry.headers.authorization)
    assert.falsy(entry.body:find("client_id=", 1, true))
    assert.falsy(entry.body:find("client_secret=", 1, true))
  end)

  it("sends the secret in the form otherwise", function()
    local client <close> = client_with {}
    assert(search_one(client))
    local entry = last(server, "/oauth/token")
    assert.is_nil(entry.headers.authorization)
    find(entry.body, "client_secret=d%2Be%25f%26%C3%BC")
  end)

  it("says that the client in the header is refused", function()
    local client <close> = client_with { client_auth = "basic", client_secret = "wrong" }
    local _, failure = search_one(client)
    assert.equal("auth", failure.kind)
    assert.equal(401, failure.status)
  end)
end)

describe("auth = cookie", function()
  local server
  setup(function() server = sandbox.start { authentication = "cookie", base_path = "/tasklist" } end)
  teardown(function() server:stop() end)
  before_each(function() server:clear() end)

  local login = "/tasklist/api/login"
  local search_below = "/tasklist" .. search

  local function client_with(options)
    local all = { auth = "cookie", username = "demo", password = "demo" }
    for name, value in pairs(options or {}) do all[name] = value end
    return connect.to(server, all)
  end

  local function expire()
    assert.equal(204, (http.request(server.root .. "/sandbox/sessions/expire", "POST")))
  end

  it("logs in once for all calls, and sends both cookies and the header", function()
    local client <close> = client_with()
    for _ = 1, 3 do assert(search_one(client)) end
    assert.equal(1, count(server, login))
    assert.equal(3, count(server, search_below))
    local entry = last(server, login)
    assert.equal("username=demo&password=demo", entry.body)
    assert.equal("application/x-www-form-urlencoded", entry.headers["content-type"])
    local sent = last(server, search_below).headers
    find(sent.cookie, "TASKLIST-SESSION=")
    find(sent.cookie, "X-CSRF-TOKEN=")
    assert.equal(96, #sent["x-csrf-token"])
    assert.falsy(sent.cookie:find(sent["x-csrf-token"], 1, true))
  end)

  it("sends back the CSRF token of the latest answer", function()
    local client <close> = client_with()
    assert(search_one(client))
    local first = last(server, search_below).headers["x-csrf-token"]
    local task = assert(client:search_tasks { pageSize = 1 })[1]
    local status, _, headers = client:request("GET", "/v1/tasks/" .. task.id)
    assert.equal(200, status)
    assert(search_one(client))
    local second = last(server, search_below).headers["x-csrf-token"]
    assert.not_equal(first, second)
    assert(search_one(client))
    assert.equal(second, last(server, search_below).headers["x-csrf-token"])
    for name in pairs(headers) do
      assert.falsy(name:find("cookie", 1, true) or name:find("csrf", 1, true), name)
    end
  end)

  it("logs in again once when the session has ended, reads and writes alike", function()
    local client <close> = client_with()
    local task = assert(search_one(client))[1]
    for _, call in ipairs { search_one, function()
      local status = client:request("PATCH", ("/v1/tasks/%s/unassign"):format(task.id), "{}")
      return status ~= 401
    end } do
      expire()
      server:clear()
      assert(call(client))
      assert.equal(1, count(server, login))
    end
  end)

  it("gives up on a 401 that stays after exactly one replay", function()
    server:fault { path = "/v1", action = "status", status = 401, body = '{"message":""}', times = 9 }
    local client <close> = client_with()
    local _, failure = search_one(client)
    assert.equal("auth", failure.kind)
    assert.equal(2, failure.attempts)
    assert.equal(2, count(server, login))
    find(tostring(failure), "login_url")
  end)

  it("that is refused is an error at once, and the endpoint is left alone", function()
    local client <close> = client_with { password = "hush-hush" }
    local _, failure = search_one(client)
    assert.equal("auth", failure.kind)
    assert.equal(401, failure.status)
    find(tostring(failure), "CAMUNDA_COOKIE_AUTH_PASSWORD")
    local _, again = search_one(client)
    assert.equal(failure.message, again.message)
    assert.equal(1, count(server, login))
    assert.equal(0, count(server, search_below))
  end)

  it("says that there is no login at the URL", function()
    local client <close> = client_with { login_url = server.base_url .. "/login-elsewhere" }
    local _, failure = search_one(client)
    assert.equal("auth", failure.kind)
    find(tostring(failure), "login_url")
  end)

  it("goes again while the login says 503", function()
    server:fault { path = "/api/login", action = "status", status = 503, times = 2 }
    local client <close> = client_with()
    assert(search_one(client))
    assert.equal(3, count(server, login))
  end)

  it("says where it waited when the deadline passes", function()
    server:fault { path = "/api/login", action = "silent" }
    local client <close> = client_with { timeout = 0.3 }
    local _, failure = search_one(client)
    assert.equal("timeout", failure.kind)
    find(failure.message, "waiting for a session")
  end)

  it("says what to do when the CSRF token is refused", function()
    server:fault { path = "/v1", action = "status", status = 403,
      headers = { ["Content-Type"] = "application/json;charset=UTF-8" },
      body = '{"error": "Access denied due to invalid CSRF token."}' }
    local client <close> = client_with()
    local _, failure = search_one(client)
    assert.equal("auth", failure.kind)
    assert.equal(403, failure.status)
    find(tostring(failure), "X-CSRF-TOKEN")
    find(tostring(failure), "login_url (CAMUNDA_COOKIE_AUTH_URL)")
    find(tostring(failure), "camunda.tasklist.csrfPreventionEnabled=false")
    assert.falsy(tostring(failure):find("auth = \"cookie\"", 1, true), "advises what is done")
  end)

  it("serves where the server has CSRF prevention switched off", function()
    local other = sandbox.start { authentication = "cookie", csrf = false }
    finally(function() other:stop() end)
    local client <close> = connect.to(other, { auth = "cookie", username = "demo", password = "demo" })
    assert(search_one(client))
    assert.is_nil(last(other, search).headers["x-csrf-token"])
  end)

  it("goes on for longer than its session lives", function()
    local brief = sandbox.start { authentication = "cookie", session_life = 0.05 }
    finally(function() brief:stop() end)
    local client <close> = connect.to(brief, { auth = "cookie", username = "demo", password = "demo" })
    local cqueues = require "cqueues"
    for _ = 1, 5 do
      assert(search_one(client))
      cqueues.poll(0.1) -- idle for longer than the session allows
    end
    assert.equal(5, count(brief, "/api/login"))
  end)
end)

describe("auth = basic", function()
  local server
  setup(function() server = sandbox.start { authentication = "basic" } end)
  teardown(function() server:stop() end)
  before_each(function() server:clear() end)

  it("sends user and password with each request, and nothing else", function()
    local client <close> = connect.to(server, { username = "demo", password = "demo" })
    for _ = 1, 2 do assert(search_one(client)) end
    assert.equal("Basic " .. base64.encode("demo:demo"), last(server, search).headers.authorization)
    assert.equal(2, #server:log())
  end)

  it("takes a 401 for final", function()
    local client <close> = connect.to(server, { username = "demo", password = "wrong" })
    local _, failure = search_one(client)
    assert.equal("auth", failure.kind)
    assert.equal(401, failure.status)
    assert.equal(1, failure.attempts)
    assert.equal(1, #server:log())
  end)
end)

describe("auth = none", function()
  it("sends no credential", function()
    local server = sandbox.start { authentication = "none" }
    finally(function() server:stop() end)
    local client <close> = connect.to(server, { auth = "none" })
    assert(search_one(client))
    local sent = last(server, search).headers
    assert.is_nil(sent.authorization)
    assert.is_nil(sent.cookie)
  end)

  it("takes a 401 for final, and says what to do", function()
    local server = sandbox.start()
    finally(function() server:stop() end)
    server:fault { path = "/v1", action = "status", status = 401 }
    local client <close> = connect.to(server, { auth = "none" })
    local _, failure = search_one(client)
    assert.equal("auth", failure.kind)
    find(tostring(failure), "CAMUNDA_AUTH_STRATEGY")
    assert.equal(1, #server:log())
  end)
end)

describe("auth = bearer", function()
  local server
  setup(function() server = sandbox.start() end)
  teardown(function() server:stop() end)
  before_each(function() server:clear() end)

  -- A token that the API takes, as somebody else would get it.
  local function new_token()
    local client <close> = connect.of(server)
    assert(search_one(client))
    return last(server, "/oauth/token").token
  end

  it("sends a fixed token, and takes a 401 for final", function()
    local client <close> = connect.to(server, { token = new_token() })
    server:clear()
    for _ = 1, 2 do assert(search_one(client)) end
    server:revoke()
    local _, failure = search_one(client)
    assert.equal("auth", failure.kind)
    assert.equal(401, failure.status)
    assert.equal(1, failure.attempts)
    assert.equal(3, #server:log())
  end)

  it("asks a function for the token once, and again after a 401", function()
    local calls = 0
    local client <close> = connect.to(server, { token = function()
      calls = calls + 1
      return new_token()
    end })
    for _ = 1, 3 do assert(search_one(client)) end
    assert.equal(1, calls)
    server:revoke()
    assert(search_one(client))
    assert.equal(2, calls)
  end)

  it("asks the function once per call when the API goes on refusing", function()
    local calls = 0
    local client <close> = connect.to(server, { token = function()
      calls = calls + 1
      return "nonsense"
    end })
    local _, failure = search_one(client)
    assert.equal("auth", failure.kind)
    assert.equal(401, failure.status)
    assert.equal(2, calls)
    assert.equal(2, count(server, search))
  end)

  it("asks the function again before the life that it gave is over", function()
    local calls = 0
    local client <close> = connect.to(server, { token = function()
      calls = calls + 1
      return new_token(), 0.001
    end })
    repeat
      assert(search_one(client))
    until calls > 1
  end)

  -- What the function does; words of the error.
  local failures = {
    { function() return nil, "the vault is closed" end, "the vault is closed" },
    { function() return nil end, "gave none" },
    { function() return 5 end, "gave none" },
    { function() return "a b" end, "no header can carry" },
    { function() return "a\r\nEvil: yes" end, "no header can carry" },
    { function() return "" end, "no header can carry" },
    { function() error("out of order") end, "out of order" },
    { function() error {} end, "raised" },
    { function() coroutine.yield() end, "yield" },
  }
  for number, row in ipairs(failures) do
    it("hands on what keeps the function from giving a token, row " .. number, function()
      local calls = 0
      local client <close> = connect.to(server, { token = function()
        calls = calls + 1
        return row[1]()
      end })
      local _, failure = coroutine.wrap(function() return search_one(client) end)()
      assert.equal("auth", failure.kind)
      find(failure.message, row[2])
      assert.equal(1, calls)
      assert.equal(0, #server:log())
    end)
  end

  it("survives a function that closes the client", function()
    local client
    client = connect.to(server, { token = function()
      client:close()
      return "abc"
    end })
    find(select(2, pcall(search_one, client)), "closed client")
  end)

  it("survives a function that uses the client", function()
    local client, inner
    client = connect.to(server, { token = function()
      if not inner then inner = select(2, client:search_tasks(nil, { timeout = 0.1 })) end
      return new_token()
    end })
    assert(search_one(client))
    assert.equal("timeout", inner.kind)
    client:close()
  end)
end)

describe("a token endpoint that is down", function()
  it("is no matter while the old token lives, and is tried again in the course of later calls", function()
    local server = sandbox.start { token_life = 3 }
    finally(function() server:stop() end)
    local client <close> = connect.of(server, { retries = 0 })
    assert(search_one(client))
    server:fault { path = "/oauth/token", action = "status", status = 503 }
    -- The renewal is due 0.3 s before the end; it fails, rests for a second, and the token's end asks anew.
    repeat
      assert(search_one(client))
      require("cqueues").poll(0.02) -- a caller that works on each answer, and a log that keeps them all
    until server:stats().requests["/oauth/token"] >= 3
    for _, entry in ipairs(server:log()) do
      assert.truthy(entry.path == "/oauth/token" or entry.status == 200)
    end
  end)
end)

describe("tenant_id", function()
  it("is the default tenantIds of a search", function()
    local server = sandbox.start()
    finally(function() server:stop() end)
    local client <close> = connect.of(server, { tenant_id = "north" })
    local query = { pageSize = 5 }
    client:search_tasks(query)
    find(last(server, search).body, '"tenantIds":["north"]')
    assert.same({ pageSize = 5 }, query)
    client:search_tasks { tenantIds = { "south" } }
    find(last(server, search).body, '"tenantIds":["south"]')
    client:search_tasks()
    find(last(server, search).body, '"tenantIds":["north"]')
    local other <close> = connect.of(server)
    other:search_tasks {}
    assert.falsy(last(server, search).body:find("tenantIds", 1, true))
  end)
end)
