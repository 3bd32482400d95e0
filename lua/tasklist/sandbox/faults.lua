--- Misbehaviour on demand: a queue of faults, each of which spoils one or more of the coming requests.
--
-- A fault is a table with `action` and, for every action, the optional fields
--   path    string: the request's path must start with it (the API's paths without the server's base path)
--   times   integer: how many requests it spoils, default 1
-- The actions, and their own fields:
--   status  answer with `status` (integer), `body` (string), `headers` (name -> string or array of strings)
--   body    answer 200 with `body` (string), or `size` (integer) bytes of "x", and `headers`
--   token   answer 200 with the JSON text `body`, in which $TOKEN becomes a token that the API accepts
--   delay   wait `seconds`, then answer as usual
--   trickle answer as usual, one byte every `interval` seconds (default 0.01)
--   cut     answer as usual, but stop after `bytes` bytes of the body (default half of it) and close
--   close   close the connection, `at` one of "before" (the default: no answer, and nothing is done), "in" (as cut)
--           or "after" the answer
--   reset   the same, but with a TCP reset
--   garbage answer with bytes that are no HTTP (`body`, if given), and close
--   silent  never answer
local cqueues = require "cqueues"

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

local PART = {
  before = function() return "" end,
  ["in"] = function(fault, text, body_at)
    return text:sub(1, body_at - 1 + (fault.bytes or (#text - body_at + 1) // 2))
  end,
  after = function(_, text) return text end,
}

-- Makes an action that ends the connection at some point of the answer.
local function ending(default_at, prepare)
  return function(fault, answer)
    local at = fault.at or default_at
    local response = at == "before" and {} or answer()
    response.send = function(sock, text, body_at)
      sock:write(PART[at](fault, text, body_at))
      sock:flush()
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
      cqueues.sleep(fault.interval or 0.01)
    end
    return true
  end
  return response
end

-- Each action: the fields it takes with their types ("!" marks those it needs), and what makes the response from the
-- fault, a function that answers as usual, and one that issues a token.
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
  close = { { at = "string", bytes = "integer" }, ending("before") },
  reset = { { at = "string", bytes = "integer" }, ending("before", linger_none) },
  garbage = { { body = "string" }, function(fault)
    return { send = function(sock)
      sock:write(fault.body or NO_HTTP)
      sock:flush()
      return false
    end }
  end },
  silent = { {}, function()
    return { send = function(sock)
      -- Until the peer goes away; what it may still send is nobody's business.
      while sock:read(1) do end
      return false
    end }
  end },
}

local COMMON = { action = "string!", path = "string", times = "integer" }

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
  if fault.at and not PART[fault.at] then error(fault.action .. ": 'at' must be before, in or after", 0) end
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

--- Takes the first fault that a request meets off the queue, or one of its times.
-- @param path string
-- @return fault, or nil
function Faults:take(path)
  for place, entry in ipairs(self.queue) do
    if path:sub(1, #(entry.fault.path or "")) == (entry.fault.path or "") then
      entry.left = entry.left - 1
      if entry.left <= 0 then table.remove(self.queue, place) end
      return entry.fault
    end
  end
end

--- Answers a request in the way of a fault.
-- @param fault one that `take` gave
-- @param answer function() -> the usual response; not called where the request is to have no effect
-- @param issue function() -> a good token
-- @return response
function faults.apply(fault, answer, issue)
  return ACTIONS[fault.action][2](fault, answer, issue)
end

--- Makes an empty queue.
-- @return object with `add`, `clear`, `take`
function faults.new()
  return setmetatable({ queue = {} }, Faults)
end

return faults
