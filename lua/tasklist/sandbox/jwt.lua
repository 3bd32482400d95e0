--- Tokens in the form of JWTs (RFC 7519), because some clients read when a token ends from the token itself.
local hmac = require "openssl.hmac"
local base64 = require "tasklist.sandbox.base64"
local json = require "tasklist.sandbox.json"

local jwt = {}

-- Without the padding, which would not be allowed here (RFC 7515, 2).
local function encode(bytes)
  return (base64.encode_url(bytes):gsub("=+$", ""))
end

local HEADER = encode(json.encode(json.shape{ "alg", "typ" }{ alg = "HS256", typ = "JWT" }))

--- Makes a token.
-- @param claims what `json.encode` takes
-- @param key string: signs it, so that nobody without the key can make one
-- @return string
function jwt.sign(claims, key)
  local text = HEADER .. "." .. encode(json.encode(claims))
  return text .. "." .. encode(hmac.new(key, "sha256"):final(text))
end

return jwt
