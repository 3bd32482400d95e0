--- Debian's Prosody, as a daemon that has modules of the project's or of a spec's.
local daemon = require "spec.support.daemon"

local CONFIGURATION = [[
run_as_root = true
pidfile = "%{folder}/pid"
data_path = "%{folder}"
network_backend = "%{backend}"
plugin_paths = { "%{folder}", "%{examples}/prosody" }
modules_enabled = { "saslauth", "ping" }
modules_disabled = { "s2s", "offline" }
certificates = "%{folder}"
log = { info = "%{folder}/log" }
interfaces = { "127.0.0.1" }
c2s_ports = "%{protocol}" == "c2s" and { %{port} } or {}
http_ports = "%{protocol}" == "http" and { %{port} } or {}
https_ports = {}
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "insecure"
insecure_open_authentication = "Yes please, I know what I'm doing!"
]]

-- Lasts until it is told to end, and ends the daemon then, which is no child of the shell's.
local BACKGROUND = [[
finish() {
  until [ -s %{folder}/pid ]; do :; done
  pid=$(cat %{folder}/pid)
  kill $pid
  tail -s 0.05 --pid=$pid -f /dev/null
  exit
}
trap finish TERM
prosody -D --config %{folder}/conf.cfg.lua || exit
tail -s 0.05 --pid=$$ -f /dev/null &
wait
]]

local prosody = {}

--- The ways in which it is run: as systemd does, and as nobody's child with its other network backend.
prosody.ways = {
  { name = "in the foreground, with epoll", command = "prosody -F --config %{folder}/conf.cfg.lua",
    backend = "epoll" },
  { name = "in the background, with libevent", command = "sh %{folder}/start", backend = "event" },
}

--- Starts it, and waits until it listens.
-- @param server from spec.support.sandbox, which the environment names; or nil
-- @param way one of the above
-- @param protocol what it listens for: "c2s" or "http"
-- @param host the rest of the configuration: a host with modules
-- @param files table: name of a module's file -> text; or nil
-- @return as spec.support.daemon gives
function prosody.start(server, way, protocol, host, files)
  local all = { ["conf.cfg.lua"] = CONFIGURATION .. host, start = BACKGROUND }
  for name, text in pairs(files or {}) do all[name] = text end
  return daemon.start(server, way.command, all, { backend = way.backend, protocol = protocol })
end

return prosody
