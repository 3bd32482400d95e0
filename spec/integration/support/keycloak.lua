--- The one Keycloak of a run, with a realm of its own, over http and https on free ports of this machine.
-- tools/keycloak has fetched it.
local socket = require "cqueues.socket"
local tasklist = require "tasklist"
local json = require "tasklist.sandbox.json"
local tls = require "tasklist.sandbox.tls"
local eventually = require "spec.integration.support.eventually"
local realm = require "spec.integration.support.realm"
local http = require "spec.support.http"

local HOME = "build/keycloak/home"
local OWN = "build/keycloak/run" -- all that a run writes, besides the data folder that Keycloak insists on
local REALM = "/realms/" .. realm.name

-- setpriv: Keycloak must not outlive a run that crashed. Its Java would leave files in /tmp.
local COMMAND = [[echo $$
export KC_BOOTSTRAP_ADMIN_CLIENT_ID=admin KC_BOOTSTRAP_ADMIN_CLIENT_SECRET=%s JAVA_OPTS_KC_HEAP='-Xms64m -Xmx512m'
export JAVA_OPTS_APPEND="-Djava.io.tmpdir=$PWD/%s/tmp -XX:-UsePerfData"
exec setpriv --pdeathsig TERM %s/bin/kc.sh start-dev --db=dev-mem --import-realm \
  --http-host=127.0.0.1 --http-port=%d --https-port=%d --http-relative-path=/auth \
  --https-certificate-file="$PWD/%s/certificate.pem" --https-certificate-key-file="$PWD/%s/key.pem" \
  >>%s/log 2>&1 </dev/null]]

local keycloak = {}

local function write_file(path, text)
  local file <close> = assert(io.open(path, "w"))
  assert(file:write(text))
end

-- A port that nobody listens on now; Keycloak, started again, must come back to the same one.
local function free_port()
  local listener = socket.listen { host = "127.0.0.1", port = 0 }
  assert(listener:listen())
  local _, _, port = listener:localname()
  listener:close()
  return port
end

local function run(command)
  assert(os.execute(command), command)
end

local function prepare(self)
  run(("umask 077 && rm -rf %s %s/data && mkdir -p %s/tmp %s/data/import"):format(OWN, HOME, OWN, HOME))
  local certificate, key, authority = tls.certificate "good"
  self.ca_file = OWN .. "/authority.pem"
  write_file(self.ca_file, authority)
  write_file(OWN .. "/certificate.pem", certificate:toPEM())
  write_file(OWN .. "/key.pem", key:toPEM "private")
  self.secrets = realm.new_secrets()
  write_file(HOME .. "/data/import/realm.json", realm.file(self.secrets))
  self.admin_secret = realm.new_secret()
  self.ports = { http = free_port(), https = free_port() }
end

--- The address that tokens name as their issuer: the one that was called.
-- @tparam string scheme "http" or "https"
function keycloak:issuer(scheme)
  return ("%s://127.0.0.1:%d/auth%s"):format(scheme, self.ports[scheme], REALM)
end

--- Where the public keys are.
function keycloak:keys_url()
  return self:issuer "http" .. "/protocol/openid-connect/certs"
end

--- The realm's token endpoint.
-- @tparam string scheme "http" or "https"
function keycloak:token_url(scheme)
  return self:issuer(scheme) .. "/protocol/openid-connect/token"
end

local function alive(self)
  local file = io.open(("/proc/%d/stat"):format(self.pid))
  local state = file and file:read("a"):match "^.*%) (%a)"
  if file then
    file:close()
  end
  return state ~= nil and state ~= "Z"
end

local function serves(self)
  if not alive(self) then
    error(("Keycloak did not start: see %s/log"):format(OWN), 0)
  end
  local connected, status = pcall(http.request, self:issuer "http", "GET")
  return connected and status == 200
end

--- Starts Keycloak, unless it runs, and waits until it serves the realm. Its keys are new ones.
function keycloak:start()
  if self.output then
    return
  end
  if not self.ports then
    prepare(self)
  end
  self.output = assert(io.popen(COMMAND:format(self.admin_secret, OWN, HOME, self.ports.http, self.ports.https, OWN,
    OWN, OWN)))
  self.pid = assert(self.output:read("n", "l"), "no shell")
  eventually("Keycloak serves its realm", function() return serves(self) end)
end

--- Ends Keycloak, if it runs, and waits for its end.
function keycloak:stop()
  if self.output then
    run("kill " .. self.pid)
    self.output:close() -- waits
    self.output = nil
  end
end

-- The admin API is called through the module itself, which signs in there like anywhere else.
local function administer(self, method, path, body, query)
  local root = ("http://127.0.0.1:%d/auth"):format(self.ports.http)
  local client <close> = assert(tasklist.new {
    base_url = root,
    authorization_server_url = root .. "/realms/master/protocol/openid-connect/token",
    client_id = "admin",
    client_secret = self.admin_secret,
  })
  local status, answer = assert(client:request(method, "/admin" .. REALM .. path, body, { query = query }))
  assert(status >= 200 and status <= 299, answer)
  return answer ~= "" and json.decode(answer) or nil
end

--- Changes a client's secret while Keycloak runs.
-- @tparam string id of the client
-- @tparam string secret
function keycloak:set_secret(id, secret)
  administer(self, "PUT", "/clients/" .. id, { clientId = id, secret = secret })
end

--- How often a client got a token and was refused one, as Keycloak itself has counted since its start.
-- @tparam string id of the client
-- @treturn table granted, refused: integers
function keycloak:sign_ins(id)
  local counted = { granted = 0, refused = 0 }
  local kinds = { CLIENT_LOGIN = "granted", CLIENT_LOGIN_ERROR = "refused" }
  for _, event in ipairs(administer(self, "GET", "/events", nil, { client = id, max = 10000 })) do
    local kind = kinds[event.type]
    if kind then
      counted[kind] = counted[kind] + 1
    end
  end
  return counted
end

return keycloak
