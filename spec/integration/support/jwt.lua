--- Says whether a token is good: a JWT that one issuer signed with RS256, by a key that it has published as JWKS.
-- There is no leeway: the second in which a token expires is too late.
local mime = require "mime" -- LuaSocket's
local digest = require "openssl.digest"
local x509 = require "openssl.x509"
local json = require "tasklist.sandbox.json"
local http = require "spec.support.http"

local jwt = {}

-- Base64 in both of its alphabets, padded or not.
local function decode(text)
  local usual = text:gsub("[-_]", { ["-"] = "+", ["_"] = "/" })
  return mime.unb64(usual .. ("="):rep(-#usual % 4)) or ""
end

local function decode_object(text)
  local value = json.decode(decode(text))
  return type(value) == "table" and value or nil
end

--- What a token says, unchecked.
-- @tparam string token
-- @treturn table claims; or nil
function jwt.claims(token)
  local claims = token:match "^[^.]*%.([^.]*)%.[^.]*$"
  return claims and decode_object(claims)
end

local function fetch_keys(url)
  local connected, status, _, body = pcall(http.request, url, "GET")
  if not connected or status ~= 200 then
    return nil
  end
  local keys = {}
  for _, key in ipairs(json.decode(body).keys) do
    if key.use == "sig" and key.alg == "RS256" then
      keys[key.kid] = x509.new(decode(key.x5c[1]), "DER"):getPublicKey()
    end
  end
  return keys
end

local function problem_of_claims(claims, issuer)
  if claims.iss ~= issuer then
    return "The iss claim is not valid"
  elseif math.type(claims.exp) ~= "integer" or claims.exp <= os.time() then
    return "Jwt expired at " .. tostring(claims.exp)
  end
end

--- Makes a verifier. It fetches the keys when a token names one that it does not know, and then forgets the others,
-- as resource servers do.
-- @tparam string issuer
-- @tparam string keys_url
-- @treturn function token -> claims, or nil and what is wrong
function jwt.verifier(issuer, keys_url)
  local keys = {}
  return function(token)
    local signed, head, body, signature = token:match "^(([^.]+)%.([^.]+))%.([^.]+)$"
    local header, claims = head and decode_object(head), body and decode_object(body)
    if not header or not claims then
      return nil, "Malformed token"
    elseif header.alg ~= "RS256" then
      return nil, "Signed JWT rejected: Another algorithm expected"
    end
    keys = keys[header.kid] and keys or fetch_keys(keys_url) or keys
    local key = keys[header.kid]
    if not key then
      return nil, "Signed JWT rejected: no matching key(s) found"
    elseif not key:verify(decode(signature), digest.new("sha256"):update(signed)) then
      return nil, "Signed JWT rejected: Invalid signature"
    end
    local problem = problem_of_claims(claims, issuer)
    return not problem and claims or nil, problem
  end
end

return jwt
