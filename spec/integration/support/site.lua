--- A Tasklist whose tokens Keycloak issues: the sandbox, with a verifier in place of its own token endpoint.
local keycloak = require "spec.integration.support.keycloak"
local connect = require "spec.support.client"
local sandbox = require "spec.support.sandbox"

local site = {}

--- Starts it, and Keycloak if that does not run yet.
-- @tparam[opt] string scheme by which clients call Keycloak, which makes the issuer: "http" by default
-- @treturn table as from spec.support.sandbox
function site.start(scheme)
  keycloak:start()
  local server = sandbox.start(nil, { verify = ('require("spec.integration.support.jwt").verifier(%q, %q)')
    :format(keycloak:issuer(scheme or "http"), keycloak:keys_url()) })
  server.token_url = keycloak:token_url(scheme or "http")
  return server
end

--- Makes a client.
-- @tparam table server from `start`
-- @tparam string id one of the realm's clients
-- @tparam[opt] table options go before the usual ones
function site.connect(server, id, options)
  local arguments = { client_id = id, client_secret = keycloak.secrets[id], ca_file = keycloak.ca_file }
  for name, value in pairs(options or {}) do
    arguments[name] = value
  end
  return connect.of(server, arguments)
end

--- What the API has seen of its callers.
-- @tparam table server
-- @treturn table array of { status =, token = }, oldest first
function site.calls(server)
  local calls = {}
  for _, entry in ipairs(server:log()) do
    calls[#calls + 1] = { status = entry.status, token = entry.headers.authorization:match "^Bearer (.*)$" }
  end
  return calls
end

return site
