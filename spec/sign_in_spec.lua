local connect = require "spec.support.client"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local steady = require "spec.support.steady"

describe("signing in", function()
  local server
  setup(function() server = sandbox.start() end)
  teardown(function() server:stop() end)
  before_each(function() server:clear() end)

  local function seen(path)
    local count = 0
    for _, entry in ipairs(server:log()) do
      if entry.path == path then count = count + 1 end
    end
    return count
  end

  for _, secret in ipairs { "a+b&c=d%e f", "ünïcödé", "%2B", "a/b?c#d;e" } do
    it("takes the secret " .. secret, function()
      local other = sandbox.start { client_secret = secret }
      finally(function() other:stop() end)
      local client <close> = connect.of(other)
      assert(client:search_tasks())
    end)
  end

  local refusals = {
    { { client_secret = "hush-hush" }, 401, "unauthorized_client", "ZEEBE_CLIENT_SECRET" },
    { { client_id = "stranger" }, 400, "invalid_client", "ZEEBE_CLIENT_ID" },
  }
  for _, row in ipairs(refusals) do
    it("that is refused with " .. row[2] .. " is an error at once, and the endpoint is left alone", function()
      local client <close> = connect.of(server, row[1])
      local _, failure = client:search_tasks()
      assert.equal("auth", failure.kind)
      assert.equal(row[2], failure.status)
      assert.equal(row[3], failure.error)
      assert.is_string(failure.error_description)
      find(tostring(failure), failure.error)
      find(tostring(failure), failure.error_description)
      find(tostring(failure), row[4])
      for _, text in pairs(failure) do
        assert.falsy(tostring(text):find("hush-hush", 1, true))
      end
      local _, again = client:search_tasks()
      assert.equal(failure.message, again.message)
      assert.equal(1, seen "/oauth/token")
      assert.equal(0, seen "/v1/tasks/search")
    end)
  end

  -- Status of the token endpoint, and what the error names besides it and its URL.
  local elsewhere = { [302] = "redirects are not followed", [307] = "redirects are not followed", [404] = "check ",
    [405] = "check " }
  for status, words in pairs(elsewhere) do
    it(("at an endpoint that answers %d names it and its setting"):format(status), function()
      server:fault { path = "/oauth/token", action = "status", status = status, headers = { Location = "/elsewhere" },
        body = '{"error":"hidden"}' }
      local client <close> = connect.of(server)
      local _, failure = client:search_tasks()
      assert.equal("auth", failure.kind)
      assert.equal(status, failure.status)
      find(failure.message, ("the token endpoint %s answered %d"):format(server.token_url, status))
      find(failure.message, words)
      find(failure.message, "ZEEBE_AUTHORIZATION_SERVER_URL (option \"authorization_server_url\")")
      assert.equal(1, seen "/oauth/token")
    end)
  end

  it("names the variable that the wrong setting comes from", function()
    local output = connect.run_script([[
      local client <close> = assert(require("tasklist").new())
      print(select(2, client:search_tasks()))
    ]], connect.environment(server) .. " ZEEBE_CLIENT_SECRET=\"$(printf 'hush-hush\\r')\"")
    find(output, "ZEEBE_CLIENT_SECRET (option \"client_secret\"); ZEEBE_CLIENT_SECRET (option \"client_secret\") "
      .. "ends in a carriage return")
    assert.falsy(output:find("hush-hush", 1, true), output)
  end)

  it("shows what a gateway before the endpoint says", function()
    server:fault { path = "/oauth/token", action = "status", status = 400, headers = { ["Content-Type"] = "text/html" },
      body = "<html><head><title>400 No required SSL certificate was sent</title></head><body>nginx</body></html>" }
    local client <close> = connect.of(server)
    local _, failure = client:search_tasks()
    assert.equal("auth", failure.kind)
    assert.equal(400, failure.status)
    find(failure.message, "no OAuth answer: \"400 No required SSL certificate was sent\"")
    find(failure.message, "client_cert")
    assert.is_nil(failure.error)
    assert.is_nil(failure.body)
  end)

  local bad_answers = {
    { "HTML", "<html>hidden</html>" }, { "empty", "" }, { "cut", '{"access_token":"hidden' },
    { "without access_token", '{"token":"hidden"}' }, { "with a line break", [[{"access_token":"hid\r\nden"}]] },
    { "of another type", '{"access_token":"hidden","token_type":"mac"}' },
  }
  for _, row in ipairs(bad_answers) do
    it("with an answer that is " .. row[1] .. " is an error that quotes nothing of it", function()
      server:fault { path = "/oauth/token", action = "token", body = row[2] }
      local client <close> = connect.of(server)
      local _, failure = client:search_tasks()
      assert.equal("auth", failure.kind)
      for _, text in pairs(failure) do
        assert.falsy(tostring(text):find("hidden", 1, true), tostring(text))
        assert.falsy(tostring(text):find("den\"", 1, true), tostring(text))
      end
      assert.equal(0, seen "/v1/tasks/search")
    end)
  end

  it("with an answer that breaks off again and again is an error", function()
    server:fault { path = "/oauth/token", action = "cut", times = 9 }
    local client <close> = connect.of(server)
    local _, failure = client:search_tasks()
    assert.equal("auth", failure.kind)
    find(failure.message, "no token from " .. server.token_url)
  end)

  for _, life in ipairs { "null", "0", "-5", "1e40", "0.5", '"1 s"' } do
    it("takes a token with expires_in " .. life .. " until a 401", function()
      server:fault { path = "/oauth/token", action = "token",
        body = ('{"access_token":"$TOKEN","expires_in":%s}'):format(life) }
      local client <close> = connect.of(server)
      for _ = 1, 3 do assert(client:search_tasks { pageSize = 1 }) end
      assert.equal(1, seen "/oauth/token")
      server:revoke()
      assert(client:search_tasks { pageSize = 1 })
      assert.equal(2, seen "/oauth/token")
    end)
  end

  it("replays a call once with a fresh token after a 401", function()
    local client <close> = connect.of(server)
    assert(client:search_tasks())
    server:revoke()
    server:clear()
    assert(client:search_tasks())
    assert.equal(1, seen "/oauth/token")
    assert.equal(2, seen "/v1/tasks/search")
  end)

  it("gives up on a 401 that stays after exactly one replay", function()
    server:fault { path = "/v1", action = "status", status = 401, body = '{"message":"no"}', times = 9 }
    local client <close> = connect.of(server)
    local _, failure = client:search_tasks()
    assert.equal("auth", failure.kind)
    assert.equal(401, failure.status)
    assert.equal(2, failure.attempts)
    assert.equal(2, seen "/v1/tasks/search")
    assert.equal(2, seen "/oauth/token")
  end)

  it("lets a token ripen for an API that refuses it in its first second", function()
    local behind = sandbox.start { token_delay = 1 }
    finally(function() behind:stop() end)
    local client <close> = connect.of(behind)
    local task = assert(client:search_tasks { pageSize = 1 })[1]
    assert(client:assign_task(task.id, { assignee = "robot" }))
    for _ = 1, 3 do assert(client:search_tasks { pageSize = 1 }) end
    local requests = behind:stats().requests
    assert.equal(2, requests["/oauth/token"])
    assert.equal(5, requests["/v1/tasks/search"])
  end)

  it("asks for few tokens while the API refuses all", function()
    server:fault { path = "/v1", action = "status", status = 401, body = "{}", times = 9999 }
    local client <close> = connect.of(server)
    local taken = steady(3, function()
      local _, failure = client:search_tasks { pageSize = 1 }
      assert.equal(401, failure.status)
    end)
    -- Two at the start, then after 1 s, 2 s, 4 s, 8 s.
    assert.truthy(seen "/oauth/token" <= 3 + math.log(taken, 2), seen "/oauth/token")
    server:clear()
    local worked
    repeat worked = client:search_tasks { pageSize = 1 } until worked
  end)

  it("goes again while the endpoint says 503 or 429", function()
    server:fault { { path = "/oauth/token", action = "status", status = 503 },
      { path = "/oauth/token", action = "status", status = 429 } }
    local client <close> = connect.of(server)
    assert(client:search_tasks())
    assert.equal(3, seen "/oauth/token")
  end)

  it("gives up on an endpoint that stays in trouble, and tries again at the next call", function()
    server:fault { path = "/oauth/token", action = "status", status = 503, times = 4 }
    local client <close> = connect.of(server)
    local _, failure = client:search_tasks()
    assert.equal("http", failure.kind)
    assert.equal(503, failure.status)
    find(failure.message, "no token from " .. server.token_url .. ": it answered 503")
    assert.equal(4, seen "/oauth/token")
    assert(client:search_tasks())
  end)

  it("says where it waited when the deadline passes", function()
    server:fault { path = "/oauth/token", action = "silent" }
    local client <close> = connect.of(server, { timeout = 0.3 })
    local _, failure = client:search_tasks()
    assert.equal("timeout", failure.kind)
    find(failure.message, "token")
  end)

  it("says that nobody listens at the token endpoint", function()
    local client <close> = connect.of(server, { authorization_server_url = "http://127.0.0.1:1/token" })
    local _, failure = client:search_tasks()
    assert.equal("network", failure.kind)
    find(failure.message, "http://127.0.0.1:1/token")
    find(failure.message, "Failed to connect")
  end)

  it("never meets a 401 while tokens of 2 s are renewed for 10 s", function()
    local brief = sandbox.start { token_life = 2 }
    finally(function() brief:stop() end)
    local client <close> = connect.of(brief)
    local took, longest = steady(10, function() assert(client:search_tasks { pageSize = 1 }) end)
    local tokens, refused = 0, 0
    for _, entry in ipairs(brief:log()) do
      refused = refused + (entry.status == 401 and 1 or 0)
      tokens = tokens + (entry.path == "/oauth/token" and 1 or 0)
    end
    assert.truthy(tokens > 1 and tokens <= took / 1.8 + 2 + refused, tokens) -- each is renewed after 1.8 s
    if longest < 0.06 then
      assert.equal(0, refused)
      assert.truthy(tokens >= 5, tokens)
    end
  end)
end)
