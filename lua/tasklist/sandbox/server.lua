--- The server: its parts put together, the way of a request through them, and what can be told to it while it runs.
local Api = require "tasklist.sandbox.api"
local control = require "tasklist.sandbox.control"
local faults = require "tasklist.sandbox.faults"
local forms = require "tasklist.sandbox.forms"
local gate = require "tasklist.sandbox.gate"
local gzip = require "tasklist.sandbox.gzip"
local http = require "tasklist.sandbox.http"
local instances = require "tasklist.sandbox.instances"
local ledger = require "tasklist.sandbox.ledger"
local oauth = require "tasklist.sandbox.oauth"
local recorder = require "tasklist.sandbox.recorder"
local sessions = require "tasklist.sandbox.sessions"
local tasks = require "tasklist.sandbox.tasks"
local tls = require "tasklist.sandbox.tls"
local users = require "tasklist.sandbox.users"
local versions = require "tasklist.sandbox.versions"

local server = {}

local TOKEN_PATH = "/oauth/token"
-- Where the Zeebe gateway's paths start as long as it has a root of its own.
local GATEWAY_PATH = "/zeebe"

-- They come with every answer of Tasklist.
local SECURITY_HEADERS = { ["X-Content-Type-Options"] = "nosniff", ["X-Frame-Options"] = "SAMEORIGIN",
  ["Content-Security-Policy"] = "default-src 'self'",
  ["Cache-Control"] = "no-cache, no-store, max-age=0, must-revalidate" }

local Server = {}
Server.__index = Server

-- The path as the APIs know it, and the name of the root that it lies beneath; nil for one that lies beneath none.
local function path_below(self, path)
  for _, root in ipairs(self.roots) do
    if path:sub(1, #root.path + 1) == root.path .. "/" then return path:sub(#root.path + 1), root.name end
  end
end

local function pack(request, response)
  local accepted = request.headers["accept-encoding"] or ""
  if not accepted:find("gzip", 1, true) or (response.body or "") == "" then return response end
  response.body = gzip.pack(response.body)
  response.headers["Content-Encoding"] = "gzip"
  return response
end

local function answer_token(self, request, entry)
  local response, token, form = self.issuer:answer(request)
  entry.token, entry.audience, entry.scope, entry.resource = token, form.audience, form.scope, form.resource
  return response
end

-- Answers a request as a real server would.
local function answer(self, request, entry)
  if request.path == TOKEN_PATH then return answer_token(self, request, entry) end
  local path, root = path_below(self, request.path)
  if not path then return { status = 404 } end
  local below = setmetatable({ path = path, root = root }, { __index = request })
  local response = self.options.authentication == "cookie" and self.sessions:answer(below) or self.api:answer(below)
  response.headers = response.headers or {}
  for name, value in pairs(SECURITY_HEADERS) do response.headers[name] = value end
  return self.options.gzip and pack(request, response) or response
end

local function is_side_door(request)
  return request.path:find("^/sandbox/") ~= nil
end

local function take_fault(self, request, early)
  local path = path_below(self, request.path) or request.path
  return self.faults:take(path, request.method, early)
end

-- Whether a fault ends the connection before the body has been read.
local function cut_off(self, request, sock)
  if is_side_door(request) then return false end
  local fault = take_fault(self, request, true)
  if not fault then return false end
  request.body = faults.read_part(fault, sock, request)
  self.recorder:note(request)
  faults.cut_off(fault, sock)
  return true
end

local function handle(self, request)
  if is_side_door(request) then
    self.recorder:note_side_door(request)
    return control.answer(self, request)
  end
  local entry = self.recorder:note(request)
  local fault = take_fault(self, request)
  local function usual() return answer(self, request, entry) end
  local response = fault and faults.apply(fault, usual, function() return self.issuer:issue() end, request) or usual()
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

--- Starts a process instance.
-- @param instance as in instances.lua
-- @return its key, and an array of its tasks' ids
function Server:start_instance(instance)
  return instances.start(self.store, self.forms, instance)
end

--- Moves a task to another state, as the process engine does: "FAILED", "CREATED" (tried again), "CANCELED", or one on
-- the way to another, such as "ASSIGNING".
-- @param id string
-- @param state string
function Server:set_task_state(id, state)
  self.store:set_state(id, state)
end

--- Sets variables, as the process does.
-- @param key string: a task's id, or the key of a process instance
-- @param list array of { name, value } with JSON text as value
function Server:set_variables(key, list)
  self.store:set_variables(key, list)
end

--- Adds forms.
-- @param list array, as in forms.lua
function Server:add_forms(list)
  self.forms:add(list)
end

-- Whom a token must be for, by root; any will do where there is one root for all.
local function audiences_of(options, facts)
  if facts.common_root or not options.check_audience then return {} end
  return { tasklist = options.audience, gateway = options.rest_audience }
end

local function new_api(self, options, facts)
  local people, audiences = users.new(options.users), audiences_of(options, facts)
  self.sessions = sessions.new{ users = people, life = options.session_life, csrf = options.csrf,
    secure = options.tls ~= nil, path = options.base_path == "" and "/" or options.base_path,
    common = facts.common_root }
  local entrance = gate.new{ authentication = options.authentication, client_role = options.client_role,
    check_token = options.verify or function(token, root) return self.issuer:check(token, audiences[root]) end,
    tenants = options.tenants, users = people, sessions = self.sessions }
  return Api.new(entrance, { store = self.store, forms = self.forms, ledger = self.ledger, facts = facts })
end

-- The roots that APIs lie beneath, the one that tells more about itself first.
local function roots_of(options, facts)
  local roots = { { name = "tasklist", path = options.base_path } }
  if not facts.common_root then
    table.insert(roots, 1, { name = "gateway", path = GATEWAY_PATH .. options.base_path })
  end
  return roots
end

--- Opens a server; `loop` lets it serve.
-- @param options all of them, checked (options.lua)
-- @return server
function server.new(options)
  local self = setmetatable({ options = options, recorder = recorder.new(), faults = faults.new(),
    ledger = ledger.new(), store = tasks.new(options.tasks, options.lag), forms = forms.new(options.forms),
    issuer = oauth.new(options) }, Server)
  self.facts = versions.of(options.version, options.v1)
  self.roots = roots_of(options, self.facts)
  self.api = new_api(self, options, self.facts)
  local context
  if options.tls then
    context, self.ca_pem, self.client = tls.new(options.tls, options.tls_max_version, options.client_certificate)
  end
  self.listener = http.listen{ host = options.host, port = options.port, tls = context,
    handle = function(request) return handle(self, request) end,
    cut_off = function(request, sock) return cut_off(self, request, sock) end }
  local host = options.host:find(":", 1, true) and "[" .. options.host .. "]" or options.host
  local root = ("%s://%s:%d"):format(context and "https" or "http", host, self.listener.port)
  self.base_url, self.rest_url = root .. options.base_path, root .. self.roots[1].path
  self.token_url = root .. TOKEN_PATH
  return self
end

return server
