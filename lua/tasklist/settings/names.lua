--- Every setting: its type, the names that Camunda's files and clients give it, its default.
--
-- In the order in which they are resolved and checked. Fields of a row:
--
-- - `name`: the option of `tasklist.new`
-- - `type`: see `tasklist.settings.types`
-- - `env`: variables; the first one that is set wins. Messages name these
-- - `also`: more variables, which count after those of `env`
-- - `usual`: variables that other programs share, which count after all others, also those of `beside`
-- - `off`, `off_means`: variables that, when true, set that value, and go before those of `env`
-- - `beside`: an option that belongs to this one: the level that has either decides both
-- - `default`: a value, or a function of the values so far and their sources
-- - `auth`: the way of signing in that it belongs to; rows of other ways are not in force
-- - `tells`: whoever sets it means that way of signing in
-- - `when`: a function of the values so far: whether the row is in force
-- - `required`: must be there and not be empty
-- - `secret`: never shown
-- - `url`: a credential travels there
-- - `reads`: "file" or "folders" (separated by colons): must be readable, of several one
-- - `carries`: requests may travel through it
-- - `needs`: an option without which it is of no use
-- - `pattern`, `holds`: what the text must match, in Lua's and in our words

local also = require "tasklist.settings.other_names"

local function uses_https(values)
  for _, name in ipairs { "base_url", "rest_url", "authorization_server_url", "login_url" } do
    if (values[name] or ""):find("^[Hh][Tt][Tt][Pp][Ss]:") then
      return true
    end
  end
  return false
end

local function uses_http_only(values)
  return not uses_https(values)
end

-- Tasklist has a login of its own. The newer API's is at the root of the server.
local function login_of(values)
  if values.api ~= "v2" and values.base_url then
    return values.base_url .. "/api/login"
  end
  return (values.rest_url or values.base_url) .. "/login"
end

-- Who has chosen an audience for Tasklist has a server of their own, and that has one audience more often than two.
local function rest_audience_of(values, sources)
  return sources.audience ~= "default" and values.audience or "zeebe.camunda.io"
end

-- Whether `addresses` has chosen it.
local function chosen(name)
  return function(values) return values[name] ~= nil end
end

local function may_be_v2(values)
  return values.api ~= "v1"
end

return {
  { name = "env", type = "boolean", default = true },
  { name = "env_file", type = "path" },
  { name = "allow_insecure", type = "boolean", env = { "TASKLIST_ALLOW_INSECURE" }, default = false },

  { name = "region", type = "string", env = { "CAMUNDA_CLUSTER_REGION" }, also = also.region },
  { name = "cluster_id", type = "string", env = { "CAMUNDA_CLUSTER_ID" }, also = also.cluster_id },
  { name = "api", type = "api", env = { "TASKLIST_API" }, default = "auto" },
  { name = "base_url", type = "string", env = { "CAMUNDA_TASKLIST_BASE_URL" }, also = also.base_url,
    when = chosen "base_url", url = true },
  { name = "rest_url", type = "string", env = { "CAMUNDA_REST_ADDRESS", "ZEEBE_REST_ADDRESS" }, also = also.rest_url,
    when = chosen "rest_url", url = true },

  { name = "auth", type = "strategy", env = { "CAMUNDA_AUTH_STRATEGY" }, also = also.auth,
    off = { "CAMUNDA_OAUTH_DISABLED" }, off_means = "none" },
  { name = "client_id", auth = "oauth", type = "string", env = { "CAMUNDA_CLIENT_ID", "ZEEBE_CLIENT_ID" },
    also = also.client_id, tells = true, required = true },
  { name = "client_secret", auth = "oauth", type = "string",
    env = { "CAMUNDA_CLIENT_SECRET", "ZEEBE_CLIENT_SECRET" }, also = also.client_secret, tells = true,
    required = true, secret = true },
  { name = "authorization_server_url", auth = "oauth", type = "string",
    env = { "CAMUNDA_OAUTH_URL", "CAMUNDA_AUTHORIZATION_SERVER_URL", "ZEEBE_AUTHORIZATION_SERVER_URL" },
    also = also.authorization_server_url, default = "https://login.cloud.camunda.io/oauth/token", url = true },
  { name = "audience", auth = "oauth", type = "string", env = { "CAMUNDA_TASKLIST_OAUTH_AUDIENCE" },
    also = also.audience, default = "tasklist.camunda.io" },
  { name = "rest_audience", auth = "oauth", type = "string",
    env = { "CAMUNDA_TOKEN_AUDIENCE", "CAMUNDA_ZEEBE_OAUTH_AUDIENCE", "ZEEBE_TOKEN_AUDIENCE" },
    also = also.rest_audience, when = may_be_v2, default = rest_audience_of },
  { name = "scope", auth = "oauth", type = "string", env = { "CAMUNDA_TOKEN_SCOPE", "CAMUNDA_OAUTH_SCOPE" },
    also = also.scope },
  { name = "resource", auth = "oauth", type = "string", env = { "CAMUNDA_TOKEN_RESOURCE" }, also = also.resource },
  { name = "client_auth", auth = "oauth", type = "client_auth", default = "form" },
  { name = "token_cache", auth = "oauth", type = "token_cache", env = { "CAMUNDA_TOKEN_CACHE_DIR" },
    also = also.token_cache, off = { "CAMUNDA_TOKEN_DISK_CACHE_DISABLE" }, off_means = false, default = false },
  { name = "username", auth = "basic", type = "string", env = { "CAMUNDA_BASIC_AUTH_USERNAME" },
    also = also.basic_username, tells = true, required = true, pattern = "^[^:]+$", holds = "no colon" },
  { name = "password", auth = "basic", type = "string", env = { "CAMUNDA_BASIC_AUTH_PASSWORD" },
    also = also.basic_password, tells = true, required = true, secret = true },
  { name = "username", auth = "cookie", type = "string", env = { "CAMUNDA_COOKIE_AUTH_USERNAME" },
    also = also.cookie_username, tells = true, required = true },
  { name = "password", auth = "cookie", type = "string", env = { "CAMUNDA_COOKIE_AUTH_PASSWORD" },
    also = also.cookie_password, tells = true, required = true, secret = true },
  { name = "login_url", auth = "cookie", type = "string", env = { "CAMUNDA_COOKIE_AUTH_URL" }, tells = true,
    default = login_of, url = true },
  { name = "token", auth = "bearer", type = "token", env = { "CAMUNDA_OAUTH_TOKEN" }, tells = true,
    required = true, secret = true, pattern = "^[!-~]+$", holds = "visible ASCII only" },
  { name = "tenant_id", type = "string", env = { "CAMUNDA_TENANT_ID", "CAMUNDA_DEFAULT_TENANT_ID" },
    also = also.tenant_id },

  { name = "timeout", type = "seconds", default = 30 },
  { name = "connect_timeout", type = "seconds", default = 10 },
  { name = "retries", type = "count", default = 3 },
  { name = "max_requests", type = "count", env = { "TASKLIST_MAX_REQUESTS" }, default = 100 },
  { name = "max_connections", type = "count", env = { "CAMUNDA_MAX_HTTP_CONNECTIONS" }, also = also.max_connections,
    default = 0 },
  { name = "max_response", type = "bytes", default = 16 * 1024 * 1024 },
  { name = "http_version", type = "http_version", default = "2" },
  { name = "user_agent", type = "string", pattern = "^[^\0-\31\127]+$", holds = "no control character" },
  { name = "headers", type = "headers", secret = true },
  { name = "ca_file", type = "path", env = { "CAMUNDA_CUSTOM_ROOT_CERT_PATH", "CAMUNDA_MTLS_CA_PATH" },
    also = also.ca_file, usual = { "SSL_CERT_FILE" }, beside = "ca_path", reads = "file" },
  { name = "ca_path", type = "path", usual = { "SSL_CERT_DIR" }, beside = "ca_file", reads = "folders" },
  { name = "client_cert", type = "path", env = { "CAMUNDA_CUSTOM_CERT_CHAIN_PATH", "CAMUNDA_MTLS_CERT_PATH" },
    also = also.client_cert, reads = "file" },
  { name = "client_key", type = "path", env = { "CAMUNDA_CUSTOM_PRIVATE_KEY_PATH", "CAMUNDA_MTLS_KEY_PATH" },
    also = also.client_key, reads = "file", needs = "client_cert" },
  { name = "client_key_password", type = "string", env = { "CAMUNDA_MTLS_KEY_PASSPHRASE" }, secret = true },
  { name = "proxy", type = "proxy", env = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" },
    when = uses_https, default = false, carries = true },
  -- No HTTP_PROXY: a header of that name sets it where a web server starts the program.
  { name = "proxy", type = "proxy", env = { "http_proxy", "all_proxy", "ALL_PROXY" }, when = uses_http_only,
    default = false, carries = true },
  { name = "no_proxy", type = "string", env = { "no_proxy", "NO_PROXY" } },
  { name = "trace", type = "function" },
  { name = "dry_run", type = "function" },
  { name = "loop", type = "loop" },
}
