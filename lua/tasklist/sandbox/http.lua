--- A small HTTP/1.1 server on cqueues sockets: keep-alive, chunked request bodies, TLS.
-- It reads requests, asks a handler, and sends what the handler returns; it knows nothing of Tasklist.
local cqueues = require "cqueues"
local socket = require "cqueues.socket"

local http = {}

local MAX_LINE = 256 * 1024
local MAX_BODY = 64 * 1024 * 1024

local REASONS = { [100] = "Continue", [200] = "OK", [204] = "No Content", [400] = "Bad Request",
  [401] = "Unauthorized", [403] = "Forbidden", [404] = "Not Found", [405] = "Method Not Allowed",
  [413] = "Payload Too Large", [429] = "Too Many Requests", [500] = "Internal Server Error", [502] = "Bad Gateway",
  [503] = "Service Unavailable", [504] = "Gateway Timeout" }

-- A lost peer is an everyday event: errors come back as values instead of being raised.
local function return_error(_, _, why)
  return why
end

local function read_line(sock)
  local line = sock:read("*l")
  return line and (line:gsub("\r$", ""))
end

-- Reads header lines up to the empty one. Names come out in lower case, repeated ones joined by commas.
local function read_headers(sock)
  local headers = {}
  for line in read_line, sock do
    if line == "" then return headers end
    local name, value = line:match("^([^%s:]+):[ \t]*(.-)[ \t]*$")
    if not name then return nil end
    name = name:lower()
    headers[name] = headers[name] and headers[name] .. ", " .. value or value
  end
end

local function read_chunks(sock)
  local parts, total = {}, 0
  while true do
    local size = tonumber((read_line(sock) or ""):match("^(%x+)") or "", 16)
    if not size then return nil, 400 end
    total = total + size
    if total > MAX_BODY then return nil, 413 end
    if size == 0 then return read_headers(sock) and table.concat(parts), 400 end
    local part = sock:read(size)
    if not part or #part < size or read_line(sock) ~= "" then return nil, 400 end
    parts[#parts + 1] = part
  end
end

-- Gives the body (an empty one where there is none), or nil and the status that says what is wrong with it.
local function read_body(sock, headers)
  if (headers["expect"] or ""):lower() == "100-continue" then
    sock:write("HTTP/1.1 100 Continue\r\n\r\n")
    sock:flush()
  end
  local coding = headers["transfer-encoding"]
  if coding then
    if coding:lower() ~= "chunked" then return nil, 400 end
    return read_chunks(sock)
  end
  local length = headers["content-length"] or "0"
  if not length:find("^%d+$") then return nil, 400 end
  local size = tonumber(length)
  if size > MAX_BODY then return nil, 413 end
  if size == 0 then return "" end
  local body = sock:read(size)
  return body and #body == size and body or nil, 400
end

-- Whether a request says for which host it is: one of HTTP/1.1 must, and only once (RFC 9112, 3.2). Two Host fields
-- come here joined with a space, which no host has.
local function has_host(headers, minor)
  local host = headers["host"] or (minor == "0" and "")
  return host and (host:find("^[%w%-._~!$&'()*+,;=%%]*:?%d*$") or host:find("^%[[%x:.]+%]:?%d*$")) ~= nil
end

-- Gives path and query of a request's target. A client that takes this server for a proxy sends a whole URL, of which
-- only these count here (RFC 9112, 3.2.2).
local function split(target)
  local below = target:match("^[Hh][Tt][Tt][Pp][Ss]?://[^/?]+(.*)$")
  local path, query = (below or target):match("^([^?]*)%??(.*)$")
  return path == "" and "/" or path, query
end

-- Gives the head of a connection's next request; nil where the peer has gone; nil and a status for a bad one.
local function read_head(sock)
  local line = read_line(sock)
  if not line then return nil end
  local method, target, minor = line:match("^(%u+) (%S+) HTTP/1%.(%d)$")
  if not method then return nil, 400 end
  local headers = read_headers(sock)
  if not headers or not has_host(headers, minor) then return nil, 400 end
  local path, query = split(target)
  local connection = (headers["connection"] or ""):lower()
  return { method = method, path = path, query = query, headers = headers,
    keep = connection ~= "close" and (minor ~= "0" or connection == "keep-alive") }
end

--- Writes a response as the bytes that go over the wire.
-- @param response table: status (integer), body (string, default empty), headers (name -> string or array of
--   strings); a Content-Length among the headers wins over the true one
-- @return string, and where in it the body starts
function http.render(response)
  local body = response.body or ""
  local lines = { ("HTTP/1.1 %d %s"):format(response.status, REASONS[response.status] or "Unknown") }
  local has_length = response.status == 204
  for name, value in pairs(response.headers or {}) do
    has_length = has_length or name:lower() == "content-length"
    for _, one in ipairs(type(value) == "table" and value or { value }) do
      lines[#lines + 1] = name .. ": " .. one
    end
  end
  if not has_length then lines[#lines + 1] = ("Content-Length: %d"):format(#body) end
  local head = table.concat(lines, "\r\n") .. "\r\n\r\n"
  return head .. body, #head + 1
end

-- Sends a response; gives whether the connection can go on.
local function send(sock, response, method)
  local text, body_at = "", 1
  if response.status then text, body_at = http.render(response) end
  -- A body after the answer to HEAD would be taken for the next answer (RFC 9110, 9.3.2).
  if method == "HEAD" then text = text:sub(1, body_at - 1) end
  if response.send then return response.send(sock, text, body_at) end
  return sock:write(text) and sock:flush()
end

-- Reads the next request; gives nil where the connection is to end, for which it has said why.
local function next_request(self, sock, number)
  local request, bad = read_head(sock)
  if request then
    request.connection = number
    if self.cut_off and self.cut_off(request, sock) then return nil end
    request.body, bad = read_body(sock, request.headers)
  end
  if request and request.body then return request end
  if bad then send(sock, { status = bad, headers = { Connection = "close" } }) end
end

-- One connection, from its first request to its end. `number` counts the server's connections.
local function serve(self, sock, number)
  while true do
    local request = next_request(self, sock, number)
    if not request then return end
    local response = self.handle(request)
    if not send(sock, response, request.method) or not request.keep then return end
  end
end

local Server = {}
Server.__index = Server

-- A connection's coroutine never raises: a fault in the sandbox itself is shown and ends that connection only.
local function run_connection(self, sock, number)
  self.open = self.open + 1
  local ok, why = xpcall(function()
    sock:onerror(return_error)
    sock:setmode("bf", "bf")
    sock:setmaxline(MAX_LINE)
    if self.tls and not sock:starttls(self.tls) then return end
    serve(self, sock, number)
  end, debug.traceback)
  sock:close()
  self.open = self.open - 1
  if not ok then io.stderr:write("sandbox: ", why, "\n") end
end

local function accept_all(self, cq)
  while not self.closed do
    -- A listener that is closed makes an accept that waits on it raise.
    local ok, sock = pcall(self.listener.accept, self.listener, { nodelay = true })
    if ok and sock then
      self.accepted = self.accepted + 1
      cq:wrap(run_connection, self, sock, self.accepted)
    elseif not self.closed then
      -- Out of descriptors, most likely: the ones in use will come back.
      cqueues.sleep(1 / 100)
    end
  end
end

--- Starts to accept connections, in a cqueues loop that the caller runs.
-- @param cq a cqueues controller
function Server:loop(cq)
  cq:wrap(accept_all, self, cq)
end

--- Stops listening; open connections go on to their end.
function Server:close()
  self.closed = true
  cqueues.cancel(self.listener)
  self.listener:close()
end

--- Opens a listening socket.
-- @param options table: host (string, an address), port (integer, 0 for any free one), tls (an openssl context,
--   or nil for plain HTTP), handle (function(request) -> response), and, if wanted, cut_off (function(request, sock) ->
--   boolean): asked before a request's body is read; true ends the connection. A request has method, path (as sent,
--   without query), query, headers (lower-case names), body, connection (number). A response is what `render` takes;
--   its optional `send(sock, text, body_at)` sends it in another way and returns whether the connection can go on;
--   with it a response may be without status, and text is empty then.
-- @return server: port, accepted and open (numbers of connections), `loop`, `close`. Raises if it cannot listen.
function http.listen(options)
  local listener = socket.listen{ host = options.host, port = options.port, reuseaddr = true }
  listener:onerror(return_error)
  local ok, why = listener:listen()
  if not ok then
    error(("cannot listen on %s port %d: %s"):format(options.host, options.port, tostring(why)), 0)
  end
  local _, _, port = listener:localname()
  return setmetatable({ listener = listener, port = port, handle = options.handle,
    cut_off = options.cut_off, tls = options.tls, accepted = 0, open = 0 }, Server)
end

return http
