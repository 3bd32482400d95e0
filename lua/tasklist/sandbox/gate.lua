--- Who calls: looks at what a request brings along to show who it is from.
local answers = require "tasklist.sandbox.answers"

local Gate = {}
Gate.__index = Gate

-- The token of an Authorization header; or nil and what is said of its absence.
local function token_of(request)
  local token = (request.headers["authorization"] or ""):match("^[Bb][Ee][Aa][Rr][Ee][Rr] (.*)$")
  if not token then return nil, "Full authentication is required to access this resource" end
  if not token:find("^[%w%-._~+/]+=*$") then return nil, "Bearer token is malformed" end
  return token
end

-- A client with a token. Its name is that of the client which the token was issued to.
local function admit_token(self, request, says)
  local token, message = token_of(request)
  local claims
  if token then claims, message = self.check_token(token, request.root) end
  if not claims then return nil, says.unauthorized(message or "", request) end
  return { name = claims.client_id or claims.azp or claims.sub, role = self.client_role, tenants = self.tenants }
end

-- A server with users of its own takes tokens too, but cannot tell who a client is when it wants to write.
local function admit_cookies(self, request, says)
  if token_of(request) then
    local caller, refused = admit_token(self, request, says)
    if not caller then return nil, refused end
    caller.unresolved = true
    return caller
  end
  return self.sessions:admit(request, says)
end

local function admit_user(self, request, says)
  local caller = self.users:of_header(request.headers["authorization"])
  if not caller then return nil, says.unauthorized("", request) end
  return caller
end

local function admit_anybody(self)
  return { role = self.client_role, tenants = self.tenants }
end

local ADMIT = { jwt = admit_token, cookie = admit_cookies, basic = admit_user, none = admit_anybody }

--- Lets a request in, or not.
-- @param request as the HTTP server hands it over
-- @param says table: unauthorized and forbidden, which make the response for one who is not let in; default v1's
-- @return caller, as in callers.lua, and headers for the answer (or nil); or nil and a response
function Gate:admit(request, says)
  return ADMIT[self.authentication](self, request, says or answers)
end

local gate = {}

--- Makes a gate.
-- @param options table: authentication ("jwt", "cookie", "basic" or "none"), check_token (function(token, the request's
--   root) -> claims, or nil and a text), client_role and tenants (of clients), users (users.lua), sessions
--   (sessions.lua)
-- @return object with `admit`
function gate.new(options)
  return setmetatable(options, Gate)
end

return gate
