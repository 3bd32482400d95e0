-- A web server on cqueues that lists, claims and completes tasks, until SIGTERM. While it waits for Camunda, it serves
-- others:
--   lua5.4 examples/hosts/cqueues/server.lua PORT
-- The environment names the cluster (see README.md).
package.path = "examples/hosts/?.lua;" .. package.path
local cqueues = require "cqueues"
local signal = require "cqueues.signal"
local socket = require "cqueues.socket"
local web = require "web"

local port = assert(tonumber(arg[1]), "usage: lua5.4 examples/hosts/cqueues/server.lua PORT")
local answer, close = web.new({ loop = require "tasklist.loop.cqueues", timeout = 10 }, "cqueues")

local controller = cqueues.new()
local listener = assert(socket.listen { host = "127.0.0.1", port = port, reuseaddr = true })
local listening, problem = pcall(listener.listen, listener)
if not listening then
  io.stderr:write(("port %d: %s\n"):format(port, problem))
  os.exit(false)
end

-- A method and a path; or nil when no whole request came.
local function read_request(sock)
  local method, path = (sock:read "*l" or ""):match "^(%u+) (%S+) HTTP/1"
  for line in sock:lines "*l" do
    if line:find "^\r?$" then
      return method, path
    end
  end
end

local reading = {} -- sockets, as keys

local function serve(sock)
  sock:setmode("b", "bf")
  sock:onerror(function(_, _, code) return code end) -- who has left needs no answer
  reading[sock] = true
  local method, path = read_request(sock)
  reading[sock] = nil
  if method then
    local status, text = answer(method, path)
    sock:write(("HTTP/1.1 %d -\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"
      .. "Connection: close\r\n\r\n%s"):format(status, #text, text))
    sock:flush()
  end
  sock:close()
end

controller:wrap(function()
  for sock in listener:clients() do
    controller:wrap(serve, sock)
  end
end)

signal.block(signal.SIGTERM)
controller:wrap(function()
  signal.listen(signal.SIGTERM):wait()
  listener:close()
  for sock in pairs(reading) do
    sock:shutdown "r"
  end
  close() -- and the loop ends when all is answered
end)

for failure in controller:errors() do
  io.stderr:write(tostring(failure), "\n")
end
