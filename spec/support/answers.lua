--- A server that has a body for each number, and a client that asks for them, over a connection that is kept.
local raw = require "spec.support.raw"
local tasklist = require "tasklist"

local SCRIPT = [[
local cqueues, socket = require "cqueues", require "cqueues.socket"
local packed, bodies, at = io.open(arg[1], "rb"):read "a", {}, 1
while at <= #packed do
  bodies[#bodies + 1], at = string.unpack("s4", packed, at)
end
local listener = socket.listen { host = "127.0.0.1", port = 0 }
assert(listener:listen())
print((io.open("/proc/self/stat"):read "n"))
print((select(3, listener:localname())))
io.stdout:flush()

local function read_request(sock)
  local line, length = sock:read "*L", 0
  for header in line and sock:lines "*L" or error "the end" do
    length = math.tointeger(header:match "^[Cc]ontent%-[Ll]ength: (%d+)") or length
    if header == "\r\n" then break end
  end
  local body = length > 0 and sock:read(length) or ""
  return math.tointeger(line:match "/v1/tasks/(%d+) " or body:match '"pageSize":(%d+)')
end

local loop = cqueues.new()
loop:wrap(function()
  for sock in listener:clients() do
    loop:wrap(function()
      sock:onerror(function(_, _, code) return code end)
      sock:setmode("b", "bf")
      pcall(function()
        while true do
          local body = bodies[read_request(sock)]
          sock:write(("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"):format(#body), body)
          sock:flush()
        end
      end)
      sock:close()
    end)
  end
end)
assert(loop:loop())
]]

local Answers = {}
Answers.__index = Answers

local answers = {}

--- Starts one.
-- @tparam table bodies an array of texts
-- @treturn table with the methods `object`, `array` and `stop`
function answers.start(bodies)
  local packed = {}
  for index, body in ipairs(bodies) do packed[index] = string.pack("s4", body) end
  local server = raw.serve(SCRIPT, table.concat(packed), 300)
  local client = assert(tasklist.new { base_url = server.base_url, auth = "none", env = false, timeout = 20,
    retries = 0 })
  return setmetatable({ server = server, client = client }, Answers)
end

--- Asks for one object.
-- @tparam integer number of the body
-- @return what the verb gives
function Answers:object(number)
  return self.client:get_task(number)
end

--- Asks for an array of objects.
-- @tparam integer number of the body
-- @return what the verb gives
function Answers:array(number)
  return self.client:search_tasks { pageSize = number }
end

--- Ends both.
function Answers:stop()
  self.client:close()
  self.server:stop()
end

return answers
