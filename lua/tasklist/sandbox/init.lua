--- A small Camunda Tasklist 8.6 with its token endpoint, in memory: to develop and test against without a cluster.
-- It needs cqueues and luaossl (Debian: lua-cqueues, lua-luaossl).
local cqueues = require "cqueues"
local signal = require "cqueues.signal"
local Api = require "tasklist.sandbox.api"
local control = require "tasklist.sandbox.control"
local faults = require "tasklist.sandbox.faults"
local gzip = require "tasklist.sandbox.gzip"
local http = require "tasklist.sandbox.http"
local oauth = require "tasklist.sandbox.oauth"
local recorder = require "tasklist.sandbox.recorder"
local samples = require "tasklist.sandbox.samples"
local tasks = require "tasklist.sandbox.tasks"
local tls = require "tasklist.sandbox.tls"

local sandbox = {}

local TOKEN_PATH = "/oauth/token"

local function is(type_name)
  return function(value) return type(value) == type_name or math.type(value) == type_name end
end

local function one_of(...)
  local allowed = {}
  for _, value in ipairs{ ... } do allowed[value] = true end
  return function(value) return allowed[value] end
end

local OPTIONS = {
  host = { is "string", default = "127.0.0.1" },
  port = { is "integer", default = 0 },
  client_id = { is "string", default = "sandbox-client" },
  client_secret = { is "string", default = "sandbox-secret" },
  token_life = { is "number", default = 300 },
  audience = { is "string", default = "tasklist.camunda.io" },
  base_path = { is "string", default = "" },
  tls = { one_of("good", "wrong_host", "expired", "unknown_ca") },
  tls_max_version = { one_of "1.1" },
  gzip = { is "boolean", default = false },
  verify = { is "function" },
  tasks = { is "table", default = samples },
}

local function check_options(given)
  local options = {}
  for name, value in pairs(given or {}) do
    if not OPTIONS[name] then error(("unknown option '%s'"):format(tostring(name)), 3) end
    if not OPTIONS[name][1](value) then error(("bad value for option '%s': %s"):format(name, tostring(value)), 3) end
    options[name] = value
  end
  for name, option in pairs(OPTIONS) do
    if options[name] == nil then options[name] = option.default end
  end
  return options
end

local Server = {}
Server.__index = Server

-- The path as the API knows it: without the base path; nil for one that does not lie beneath it.
local function path_below(base_path, path)
  if path:sub(1, #base_path) == base_path then return path:sub(#base_path + 1) end
end

local function pack(request, response)
  local accepted = request.headers["accept-encoding"] or ""
  if not accepted:find("gzip", 1, true) or (response.body or "") == "" then return response end
  response.body = gzip.pack(response.body)
  response.headers["Content-Encoding"] = "gzip"
  return response
end

-- Answers a request as a real server would.
local function answer(self, request, entry)
  if request.path == TOKEN_PATH then
    local response, token = self.issuer:answer(request)
    entry.token = token
    return response
  end
  local path = path_below(self.options.base_path, request.path)
  if not path then return { status = 404 } end
  local below = setmetatable({ path = path }, { __index = request })
  local response = self.api:answer(below)
  return self.options.gzip and pack(request, response) or response
end

local function handle(self, request)
  if request.path:find("^/sandbox/") then
    self.recorder:note_side_door(request)
    return control.answer(self, request)
  end
  local entry = self.recorder:note(request)
  local path = path_below(self.options.base_path, request.path) or request.path
  local fault = self.faults:take(path)
  local function usual() return answer(self, request, entry) end
  local response = fault and faults.apply(fault, usual, function() return self.issuer:issue() end) or usual()
  entry.status = response.status
  return response
end

--- Starts to serve, in a cqueues loop that the caller runs.
-- @param cq a cqueues controller
function Server:loop(cq)
  self.listener:loop(cq)
end

--- Stops listening. Connections that are open go on until their clients close them.
function Server:close()
  self.listener:close()
end

--- Opens a sandbox; `loop` lets it serve.
-- @param options table, all optional:
--   host             address to listen on, default "127.0.0.1"; "::1" works too
--   port             default 0: any free one
--   client_id, client_secret   the one client's credentials, default "sandbox-client" and "sandbox-secret"
--   token_life       how long a token is good, in seconds, fractions allowed, default 300
--   audience         what tokens are issued for, default "tasklist.camunda.io"
--   base_path        what all paths of the API start with, such as "/cluster-id", default ""
--   tls              https with a certificate that is "good", or one that clients must refuse: "wrong_host",
--                    "expired", "unknown_ca"; default plain http
--   tls_max_version  "1.1": the server speaks nothing newer
--   gzip             boolean: answers of the API come packed to clients that accept gzip, default false
--   verify           function(token) -> claims, or nil and what is wrong: says which tokens are good, in place of the
--                    sandbox's own token endpoint; it may wait as cqueues does
--   tasks            array of tasks to hold instead of the samples (see tasks.lua)
-- @return server: base_url (of the API), token_url, ca_pem (the authority to trust, with tls), `loop`, `close`.
--   Raises for an unknown option or a bad value, naming it, and where it cannot listen.
function sandbox.new(options)
  options = check_options(options)
  local self = setmetatable({ options = options, recorder = recorder.new(), faults = faults.new() }, Server)
  self.store, self.issuer = tasks.new(options.tasks), oauth.new(options)
  self.api = Api.new(self.store, self.issuer)
  local context
  if options.tls then context, self.ca_pem = tls.new(options.tls, options.tls_max_version) end
  self.listener = http.listen{ host = options.host, port = options.port, tls = context,
    handle = function(request) return handle(self, request) end }
  local host = options.host:find(":", 1, true) and "[" .. options.host .. "]" or options.host
  local root = ("%s://%s:%d"):format(context and "https" or "http", host, self.listener.port)
  self.base_url, self.token_url = root .. options.base_path, root .. TOKEN_PATH
  return self
end

local function export(name, value)
  return ("export %s='%s'\n"):format(name, (value:gsub("'", "'\\''")))
end

-- Writes the authority's certificate where clients can read it; gives the file's name.
local function write_authority(pem)
  local path = os.tmpname()
  local file <close> = assert(io.open(path, "w"))
  assert(file:write(pem))
  return path
end

--- Runs a sandbox until the process gets SIGINT or SIGTERM. Prints the line "listening on <base_url>" first, then
-- lines for a shell: ZEEBE_CLIENT_ID, ZEEBE_CLIENT_SECRET, ZEEBE_AUTHORIZATION_SERVER_URL, with tls the file to trust
-- as CAMUNDA_CUSTOM_ROOT_CERT_PATH, and last CAMUNDA_TASKLIST_BASE_URL.
-- @param options as for `new`
function sandbox.run(options)
  local server = sandbox.new(options)
  local ca_file = server.ca_pem and write_authority(server.ca_pem)
  -- Blocked before anyone can know the address, so that an early signal cannot leave the file behind.
  signal.block(signal.SIGINT, signal.SIGTERM)
  local cq = cqueues.new()
  server:loop(cq)
  io.write("listening on ", server.base_url, "\n", export("ZEEBE_CLIENT_ID", server.options.client_id),
    export("ZEEBE_CLIENT_SECRET", server.options.client_secret),
    export("ZEEBE_AUTHORIZATION_SERVER_URL", server.token_url),
    ca_file and export("CAMUNDA_CUSTOM_ROOT_CERT_PATH", ca_file) or "",
    export("CAMUNDA_TASKLIST_BASE_URL", server.base_url)):flush()
  local stopped = false
  cq:wrap(function()
    signal.listen(signal.SIGINT, signal.SIGTERM):wait()
    stopped = true
  end)
  repeat assert(cq:step()) until stopped
  if ca_file then os.remove(ca_file) end
end

return sandbox
