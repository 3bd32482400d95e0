--- The token endpoint: issues tokens for client credentials, and knows which of them are still good.
-- Statuses and texts are Keycloak's, with the two answers of Camunda's own service: 400 for an unknown client, 403
-- for an audience that is not served.
local cqueues = require "cqueues"
local rand = require "openssl.rand"
local answers = require "tasklist.sandbox.answers"
local base64 = require "tasklist.sandbox.base64"
local json = require "tasklist.sandbox.json"
local jwt = require "tasklist.sandbox.jwt"
local urls = require "tasklist.sandbox.urls"

local Issuer = {}
Issuer.__index = Issuer

local token_answer = json.shape{ "access_token", "expires_in", "refresh_expires_in", "token_type",
  "not-before-policy" }
local claims = json.shape{ "jti", "sub", "client_id", "aud", "iat", "exp" }

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

-- Gives the fields of a form, and whether one of them came twice.
local function read_form(request)
  local content_type = request.headers["content-type"] or ""
  if not content_type:lower():find("^application/x%-www%-form%-urlencoded") then return {}, false end
  return urls.fields(request.body)
end

-- Puts the credentials of HTTP's Basic scheme among the fields of the form; both parts were encoded as in a form first
-- (RFC 6749, 2.3.1). Gives whether the header, if there is one, can be read.
local function add_basic(form, header)
  local coded = (header or ""):match("^[Bb][Aa][Ss][Ii][Cc] +(.*)$")
  if not coded then return true end
  local id, secret = (base64.decode(coded) or ""):match("^([^:]*):(.*)$")
  if not id or (id .. secret):find("%%%X") or (id .. secret):find("%%%x%X") then return false end
  form.client_id, form.client_secret = urls.decode_form(id), urls.decode_form(secret)
  return true
end

-- What is wrong with the client of a request.
local function fault_of_client(self, form)
  if not self.check_client then return nil end
  if form.client_id ~= self.client_id then return "client" end
  if form.client_secret ~= self.client_secret then return "secret" end
  return nil
end

-- What is wrong with a request: a key of ERRORS and what its text names; nil where nothing is.
local function fault_of(self, request, form, twice)
  if request.method ~= "POST" then return "method" end
  if twice then return "duplicated" end
  if not form.grant_type then return "no_grant_type" end
  if form.grant_type ~= "client_credentials" then return "grant_type" end
  if not add_basic(form, request.headers["authorization"]) then return "client" end
  local kind = fault_of_client(self, form)
  if kind then return kind end
  if form.scope and (form.scope == "" or form.scope:find("  ", 1, true)) then return "scope", form.scope end
  if self.check_audience and not self.audiences[form.audience or 0] then return "audience", form.audience or "" end
  return nil
end

--- Issues a token to whoever asks inside the process.
-- @param client_id string: whose it is; default the one client's
-- @param audience string: whom it is for; default v1's audience
-- @return string
function Issuer:issue(client_id, audience)
  client_id, audience = client_id or self.client_id, audience or self.audience
  local issued, now = os.time(), cqueues.monotime()
  local expires = issued + math.ceil(self.life)
  -- `jti` makes two tokens of one second different.
  local token = jwt.sign(claims{ jti = answers.uuid(), sub = client_id, client_id = client_id,
    aud = audience, iat = issued, exp = expires }, self.key)
  self.tokens[token] = { begins = now + self.delay, ends = now + self.life, issued = issued, expires = expires,
    client_id = client_id, audience = audience }
  return token
end

--- Answers a request to the token endpoint.
-- @param request as the HTTP server hands it over
-- @return response, the token where one was issued, and the fields of the form
function Issuer:answer(request)
  local form, twice = read_form(request)
  local kind, detail = fault_of(self, request, form, twice)
  if kind then return refuse(kind, detail), nil, form end
  local token = self:issue(form.client_id, form.audience)
  return answer(200, token_answer{ access_token = token, expires_in = math.ceil(self.life), refresh_expires_in = 0,
    token_type = "Bearer", ["not-before-policy"] = 0 }), token, form
end

local function date(seconds)
  return os.date("!%Y-%m-%dT%H:%M:%SZ", seconds)
end

--- Looks at a token that a request to the API brings.
-- @param token string
-- @param audience string: whom it must be for; nil for any
-- @return table for a good one: client_id; otherwise nil and the message of the refusal
function Issuer:check(token, audience)
  local known = self.tokens[token]
  local why
  if not known then
    why = "Malformed token"
  elseif known.revoked then
    why = "Signed JWT rejected: Invalid signature"
  elseif known.ends <= cqueues.monotime() then
    why = "Jwt expired at " .. date(known.expires)
  elseif known.begins > cqueues.monotime() then
    why = "Jwt used before " .. date(known.issued)
  elseif audience and known.audience ~= audience then
    why = "The aud claim is not valid"
  end
  if why then return nil, "An error occurred while attempting to decode the Jwt: " .. why end
  return { client_id = known.client_id }
end

--- From now on no token that was issued so far is good.
function Issuer:revoke()
  for _, token in pairs(self.tokens) do token.revoked = true end
end

local oauth = {}

--- Makes a token endpoint.
-- @param options table: client_id, client_secret, audience, rest_audience (strings, the last may be absent),
--   token_life, token_delay (seconds, fractions allowed), check_client, check_audience (booleans: false takes any)
-- @return issuer
function oauth.new(options)
  local audiences = { [options.audience] = true }
  if options.rest_audience then audiences[options.rest_audience] = true end
  return setmetatable({ client_id = options.client_id, client_secret = options.client_secret,
    audience = options.audience, audiences = audiences, life = options.token_life, delay = options.token_delay or 0,
    check_client = options.check_client ~= false, check_audience = options.check_audience ~= false,
    key = rand.bytes(32), tokens = {} }, Issuer)
end

return oauth
