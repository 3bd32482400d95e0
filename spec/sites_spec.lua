--- (h) of the mapping, two addresses and one client: what goes to which, who signs in there, and what a refusal names.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local seen = require "spec.support.seen"

local topology = "/v2/topology"

-- Which audiences tokens were asked for, in the order of the requests.
local function audiences(server)
  local list = {}
  for _, entry in ipairs(server:log()) do
    if entry.path == "/oauth/token" then
      list[#list + 1] = type(entry.audience) == "string" and entry.audience or "none"
    end
  end
  return list
end

-- A sandbox that answers the newer API's requests, whoever sends them.
local function answer_v2(server, status, body)
  server:fault { path = "/v2/", action = "status", status = status or 200, body = body or "{}", times = 100 }
end

-- One request to each address.
local function asks(client)
  assert.equal(200, (client:request("GET", topology)))
  assert.equal(200, (client:request("POST", "/v1/tasks/search", "{}")))
end

describe("a client of two addresses", function()
  local old, new
  setup(function()
    old, new = sandbox.start { base_path = "/tasklist", check_audience = false }, sandbox.start { base_path = "/core" }
  end)
  teardown(function()
    old:stop()
    new:stop()
  end)
  before_each(function()
    old:clear()
    new:clear()
    answer_v2(old)
    answer_v2(new)
  end)

  local function both(options)
    local all = { rest_url = new.base_url, env = false }
    for name, value in pairs(options or {}) do all[name] = value end
    return connect.of(old, all)
  end

  it("sends to each what is its own", function()
    local client <close> = both()
    asks(client)
    assert.equal(404, (client:request("GET", "/v2")))
    assert.equal(404, (client:request("GET", "/other/v2/topology")))
    assert.equal(1, seen.count(new, "/core" .. topology))
    for _, path in ipairs { "/v1/tasks/search", "/v2", "/other/v2/topology" } do
      assert.equal(1, seen.count(old, "/tasklist" .. path), path)
    end
    assert.equal(1, #new:log())
  end)

  -- Options, and what is asked for and shown.
  local alone = {
    { "base_url", function() return { base_url = old.base_url } end, "old" },
    { "rest_url", function() return { rest_url = new.base_url .. "/v2/" } end, "new" },
    { "api = v1", function() return { api = "v1", base_url = old.base_url, rest_url = new.base_url } end, "old" },
    { "api = v2", function() return { api = "v2", base_url = old.base_url, rest_url = new.base_url } end, "new" },
    { "a root and api = v2", function() return { api = "v2", base_url = new.base_url } end, "new" },
  }
  for _, row in ipairs(alone) do
    it("sends all to the one that is in force: " .. row[1], function()
      local options = row[2]()
      options.auth, options.env = "none", false
      local client <close> = assert(require "tasklist".new(options))
      assert.equal(200, (client:request("GET", topology)))
      client:request("GET", "/v1/tasks/1")
      local used, other = old, new
      if row[3] == "new" then used, other = new, old end
      assert.equal(2, #used:log())
      assert.equal(0, #other:log())
      assert.equal("tasklist.client (" .. used.base_url .. ")", tostring(client))
    end)
  end

  it("has settings that show both, and the audiences", function()
    local client <close> = both { rest_audience = "core" }
    local shown = client:settings()
    assert.same({ value = "auto", source = "default" }, shown.api)
    assert.same({ value = new.base_url, source = "argument" }, shown.rest_url)
    assert.same({ value = old.base_url, source = "argument" }, shown.base_url)
    assert.same({ value = "core", source = "argument" }, shown.rest_audience)
    assert.equal("tasklist.client (" .. old.base_url .. ")", tostring(client))
  end)

  it("asks for a token for each audience, and only when it is needed", function()
    local client <close> = both()
    assert.equal(200, (client:request("POST", "/v1/tasks/search", "{}")))
    assert.same({ "tasklist.camunda.io" }, audiences(old))
    for _ = 1, 3 do asks(client) end
    assert.same({ "tasklist.camunda.io", "zeebe.camunda.io" }, audiences(old))
    assert.equal("Bearer " .. seen.last(old, "/oauth/token").token,
      seen.last(new, "/core" .. topology).headers.authorization)
    assert.not_equal(seen.last(old, "/tasklist/v1/tasks/search").headers.authorization,
      seen.last(new, "/core" .. topology).headers.authorization)
  end)

  it("asks once for the second token, however many coroutines need it", function()
    local client <close> = both()
    local statuses = client:map({ 1, 2, 3, 4 }, function() return (client:request("GET", topology)) end)
    assert.same({ 200, 200, 200, 200, n = 4 }, statuses)
    assert.same({ "zeebe.camunda.io" }, audiences(old))
  end)

  it("asks for v2's audience where v2 is alone", function()
    for _, options in ipairs { { api = "v2", rest_url = new.base_url }, { api = "v2", base_url = new.base_url } } do
      local client <close> = connect.of(old, options)
      assert.equal(200, (client:request("GET", topology)))
    end
    assert.same({ "zeebe.camunda.io", "zeebe.camunda.io" }, audiences(old))
  end)

  -- Options that make both sign in alike.
  for name, options in pairs {
    ["one that was set by hand"] = { audience = "mine" },
    ["two that are equal"] = { audience = "mine", rest_audience = "mine" },
    ["none"] = { audience = "", rest_audience = "" },
  } do
    it("asks for one token where both have the same audience: " .. name, function()
      local client <close> = both(options)
      asks(client)
      assert.equal(1, #audiences(old))
      assert.equal(seen.last(old, "/tasklist/v1/tasks/search").headers.authorization,
        seen.last(new, "/core" .. topology).headers.authorization)
    end)
  end

  it("has a token file for each audience", function()
    local folder = os.tmpname()
    os.remove(folder)
    finally(function() os.execute("rm -rf " .. folder) end)
    local function files()
      local pipe <close> = assert(io.popen(("ls %s/*.token | wc -l"):format(folder)))
      return pipe:read("n")
    end
    for _ = 1, 2 do
      local client <close> = connect.of(old, { token_cache = folder, env = false })
      assert(client:search_tasks { pageSize = 1 })
      assert.equal(1, files())
    end
    for _ = 1, 2 do
      local client <close> = both { token_cache = folder }
      asks(client)
    end
    assert.equal(2, files())
    assert.same({ "tasklist.camunda.io", "zeebe.camunda.io" }, audiences(old))
  end)

  it("asks a token function once for both", function()
    local asked = 0
    local client <close> = assert(require "tasklist".new { base_url = old.base_url, rest_url = new.base_url,
      env = false, token = function()
        asked = asked + 1
        return "abc"
      end })
    old:fault { path = "/v1/", action = "status", status = 200, body = "{}" }
    assert.equal(200, (client:request("GET", topology)))
    assert.equal(200, (client:request("GET", "/v1/tasks/1")))
    assert.equal(1, asked)
    for _, server in ipairs { old, new } do
      for _, entry in ipairs(server:log()) do assert.equal("Bearer abc", entry.headers.authorization) end
    end
  end)

  it("sends user and password to both", function()
    local client <close> = assert(require "tasklist".new { base_url = old.base_url, rest_url = new.base_url,
      env = false, auth = "basic", username = "demo", password = "demo" })
    assert.equal(200, (client:request("GET", topology)))
    client:request("GET", "/v1/tasks/1")
    find(seen.last(new, "/core" .. topology).headers.authorization, "Basic ")
    assert.equal(seen.last(new, "/core" .. topology).headers.authorization,
      seen.last(old, "/tasklist/v1/tasks/1").headers.authorization)
  end)
end)

describe("a client of two addresses with cookies", function()
  local old, new
  setup(function()
    old = sandbox.start { authentication = "cookie", base_path = "/tasklist" }
    new = sandbox.start { authentication = "cookie" }
  end)
  teardown(function()
    old:stop()
    new:stop()
  end)
  before_each(function()
    old:clear()
    new:clear()
    for _, server in ipairs { old, new } do
      answer_v2(server)
      server:fault { path = "/login", action = "status", status = 204, body = "", times = 100,
        headers = { ["Set-Cookie"] = "camunda-session=abc; Path=/" } }
    end
  end)

  local function with(options)
    local all = { auth = "cookie", username = "demo", password = "demo", rest_url = new.base_url }
    for name, value in pairs(options or {}) do all[name] = value end
    return connect.to(old, all)
  end

  it("logs in at each as it is usual there", function()
    local client <close> = with()
    for _ = 1, 2 do asks(client) end
    assert.equal(1, seen.count(old, "/tasklist/api/login"))
    assert.equal(1, seen.count(new, "/login"))
    assert.equal(3, #old:log())
    assert.equal(3, #new:log())
    find(seen.last(new, topology).headers.cookie, "camunda-session=abc")
  end)

  it("logs in once for both where the login was named", function()
    local client <close> = with { login_url = old.base_url .. "/api/login" }
    asks(client)
    assert.equal(1, seen.count(old, "/tasklist/api/login"))
    assert.equal(1, #new:log())
    find(seen.last(new, topology).headers.cookie, "TASKLIST-SESSION=")
  end)

  it("logs in at the root where v2 is alone", function()
    local client <close> = with { api = "v2", rest_url = new.base_url }
    assert.equal(200, (client:request("GET", topology)))
    assert.equal(1, seen.count(new, "/login"))
    assert.equal(0, #old:log())
  end)
end)

describe("what a refusal names", function()
  local old, new
  setup(function()
    old, new = sandbox.start { check_audience = false }, sandbox.start()
  end)
  teardown(function()
    old:stop()
    new:stop()
  end)
  before_each(function()
    old:clear()
    new:clear()
  end)

  -- A call of the API that answers with a status; gives the error object.
  local function refused(options, site, status)
    answer_v2(new, status, "")
    old:fault { path = "/v1/", action = "status", status = status, body = "", times = 100 }
    local client <close> = connect.of(old, options)
    local path = site == "v2" and topology or "/v1/tasks/1"
    local value, failure = client.connection:call { method = "GET", path = path, site = site, read = true,
      answer = "object" }
    assert.is_nil(value)
    assert.equal(status, failure.status)
    return failure.message
  end

  local base, rest = "check base_url (CAMUNDA_TASKLIST_BASE_URL)", "check rest_url (CAMUNDA_REST_ADDRESS)"

  -- Status, the site, and the words.
  local rows = {
    { 404, nil, base }, { 404, "v1", base }, { 404, "v2", rest },
    { 302, nil, "redirects are not followed; " .. base }, { 302, "v2", "redirects are not followed; " .. rest },
    { 401, nil, "check audience (CAMUNDA_TASKLIST_OAUTH_AUDIENCE) and the client's permissions" },
    { 401, "v2", "check rest_audience (CAMUNDA_TOKEN_AUDIENCE) and the client's permissions" },
  }
  for _, row in ipairs(rows) do
    it(("is the setting of the site that was used: %d %s"):format(row[1], row[2] or "by default"), function()
      find(refused({ rest_url = new.base_url }, row[2], row[1]), row[3])
    end)
  end

  it("is base_url where that serves as the root of v2", function()
    find(refused({ api = "v2", base_url = new.base_url }, "v2", 404), base)
  end)

  it("is the audience that the token endpoint did not like", function()
    local client <close> = connect.of(old, { rest_url = new.base_url })
    local denied = { path = "/oauth/token", action = "status", status = 400, body = '{"error":"access_denied"}' }
    for path, name in pairs { ["/v2/topology"] = 'CAMUNDA_TOKEN_AUDIENCE or CAMUNDA_ZEEBE_OAUTH_AUDIENCE or '
      .. 'ZEEBE_TOKEN_AUDIENCE (option "rest_audience")',
      ["/v1/tasks/1"] = 'CAMUNDA_TASKLIST_OAUTH_AUDIENCE (option "audience")' } do
      old:fault(denied)
      local status, failure = client:request("GET", path)
      assert.is_nil(status)
      find(failure.message, "access_denied; check " .. name)
    end
  end)
end)
