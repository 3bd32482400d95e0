--- Misbehaviour on demand: a queue of faults, each of which spoils one or more of the coming requests.
--
-- A fault is a table with `action`; doc/sandbox.md has the actions, their fields and the points at which a
-- connection ends. The values of `headers` may be arrays, for a field that comes several times.
local cqueues = require "cqueues"
local answers = require "tasklist.sandbox.answers"
local gzip = require "tasklist.sandbox.gzip"

local faults = {}

local NO_HTTP = "\0\255\1\254 this is not HTTP\r\n\r\n"

-- A reset is a close with SO_LINGER 0. Of Debian's socket libraries for Lua only LuaSocket can set that, so a fault
-- that resets needs it (lua-socket); it borrows the descriptor for a moment.
local function linger_none(sock)
  local borrower = require("socket").tcp()
  borrower:close()
  borrower:setfd(sock:pollfd())
  borrower:setoption("linger", { on = true, timeout = 0 })
  borrower:setfd(-1)
end

-- Waits until the peer goes away; what it may still send is nobody's business.
local function drain(sock)
  while sock:read(1) do end
end

-- The points in a request's life at which its connection may end. `early`: before its body has been read; `unanswered`:
-- without being executed; `part`: what of the answer goes out.
local function nothing() return "" end
local function all(_, text) return text end

local POINTS = {
  headers = { early = true, unanswered = true, part = nothing },
  body = { early = true, unanswered = true, part = nothing },
  before = { unanswered = true, part = nothing },
  executed = { part = nothing },
  ["in"] = { part = function(fault, text, body_at)
    return text:sub(1, body_at - 1 + (fault.bytes or (#text - body_at + 1) // 2))
  end },
  after = { part = all },
  next = { part = all, wait = true },
}

-- Makes an action that ends the connection at some point of the request's life.
local function ending(default_at, prepare)
  return function(fault, answer)
    local point = POINTS[fault.at or default_at]
    local response = point.unanswered and {} or answer()
    response.send = function(sock, text, body_at)
      sock:write(point.part(fault, text, body_at))
      sock:flush()
      if point.wait then sock:read(1) end
      if prepare then prepare(sock) end
      return false
    end
    return response
  end
end

local function trickle(fault, answer)
  local response = answer()
  response.send = function(sock, text)
    for byte in text:gmatch(".") do
      if not (sock:write(byte) and sock:flush()) then return false end
      cqueues.sleep(fault.interval or 1 / 100)
    end
    return true
  end
  return response
end

-- The answer itself is whole: what packed the body gave up before its end.
local function unfinished(fault, answer)
  local response = answer()
  local packed = response.headers["Content-Encoding"] == "gzip" and response.body or gzip.pack(response.body or "")
  response.headers["Content-Encoding"] = "gzip"
  response.body = packed:sub(1, fault.bytes or #packed // 2)
  return response
end

local function exhausted(fault, _, _, request)
  return answers.problem(request, 503, "RESOURCE_EXHAUSTED", "The broker takes no more requests at present",
    fault.headers)
end

-- What a task listener can deny, by the end of the path: the command, and what it is called.
local DENIALS = { assignment = { "ASSIGN", "Assignment" }, assignee = { "ASSIGN", "Assignment" },
  completion = { "COMPLETE", "Completion" }, [""] = { "UPDATE", "Update" } }

local function denied(fault, _, _, request)
  local key, what = request.path:match("/user%-tasks/([^/]+)/?([^/]*)$")
  local command, name = table.unpack(DENIALS[what] or DENIALS[""])
  return answers.problem(request, 409, "INVALID_STATE", ("Command '%s' rejected with code 'INVALID_STATE': %s of the "
    .. "User Task with key '%s' was denied by Task Listener. Reason to deny: '%s'"):format(command, name, key or "?",
    fault.reason or ""))
end

-- A 500 in the words of the parts behind Tasklist; the id of the task stands in the path.
local function failing(text)
  return function(_, _, _, request)
    return answers.failure(500, text:format(request.path:match("/tasks/([^/]+)") or "?"))
  end
end

-- Each action: the fields it takes with their types ("!" marks those it needs), and what makes the response from the
-- fault, a function that answers as usual, one that issues a token, and the request.
local ACTIONS = {
  status = { { status = "integer!", body = "string", headers = "table" }, function(fault)
    return { status = fault.status, body = fault.body, headers = fault.headers }
  end },
  body = { { body = "string", size = "integer", headers = "table" }, function(fault)
    return { status = 200, body = fault.body or ("x"):rep(fault.size or 0), headers = fault.headers }
  end },
  token = { { body = "string!" }, function(fault, _, issue)
    return { status = 200, headers = { ["Content-Type"] = "application/json" },
      body = (fault.body:gsub("%$TOKEN", issue)) }
  end },
  delay = { { seconds = "number!" }, function(fault, answer)
    cqueues.sleep(fault.seconds)
    return answer()
  end },
  trickle = { { interval = "number" }, trickle },
  cut = { { bytes = "integer" }, ending("in") },
  unfinished = { { bytes = "integer" }, unfinished },
  close = { { at = "string", bytes = "integer" }, ending("before") },
  reset = { { at = "string", bytes = "integer" }, ending("before", linger_none) },
  garbage = { { body = "string" }, function(fault)
    return { send = function(sock)
      sock:write(fault.body or NO_HTTP)
      sock:flush()
      return false
    end }
  end },
  exhausted = { { headers = "table" }, exhausted },
  denied = { { reason = "string" }, denied },
  rejected = { {}, failing("Command 'COMPLETE' rejected with code 'NOT_FOUND': no job with key '%s' is there to "
    .. "complete") },
  conflict = { {}, failing("Update request failed for [tasklist-task] and id %s: version conflict, the document has "
    .. "changed") },
  silent = { {}, function()
    return { send = function(sock)
      drain(sock)
      return false
    end }
  end },
}

--- The actions by name: { fields, … }. The manual is checked against them.
faults.actions = ACTIONS

--- The points at which a connection may end, by name.
faults.points = POINTS

local COMMON = { action = "string!", path = "string", method = "string", times = "integer", executed = "boolean" }

local function is_type(value, name)
  return type(value) == name or math.type(value) == name
end

-- Raises, naming the field, where a fault is not as described above.
local function check(fault)
  local action = type(fault) == "table" and ACTIONS[fault.action]
  if not action then error("a fault needs a known 'action'", 0) end
  local known = setmetatable({}, { __index = function(_, name) return COMMON[name] or action[1][name] end })
  for name, value in pairs(fault) do
    if not known[name] then error(("%s: unknown field '%s'"):format(fault.action, tostring(name)), 0) end
    local wanted = known[name]:gsub("!", "")
    if not is_type(value, wanted) then error(("%s: '%s' must be of type %s"):format(fault.action, name, wanted), 0) end
  end
  for name, kind in pairs(action[1]) do
    if kind:find("!") and fault[name] == nil then error(("%s: '%s' is missing"):format(fault.action, name), 0) end
  end
  if fault.at and not POINTS[fault.at] then
    error(fault.action .. ": 'at' must be headers, body, before, executed, in, after or next", 0)
  end
end

local Faults = {}
Faults.__index = Faults

--- Adds faults to the end of the queue. Raises for a bad one, naming what is wrong, and adds none then.
-- @param list array of faults
function Faults:add(list)
  for _, fault in ipairs(list) do check(fault) end
  for _, fault in ipairs(list) do
    table.insert(self.queue, { fault = fault, left = fault.times or 1 })
  end
end

--- Forgets all faults.
function Faults:clear()
  self.queue = {}
end

local function meets(fault, path, method)
  local prefix = fault.path or ""
  return path:sub(1, #prefix) == prefix and (not fault.method or fault.method == method)
end

--- Takes the first fault that a request meets off the queue, or one of its times.
-- @param path string
-- @param method string
-- @param early boolean: the request's body has not been read, so that only a fault that strikes before is taken
-- @return fault, or nil
function Faults:take(path, method, early)
  for place, entry in ipairs(self.queue) do
    local fault = entry.fault
    if meets(fault, path, method) then
      if early and not (fault.at and POINTS[fault.at].early) then return nil end
      entry.left = entry.left - 1
      if entry.left <= 0 then table.remove(self.queue, place) end
      return fault
    end
  end
end

--- Answers a request in the way of a fault.
-- @param fault one that `take` gave
-- @param answer function() -> the usual response; not called where the request is to have no effect
-- @param issue function() -> a good token
-- @param request
-- @return response
function faults.apply(fault, answer, issue, request)
  local usual
  local function once()
    usual = usual or answer()
    return usual
  end
  if fault.executed then once() end
  return ACTIONS[fault.action][2](fault, once, issue, request)
end

--- Reads what a fault that strikes early lets through of a request's body.
-- @param fault one that `take` gave for an early request
-- @param sock the connection
-- @param request
-- @return string
function faults.read_part(fault, sock, request)
  if fault.at ~= "body" then return "" end
  local bytes = fault.bytes or (tonumber(request.headers["content-length"]) or 2) // 2
  return bytes > 0 and sock:read(bytes) or ""
end

--- Ends the connection of a request whose body has not been read, in the way of a fault.
-- @param fault one that `take` gave for an early request
-- @param sock the connection
function faults.cut_off(fault, sock)
  if fault.action == "reset" then return linger_none(sock) end
  -- A close with unread bytes would be a reset.
  sock:shutdown("w")
  drain(sock)
end

--- Makes an empty queue.
-- @return object with `add`, `clear`, `take`
function faults.new()
  return setmetatable({ queue = {} }, Faults)
end

return faults
