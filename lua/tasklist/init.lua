--- tasklist: the user tasks of a Camunda 8 cluster as Lua tables.
-- @module tasklist

for _, name in ipairs { "coroutine", "math", "string", "table", "utf8" } do
  if not _ENV[name] then
    error("tasklist needs Lua's library '" .. name .. "', which this state has not opened", 0)
  end
end

local core = require "tasklist.core"
local version = require "tasklist.version"

if core.version ~= version then
  error(("tasklist %s has found a tasklist.core of %s: package.path and package.cpath (or package.preload) lead to two "
    .. "versions"):format(version, core.version or "another version"), 0)
end

local json = require "tasklist.json"

local tasklist = {
  _NAME = "tasklist",
  _VERSION = version,
  _LICENSE = "MIT",
  --- An explicit JSON null in what goes out, and in what comes in where absence would not do.
  null = json.null,
}

-- Called with a colon, a function gets the module for its first argument, and its complaint about that would not
-- say what is wrong.
local function with_a_dot(name, call)
  return function(...)
    if rawequal((...), tasklist) then
      error(require "tasklist.words".with_a_dot(name), 2)
    end
    return call(...)
  end
end

-- Loaded when first used: a host that only requires this module pays nothing for them.
local files = {
  array = "tasklist.values", raw = "tasklist.values", encode = "tasklist.values", decode = "tasklist.values",
  time = "tasklist.dates", date = "tasklist.dates",
}

setmetatable(tasklist, { __index = function(_, name)
  local file = files[name]
  if file then
    local call = require(file)[name]
    -- `decode` asks that itself, and only when what it got is no string: most texts are short, so that one more call
    -- would take a tenth of its time.
    tasklist[name] = name == "decode" and call or with_a_dot(name, call)
    return tasklist[name]
  end
end })

--- Makes a client. What the arguments leave out comes from `env_file`, then from the environment, then from
-- the defaults; doc/settings.md has the variables' names. No network I/O happens here.
-- Unknown names and wrong types raise.
--
-- Where: `base_url` (string) of Tasklist's API, v1; `rest_url` (string) of the Orchestration Cluster API, v2; one of
-- them or both, or `region` and `cluster_id` (strings), which make both. `api`: "auto" (use the one that serves the
-- cluster's version), "v1", "v2". `tenant_id` (string): the `tenantIds` of a search that names none. `env` (boolean,
-- true): false ignores the environment. `env_file` (path): the file that Camunda Console hands out. `allow_insecure`
-- (boolean, false): lets secrets travel over http.
--
-- Signing in: `auth` ("oauth", "cookie", "basic", "bearer", "none"; by default what the others mean, else
-- "oauth"). oauth: `client_id`, `client_secret`, `authorization_server_url`
-- ("https://login.cloud.camunda.io/oauth/token"), `audience` ("tasklist.camunda.io"; "" leaves it out) and
-- `rest_audience` (likewise, for v2: `audience` where that was set, else "zeebe.camunda.io"),
-- `scope`, `resource`: strings; `client_auth` ("form"; "basic": the secret in the header),
-- `token_cache` (false; a folder's path, or true for the user's own: tokens in a file that processes share;
-- see doc/token_file.md). Paths may begin with ~/. cookie: `username`, `password`, `login_url` (base_url and then
-- /api/login; for v2 rest_url and then /login): strings. basic: `username`, `password`: strings.
-- bearer: `token`: a string, or a function that gives a token and its life in seconds or nil; or nil and a
-- message. It is called when a token is needed, again after a 401, and must not yield, unless there is a `loop`.
--
-- Transport, to the API and to where one signs in alike: `timeout` (of a whole call, 30) and `connect_timeout`
-- (10): seconds; `retries` (3): how often a failed attempt goes out again, where that does no harm;
-- `max_response` (16 MiB): bytes of one answer; `max_requests` (100) that are on the wire at a time, while the
-- others wait for their turn, and `max_connections` (0): integers, 0: no bound; `http_version` ("2": where the
-- server speaks it; "1.1"); `user_agent` (string); `headers`: name -> value, sent with every request;
-- `ca_file` (PEM) and `ca_path` (folder in OpenSSL's form): the authorities to trust instead of the system's;
-- `client_cert`, `client_key` (PEM), `client_key_password`: strings;
-- `proxy`: "http://", "https://", "socks5h://" or "socks5://" and then [user:password@]host:port, false for none
-- whatever the environment says; `no_proxy`: hosts to reach directly, separated by commas ("*": all).
--
-- `trace`: a function that gets a table for each attempt on the wire: `method`, `url`, `attempt` (from 1),
-- `status` or `error` (text), `outcome` ("unknown" or "done", of a write that came to no good answer), `sign_in`
-- ("token" or "session" when it was one); `lookup`, `connect`, `tls`, `first_byte`, `total`: seconds from the start of
-- the attempt, nil where it did not get so far; `sent`, `received`: bytes of the bodies on the wire. Trouble with the
-- token file comes as a table with nothing but `token_file` (text). It must not yield; what it raises comes out of the
-- call.
--
-- `dry_run`: a function that gets each request instead of the server, as a table: `method`, `url`, and `body` (text)
-- where there is one. The call gives an error with the code "dry_run". Only what finds out which API the server has is
-- sent, and signing in for that. It must not yield; what it raises comes out of the call.
--
-- `loop`: the adapter of an event loop, a table of five functions. Calls of the client then suspend their coroutine
-- until that loop resumes it, and never block.
-- @tparam[opt] table arguments
-- @treturn table a client; or nil and an error of kind "config", or "limit" when the system has no descriptor
--   left
function tasklist.new(arguments)
  -- Loaded now: a host that only requires this module pays nothing for them.
  local client, settings = require "tasklist.client", require "tasklist.settings"
  local problem = settings.problem_of(arguments)
  if problem then
    error("tasklist.new: " .. problem, 2)
  end
  local values, sources = settings.resolve(arguments or {}, settings.environment())
  if not values then
    return nil, sources -- the error
  end
  return client.new(values, sources)
end

--- What this runs on: the first thing to say in a report.
-- @treturn table versions of `tasklist`, `lua`, `libcurl` (the one that is running), and `cjson` where the host has
--   loaded lua-cjson, which this module does not need
function tasklist.version()
  local cjson = package and package.loaded.cjson -- a host may hide it from scripts
  return {
    tasklist = tasklist._VERSION,
    lua = _VERSION,
    libcurl = core.curl_version(),
    cjson = cjson and cjson._VERSION,
  }
end

for _, name in ipairs { "new", "version" } do
  tasklist[name] = with_a_dot(name, tasklist[name])
end

return tasklist
