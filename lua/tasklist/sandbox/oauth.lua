--- The token endpoint: issues opaque tokens for client credentials, and knows which of them are still good.
-- Statuses and texts are Keycloak's, with the two answers of Camunda's own service: 400 for an unknown client, 403
-- for an audience that is not served.
local cqueues = require "cqueues"
local rand = require "openssl.rand"
local json = require "tasklist.sandbox.json"

local Issuer = {}
Issuer.__index = Issuer

local token_answer = json.shape{ "access_token", "expires_in", "refresh_expires_in", "token_type",
  "not-before-policy" }

local ERRORS = {
  method = { 405, "HTTP 405 Method Not Allowed" },
  no_grant_type = { 400, "invalid_request", "Missing form parameter: grant_type" },
  duplicated = { 400, "invalid_request", "duplicated parameter" },
  grant_type = { 400, "unsupported_grant_type", "Unsupported grant_type" },
  scope = { 400, "invalid_scope", "Invalid scopes: %s" },
  client = { 400, "invalid_client", "Invalid client or Invalid client credentials" },
  secret = { 401, "unauthorized_client", "Invalid client or Invalid client credentials" },
  audience = { 403, "access_denied", "Service not enabled within domain: %s" },
}

local function answer(status, body)
  return { status = status, body = json.encode(body),
    headers = { ["Content-Type"] = "application/json", ["Cache-Control"] = "no-store", Pragma = "no-cache" } }
end

local function refuse(kind, detail)
  local status, code, description = table.unpack(ERRORS[kind])
  return answer(status, { error = code, error_description = description and description:format(detail) })
end

local function decode(text)
  return (text:gsub("+", " "):gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

-- Gives the fields of a form, and whether one of them came twice.
local function read_form(request)
  local form, twice = {}, false
  local content_type = request.headers["content-type"] or ""
  if not content_type:lower():find("^application/x%-www%-form%-urlencoded") then return form, false end
  for pair in request.body:gmatch("[^&]+") do
    local name, value = pair:match("^([^=]*)=?(.*)$")
    name = decode(name)
    twice = twice or form[name] ~= nil
    form[name] = decode(value)
  end
  return form, twice
end

-- What is wrong with a request: a key of ERRORS and what its text names; nil where nothing is.
local function fault_of(self, request)
  if request.method ~= "POST" then return "method" end
  local form, twice = read_form(request)
  if twice then return "duplicated" end
  if not form.grant_type then return "no_grant_type" end
  if form.grant_type ~= "client_credentials" then return "grant_type" end
  if form.client_id ~= self.client_id then return "client" end
  if form.client_secret ~= self.client_secret then return "secret" end
  if form.scope and (form.scope == "" or form.scope:find("  ", 1, true)) then return "scope", form.scope end
  if form.audience ~= self.audience then return "audience", form.audience or "" end
  return nil
end

--- Issues a token to whoever asks inside the process.
-- @return string
function Issuer:issue()
  local token = rand.bytes(32):gsub(".", function(byte) return ("%02x"):format(byte:byte()) end)
  self.tokens[token] = { ends = cqueues.monotime() + self.life, date = os.time() + math.ceil(self.life) }
  return token
end

--- Answers a request to the token endpoint.
-- @param request as the HTTP server hands it over
-- @return response, and the token where one was issued
function Issuer:answer(request)
  local kind, detail = fault_of(self, request)
  if kind then return refuse(kind, detail) end
  local token = self:issue()
  return answer(200, token_answer{ access_token = token, expires_in = math.ceil(self.life), refresh_expires_in = 0,
    token_type = "Bearer", ["not-before-policy"] = 0 }), token
end

-- What is wrong with a token of this endpoint's own making; nil where nothing is.
local function fault_of_own(self, token)
  local known = self.tokens[token]
  if not known then return "Malformed token" end
  if known.revoked then return "Signed JWT rejected: Invalid signature" end
  if known.ends <= cqueues.monotime() then
    return "Jwt expired at " .. os.date("!%Y-%m-%dT%H:%M:%SZ", known.date)
  end
end

local function fault_of_foreign(self, token)
  local claims, why = self.verify(token)
  if not claims then return why or "Malformed token" end
end

--- Looks at the token that a request to the API brings.
-- @param header the value of its Authorization header, or nil
-- @return nil for a good token, otherwise the message of the refusal
function Issuer:refusal(header)
  local token = (header or ""):match("^[Bb][Ee][Aa][Rr][Ee][Rr] (.*)$")
  if not token then return "Full authentication is required to access this resource" end
  if not token:find("^[%w%-._~+/]+=*$") then return "Bearer token is malformed" end
  local why = (self.verify and fault_of_foreign or fault_of_own)(self, token)
  return why and "An error occurred while attempting to decode the Jwt: " .. why
end

--- From now on no token that was issued so far is good.
function Issuer:revoke()
  for _, token in pairs(self.tokens) do token.revoked = true end
end

local oauth = {}

--- Makes a token endpoint.
-- @param options table: client_id, client_secret, audience (strings), token_life (seconds, fractions allowed),
--   verify (optional: function(token) -> claims, or nil and what is wrong; it decides in this endpoint's place which
--   tokens are good)
-- @return issuer
function oauth.new(options)
  return setmetatable({ client_id = options.client_id, client_secret = options.client_secret,
    audience = options.audience, life = options.token_life, verify = options.verify, tokens = {} }, Issuer)
end

return oauth
