local settings = require "tasklist.settings"

local function with(changes, base)
  local result = {}
  for name, value in pairs(base) do result[name] = value end
  for name, value in pairs(changes or {}) do result[name] = value end
  for name, value in pairs(result) do
    if value == "" then result[name] = nil end
  end
  return result
end

local complete = {
  ZEEBE_CLIENT_ID = "id",
  ZEEBE_CLIENT_SECRET = "secret",
  CAMUNDA_TASKLIST_BASE_URL = "https://tasks.example/cluster",
}

local function resolve(arguments, changes)
  local environment = with(changes, complete)
  return settings.resolve(arguments, function(name) return environment[name] end)
end

describe("settings", function()
  it("come from the variables that Camunda hands out", function()
    local values = assert(resolve({}, { ZEEBE_AUTHORIZATION_SERVER_URL = "https://login.example/token" }))
    assert.equal("id", values.client_id)
    assert.equal("secret", values.client_secret)
    assert.equal("https://login.example/token", values.authorization_server_url)
    assert.equal("https://tasks.example/cluster", values.base_url)
  end)

  it("have the defaults of Camunda's page and the design", function()
    local values = assert(resolve {})
    assert.equal("https://login.cloud.camunda.io/oauth/token", values.authorization_server_url)
    assert.equal("tasklist.camunda.io", values.audience)
    assert.equal(30, values.timeout)
    assert.equal(10, values.connect_timeout)
    assert.is_false(values.allow_insecure)
  end)

  for name, value in pairs {
    client_id = "other", client_secret = "o+t&h=e%r", authorization_server_url = "https://a.example/",
    base_url = "https://b.example", audience = "c", timeout = 0.5, connect_timeout = 2, allow_insecure = true,
    max_response = 1000,
  } do
    it("take the argument " .. name .. " over everything", function()
      assert.equal(value, assert(resolve({ [name] = value }))[name])
    end)
  end

  it("take an empty variable for one that is not set", function()
    local values = assert(resolve({}, { ZEEBE_AUTHORIZATION_SERVER_URL = "" }))
    assert.equal("https://login.cloud.camunda.io/oauth/token", values.authorization_server_url)
  end)

  it("make a base URL of region and cluster, over the environment's", function()
    local values = assert(resolve { region = "bru-2", cluster_id = "7f5a-11" })
    assert.equal("https://bru-2.tasklist.camunda.io/7f5a-11", values.base_url)
  end)

  for _, url in ipairs { "https://h.example/a/b", "https://h.example/a/b/", "https://h.example/a/b//" } do
    it("drop what ends the base URL " .. url, function()
      assert.equal("https://h.example/a/b", assert(resolve { base_url = url }).base_url)
    end)
  end

  local insecure_hosts = { "localhost", "127.0.0.1", "127.8.9.10:81", "[::1]:8080" }
  for _, host in ipairs(insecure_hosts) do
    it("allow http to " .. host, function()
      assert(resolve { base_url = "http://" .. host })
    end)
  end

  it("take a host in the form that IDN has in ASCII, and a path with other letters", function()
    local values = assert(resolve { base_url = "https://xn--camunda-mnchen-osb.example/ü" })
    assert.equal("https://xn--camunda-mnchen-osb.example/ü", values.base_url)
  end)

  it("allow http elsewhere when told so, by option or variable", function()
    assert(resolve { base_url = "http://h.example", allow_insecure = true })
    assert(resolve({ base_url = "http://h.example" }, { TASKLIST_ALLOW_INSECURE = "true" }))
    assert.is_nil((resolve({ base_url = "http://h.example" }, { TASKLIST_ALLOW_INSECURE = "false" })))
    assert.is_nil((resolve({ base_url = "http://h.example", allow_insecure = false },
      { TASKLIST_ALLOW_INSECURE = "true" })))
  end)

  -- What is wrong; variables; arguments; words that the message holds.
  local bad = {
    { "no client id", { ZEEBE_CLIENT_ID = "" }, {}, "ZEEBE_CLIENT_ID", "client_id" },
    { "no secret", { ZEEBE_CLIENT_SECRET = "" }, {}, "ZEEBE_CLIENT_SECRET", "client_secret" },
    { "an empty secret", {}, { client_secret = "" }, "ZEEBE_CLIENT_SECRET", "client_secret" },
    { "a NUL in the secret", {}, { client_secret = "a\0b" }, "ZEEBE_CLIENT_SECRET", "client_secret" },
    { "no base URL", { CAMUNDA_TASKLIST_BASE_URL = "" }, {}, "CAMUNDA_TASKLIST_BASE_URL", "base_url" },
    { "a region alone", {}, { region = "bru-2" }, "region", "cluster_id" },
    { "a cluster alone", {}, { cluster_id = "bru-2" }, "region", "cluster_id" },
    { "a region that changes the host", {}, { region = "evil.example/", cluster_id = "a" }, "region" },
    { "a base URL without scheme", {}, { base_url = "tasks.example" }, "CAMUNDA_TASKLIST_BASE_URL", "base_url" },
    { "a base URL without host", {}, { base_url = "https://" }, "CAMUNDA_TASKLIST_BASE_URL", "base_url" },
    { "ftp", {}, { base_url = "ftp://tasks.example" }, "CAMUNDA_TASKLIST_BASE_URL", "base_url", "https://" },
    { "spaces", {}, { base_url = "https://tasks.example/a b" }, "CAMUNDA_TASKLIST_BASE_URL", "base_url" },
    { "a line break", {}, { base_url = "https://tasks.example/a\r\nb" }, "CAMUNDA_TASKLIST_BASE_URL", "base_url" },
    { "a NUL", {}, { base_url = "https://tasks.example/\0" }, "CAMUNDA_TASKLIST_BASE_URL", "base_url" },
    { "a user name", {}, { base_url = "https://me@tasks.example" }, "CAMUNDA_TASKLIST_BASE_URL", "base_url" },
    { "a query", {}, { base_url = "https://tasks.example?a=b" }, "CAMUNDA_TASKLIST_BASE_URL", "base_url" },
    { "an empty query", {}, { base_url = "https://tasks.example/?" }, "base_url", "query" },
    { "a query in the token URL", {}, { authorization_server_url = "https://l.example/token?p=hush" },
      "CAMUNDA_OAUTH_URL", "query" },
    { "a query in the token URL's variable", { ZEEBE_AUTHORIZATION_SERVER_URL = "https://l.example/token?p=hush" }, {},
      "authorization_server_url", "query" },
    { "a query in the login URL", {}, { auth = "cookie", username = "a", password = "b",
      login_url = "https://l.example/login?password=hush" }, "CAMUNDA_COOKIE_AUTH_URL", "query" },
    { "an empty fragment", {}, { base_url = "https://tasks.example/#" }, "base_url", "fragment" },
    { "a fragment", {}, { base_url = "https://tasks.example#a" }, "CAMUNDA_TASKLIST_BASE_URL", "base_url" },
    { "a host that is not ASCII", {}, { base_url = "https://camunda-münchen.example/a" }, "base_url", "xn--" },
    { "a host that is percent-encoded", {}, { base_url = "https://camunda-m%C3%BCnchen.example" }, "base_url", "xn--" },
    { "a token URL's host that is not ASCII", { CAMUNDA_OAUTH_URL = "https://m\xFCnchen.example" }, {},
      "CAMUNDA_OAUTH_URL", "xn--" },
    { "a login URL's host that is not ASCII", {}, { auth = "cookie", username = "a", password = "b",
      login_url = "https://例.example/login" }, "login_url", "xn--" },
    { "http to another host", {}, { base_url = "http://tasks.example" }, "CAMUNDA_TASKLIST_BASE_URL", "base_url",
      "allow_insecure", "TASKLIST_ALLOW_INSECURE" },
    { "http to a host that looks like this one", {}, { base_url = "http://127.0.0.1.example" }, "base_url" },
    { "a token URL over http", {}, { authorization_server_url = "http://login.example" },
      "ZEEBE_AUTHORIZATION_SERVER_URL", "authorization_server_url", "allow_insecure" },
    { "a token URL that is none", { ZEEBE_AUTHORIZATION_SERVER_URL = "login" }, {},
      "ZEEBE_AUTHORIZATION_SERVER_URL", "authorization_server_url" },
    { "a variable that is no boolean", { TASKLIST_ALLOW_INSECURE = "perhaps" }, {},
      "TASKLIST_ALLOW_INSECURE", "allow_insecure" },
  }
  for _, row in ipairs(bad) do
    it("refuse " .. row[1], function()
      local values, problem = resolve(row[3], row[2])
      assert.is_nil(values)
      assert.equal("config", problem.kind)
      assert.falsy(tostring(problem):find("hush", 1, true), tostring(problem))
      for i = 4, #row do
        assert.truthy(tostring(problem):find(row[i], 1, true), tostring(problem))
      end
    end)
  end
end)

describe("options", function()
  local tasklist = require "tasklist"

  local misuse = {
    { { timeot = 5 }, "timeot" },
    { { timeout = "5" }, "timeout" },
    { { timeout = 0 }, "timeout" },
    { { timeout = 0 / 0 }, "timeout" },
    { { connect_timeout = math.huge }, "connect_timeout" },
    { { client_id = 5 }, "client_id" },
    { { client_secret = 5 }, 'option "client_secret" must be a string, got a number' },
    { { allow_insecure = "yes" }, "allow_insecure" },
    { { max_response = 1.5 }, "max_response" },
    { { "https://h.example" }, "1" },
    { "https://h.example", "options: table expected" },
  }
  for _, row in ipairs(misuse) do
    it("that are wrong raise at the caller's line, naming " .. row[2], function()
      local ok, problem = pcall(function() tasklist.new(row[1]) end)
      assert.is_false(ok)
      assert.truthy(problem:find("^spec/settings_spec.lua:%d+: tasklist.new: "), problem)
      assert.truthy(problem:find(row[2], 1, true), problem)
    end)
  end

  it("are left as they were", function()
    local options = { base_url = "https://h.example/", client_id = "a", client_secret = "b" }
    assert(tasklist.new(options)):close()
    assert.same({ base_url = "https://h.example/", client_id = "a", client_secret = "b" }, options)
  end)
end)
