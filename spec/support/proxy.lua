--- Real proxies (tinyproxy), as processes of their own.
local child = require "spec.support.child"

local Proxy = {}
Proxy.__index = Proxy

--- What the proxy has been asked for since its start: one line for each request.
-- @return string
function Proxy:log()
  local file <close> = io.open(self.child.folder .. "/log")
  return file and file:read "a" or ""
end

--- Ends the proxy. May be called again.
function Proxy:stop()
  self.child:stop()
end

local proxy = {}

--- A port of this machine at which nobody listens.
proxy.free_port = child.free_port

--- Starts a proxy, and waits until it listens.
-- @param credentials string: "user password" that it asks for, or nil
-- @return object with port, url, log, stop
function proxy.start(credentials)
  local conf = 'Port %{port}\nListen 127.0.0.1\nTimeout 60\nLogFile "%{folder}/log"\nLogLevel Connect\nMaxClients 50\n'
  if credentials then conf = conf .. ("BasicAuth %s\n"):format(credentials) end
  local process = child.start("tinyproxy -d -c %{folder}/conf", { conf = conf })
  return setmetatable({ child = process, port = process.port, url = "http://127.0.0.1:" .. process.port }, Proxy)
end

return proxy
