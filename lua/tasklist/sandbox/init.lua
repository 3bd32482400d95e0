--- A small Camunda, of any version from 8.5 to 8.10, with its user tasks and its token endpoint, in memory: to develop
-- and test against without a cluster.
-- It needs cqueues and luaossl (Debian: lua-cqueues, lua-luaossl). The manual is doc/sandbox.md.
-- @module tasklist.sandbox
local options = require "tasklist.sandbox.options"
local run = require "tasklist.sandbox.run"
local server = require "tasklist.sandbox.server"

local sandbox = {}

-- Called with a colon, a function gets the module for its options.
local function check_dot(given, name)
  if rawequal(given, sandbox) then error(("%s: call it with a dot: sandbox.%s(…)"):format(name, name), 3) end
end

--- Opens a sandbox; `loop` lets it serve.
-- @param given table of options, all optional; doc/sandbox.md has them with their defaults
-- @return server: base_url (of v1), rest_url (of v2), token_url, ca_pem (the authority to trust, with tls), client
--   (with client_certificate: cert_pem, key_pem, encrypted_key_pem, passphrase), ledger, faults, recorder, and the
--   methods of server.lua. Raises for an unknown option or a bad value, naming it, and where it cannot listen.
function sandbox.new(given)
  check_dot(given, "new")
  return server.new(options.check(given))
end

--- Runs a sandbox until the process gets SIGINT or SIGTERM. Prints the line "listening on <base_url>" first, then
-- lines for a shell: CAMUNDA_TASKLIST_BASE_URL where v1 is there, CAMUNDA_REST_ADDRESS, with tls the files to use (see
-- run.lua), ZEEBE_CLIENT_ID, ZEEBE_CLIENT_SECRET, and last ZEEBE_AUTHORIZATION_SERVER_URL.
-- @param given as for `new`
function sandbox.run(given)
  check_dot(given, "run")
  run(server.new(options.check(given)))
end

return sandbox
