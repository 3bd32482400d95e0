-- A web server on cqueues that lists, claims and completes tasks, until SIGTERM. While it waits for Camunda, it serves
-- others:
--   lua5.4 examples/hosts/cqueues/server.lua PORT
-- The environment names the cluster (see README.md).
package.path = "examples/hosts/?.lua;" .. package.path
local cqueues = require "cqueues"
local errno = require "cqueues.errno"
local signal = require "cqueues.signal"
local socket = require "cqueues.socket"
local web = require "web"

local port = assert(tonumber(arg[1]), "usage: lua5.4 examples/hosts/cqueues/server.lua PORT")
local answer, close = web.new({ loop = require "tasklist.loop.cqueues", timeout = 10 }, "cqueues")

-- What fails gives nil and its code, where it would raise otherwise.
local function return_code(_, _, code)
  return code
end

local controller = cqueues.new()
local listener = assert(socket.listen { host = "127.0.0.1", port = port, reuseaddr = true })
listener:onerror(return_code)
local listening, code = listener:listen()
if not listening then
  io.stderr:write(("port %d: %s\n"):format(port, errno.strerror(code)))
  os.exit(false)
end

-- A method, a path, and the header `Origin` or nil; or only nil when no whole request came.
local function read_request(sock)
  local method, path = (sock:read "*l" or ""):match "^(%u+) (%S+) HTTP/1"
  local origin
  for line in sock:lines "*l" do
    if line:find "^\r?$" then
      return method, path, origin
    end
    origin = line:lower():match "^origin:(.*)" or origin
  end
end

local reading = {} -- sockets, as keys

local function serve(sock)
  sock:setmode("b", "bf")
  sock:onerror(return_code) -- who has left needs no answer
  reading[sock] = true
  local method, path, origin = read_request(sock)
  reading[sock] = nil
  if method then
    local status, text = answer(method, path, origin)
    sock:write(("HTTP/1.1 %d -\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"
      .. "Connection: close\r\n\r\n%s"):format(status, #text, text))
    sock:flush()
  end
  sock:close()
end

signal.block(signal.SIGTERM)
controller:wrap(function()
  local terminate = signal.listen(signal.SIGTERM)
  repeat
    for sock in listener:clients(0) do -- who is there by now
      controller:wrap(serve, sock)
    end
  until cqueues.poll(listener, terminate, 1) == terminate -- after 1 s again: it had no descriptor left, perhaps
  listener:close()
  for sock in pairs(reading) do
    sock:shutdown "r"
  end
  close() -- and the loop ends when all is answered
end)

for failure in controller:errors() do
  io.stderr:write(tostring(failure), "\n")
end
