--- What is measured against: answers made once, over kept connections. Prints its port and its pid, and serves until it
-- is ended.

local bodies = require "bench.bodies"
local cqueues = require "cqueues"
local socket = require "cqueues.socket"

local most_request = 65536

local function answer(body)
  return ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Content-Type-Options: nosniff\r\n"
    .. "Cache-Control: no-cache, no-store, max-age=0, must-revalidate\r\nContent-Length: %d\r\n\r\n%s"):format(
    #body, body)
end

local pages = {}
for _, page in ipairs(bodies.pages) do
  pages[tostring(page.size)] = answer(bodies.write(page))
end

-- As long as the tokens of Camunda's cloud.
local token = answer(('{"access_token":"%s","scope":"","expires_in":86400,"token_type":"Bearer"}'):format(
  ("bench0123456789-"):rep(60)))

local kinds_of_pages = {} -- size -> what bodies.walk_pages gives

-- The page of a walk that follows a cursor. A cursor is how many tasks came up to it.
local function walk_page(request, total, delay)
  local size = math.tointeger(tonumber(request:match('"pageSize":(%d+)')))
  local given = math.tointeger(tonumber(request:match('"searchAfter":%["(%d+)"') or 0))
  cqueues.sleep(tonumber(delay) / 1000)
  if given >= tonumber(total) then
    return answer("[]")
  end
  kinds_of_pages[size] = kinds_of_pages[size] or bodies.walk_pages(size)
  local page = kinds_of_pages[size][given // size % 2 + 1]
  return answer(('%s"%d","1"%s'):format(page[1], given + size, page[2]))
end

local missing = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

-- The end of the first whole request in `text`, or nil.
local function request_end(text)
  local _, head = text:find("\r\n\r\n", 1, true)
  return head and head + tonumber(text:match("\nContent%-Length: (%d+)") or 0)
end

local function answer_to(request)
  local path = request:match("^POST (%S+)")
  local total, delay = request:match('"assignee":"walk%-(%d+)%-(%d+)"')
  if total then
    return walk_page(request, total, delay)
  elseif path == "/v1/tasks/search" then
    return pages[request:match('"pageSize":(%d+)') or "50"] or missing
  end
  return path == "/oauth/token" and token or missing
end

local function return_error(_, _, why)
  return why
end

-- Mostly one read holds one request.
local function serve(peer)
  peer:onerror(return_error)
  peer:setmode("bn", "bf")
  local text = ""
  for part in function() return peer:read(-most_request) end do
    text = text .. part
    local last = request_end(text)
    if last and #text >= last then
      local request = text:sub(1, last)
      text = text:sub(last + 1)
      if not (peer:write(answer_to(request)) and peer:flush()) then
        break
      end
    end
  end
  peer:close()
end

local function pid()
  local file <close> = assert(io.open("/proc/self/stat"))
  return file:read("n")
end

local listener = assert(socket.listen { host = "127.0.0.1", port = 0, nodelay = true })
assert(listener:listen())
local _, _, port = listener:localname()
print(port, pid())
io.stdout:flush()

local loop = cqueues.new()
loop:wrap(function()
  for peer in listener:clients { nodelay = true } do
    loop:wrap(serve, peer)
  end
end)
assert(loop:loop())
