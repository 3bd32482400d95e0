--- Starts sandboxes as processes of their own, and speaks to their side doors.
local http = require "spec.support.http"
local json = require "tasklist.sandbox.json"
local quote = require "spec.support.quote"

local Sandbox = {}
Sandbox.__index = Sandbox

-- A child must not outlive a run that crashed.
local COMMAND = [[LUA_PATH='lua/?.lua;lua/?/init.lua;;' exec timeout --foreground 600 lua5.4 -e %s]]
local SCRIPT = [[print((io.open("/proc/self/stat"):read("n"))) require("tasklist.sandbox").run%s]]

local function literal(value, code)
  if type(value) ~= "table" then return ("%q"):format(value) end
  local parts = {}
  for name, one in pairs(value) do parts[#parts + 1] = ("[%q] = %s"):format(name, literal(one)) end
  for name, text in pairs(code or {}) do parts[#parts + 1] = ("%s = %s"):format(name, text) end
  return "{" .. table.concat(parts, ", ") .. "}"
end

local EXPORTS = { ZEEBE_CLIENT_ID = "client_id", ZEEBE_CLIENT_SECRET = "client_secret",
  ZEEBE_AUTHORIZATION_SERVER_URL = "token_url", CAMUNDA_CUSTOM_ROOT_CERT_PATH = "ca_file",
  CAMUNDA_CUSTOM_CERT_CHAIN_PATH = "cert_file", CAMUNDA_CUSTOM_PRIVATE_KEY_PATH = "key_file",
  SANDBOX_ENCRYPTED_KEY_PATH = "encrypted_key_file", SANDBOX_KEY_PASSPHRASE = "passphrase",
  CAMUNDA_TASKLIST_BASE_URL = "v1_url", CAMUNDA_REST_ADDRESS = "rest_url" }

-- Reads what the child prints at its start, up to the last line of it.
local function read_start(self)
  self.pid = assert(self.output:read("n", "l"), "the sandbox did not start")
  self.base_url = assert(self.output:read("l"):match("^listening on (.*)$"))
  repeat
    local name, value = assert(self.output:read("l")):match("^export ([%u_]+)='(.*)'$")
    -- As a shell would: a quote inside must not end the text.
    assert(not value:gsub("'\\''", ""):find("'"), "badly quoted")
    self[EXPORTS[name]] = value:gsub("'\\''", "'")
  until name == "ZEEBE_AUTHORIZATION_SERVER_URL"
  self.root = self.base_url:match("^https?://[^/]+")
end

-- Calls the side door; gives the decoded body of the answer.
local function control(self, method, path, value)
  local status, _, body = http.request(self.root .. path, method, nil, value and json.encode(value))
  if status ~= 200 and status ~= 204 then error(("%s %s: %s %s"):format(method, path, status, body), 3) end
  return body ~= "" and json.decode(body) or nil
end

-- A copy in which the tables, and those in them, are arrays for JSON unless they have names.
local function with_arrays(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for name, one in pairs(value) do copy[name] = with_arrays(one) end
  return (value[1] ~= nil or next(value) == nil) and json.array(copy) or copy
end

local function array_of(value)
  return json.array(value[1] == nil and next(value) ~= nil and { value } or value)
end

--- What the sandbox has seen since its start or the last `clear`.
-- @return array of { method, path, query, headers, body, status, token, connection, at }; null is json.null
function Sandbox:log()
  return control(self, "GET", "/sandbox/log")
end

--- Counts since the start.
-- @return table: connections and open (integers), requests (path -> number)
function Sandbox:stats()
  return control(self, "GET", "/sandbox/stats")
end

--- Empties the log and the ledger, and forgets the faults that are left.
function Sandbox:clear()
  control(self, "DELETE", "/sandbox/log")
  control(self, "DELETE", "/sandbox/faults")
  control(self, "DELETE", "/sandbox/ledger")
end

--- Adds faults for the coming requests.
-- @param faults one fault, or an array of them, as in tasklist.sandbox.faults
function Sandbox:fault(faults)
  control(self, "POST", "/sandbox/faults", array_of(faults))
end

--- Makes all tokens issued so far worthless.
function Sandbox:revoke()
  control(self, "POST", "/sandbox/tokens/revoke")
end

--- Replaces the tasks.
-- @param list as in tasklist.sandbox.tasks
function Sandbox:tasks(list)
  control(self, "POST", "/sandbox/tasks", with_arrays(list))
end

--- Ends the child and waits for its end. May be called again.
function Sandbox:stop()
  if not self.output then return end
  os.execute("kill " .. self.pid)
  self.output:close()
  self.output = nil
end

-- Lua waits for a child when it collects the pipe, so the child must be gone by then, also where a spec forgot it.
Sandbox.__gc = Sandbox.stop
Sandbox.__close = Sandbox.stop

--- What was executed: the writes that took effect.
-- @param operation string to look for, or nil
-- @return array of the entries, as in tasklist.sandbox.ledger
function Sandbox:ledger(operation)
  local found = {}
  for _, entry in ipairs(control(self, "GET", "/sandbox/ledger")) do
    if not operation or entry.operation == operation then found[#found + 1] = entry end
  end
  return found
end

--- Adds forms.
-- @param list as in tasklist.sandbox.forms
function Sandbox:add_forms(list)
  control(self, "POST", "/sandbox/forms", json.array(list))
end

--- Starts a process instance.
-- @param instance as in tasklist.sandbox.instances
-- @return its key, and an array of its tasks' ids
function Sandbox:start_instance(instance)
  local started = control(self, "POST", "/sandbox/instances", with_arrays(instance))
  return started.processInstanceKey, started.tasks
end

--- Moves a task to another state: "FAILED", "CREATED" or "CANCELED".
function Sandbox:set_task_state(id, state)
  control(self, "POST", "/sandbox/tasks/state", { id = id, taskState = state })
end

--- Sets variables of a task or a process instance.
-- @param list array of { name, value } with JSON text as value
function Sandbox:set_variables(key, list)
  control(self, "POST", "/sandbox/variables", { key = key, variables = json.array(list) })
end

local sandbox = {}

--- Starts a sandbox and waits until it listens.
-- @param options as for tasklist.sandbox.new, or nil
-- @param code options that only a Lua expression can give: name -> its text; or nil
-- @return object with base_url, v1_url (the same, where v1 is there), rest_url, token_url, client_id, client_secret,
--   ca_file (with tls), cert_file, key_file, encrypted_key_file, passphrase (with client_certificate), pid, and the
--   methods above
function sandbox.start(options, code)
  local others, tasks = {}, nil
  for name, value in pairs(options or {}) do
    if name == "tasks" then tasks = value else others[name] = value end
  end
  local command = COMMAND:format(quote(SCRIPT:format(literal(others, code))))
  local self = setmetatable({ output = assert(io.popen(command)) }, Sandbox)
  read_start(self)
  -- A command line has its limits, so that tasks go another way.
  if tasks then self:tasks(tasks) end
  return self
end

return sandbox
