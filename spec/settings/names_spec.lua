--- Each setting by each of its names.
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
  { "CAMUNDA_TOKEN_SCOPE", "scope", "a b", "a b", oauth, "c" },
  { "CAMUNDA_OAUTH_SCOPE", "scope", "a b", "a b", oauth, "c" },
  { "CAMUNDA_TOKEN_CACHE_DIR", "token_cache", "/a/b", "/a/b", oauth, "/c", false },
  { "CAMUNDA_TASKLIST_BASE_URL", "base_url", "https://a.example/x/", "https://a.example/x", oauth,
    "https://b.example" },
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
  { "CAMUNDA_CUSTOM_ROOT_CERT_PATH", "ca_file", here, here, oauth, "README.md" },
  { "CAMUNDA_MTLS_CA_PATH", "ca_file", here, here, oauth, "README.md" },
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
  { "no_proxy", "no_proxy", "a.example", "a.example,localhost,127.0.0.0/8,::1/128", oauth, "b.example",
    "localhost,127.0.0.0/8,::1/128" },
  { "NO_PROXY", "no_proxy", "a.example", "a.example,localhost,127.0.0.0/8,::1/128", oauth, "b.example",
    "localhost,127.0.0.0/8,::1/128" },
}

local function group_of(row)
  for _, setting in ipairs(names) do
    for _, name in ipairs(setting.env or {}) do
      if setting.name == row[2] and name == row[1] then return setting.env end
    end
  end
end

describe("a setting", function()
  for _, row in ipairs(rows) do
    local variable, option, text, value, base, argument, default = table.unpack(row, 1, 7)
    it(("%s comes from %s"):format(option, variable), function()
      -- Names of the same setting that go before this one must be out of the way.
      local environment = with(base)
      for _, name in ipairs(assert(group_of(row))) do environment[name] = nil end
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
      for _, name in ipairs(setting.env or {}) do
        local tested = seen[setting.name .. " " .. name] or setting.name == "region" or setting.name == "cluster_id"
        assert.is_true(tested, setting.name .. " " .. name)
      end
    end
  end)

  it("takes the first of its names that is set", function()
    local environment = with(oauth)
    for _, setting in ipairs(names) do
      for i, name in ipairs(setting.auth == "oauth" and setting.env or {}) do
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
  end)

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
    assert.equal("localhost,127.0.0.0/8,::1/128", values.no_proxy)
  end)
end)
