--- Each setting by each of its names.
local find = require "spec.support.find"
local names = require "tasklist.settings.names"
local settings = require "tasklist.settings"

local here = "spec/settings/names_spec.lua" -- a file that can be read

local oauth = { ZEEBE_CLIENT_ID = "zeebe-id", ZEEBE_CLIENT_SECRET = "zeebe-secret",
  CAMUNDA_TASKLIST_BASE_URL = "https://t.example" }
local basic = { CAMUNDA_BASIC_AUTH_USERNAME = "basic-user", CAMUNDA_BASIC_AUTH_PASSWORD = "basic-password",
  CAMUNDA_TASKLIST_BASE_URL = "https://t.example" }
local cookie = { CAMUNDA_COOKIE_AUTH_USERNAME = "cookie-user", CAMUNDA_COOKIE_AUTH_PASSWORD = "cookie-password",
  CAMUNDA_TASKLIST_BASE_URL = "https://t.example" }
local bearer = { CAMUNDA_OAUTH_TOKEN = "abc", CAMUNDA_TASKLIST_BASE_URL = "https://t.example" }
local insecure = { CAMUNDA_TASKLIST_BASE_URL = "http://t.example", TASKLIST_ALLOW_INSECURE = "true",
  CAMUNDA_AUTH_STRATEGY = "none" }

local function resolve(environment, arguments)
  return settings.resolve(arguments or {}, function(name) return environment[name] end)
end

local function with(base, ...)
  local all = {}
  for name, value in pairs(base) do all[name] = value end
  for i = 1, select("#", ...), 2 do
    local name, value = select(i, ...)
    all[name] = value
  end
  return all
end

-- The variable, the option, the variable's text, what comes of it; what else must be set; an argument, and
-- the default (nil: none).
local rows = {
  { "CAMUNDA_CLIENT_ID", "client_id", "a", "a", oauth, "b" },
  { "ZEEBE_CLIENT_ID", "client_id", "a", "a", oauth, "b" },
  { "CAMUNDA_CLIENT_SECRET", "client_secret", "a", "a", oauth, "b" },
  { "ZEEBE_CLIENT_SECRET", "client_secret", "a", "a", oauth, "b" },
  { "CAMUNDA_OAUTH_URL", "authorization_server_url", "https://a.example/", "https://a.example/", oauth,
    "https://b.example", "https://login.cloud.camunda.io/oauth/token" },
  { "CAMUNDA_AUTHORIZATION_SERVER_URL", "authorization_server_url", "https://a.example/", "https://a.example/", oauth,
    "https://b.example", "https://login.cloud.camunda.io/oauth/token" },
  { "ZEEBE_AUTHORIZATION_SERVER_URL", "authorization_server_url", "https://a.example/", "https://a.example/", oauth,
    "https://b.example", "https://login.cloud.camunda.io/oauth/token" },
  { "CAMUNDA_TASKLIST_OAUTH_AUDIENCE", "audience", "a", "a", oauth, "", "tasklist.camunda.io" },
  { "CAMUNDA_TOKEN_AUDIENCE", "rest_audience", "a", "a", oauth, "", "zeebe.camunda.io" },
  { "CAMUNDA_ZEEBE_OAUTH_AUDIENCE", "rest_audience", "a", "a", oauth, "", "zeebe.camunda.io" },
  { "ZEEBE_TOKEN_AUDIENCE", "rest_audience", "a", "a", oauth, "", "zeebe.camunda.io" },
  { "CAMUNDA_TOKEN_SCOPE", "scope", "a b", "a b", oauth, "c" },
  { "CAMUNDA_OAUTH_SCOPE", "scope", "a b", "a b", oauth, "c" },
  { "CAMUNDA_TOKEN_RESOURCE", "resource", "a", "a", oauth, "b" },
  { "CAMUNDA_TOKEN_CACHE_DIR", "token_cache", "/a/b", "/a/b", oauth, "/c", false },
  { "CAMUNDA_TASKLIST_BASE_URL", "base_url", "https://a.example/x/", "https://a.example/x", oauth,
    "https://b.example" },
  { "TASKLIST_API", "api", "V1", "v1", oauth, "auto", "auto" },
  { "CAMUNDA_REST_ADDRESS", "rest_url", "https://a.example/x/v2/", "https://a.example/x", oauth, "https://b.example" },
  { "ZEEBE_REST_ADDRESS", "rest_url", "https://a.example/x", "https://a.example/x", oauth, "https://b.example" },
  { "CAMUNDA_AUTH_STRATEGY", "auth", "COOKIE", "cookie", with(cookie), "none", "cookie" },
  { "CAMUNDA_BASIC_AUTH_USERNAME", "username", "a", "a", basic, "b" },
  { "CAMUNDA_BASIC_AUTH_PASSWORD", "password", "a", "a", basic, "b" },
  { "CAMUNDA_COOKIE_AUTH_URL", "login_url", "https://a.example/login", "https://a.example/login", cookie,
    "https://b.example", "https://t.example/api/login" },
  { "CAMUNDA_COOKIE_AUTH_USERNAME", "username", "a", "a", with(cookie, "CAMUNDA_AUTH_STRATEGY", "cookie") },
  { "CAMUNDA_COOKIE_AUTH_PASSWORD", "password", "a", "a", with(cookie, "CAMUNDA_AUTH_STRATEGY", "cookie") },
  { "CAMUNDA_OAUTH_TOKEN", "token", "a", "a", bearer, "b" },
  { "CAMUNDA_TENANT_ID", "tenant_id", "a", "a", oauth, "b" },
  { "CAMUNDA_DEFAULT_TENANT_ID", "tenant_id", "a", "a", oauth, "b" },
  { "TASKLIST_MAX_REQUESTS", "max_requests", "7", 7, oauth, 0, 100 },
  { "CAMUNDA_MAX_HTTP_CONNECTIONS", "max_connections", "7", 7, oauth, 8, 0 },
  { "CAMUNDA_CUSTOM_ROOT_CERT_PATH", "ca_file", here, here, oauth, "README.md" },
  { "CAMUNDA_MTLS_CA_PATH", "ca_file", here, here, oauth, "README.md" },
  { "SSL_CERT_FILE", "ca_file", here, here, oauth, "README.md" },
  { "SSL_CERT_DIR", "ca_path", "spec", "spec", oauth, "doc" },
  { "CAMUNDA_CUSTOM_CERT_CHAIN_PATH", "client_cert", here, here, oauth, "README.md" },
  { "CAMUNDA_MTLS_CERT_PATH", "client_cert", here, here, oauth, "README.md" },
  { "CAMUNDA_CUSTOM_PRIVATE_KEY_PATH", "client_key", here, here, with(oauth, "CAMUNDA_MTLS_CERT_PATH", here),
    "README.md" },
  { "CAMUNDA_MTLS_KEY_PATH", "client_key", here, here, with(oauth, "CAMUNDA_MTLS_CERT_PATH", here), "README.md" },
  { "CAMUNDA_MTLS_KEY_PASSPHRASE", "client_key_password", "a", "a", oauth, "b" },
  { "TASKLIST_ALLOW_INSECURE", "allow_insecure", "1", true, oauth, false, false },
  { "https_proxy", "proxy", "http://a.example:1", "http://a.example:1", oauth, false, false },
  { "HTTPS_PROXY", "proxy", "http://a.example:1", "http://a.example:1", oauth, false, false },
  { "all_proxy", "proxy", "socks5h://a.example:1", "socks5h://a.example:1", oauth, false, false },
  { "ALL_PROXY", "proxy", "http://a.example:1", "http://a.example:1", oauth, false, false },
  { "http_proxy", "proxy", "http://a.example:1", "http://a.example:1", insecure, false, false },
  { "all_proxy", "proxy", "http://a.example:1", "http://a.example:1", insecure, false, false },
  { "ALL_PROXY", "proxy", "http://a.example:1", "http://a.example:1", insecure, false, false },
  { "no_proxy", "no_proxy", "a.example", "a.example,localhost,127.0.0.0/8,::1/128",
    with(oauth, "https_proxy", "http://p.example:1"), "b.example", "localhost,127.0.0.0/8,::1/128" },
  { "NO_PROXY", "no_proxy", "a.example", "a.example,localhost,127.0.0.0/8,::1/128",
    with(oauth, "https_proxy", "http://p.example:1"), "b.example", "localhost,127.0.0.0/8,::1/128" },
}

-- All variables of a setting, in the order in which they count.
local function all_of(setting)
  local all = {}
  for _, list in ipairs { "env", "also", "usual" } do
    for _, name in ipairs(setting[list] or {}) do all[#all + 1] = name end
  end
  return all
end

local function setting_of(row)
  for _, setting in ipairs(names) do
    for _, name in ipairs(all_of(setting)) do
      if setting.name == row[2] and name == row[1] then return setting end
    end
  end
end

describe("a setting", function()
  for _, row in ipairs(rows) do
    local variable, option, text, value, base, argument, default = table.unpack(row, 1, 7)
    it(("%s comes from %s"):format(option, variable), function()
      -- Names of the same setting that go before this one must be out of the way.
      local environment = with(base)
      for _, name in ipairs(all_of(assert(setting_of(row)))) do environment[name] = nil end
      environment[variable] = text
      local values, sources = resolve(environment)
      assert.is_table(values, tostring(sources))
      assert.equal(value, values[option])
      assert.equal(variable, sources[option])
      if argument ~= nil then
        values, sources = assert(resolve(environment, { [option] = argument }))
        assert.equal(argument, values[option])
        assert.equal("argument", sources[option])
      end
    end)
    for _, other in ipairs(setting_of(row).env and setting_of(row).env[1] == variable and setting_of(row).also or {}) do
      it(("%s comes from %s, too"):format(option, other), function()
        local environment = with(base)
        for _, name in ipairs(all_of(setting_of(row))) do environment[name] = nil end
        environment[other] = text
        local values, sources = assert(resolve(environment))
        assert.equal(value, values[option])
        assert.equal(other, sources[option])
      end)
    end
    if default ~= nil then
      it(("%s has a default when %s is empty"):format(option, variable), function()
        local values = assert(resolve(with(base, variable, "")))
        assert.equal(default, values[option])
      end)
    end
  end

  it("has a row here for each of its names", function()
    local seen = {}
    for _, row in ipairs(rows) do seen[row[2] .. " " .. row[1]] = true end
    for _, setting in ipairs(names) do
      for _, list in ipairs { "env", "usual" } do
        for _, name in ipairs(setting[list] or {}) do
          local tested = seen[setting.name .. " " .. name] or setting.name == "region" or setting.name == "cluster_id"
          assert.is_true(tested, setting.name .. " " .. name)
        end
      end
      assert.truthy(setting.env or not setting.also, setting.name) -- or no row above leads to those of `also`
    end
  end)

  it("takes the first of its names that is set", function()
    local environment = with(oauth)
    for _, setting in ipairs(names) do
      for i, name in ipairs(setting.auth == "oauth" and all_of(setting) or {}) do
        environment[name] = setting.url and ("https://%d.example"):format(i) or tostring(i)
      end
    end
    local values = assert(resolve(environment))
    for _, option in ipairs { "client_id", "client_secret", "audience", "scope" } do
      assert.equal("1", values[option])
    end
    assert.equal("https://1.example", values.authorization_server_url)
    environment.CAMUNDA_CLIENT_ID, environment.CAMUNDA_OAUTH_URL = "", nil
    values = assert(resolve(environment))
    assert.equal("2", values.client_id)
    assert.equal("https://2.example", values.authorization_server_url)
    environment.ZEEBE_CLIENT_ID, environment.CAMUNDA_TOKEN_SCOPE, environment.CAMUNDA_OAUTH_SCOPE = nil, nil, nil
    values = assert(resolve(environment))
    assert.equal("3", values.client_id)
    assert.equal("3", values.scope)
  end)

  it("takes a name of the env_file before any name of the environment", function()
    local path = os.tmpname()
    finally(function() os.remove(path) end)
    local file = assert(io.open(path, "w"))
    file:write("export ZEEBE_TOKEN_SCOPE='file'\nexport SSL_CERT_FILE=README.md\n")
    file:close()
    local values, sources = assert(resolve(with(oauth, "CAMUNDA_TOKEN_SCOPE", "environment", "SSL_CERT_FILE", here),
      { env_file = path }))
    assert.equal("file", values.scope)
    assert.equal("ZEEBE_TOKEN_SCOPE in " .. path, sources.scope)
    assert.equal("README.md", values.ca_file)
    values = assert(resolve(with(oauth, "CURL_CA_BUNDLE", here), { env_file = path }))
    assert.equal(here, values.ca_file)
  end)

  -- The words that Camunda's Java clients have for a way of signing in, and variables that switch something off.
  local ways = {
    { "CAMUNDA_CLIENT_AUTH_METHOD", "oidc", oauth, "oauth" }, { "CAMUNDA_CLIENT_AUTH_METHOD", "Basic", basic, "basic" },
    { "CAMUNDA_CLIENT_AUTH_METHOD", "none", oauth, "none" }, { "TASKLIST_CLIENT_PROFILE", "saas", oauth, "oauth" },
    { "TASKLIST_CLIENT_PROFILE", "simple", cookie, "cookie" }, { "CAMUNDA_AUTH_STRATEGY", "OIDC", oauth, "oauth" },
    { "CAMUNDA_OAUTH_DISABLED", "true", oauth, "none" }, { "CAMUNDA_OAUTH_DISABLED", "0", oauth, "oauth" },
    { "CAMUNDA_OAUTH_DISABLED", "TRUE", with(basic, "CAMUNDA_AUTH_STRATEGY", "BASIC"), "none" },
  }
  for _, row in ipairs(ways) do
    it(("auth is %s by %s=%s"):format(row[4], row[1], row[2]), function()
      assert.equal(row[4], assert(resolve(with(row[3], row[1], row[2]))).auth)
    end)
  end

  -- The variable, its text, what else is set, and words of the message.
  local unclear = {
    { "TASKLIST_CLIENT_PROFILE", "v2", oauth, '"oauth"' },
    { "CAMUNDA_OAUTH_DISABLED", "perhaps", oauth, "true, false, 1 or 0" },
    { "TASKLIST_ALLOW_INSECURE", "yes", oauth, "true, false, 1 or 0" },
    { "CAMUNDA_MAX_HTTP_CONNECTIONS", "many", oauth, "whole number" },
    { "TASKLIST_MAX_REQUESTS", "-1", oauth, "whole number" },
    { "CAMUNDA_MAX_HTTP_CONNECTIONS", "1e2", oauth, "whole number" },
    { "CAMUNDA_MAX_HTTP_CONNECTIONS", "99999999999999999999", oauth, "whole number" },
    { "SSL_CERT_FILE", "/not/there", oauth, "/not/there" }, { "CURL_CA_BUNDLE", "/not/there", oauth, "/not/there" },
  }
  for _, row in ipairs(unclear) do
    it(("%s=%s is refused"):format(row[1], row[2]), function()
      local values, problem = resolve(with(row[3], row[1], row[2]))
      assert.is_nil(values)
      assert.equal("config", problem.kind)
      find(problem.message, row[1])
      find(problem.message, row[4])
    end)
  end

  it("makes the base URL of CAMUNDA_CLUSTER_ID and CAMUNDA_CLUSTER_REGION", function()
    local values, sources = assert(resolve(with(oauth, "CAMUNDA_TASKLIST_BASE_URL", nil, "CAMUNDA_CLUSTER_ID", "a-1",
      "CAMUNDA_CLUSTER_REGION", "bru-2")))
    assert.equal("https://bru-2.tasklist.camunda.io/a-1", values.base_url)
    assert.equal("CAMUNDA_CLUSTER_REGION", sources.base_url)
    values = assert(resolve(with(oauth, "CAMUNDA_CLUSTER_ID", "a-1", "CAMUNDA_CLUSTER_REGION", "bru-2")))
    assert.equal("https://t.example", values.base_url)
    values = assert(resolve(with(oauth, "CAMUNDA_CLUSTER_REGION", "bru-2"), { cluster_id = "b" }))
    assert.equal("https://bru-2.tasklist.camunda.io/b", values.base_url)
  end)

  it("ignores the environment when told so", function()
    local values, problem = resolve(with(oauth, "https_proxy", "http://a.example:1"), { env = false })
    assert.is_nil(values)
    assert.equal("config", problem.kind)
    values = assert(resolve(with(oauth, "https_proxy", "http://a.example:1", "no_proxy", "*"), { env = false,
      base_url = "https://b.example", client_id = "a", client_secret = "b" }))
    assert.is_false(values.proxy)
    assert.is_nil(values.no_proxy)
  end)
end)
