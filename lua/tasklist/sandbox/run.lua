--- A sandbox as a process: says where it listens, serves until a signal comes.
local cqueues = require "cqueues"
local signal = require "cqueues.signal"

-- A line for a shell; none for what is not there.
local function export(name, value)
  if not value then return "" end
  return ("export %s='%s'\n"):format(name, (value:gsub("'", "'\\''")))
end

-- Writes a text where clients can read it; gives the file's name.
local function write_file(text)
  local path = os.tmpname()
  local file <close> = assert(io.open(path, "w"))
  assert(file:write(text))
  return path
end

-- Each file that a client may need, by the variable that names it.
local function files_of(server)
  local client = server.client or {}
  return {
    { "CAMUNDA_CUSTOM_ROOT_CERT_PATH", server.ca_pem },
    { "CAMUNDA_CUSTOM_CERT_CHAIN_PATH", client.cert_pem },
    { "CAMUNDA_CUSTOM_PRIVATE_KEY_PATH", client.key_pem },
    { "SANDBOX_ENCRYPTED_KEY_PATH", client.encrypted_key_pem },
  }
end

--- Serves until the process gets SIGINT or SIGTERM; prints what clients need, and takes its files away at the end.
-- @param server
return function(server)
  -- Blocked before anyone can know the address, so that an early signal cannot leave files behind.
  signal.block(signal.SIGINT, signal.SIGTERM)
  local written, lines = {}, {}
  for _, file in ipairs(files_of(server)) do
    if file[2] then
      written[#written + 1] = write_file(file[2])
      lines[#lines + 1] = export(file[1], written[#written])
    end
  end
  if server.client then lines[#lines + 1] = export("SANDBOX_KEY_PASSPHRASE", server.client.passphrase) end
  local cq = cqueues.new()
  server:loop(cq)
  io.write("listening on ", server.base_url, "\n",
    export("CAMUNDA_TASKLIST_BASE_URL", server.facts.v1 and server.base_url),
    export("CAMUNDA_REST_ADDRESS", server.rest_url), table.concat(lines),
    export("ZEEBE_CLIENT_ID", server.options.client_id), export("ZEEBE_CLIENT_SECRET", server.options.client_secret),
    export("ZEEBE_AUTHORIZATION_SERVER_URL", server.token_url)):flush()
  local stopped = false
  cq:wrap(function()
    signal.listen(signal.SIGINT, signal.SIGTERM):wait()
    stopped = true
  end)
  repeat assert(cq:step()) until stopped
  for _, path in ipairs(written) do os.remove(path) end
end
