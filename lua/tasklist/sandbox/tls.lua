--- Certificates for https, made afresh at every start, good ones and such as a client must refuse.
local altname = require "openssl.x509.altname"
local context = require "openssl.ssl.context"
local extension = require "openssl.x509.extension"
local name = require "openssl.x509.name"
local pkey = require "openssl.pkey"
local rand = require "openssl.rand"
local ssl = require "openssl.ssl"
local x509 = require "openssl.x509"
local bignum = require "openssl.bignum"
local store = require "openssl.x509.store"
local pkcs8 = require "tasklist.sandbox.pkcs8"

local tls = {}

local PASSPHRASE = "open sesame"

local DAY = 24 * 60 * 60

-- Each kind: the names that the certificate is for, when its life starts and ends (seconds from now), and whether the
-- authority that is handed out to clients signed it.
local HERE = { DNS = { "localhost" }, IP = { "127.0.0.1", "::1" } }
local KINDS = {
  good = { names = HERE, from = -DAY, to = DAY, known = true },
  wrong_host = { names = { DNS = { "elsewhere.example" } }, from = -DAY, to = DAY, known = true },
  expired = { names = HERE, from = -2 * DAY, to = -DAY, known = true },
  unknown_ca = { names = HERE, from = -DAY, to = DAY, known = false },
}

local function subject(text)
  local result = name.new()
  result:add("CN", text)
  return result
end

local function new_certificate(common_name, issuer_name, from, to)
  local key, cert = pkey.new{ type = "EC", curve = "prime256v1" }, x509.new()
  cert:setVersion(3)
  cert:setSerial(bignum.fromBinary(rand.bytes(16)))
  cert:setSubject(subject(common_name))
  cert:setIssuer(subject(issuer_name))
  cert:setLifetime(os.time() + from, os.time() + to)
  cert:setPublicKey(key)
  return cert, key
end

-- No two have the same name: OpenSSL takes the first of a name for the issuer, so that a file could not hold both.
local function new_authority(title)
  local common_name = ("%s %x"):format(title, string.unpack("I6", rand.bytes(6)))
  local cert, key = new_certificate(common_name, common_name, -2 * DAY, DAY)
  cert:setBasicConstraints{ CA = true }
  cert:setBasicConstraintsCritical(true)
  cert:addExtension(extension.new("keyUsage", "critical,keyCertSign"))
  cert:sign(key)
  return { name = common_name, cert = cert, key = key }
end

-- What a client shows that the authority knows.
local function new_client(authority)
  local cert, key = new_certificate("Tasklist client", authority.name, -DAY, DAY)
  cert:addExtension(extension.new("extendedKeyUsage", "clientAuth"))
  cert:sign(authority.key)
  local pem = key:toPEM("private")
  return { cert_pem = cert:toPEM(), key_pem = pem, encrypted_key_pem = pkcs8.lock(pem, PASSPHRASE),
    passphrase = PASSPHRASE }
end

local function new_server_certificate(kind, authority)
  local cert, key = new_certificate("Tasklist sandbox", authority.name, kind.from, kind.to)
  local names = altname.new()
  for type_of_name, list in pairs(kind.names) do
    for _, one in ipairs(list) do names:add(type_of_name, one) end
  end
  cert:setSubjectAlt(names)
  cert:sign(authority.key)
  return cert, key
end

-- A server's certificate and its key, and the authority that a client is to trust.
local function issue(kind)
  local known = new_authority("Tasklist sandbox authority")
  local signer = KINDS[kind].known and known or new_authority("Unknown authority")
  local cert, key = new_server_certificate(KINDS[kind], signer)
  return cert, key, known
end

--- Makes a server's certificate.
-- @param kind "good", "wrong_host", "expired" or "unknown_ca"
-- @return the certificate and its key, and the authority's certificate (PEM) that a client is to trust
function tls.certificate(kind)
  local cert, key, known = issue(kind)
  return cert, key, known.cert:toPEM()
end

--- Makes what a server needs to speak TLS.
-- @param kind as for `certificate`
-- @param max_version "1.1" for a server that offers nothing newer, or nil
-- @param client_certificate boolean: it talks only to clients that show a certificate of the authority's
-- @return an openssl context; the authority's certificate (PEM) that a client is to trust; and with client_certificate
--   what such a client shows: cert_pem, key_pem, encrypted_key_pem, passphrase
function tls.new(kind, max_version, client_certificate)
  local cert, key, known = issue(kind)
  local ctx = context.new("TLS", true)
  if max_version then
    ctx:setOptions(ssl.OP_NO_TLSv1_2 | ssl.OP_NO_TLSv1_3)
    -- Today's OpenSSL lets go of the old signatures only on its lowest level of security.
    ctx:setCipherList("DEFAULT@SECLEVEL=0")
  end
  ctx:setCertificate(cert)
  ctx:setPrivateKey(key)
  if not client_certificate then return ctx, known.cert:toPEM() end
  local trusted = store.new()
  trusted:add(known.cert)
  ctx:setStore(trusted)
  ctx:setVerify(context.VERIFY_PEER | context.VERIFY_FAIL_IF_NO_PEER_CERT)
  return ctx, known.cert:toPEM(), new_client(known)
end

return tls
