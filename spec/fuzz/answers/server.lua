--- A server that spoils its answers: server.lua SEED LOG. Prints its process id and its port.
--
-- The first segment of a path is the number of a case. What the n-th request of a case gets depends on the seed, the
-- case and n alone. LOG gets a line for each write, before it is answered: the case, n, and each status
-- in the answer.

local cqueues = require "cqueues"
local genuine = require "spec.fuzz.answers.genuine"
local socket = require "cqueues.socket"
local spoil = require "spec.fuzz.answers.spoil"

local seed, log = math.tointeger(arg[1]), assert(io.open(arg[2], "w"))

local most_requests = 8 -- of a case: a watch that goes on gets an answer that ends it

local function is_write(request)
  return request.path:find "^/v1/" and request.method ~= "GET" and request.method ~= "HEAD"
    and not request.path:find "/search$"
end

local function note(request, bytes)
  local found = {}
  for status in bytes:gmatch "HTTP/[^ ]* (%d%d%d)" do
    found[#found + 1] = status
  end
  log:write(("%d %d %s\n"):format(request.case, request.number, table.concat(found, ",")))
  log:flush()
end

-- The bytes to send, and what then: "keep", "close", or "wait" until the client goes away.
local function reply(request)
  math.randomseed(seed, request.case * 1000 + request.number)
  local answer = genuine.answer(request)
  local is_sign_in = request.path == "/oauth/token" or request.path == "/api/login"
  if request.number > most_requests then
    answer.status, answer.body = 400, ""
  elseif not is_sign_in or math.random(4) == 1 then
    spoil.answer(answer, math.random(10) == 1 and 0 or math.random(2))
  end
  local bytes, ends = spoil.bytes(answer)
  local waits = math.random(200) == 1
  return waits and bytes:sub(1, math.random(0, #bytes)) or bytes, waits and "wait" or ends and "close" or "keep"
end

local numbers = {} -- case -> how many requests of it have come

-- The next request on a connection; nil at its end.
local function read_request(sock)
  local line = sock:read "*L"
  local method, case, path = (line or ""):match "^(%u+) /(%d+)(/[^ ?]*)"
  if not method then
    return nil
  end
  local length = 0
  for header in sock:lines "*L" do
    length = header:match "^[Cc]ontent%-[Ll]ength: (%d+)" or length
    if header == "\r\n" then
      break
    end
  end
  if math.tointeger(length) > 0 and not sock:read(math.tointeger(length)) then
    return nil
  end
  case = math.tointeger(case)
  numbers[case] = (numbers[case] or 0) + 1
  return { method = method, case = case, path = path, number = numbers[case] }
end

local function serve(sock)
  sock:setmode("b", "bf")
  for request in read_request, sock do
    local bytes, what_then = reply(request)
    if is_write(request) then
      note(request, bytes)
    end
    if not sock:write(bytes) or not sock:flush() or what_then == "close" then
      break
    elseif what_then == "wait" then
      sock:read(1)
      break
    end
  end
end

local loop = cqueues.new()
local listener = socket.listen { host = "127.0.0.1", port = 0 }
assert(listener:listen())
loop:wrap(function()
  for sock in listener:clients() do
    loop:wrap(function()
      sock:onerror(function(_, _, code) return code end) -- a client that goes away is no mistake
      local fine, problem = pcall(serve, sock)
      if not fine then
        log:write("the server failed: " .. problem .. "\n")
        log:flush()
      end
      sock:close()
    end)
  end
end)
io.stdout:write(("%d\n%d\n"):format(io.open("/proc/self/stat"):read "n", select(3, listener:localname())))
io.stdout:flush()
assert(loop:loop())
