--- Real proxies (tinyproxy), as processes of their own.
local http = require "spec.support.http"

local Proxy = {}
Proxy.__index = Proxy

-- A port that was free a moment ago: tinyproxy can't choose one by itself.
local function free_port()
  local socket = require "socket"
  local listener = assert(socket.bind("127.0.0.1", 0))
  local _, port = listener:getsockname()
  listener:close()
  return port
end

local function read(path)
  local file = io.open(path)
  local text = file and file:read("a") or ""
  if file then file:close() end
  return text
end

--- What the proxy has been asked for since its start: one line for each request.
-- @return string
function Proxy:log()
  return read(self.folder .. "/log")
end

--- Ends the proxy. May be called again.
function Proxy:stop()
  if not self.output then return end
  os.execute("kill " .. self.pid)
  self.output:close()
  self.output = nil
  os.execute("rm -r " .. self.folder)
end

Proxy.__gc = Proxy.stop

local proxy = {}

--- A port of this machine at which nobody listens.
proxy.free_port = free_port

--- Starts a proxy, and waits until it listens.
-- @param credentials string: "user password" that it asks for, or nil
-- @return object with port, url, log, stop
function proxy.start(credentials)
  local port, folder = free_port(), os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir " .. folder))
  local file = assert(io.open(folder .. "/conf", "w"))
  file:write(("Port %d\nListen 127.0.0.1\nTimeout 60\nLogFile \"%s/log\"\nLogLevel Connect\nMaxClients 50\n")
    :format(port, folder), credentials and ("BasicAuth %s\n"):format(credentials) or "")
  file:close()
  local command = ("echo $$; exec timeout --foreground 300 tinyproxy -d -c %s/conf >/dev/null 2>&1"):format(folder)
  local output = assert(io.popen(command))
  local self = setmetatable({ output = output, pid = assert(output:read("n")), folder = folder, port = port,
    url = "http://127.0.0.1:" .. port }, Proxy)
  repeat
    assert(io.open(("/proc/%d/stat"):format(self.pid)), "the proxy did not start"):close()
  until pcall(function() http.connect(self.url):close() end) -- which waits for the connection
  return self
end

return proxy
