-- Logging in with cookies, over real connections.
local cqueues = require "cqueues"
local http = require "spec.support.http"
local json = require "tasklist.sandbox.json"
local sandbox = require "spec.support.sandbox"
local sessions = require "tasklist.sandbox.sessions"
local users = require "tasklist.sandbox.users"

local FORM = { ["Content-Type"] = "application/x-www-form-urlencoded" }
local CSRF_ERROR = '{"error": "Access denied due to invalid CSRF token."}'

-- A browser of sorts: keeps cookies, of which the later one counts, and the latest token.
local function new_browser(url)
  local browser = { cookies = {} }
  function browser:send(method, path, headers, body)
    local all, pairs_of = {}, {}
    for name, value in pairs(self.cookies) do pairs_of[#pairs_of + 1] = name .. "=" .. value end
    if pairs_of[1] then all.Cookie = table.concat(pairs_of, "; ") end
    for name, value in pairs(headers or {}) do all[name] = value or nil end
    local status, got, text = http.request(url .. path, method, all, body)
    for _, cookie in ipairs(got["set-cookie"] or {}) do
      local name, value = cookie:match("^([^=]+)=([^;]*)")
      self.cookies[name] = value ~= "" and value or nil
    end
    self.token = got["x-csrf-token"] or self.token
    return status, text, got
  end
  function browser:log_in(body, path)
    return self:send("POST", path or "/api/login", FORM, body or "username=demo&password=demo")
  end
  function browser:search(headers)
    return self:send("POST", "/v1/tasks/search", headers)
  end
  return browser
end

describe("a login with cookies", function()
  local server, browser
  setup(function()
    server = sandbox.start{ authentication = "cookie", base_path = "/tasklist", tasks = { { id = "1" } } }
  end)
  teardown(function() server:stop() end)
  before_each(function()
    server:clear()
    browser = new_browser(server.base_url)
  end)

  it("gives two cookies and a masked token, of which the latest is as good as the first", function()
    local status, body, headers = browser:log_in()
    assert.same({ 204, "" }, { status, body })
    local cookies = headers["set-cookie"]
    assert.is_truthy(cookies[1]:find("^TASKLIST%-SESSION=%w+; Path=/tasklist; HttpOnly; SameSite=Lax$"))
    assert.equal("X-CSRF-TOKEN=; Path=/tasklist; Max-Age=0; HttpOnly; SameSite=Lax", cookies[2])
    assert.is_truthy(cookies[3]:find("^X%-CSRF%-TOKEN=[%x-]+; Path=/tasklist; HttpOnly; SameSite=Lax$"))
    local first = browser.token
    assert.equal(96, #first)
    local _, _, shown = browser:send("GET", "/v1/tasks/1")
    assert.equal("application/json", shown["content-type"])
    assert.not_equal(first, browser.token)
    assert.equal(96, #browser.token)
    for _, token in ipairs{ first, browser.token } do
      assert.equal(200, (browser:search{ ["X-CSRF-TOKEN"] = token }))
    end
  end)

  it("takes its fields from the query as well", function()
    assert.equal(204, (browser:send("POST", "/api/login?username=view&password=view")))
    assert.equal(200, (browser:send("GET", "/v1/tasks/1")))
  end)

  for _, body in ipairs{ "username=demo&password=x", "username=nobody&password=demo", "",
    '{"username":"demo","password":"demo"}' } do
    it("is refused: " .. body, function()
      local status, text, headers = browser:log_in(body)
      assert.same({ 401, '{"message":""}', "application/json;charset=UTF-8" },
        { status, text, headers["content-type"] })
      assert.equal(401, (browser:send("GET", "/v1/tasks/1")))
    end)
  end

  it("that is refused ends the session before it", function()
    browser:log_in()
    browser:log_in("username=demo&password=x")
    assert.equal(401, (browser:send("GET", "/v1/tasks/1")))
  end)

  it("is needed first: without it no request is looked at", function()
    for _, request in ipairs{ { "GET", "/v1/tasks/1" }, { "POST", "/v1/tasks/search" }, { "GET", "/v1/nothing" } } do
      local status, text = browser:send(table.unpack(request))
      assert.same({ 401, '{"message":""}' }, { status, text })
    end
  end)

  local function forged(headers)
    local status, text, got = browser:search(headers)
    return { status, text, got["content-type"] }
  end
  local DENIED = { 403, CSRF_ERROR, "application/json;charset=UTF-8" }

  it("needs the token with everything that is not safe", function()
    browser:log_in()
    assert.same(DENIED, forged())
    assert.same(DENIED, forged{ ["X-CSRF-TOKEN"] = browser.cookies["X-CSRF-TOKEN"] })
    assert.same(DENIED, forged{ ["X-CSRF-TOKEN"] = browser.token:reverse() })
    local cookie = browser.cookies["X-CSRF-TOKEN"]
    browser.cookies["X-CSRF-TOKEN"] = nil
    assert.same(DENIED, forged{ ["X-CSRF-TOKEN"] = browser.token })
    browser.cookies["X-CSRF-TOKEN"] = cookie
    assert.equal(200, (browser:search{ ["X-CSRF-TOKEN"] = browser.token }))
    assert.equal(200, (browser:search{ Referer = server.base_url .. "/swagger-ui/index.html" }))
  end)

  it("makes the user act for himself", function()
    browser:log_in()
    local status, text = browser:send("PATCH", "/v1/tasks/1/assign", { ["X-CSRF-TOKEN"] = browser.token })
    assert.same({ 200, "demo" }, { status, json.decode(text).assignee })
    local entry = server:ledger()[1]
    assert.same({ "assign", "demo" }, { entry.operation, entry.caller })
  end)

  it("lets a reader write nothing", function()
    browser:log_in("username=view&password=view")
    local status = browser:send("PATCH", "/v1/tasks/1/assign", { ["X-CSRF-TOKEN"] = browser.token })
    assert.equal(500, status)
  end)

  it("ends with the logout, which works without one too", function()
    browser:log_in()
    local status, _, headers = browser:send("POST", "/api/logout")
    assert.equal(204, status)
    assert.same({ "TASKLIST-SESSION=; Path=/tasklist; Max-Age=0; HttpOnly; SameSite=Lax",
      "X-CSRF-TOKEN=; Path=/tasklist; Max-Age=0; HttpOnly; SameSite=Lax" }, headers["set-cookie"])
    assert.equal(401, (browser:send("GET", "/v1/tasks/1")))
    assert.equal(204, (browser:send("POST", "/api/logout")))
  end)

  it("ends on the server's side as well when logged out", function()
    browser:log_in()
    local kept = {}
    for name, value in pairs(browser.cookies) do kept[name] = value end
    browser:send("POST", "/api/logout")
    browser.cookies = kept
    assert.equal(401, (browser:send("GET", "/v1/tasks/1")))
  end)

  it("ends when it is told to", function()
    browser:log_in()
    http.request(server.root .. "/sandbox/sessions/expire", "POST")
    assert.equal(401, (browser:search{ ["X-CSRF-TOKEN"] = browser.token }))
  end)

  it("has no page of its own", function()
    assert.equal(404, (browser:send("GET", "/api/login")))
  end)
end)

describe("the login of a whole cluster, since 8.8", function()
  local server, browser
  setup(function()
    server = sandbox.start{ authentication = "cookie", version = "8.8", v1 = true, base_path = "/camunda",
      tasks = { { id = "1", implementation = "ZEEBE_USER_TASK" } } }
  end)
  teardown(function() server:stop() end)
  before_each(function()
    server:clear()
    browser = new_browser(server.base_url)
  end)

  it("lies at /login, and its session is good for both APIs", function()
    local status, body, headers = browser:log_in(nil, "/login")
    assert.same({ 204, "" }, { status, body })
    assert.is_truthy(headers["set-cookie"][1]:find("^camunda%-session=%w+; Path=/camunda; HttpOnly; SameSite=Lax$"))
    assert.equal(200, (browser:send("GET", "/v2/topology")))
    assert.equal(200, (browser:send("GET", "/v1/tasks/1")))
    local token = { ["X-CSRF-TOKEN"] = browser.token }
    assert.equal(200, (browser:search(token)))
    assert.equal(204, (browser:send("POST", "/v2/user-tasks/1/completion", token)))
    assert.equal("demo", server:ledger("complete")[1].caller)
  end)

  it("is needed with its token for what v2 changes", function()
    assert.equal(401, (browser:send("DELETE", "/v2/user-tasks/1/assignee")))
    browser:log_in(nil, "/login")
    assert.equal(403, (browser:send("DELETE", "/v2/user-tasks/1/assignee")))
    assert.same({}, server:ledger())
  end)

  it("is refused in the framework's words", function()
    local status, text, headers = browser:log_in("username=demo&password=x", "/login")
    assert.same({ 401, "application/problem+json" }, { status, headers["content-type"] })
    local said = json.decode(text)
    assert.same({ "Unauthorized", "Bad credentials", "/login" }, { said.title, said.detail, said.instance })
  end)

  it("ends at /logout", function()
    browser:log_in(nil, "/login")
    assert.equal(204, (browser:send("POST", "/logout")))
    assert.equal(401, (browser:send("GET", "/v2/topology")))
  end)

  it("is not where Tasklist had its own, nor the other way round", function()
    assert.equal(404, (browser:log_in()))
    local earlier = sandbox.start{ authentication = "cookie", version = "8.7", tasks = {} }
    local status = new_browser(earlier.v1_url):log_in(nil, "/login")
    earlier:stop()
    assert.equal(404, status)
  end)
end)

describe("a session", function()
  it("ends when it has been idle for as long as it may be", function()
    local server = sandbox.start{ authentication = "cookie", session_life = 1e-6, tasks = { { id = "1" } } }
    local browser = new_browser(server.base_url)
    browser:log_in()
    local status = browser:search{ ["X-CSRF-TOKEN"] = browser.token }
    server:stop()
    assert.equal(401, status)
  end)

  -- A book of sessions with one in it, and a request that brings its cookie.
  local function log_in(csrf)
    local book = sessions.new{ users = users.new(users.default), life = 0.5, csrf = csrf, path = "/" }
    local answer = book:answer{ method = "POST", path = "/api/login", query = "username=demo&password=demo", body = "",
      headers = {} }
    return book, { method = "GET", headers = { cookie = answer.headers["Set-Cookie"][1]:match("^[^;]+") } }
  end

  for method, safe in pairs{ GET = true, HEAD = true, OPTIONS = true, TRACE = true, PUT = false, DELETE = false } do
    it(("is %s with %s and no token"):format(safe and "good" or "not enough", method), function()
      local book, request = log_in(true)
      request.method = method
      assert.equal(safe, (book:admit(request)) ~= nil)
    end)
  end

  it("is kept awake by what it is used for", function()
    local book, request = log_in(false)
    local start = cqueues.monotime()
    repeat assert.equal("demo", (book:admit(request)).name) until cqueues.monotime() > start + 0.6
  end)

  it("needs no token where that is switched off, and gives none", function()
    local server = sandbox.start{ authentication = "cookie", csrf = false, tasks = {} }
    local browser = new_browser(server.base_url)
    local _, _, headers = browser:log_in()
    local status = browser:search()
    server:stop()
    assert.same({ 1, nil, 200 }, { #headers["set-cookie"], headers["x-csrf-token"], status })
  end)

  it("has cookies that are kept to https where the server speaks it", function()
    local server = sandbox.start{ authentication = "cookie", tls = "good", tasks = {} }
    local _, _, headers = new_browser(server.base_url):log_in()
    server:stop()
    assert.is_truthy(headers["set-cookie"][1]:find("; Path=/; Secure; HttpOnly", 1, true))
  end)
end)
