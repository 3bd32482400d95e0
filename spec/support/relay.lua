--- Proxies of our own, for what tinyproxy cannot do: one that is met by https, and SOCKS 5. Each relays bytes to the
-- host that it is asked for, and is a process of its own.
local base64 = require "tasklist.sandbox.base64"
local cqueues = require "cqueues"
local sockets = require "cqueues.socket"
local tls = require "tasklist.sandbox.tls"

local Relay = {}
Relay.__index = Relay

local function return_error(_, _, why)
  return why
end

local function prepare(sock)
  sock:onerror(return_error)
  sock:setmode("b", "bn")
  sock:settimeout(60)
  return sock
end

local function pump(from, to)
  repeat
    local bytes = from:read(-16384)
  until not bytes or not to:write(bytes)
  to:shutdown "w"
end

-- Each gives the host and the port that the client wants, and two answers, yes and no; or nil when it refuses.
local handshakes = {}

function handshakes.https(sock, credentials, note)
  local target = (sock:read "*l" or ""):match("^CONNECT (%S+) HTTP/1%.1")
  if not target then return nil end -- a client that did not like the certificate
  local given
  for line in sock:lines "*l" do
    if line == "\r" then break end
    given = given or line:match("^[Pp]roxy%-[Aa]uthorization: Basic (.-)\r$")
  end
  note("CONNECT %s %s", target, given and base64.decode(given) or "nobody")
  if credentials and (not given or base64.decode(given) ~= credentials) then
    sock:write "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n"
    return nil
  end
  local host, port = target:match("^%[?(.-)%]?:(%d+)$")
  return host, port, "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
end

-- RFC 1929.
local function ask_for_password(sock, credentials, note)
  sock:write "\5\2"
  sock:read(1)
  local user = sock:read(sock:read(1):byte())
  local given = user .. ":" .. sock:read(sock:read(1):byte())
  note("user %s", given)
  sock:write(given == credentials and "\1\0" or "\1\1")
  return given == credentials
end

-- Reads what follows the kind of an address; the kinds are RFC 1928's (section 5).
local address_readers = {
  [1] = function(sock) return ("%d.%d.%d.%d"):format(sock:read(4):byte(1, 4)) end,
  [3] = function(sock) return sock:read(sock:read(1):byte()) end,
  [4] = function(sock) return ("%x:%x:%x:%x:%x:%x:%x:%x"):format(string.unpack(">I2I2I2I2I2I2I2I2", sock:read(16))) end,
}

-- The servers of the tests listen on IPv4 alone, but `localhost` has two addresses, and which one goes to a proxy
-- depends on libcurl's version.
local LOOPBACK_6 = "0:0:0:0:0:0:0:1"

-- RFC 1928.
function handshakes.socks5(sock, credentials, note)
  local greeting = sock:read(2)
  if not greeting then return nil end
  local methods = sock:read(greeting:byte(2))
  if not credentials then
    sock:write "\5\0"
  elseif not methods:find("\2", 1, true) then
    sock:write "\5\255"
    return nil
  elseif not ask_for_password(sock, credentials, note) then
    return nil
  end
  local kind = (sock:read(4) or ""):byte(4)
  if not address_readers[kind] then return nil end
  local host = address_readers[kind](sock)
  note("%s %s", kind == 3 and "name" or "address", host)
  local rest = "\0\1\0\0\0\0\0\0"
  return host == LOOPBACK_6 and "127.0.0.1" or host, string.unpack(">I2", sock:read(2)), "\5\0" .. rest, "\5\5" .. rest
end

local function serve(loop, sock, options, context, note)
  if context and not sock:starttls(context) then return end
  local host, port, yes, no = handshakes[options.scheme](sock, options.credentials, note)
  if not host then return end
  local other = prepare(assert(sockets.connect { host = host, port = tonumber(port), nodelay = true }))
  if not other:connect(10) then
    sock:write(no)
    return
  end
  sock:write(yes)
  loop:wrap(function() pump(sock, other) end)
  pump(other, sock)
end

--- Is a relay; does not come back. Writes its process, its port and the authority of its certificate.
-- @param options as for `start`
-- @param path of the log
function Relay.run(options, path)
  local context, authority
  if options.scheme == "https" then context, authority = tls.new(options.tls or "good") end
  local log = assert(io.open(path, "a"))
  log:setvbuf "line"
  local function note(...) log:write(string.format(...), "\n") end
  local listener = prepare(assert(sockets.listen { host = "127.0.0.1", port = 0 }))
  assert(listener:listen())
  local _, _, port = listener:localname()
  io.stdout:write(io.open("/proc/self/stat"):read "n", "\n", port, "\n", authority or "", "end\n")
  io.stdout:flush()
  listener:settimeout(nil)
  local loop = cqueues.new()
  loop:wrap(function()
    for sock in listener:clients() do
      prepare(sock)
      loop:wrap(function()
        pcall(serve, loop, sock, options, context, note)
        sock:close()
      end)
    end
  end)
  repeat loop:step() until loop:empty()
end

--- What it was asked for: one line for each request, with the credentials.
-- @return string
function Relay:log()
  local file <close> = assert(io.open(self.path))
  return file:read "a"
end

--- Ends the relay. May be called again.
function Relay:stop()
  if not self.output then return end
  os.execute("kill " .. self.pid)
  self.output:close()
  self.output = nil
  os.remove(self.path)
end

Relay.__gc = Relay.stop

--- Starts a relay, and waits until it listens.
-- @param options table: scheme ("https" or "socks5"), credentials ("user:password" that it asks for, or nil), tls (the
--   kind of its certificate, as for tasklist.sandbox.tls; "good" by default)
-- @return object with port, address ("127.0.0.1:port"), authority (PEM, with https), log, stop
function Relay.start(options)
  local path, parts = os.tmpname(), {}
  for name, value in pairs(options) do parts[#parts + 1] = ("%s = %q"):format(name, value) end
  local script = ("require('spec.support.relay').run({ %s }, %q)"):format(table.concat(parts, ", "), path)
  local output = assert(io.popen(("LUA_PATH='lua/?.lua;lua/?/init.lua;./?.lua;;' exec timeout --foreground 300 lua5.4 "
    .. "-e '%s'"):format(script:gsub("'", "'\\''"))))
  local self = setmetatable({ output = output, path = path, pid = assert(output:read("n"), "the relay did not start"),
    port = output:read("n", "l") }, Relay)
  self.address = "127.0.0.1:" .. self.port
  local lines = {}
  for line in output:lines() do
    if line == "end" then break end
    lines[#lines + 1] = line
  end
  self.authority = table.concat(lines, "\n")
  return self
end

return Relay
