--- Logins with cookies: a session, and beside it a token against requests that another site forges (CSRF), which has to
-- come back as a header as well.
local cqueues = require "cqueues"
local rand = require "openssl.rand"
local answers = require "tasklist.sandbox.answers"
local base64 = require "tasklist.sandbox.base64"
local urls = require "tasklist.sandbox.urls"

local CSRF = "X-CSRF-TOKEN"

-- The logins that there are: the cookie of a session, the path that they lie beneath, and what is said to one who is
-- not let in. Tasklist had its own, until one became good for the whole cluster.
local LOGINS = {
  own = { cookie = "TASKLIST-SESSION", path = "/api", refuse = function() return answers.unauthorized("") end },
  common = { cookie = "camunda-session", path = "", refuse = function(request)
    return answers.problem(request, 401, "Unauthorized", "Bad credentials")
  end },
}

local SAFE = { GET = true, HEAD = true, OPTIONS = true, TRACE = true }

local Sessions = {}
Sessions.__index = Sessions

local function xor(a, b)
  local bytes = {}
  for at = 1, #a do bytes[at] = string.char(a:byte(at) ~ b:byte(at)) end
  return table.concat(bytes)
end

-- A token in other words each time: a random mask, and the token under it.
local function mask(token)
  local pad = rand.bytes(#token)
  return base64.encode_url(pad .. xor(token, pad))
end

local function unmask(text)
  local bytes = base64.decode(text or "") or ""
  if #bytes % 2 == 1 then return nil end
  return xor(bytes:sub(1, #bytes // 2), bytes:sub(#bytes // 2 + 1))
end

local function cookies_of(request)
  local cookies = {}
  for name, value in (request.headers["cookie"] or ""):gmatch("([^=;%s]+)=([^;%s]*)") do cookies[name] = value end
  return cookies
end

-- A cookie for a browser to keep; an empty one is to be forgotten.
local function cookie(self, name, value)
  return ("%s=%s; Path=%s%s; HttpOnly; SameSite=Lax"):format(name, value, self.path,
    value == "" and "; Max-Age=0" or (self.secure and "; Secure" or ""))
end

-- The session that a request brings along, if it has not been idle for too long; looking at it keeps it awake.
local function session_of(self, request)
  local id = cookies_of(request)[self.login.cookie]
  local session = id and self.sessions[id]
  if not session then return nil end
  if session.awake + self.life <= cqueues.monotime() then
    self.sessions[id] = nil
    return nil
  end
  session.awake = cqueues.monotime()
  return session
end

-- Ends the session that a request brings along.
local function end_session(self, request)
  self.sessions[cookies_of(request)[self.login.cookie] or ""] = nil
end

-- Whether the header says the same as the cookie, under its mask.
local function has_token(request)
  local token = cookies_of(request)[CSRF]
  return token ~= nil and unmask(request.headers[CSRF:lower()]) == token
end

local function is_exempt(request)
  return SAFE[request.method] or (request.headers["referer"] or ""):find("/swagger-ui", 1, true) ~= nil
end

--- Lets a request with cookies in, or not.
-- @param request as the HTTP server hands it over
-- @param says as for Gate:admit (gate.lua)
-- @return caller, and the headers that belong to the answer; or nil and a response
function Sessions:admit(request, says)
  says = says or answers
  local session = session_of(self, request)
  if not session then
    end_session(self, request)
    return nil, says.unauthorized("", request)
  end
  if not self.csrf then return session.caller, {} end
  if not is_exempt(request) and not has_token(request) then return nil, says.forbidden(request) end
  local token = cookies_of(request)[CSRF]
  return session.caller, { [CSRF] = request.method == "GET" and token and mask(token) or nil }
end

local function log_in(self, request)
  local form = urls.fields(request.query .. "&" .. request.body)
  local caller = self.users:find(form.username, form.password)
  if not caller then
    end_session(self, request)
    return self.login.refuse(request)
  end
  local id = answers.uuid():gsub("-", ""):upper()
  self.sessions[id] = { caller = caller, awake = cqueues.monotime() }
  local set, headers = { cookie(self, self.login.cookie, id) }, {}
  if self.csrf then
    local token = answers.uuid()
    -- The old token's cookie goes first: of the two the later one counts.
    table.move({ cookie(self, CSRF, ""), cookie(self, CSRF, token) }, 1, 2, 2, set)
    headers[CSRF] = mask(token)
  end
  headers["Set-Cookie"] = set
  return { status = 204, headers = headers }
end

local function log_out(self, request)
  end_session(self, request)
  local set = { cookie(self, self.login.cookie, "") }
  if self.csrf then set[2] = cookie(self, CSRF, "") end
  return { status = 204, headers = { ["Set-Cookie"] = set } }
end

local ROUTES = { ["/login"] = log_in, ["/logout"] = log_out }

--- Answers a request to log in or out.
-- @param request with its path below the base path
-- @return response, or nil where it is about something else
function Sessions:answer(request)
  local name = request.path:match("^" .. self.login.path .. "(/log%a+)$")
  local route = request.method == "POST" and ROUTES[name]
  return route and route(self, request) or nil
end

--- Ends all sessions, as their idle time would.
function Sessions:expire()
  self.sessions = {}
end

local sessions = {}

--- Makes the sessions of a server.
-- @param options table: users (users.lua), life (seconds that a session may be idle), csrf (boolean), path (of the
--   cookies), secure (boolean: the server speaks https), common (boolean: one login for all of the cluster)
-- @return object with `admit`, `answer`, `expire`
function sessions.new(options)
  options.sessions, options.login = {}, LOGINS[options.common and "common" or "own"]
  return setmetatable(options, Sessions)
end

return sessions
