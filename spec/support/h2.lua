--- An HTTP/2 server of our own, for what a server may do with a stream and no Lua library can be told to: RFC 9113,
-- written frame by frame. It is a process of its own, answers as a script says, and logs what it took.
local context_tls = require "tasklist.sandbox.tls"
local cqueues = require "cqueues"
local sockets = require "cqueues.socket"

local Server = {}
Server.__index = Server

local PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
local DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
local END_STREAM, END_HEADERS, ACK = 1, 4, 1

-- RFC 9113 section 7.
local QUIET = 0.1 -- seconds without a frame, after which "answer_when_quiet" answers
local ERRORS = { internal = 2, refused = 7, cancel = 8, http_1_1_required = 13 }

local function return_error(_, _, why)
  return why
end

local function send(sock, kind, flags, stream, payload)
  sock:write(string.pack(">I3BBI4", #payload, kind, flags, stream), payload)
  sock:flush()
end

-- RFC 7541 6.2.2: a field without indexing; the name is one of the static table's, or written out.
local function field(name, value)
  local index = ({ [":status"] = 8 })[name]
  local start = index and string.char(index) or "\0" .. string.pack("s1", name)
  return start .. string.pack("s1", value)
end

local function answer(sock, stream, status, body)
  send(sock, HEADERS, END_HEADERS, stream, field(":status", status) .. field("content-type", "application/json"))
  send(sock, DATA, END_STREAM, stream, body)
end

-- What may come of a request that was read whole: `answer <status>` or one of these. True ends the connection.
local actions = {}

function actions.close() return true end

-- Without TLS's own goodbye. Of Debian's socket libraries for Lua only LuaSocket can set SO_LINGER; it borrows the
-- descriptor for a moment.
function actions.reset(sock)
  local borrower = require("socket").tcp()
  borrower:close()
  borrower:setfd(sock:pollfd())
  borrower:setoption("linger", { on = true, timeout = 0 })
  borrower:setfd(-1)
  return true
end

function actions.silent() end

function actions.answer_when_quiet(_, stream, state)
  state.held[#state.held + 1] = stream
end

-- As many requests are held at the same time as the client sends before it has an answer.
local function answer_if_quiet(sock, state)
  if #state.held == 0 or sock:fill(1, QUIET) then return end
  sock:clearerr()
  for _, stream in ipairs(state.held) do answer(sock, stream, "200", '{"id":"1"}') end
  state.held = {}
end

-- The next one is refused as well, whatever the script says: what a GOAWAY leaves behind is not read any more.
function actions.goaway_below(sock, stream, state)
  send(sock, GOAWAY, 0, 0, string.pack(">I4I4", stream - 2 > 0 and stream - 2 or 0, 0))
  state.leaving = true
end

function actions.goaway_at(sock, stream)
  send(sock, GOAWAY, 0, 0, string.pack(">I4I4", stream, 0))
  return true
end

function actions.head(sock, stream)
  send(sock, HEADERS, END_HEADERS, stream, field(":status", "200"))
end

-- A server that has begun to answer, and then says that it has not taken the request, contradicts itself.
function actions.head_refused(sock, stream)
  actions.head(sock, stream)
  actions.refused(sock, stream)
end

function actions.head_goaway_below(sock, stream, state)
  actions.head(sock, stream)
  actions.goaway_below(sock, stream, state)
end

for name, code in pairs(ERRORS) do
  actions[name] = function(sock, stream)
    send(sock, RST_STREAM, 0, stream, string.pack(">I4", code))
  end
end

local function react(sock, stream, action, state)
  local status = action:match "^answer (%d+)"
  if status then
    answer(sock, stream, status, '{"id":"1"}')
    return false
  end
  return actions[action](sock, stream, state)
end

-- `next_action` is asked once for each request, whatever connection it came on.
local function serve(sock, context, next_action, note)
  if not sock:starttls(context) or sock:read(#PREFACE) ~= PREFACE then return end
  send(sock, SETTINGS, 0, 0, "")
  local state, over = { held = {} }, false
  note "connection"
  repeat
    answer_if_quiet(sock, state)
    local head = sock:read(9)
    if not head then return end
    local length, kind, flags, stream = string.unpack(">I3BBI4", head)
    if length > 0 then sock:read(length) end
    if kind == GOAWAY then return end -- the client does not like what it got
    if kind == SETTINGS and flags & ACK == 0 then
      send(sock, SETTINGS, ACK, 0, "")
    elseif kind == PING and flags & ACK == 0 then
      send(sock, PING, ACK, 0, ("\0"):rep(8))
    elseif (kind == HEADERS or kind == DATA) and flags & END_STREAM ~= 0 and not state.leaving then
      local action = next_action()
      note("%s", action)
      over = react(sock, stream, action, state)
    end
  until over
end

--- Is a server; does not come back. Writes its process, its port and the authority of its certificate.
-- @param script array of actions, the last one for all further requests
-- @param path of the log
function Server.run(script, path)
  local context, authority = context_tls.new "good"
  context:setAlpnSelect(function() return "h2" end)
  local log = assert(io.open(path, "a"))
  log:setvbuf "line"
  local function note(...) log:write(string.format(...), "\n") end
  local nth = 0
  local function next_action()
    nth = nth + 1
    return script[nth] or script[#script]
  end
  local listener = assert(sockets.listen { host = "127.0.0.1", port = 0 })
  assert(listener:listen())
  local _, _, port = listener:localname()
  io.stdout:write(io.open("/proc/self/stat"):read "n", "\n", port, "\n", authority, "end\n")
  io.stdout:flush()
  local loop = cqueues.new()
  loop:wrap(function()
    for sock in listener:clients() do
      sock:onerror(return_error)
      sock:setmode("b", "bn")
      sock:settimeout(60)
      loop:wrap(function()
        pcall(serve, sock, context, next_action, note)
        sock:close()
      end)
    end
  end)
  repeat loop:step() until loop:empty()
end

--- What became of the requests that were read whole.
-- @return array of actions
function Server:log()
  local taken = {}
  for line in io.lines(self.path) do
    if line ~= "connection" then taken[#taken + 1] = line end
  end
  return taken
end

--- How many connections there were.
-- @return integer
function Server:connections()
  local count = 0
  for line in io.lines(self.path) do
    if line == "connection" then count = count + 1 end
  end
  return count
end

--- Ends the server. May be called again.
function Server:stop()
  if not self.output then return end
  os.execute("kill " .. self.pid)
  self.output:close()
  self.output = nil
  os.remove(self.path)
  os.remove(self.ca_file)
end

Server.__gc = Server.stop
Server.__close = Server.stop

--- Starts a server, and waits until it listens.
-- @param script array of what comes of the requests, in turn, the last for all further ones: "answer <status>",
--   "answer_when_quiet" (a 200 for all there are, once no more come), "head" (a 200 without an end), "silent",
--   "close", "reset" (of the connection), a reset of the stream by its name in ERRORS, "goaway_below" (a GOAWAY that
--   does not count the request), "goaway_at" (one that does, and the end)
-- @return object with base_url, ca_file, log, connections, stop
function Server.start(script)
  local path, parts = os.tmpname(), {}
  for i, action in ipairs(script) do parts[i] = ("%q"):format(action) end
  local code = ("require('spec.support.h2').run({ %s }, %q)"):format(table.concat(parts, ", "), path)
  local output = assert(io.popen(("LUA_PATH='lua/?.lua;lua/?/init.lua;./?.lua;;' exec timeout --foreground 300 lua5.4 "
    .. "-e '%s'"):format(code:gsub("'", "'\\''"))))
  local self = setmetatable({ output = output, path = path, pid = assert(output:read "n", "the server did not start") },
    Server)
  self.base_url = "https://127.0.0.1:" .. output:read("n", "l")
  self.ca_file = os.tmpname()
  local file <close> = assert(io.open(self.ca_file, "w"))
  for line in output:lines() do
    if line == "end" then break end
    file:write(line, "\n")
  end
  return self
end

return Server
