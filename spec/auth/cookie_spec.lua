--- auth = "cookie", end to end, with expiry and a 401 in the middle of a run.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local http = require "spec.support.http"
local sandbox = require "spec.support.sandbox"
local seen = require "spec.support.seen"

local search = "/v1/tasks/search"

local function search_one(client)
  return client:search_tasks { pageSize = 1 }
end

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
    assert.equal(1, seen.count(server, login))
    assert.equal(3, seen.count(server, search_below))
    local entry = seen.last(server, login)
    assert.equal("username=demo&password=demo", entry.body)
    assert.equal("application/x-www-form-urlencoded", entry.headers["content-type"])
    local sent = seen.last(server, search_below).headers
    find(sent.cookie, "TASKLIST-SESSION=")
    find(sent.cookie, "X-CSRF-TOKEN=")
    assert.equal(96, #sent["x-csrf-token"])
    assert.falsy(sent.cookie:find(sent["x-csrf-token"], 1, true))
  end)

  it("sends back the CSRF token of the latest answer", function()
    local client <close> = client_with()
    assert(search_one(client))
    local first = seen.last(server, search_below).headers["x-csrf-token"]
    local task = assert(client:search_tasks { pageSize = 1 })[1]
    local status, _, headers = client:request("GET", "/v1/tasks/" .. task.id)
    assert.equal(200, status)
    assert(search_one(client))
    local second = seen.last(server, search_below).headers["x-csrf-token"]
    assert.not_equal(first, second)
    assert(search_one(client))
    assert.equal(second, seen.last(server, search_below).headers["x-csrf-token"])
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
      assert.equal(1, seen.count(server, login))
    end
  end)

  it("gives up on a 401 that stays after exactly one replay", function()
    server:fault { path = "/v1", action = "status", status = 401, body = '{"message":""}', times = 9 }
    local client <close> = client_with()
    local _, failure = search_one(client)
    assert.equal("auth", failure.kind)
    assert.equal(2, failure.attempts)
    assert.equal(2, seen.count(server, login))
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
    assert.equal(1, seen.count(server, login))
    assert.equal(0, seen.count(server, search_below))
  end)

  for status, words in pairs { [302] = "redirects are not followed", [404] = "check ", [405] = "check ",
    [400] = "no answer of a login: \"Bad & worse\"" } do
    it(("that is answered with %d names the URL and its setting"):format(status), function()
      server:fault { path = "/api/login", action = "status", status = status, headers = { Location = "/elsewhere" },
        body = "<title>Bad &amp; worse</title>" }
      local client <close> = client_with()
      local _, failure = search_one(client)
      assert.equal("auth", failure.kind)
      assert.equal(status, failure.status)
      find(failure.message, ("the login %s/api/login answered %d"):format(server.base_url, status))
      find(failure.message, words)
      find(failure.message, 'CAMUNDA_COOKIE_AUTH_URL (option "login_url")')
      assert.equal(1, seen.count(server, login))
    end)
  end

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
    assert.equal(3, seen.count(server, login))
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
    assert.is_nil(seen.last(other, search).headers["x-csrf-token"])
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
    assert.equal(5, seen.count(brief, "/api/login"))
  end)
end)
