--- A small blocking HTTP client for the specs, and its parts for those that need to be rude.
local context = require "openssl.ssl.context"
local socket = require "cqueues.socket"

local http = {}

local TIMEOUT = 20

local function return_error(_, _, why)
  return why
end

--- Opens a connection.
-- @param url string, http or https; certificates are not looked at
-- @return a cqueues socket, unbuffered for writing, that gives errors back as values
function http.connect(url)
  local scheme, authority = url:match("^(https?)://([^/]+)")
  local host, port = authority:match("^%[?(.-)%]?:(%d+)$")
  local sock = assert(socket.connect{ host = host, port = tonumber(port), nodelay = true })
  sock:onerror(return_error)
  sock:setmode("b", "bn")
  sock:setmaxline(1024 * 1024)
  sock:settimeout(TIMEOUT)
  assert(sock:connect())
  if scheme == "https" then assert(sock:starttls(context.new("TLS"))) end
  return sock
end

--- Reads a response.
-- @param sock a connected socket
-- @return status (integer), headers (lower-case names; set-cookie is an array), body (what came of it); or nil where
--   none came
function http.read_response(sock)
  local line = sock:read("*l")
  local status = line and line:match("^HTTP/1%.1 (%d+)")
  if not status then return nil end
  local headers = {}
  for header in sock:lines("*l") do
    local name, value = header:match("^([^:]+):%s*(.-)\r?$")
    if not name then break end
    name = name:lower()
    if name == "set-cookie" then
      headers[name] = headers[name] or {}
      table.insert(headers[name], value)
    else
      headers[name] = value
    end
  end
  local length = tonumber(headers["content-length"] or 0)
  return tonumber(status), headers, length > 0 and sock:read(length) or ""
end

--- Writes a request as the bytes that go over the wire.
-- @param url string
-- @param method string
-- @param headers table or nil: name -> value
-- @param body string or nil
-- @return string
function http.render(url, method, headers, body)
  local host, path = url:match("^https?://([^/]+)(.*)$")
  local lines = { ("%s %s HTTP/1.1"):format(method, path ~= "" and path or "/"), "Host: " .. host }
  for name, value in pairs(headers or {}) do lines[#lines + 1] = name .. ": " .. value end
  if body then lines[#lines + 1] = "Content-Length: " .. #body end
  return table.concat(lines, "\r\n") .. "\r\n\r\n" .. (body or "")
end

--- Makes one request on a connection of its own.
-- @param url string
-- @param method string
-- @param headers table or nil: name -> value
-- @param body string or nil
-- @return as `read_response`
function http.request(url, method, headers, body)
  local all = { Connection = "close" }
  for name, value in pairs(headers or {}) do all[name] = value end
  local sock = http.connect(url)
  sock:write(http.render(url, method, all, body))
  local status, got, text = http.read_response(sock)
  sock:close()
  return status, got, text
end

return http
