--- Which way of signing in the settings mean.
local settings = require "tasklist.settings"
local find = require "spec.support.find"

local env_oauth = { CAMUNDA_CLIENT_ID = "env-id", CAMUNDA_CLIENT_SECRET = "env-secret" }
local env_basic = { CAMUNDA_BASIC_AUTH_USERNAME = "env-user", CAMUNDA_BASIC_AUTH_PASSWORD = "env-password" }
local env_cookie = { CAMUNDA_COOKIE_AUTH_USERNAME = "env-user", CAMUNDA_COOKIE_AUTH_PASSWORD = "env-password" }
local env_bearer = { CAMUNDA_OAUTH_TOKEN = "env-token" }

local function merge(...)
  local all = {}
  for _, each in ipairs { ... } do
    for name, value in pairs(each) do all[name] = value end
  end
  return all
end

local function resolve(arguments, environment)
  return settings.resolve(merge({ base_url = "https://t.example" }, arguments), function(name)
    return environment[name]
  end)
end

describe("the way of signing in", function()
  -- Environment, arguments, the way.
  local meant = {
    { env_oauth, {}, "oauth" },
    { env_basic, {}, "basic" },
    { env_cookie, {}, "cookie" },
    { env_bearer, {}, "bearer" },
    { {}, { client_id = "a", client_secret = "b" }, "oauth" },
    { {}, { username = "a", password = "b" }, "basic" },
    { {}, { username = "a", password = "b", login_url = "https://l.example" }, "cookie" },
    { {}, { username = "a", password = "b", auth = "cookie" }, "cookie" },
    { {}, { token = "a" }, "bearer" },
    { {}, { token = function() end }, "bearer" },
    { {}, { auth = "none" }, "none" },
    -- Arguments replace the environment's way as a whole.
    { env_oauth, { token = "a" }, "bearer" },
    { env_bearer, { client_id = "a", client_secret = "b" }, "oauth" },
    { merge(env_oauth, env_basic), { token = "a" }, "bearer" },
    { env_oauth, { auth = "none" }, "none" },
    { merge(env_oauth, { CAMUNDA_AUTH_STRATEGY = "OAUTH" }), { token = "a" }, "bearer" },
    -- One way, from two levels.
    { env_oauth, { client_id = "a" }, "oauth" },
    { env_cookie, { auth = "cookie", username = "a" }, "cookie" },
    -- A user and a password alone: the environment decides, where it knows either way.
    { { CAMUNDA_AUTH_STRATEGY = "COOKIE" }, { username = "a", password = "b" }, "cookie" },
    { { CAMUNDA_AUTH_STRATEGY = "BASIC" }, { username = "a", password = "b" }, "basic" },
    { { CAMUNDA_AUTH_STRATEGY = "NONE" }, { username = "a", password = "b" }, "basic" },
    { env_cookie, { password = "b" }, "cookie" },
    { env_cookie, { username = "a" }, "cookie" },
    { env_basic, { password = "b" }, "basic" },
    { { CAMUNDA_COOKIE_AUTH_URL = "https://l.example" }, { username = "a", password = "b" }, "cookie" },
    { merge(env_oauth, env_cookie), { password = "b" }, "cookie" },
    { merge(env_oauth, env_bearer), { username = "a", password = "b" }, "basic" },
    { merge(env_basic, env_cookie, { CAMUNDA_AUTH_STRATEGY = "COOKIE" }), { password = "b" }, "cookie" },
    { merge(env_cookie, { CAMUNDA_AUTH_STRATEGY = "OAUTH" }), { password = "b" }, "cookie" },
    -- The environment may hold more than one, when it says which.
    { merge(env_oauth, env_basic, { CAMUNDA_AUTH_STRATEGY = "Basic" }), {}, "basic" },
    { merge(env_oauth, env_basic), { auth = "basic" }, "basic" },
    { merge(env_oauth, { CAMUNDA_COOKIE_AUTH_URL = "https://l.example", CAMUNDA_AUTH_STRATEGY = "NONE" }), {}, "none" },
  }
  for number, row in ipairs(meant) do
    it(("is %s (row %d)"):format(row[3], number), function()
      local values, problem = resolve(row[2], row[1])
      assert.is_table(values, tostring(problem))
      assert.equal(row[3], values.auth)
      for _, name in ipairs { "client_id", "token", "username" } do
        local argument = row[2][name]
        assert.truthy(argument == nil or values[name] == argument, name)
      end
    end)
  end

  it("leaves nothing of another one behind", function()
    local values = assert(resolve({ token = "a" }, merge(env_oauth, env_basic)))
    for _, name in ipairs { "client_id", "client_secret", "username", "password", "audience",
      "authorization_server_url" } do
      assert.is_nil(values[name], name)
    end
  end)

  -- Environment, arguments, words of the message.
  local refused = {
    { {}, {}, "CAMUNDA_CLIENT_ID", "client_id" },
    { {}, { client_id = "a", client_secret = "b", token = "c" }, "the arguments", "client_id", "token", "auth" },
    { merge(env_oauth, env_basic), {}, "the environment", "CAMUNDA_CLIENT_ID", "CAMUNDA_BASIC_AUTH_USERNAME",
      "CAMUNDA_AUTH_STRATEGY" },
    { merge(env_basic, env_cookie), {}, "CAMUNDA_COOKIE_AUTH_USERNAME" },
    { merge(env_basic, env_cookie), { username = "a", password = "b" }, "the environment",
      "CAMUNDA_BASIC_AUTH_USERNAME", "CAMUNDA_COOKIE_AUTH_USERNAME", "CAMUNDA_AUTH_STRATEGY" },
    { { CAMUNDA_AUTH_STRATEGY = "kerberos" }, { username = "a", password = "b" }, "CAMUNDA_AUTH_STRATEGY" },
    { {}, { auth = "basic", client_id = "a", username = "b", password = "c" }, 'option "client_id"', "basic" },
    { {}, { auth = "none", token = "a" }, 'option "token"', "none" },
    { {}, { token = "a", audience = "b" }, 'option "audience"', "bearer" },
    { { CAMUNDA_AUTH_STRATEGY = "kerberos" }, {}, "CAMUNDA_AUTH_STRATEGY", '"oauth"' },
    { {}, { auth = "basic" }, "CAMUNDA_BASIC_AUTH_USERNAME", "is missing" },
    { {}, { auth = "basic", username = "a" }, "CAMUNDA_BASIC_AUTH_PASSWORD", "is missing" },
    { {}, { auth = "cookie", username = "a" }, "CAMUNDA_COOKIE_AUTH_PASSWORD", "is missing" },
    { {}, { auth = "bearer" }, "CAMUNDA_OAUTH_TOKEN", "is missing" },
    { {}, { token = "a b" }, "CAMUNDA_OAUTH_TOKEN", "visible ASCII" },
    { {}, { token = "a\r\nb" }, "CAMUNDA_OAUTH_TOKEN", "visible ASCII" },
    { {}, { username = "a:b", password = "c" }, "CAMUNDA_BASIC_AUTH_USERNAME", "no colon" },
    { {}, { username = "a", password = "c\0d" }, "CAMUNDA_BASIC_AUTH_PASSWORD", "NUL" },
    { {}, { auth = "cookie", username = "a", password = "b", login_url = "http://l.example" },
      "CAMUNDA_COOKIE_AUTH_URL", "https" },
    { env_basic, { client_id = "a" }, "CAMUNDA_CLIENT_SECRET", "is missing" },
  }
  for number, row in ipairs(refused) do
    it("is refused in row " .. number, function()
      local values, problem = resolve(row[2], row[1])
      assert.is_nil(values)
      assert.equal("config", problem.kind)
      for i = 3, #row do find(tostring(problem), row[i]) end
    end)
  end

  it("needs no https without a credential", function()
    assert(resolve({ base_url = "http://t.example", auth = "none" }, {}))
    assert(resolve({ base_url = "http://t.example", auth = "none", headers = {} }, {}))
    for _, arguments in ipairs { { token = "a" }, { auth = "none", headers = { ["X-Api-Key"] = "hush" } } } do
      arguments.base_url = "http://t.example"
      local _, problem = resolve(arguments, {})
      find(tostring(problem), "must be https")
      arguments.allow_insecure = true
      assert(resolve(arguments, {}))
      arguments.allow_insecure, arguments.base_url = nil, "http://localhost"
      assert(resolve(arguments, {}))
    end
  end)
end)
