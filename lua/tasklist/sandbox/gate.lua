--- Who calls: looks at what a request brings along to show who it is from.
local answers = require "tasklist.sandbox.answers"

local Gate = {}
Gate.__index = Gate

-- A client with a token. Its name is that of the client it was issued to.
local function admit_token(self, request)
  local claims, message = self.tokens:check(request.headers["authorization"])
  if not claims then return nil, answers.unauthorized(message) end
  return { name = claims.client_id or claims.azp or claims.sub, role = self.client_role, tenants = self.tenants }
end

local ADMIT = { jwt = admit_token }

--- Lets a request in, or not.
-- @param request as the HTTP server hands it over
-- @return caller, as in callers.lua; or nil and a response
function Gate:admit(request)
  return ADMIT[self.authentication](self, request)
end

local gate = {}

--- Makes a gate.
-- @param options table: authentication ("jwt"), tokens (the issuer: what looks at tokens), client_role, tenants
-- @return object with `admit`
function gate.new(options)
  return setmetatable(options, Gate)
end

return gate
