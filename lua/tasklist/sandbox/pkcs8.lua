--- A private key locked with a passphrase: PKCS #8, PBES2 (PBKDF2 with SHA-256, AES-256 in CBC mode). luaossl writes
-- keys in the clear only.
local cipher = require "openssl.cipher"
local kdf = require "openssl.kdf"
local rand = require "openssl.rand"
local base64 = require "tasklist.sandbox.base64"

local pkcs8 = {}

local ROUNDS = 2048

-- DER: a tag, a length, the content.
local function der(tag, ...)
  local content = table.concat{ ... }
  local length = string.char(#content)
  if #content > 127 then
    local bytes = (">I4"):pack(#content):gsub("^\0+", "")
    length = string.char(128 + #bytes) .. bytes
  end
  return string.char(tag) .. length .. content
end

local function sequence(...) return der(0x30, ...) end
local function octets(bytes) return der(0x04, bytes) end

-- Names of algorithms, as object identifiers.
local PBES2 = der(0x06, "\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0D")
local PBKDF2 = der(0x06, "\x2A\x86\x48\x86\xF7\x0D\x01\x05\x0C")
local HMAC_SHA256 = der(0x06, "\x2A\x86\x48\x86\xF7\x0D\x02\x09")
local AES_256_CBC = der(0x06, "\x60\x86\x48\x01\x65\x03\x04\x01\x2A")

--- Locks a key.
-- @param pem string: the key in the clear, as PKCS #8 in PEM
-- @param passphrase string
-- @return string, PEM
function pkcs8.lock(pem, passphrase)
  local plain = base64.decode((pem:gsub("%-%-%-%-%-[%u ]+%-%-%-%-%-", ""):gsub("%s", "")))
  local salt, iv = rand.bytes(16), rand.bytes(16)
  local key = kdf.derive{ type = "PBKDF2", pass = passphrase, salt = salt, iter = ROUNDS, md = "sha256", outlen = 32 }
  local locked = cipher.new("aes-256-cbc"):encrypt(key, iv):final(plain)
  local derivation = sequence(PBKDF2, sequence(octets(salt), der(0x02, (">I2"):pack(ROUNDS)),
    sequence(HMAC_SHA256, der(0x05))))
  local all = sequence(sequence(PBES2, sequence(derivation, sequence(AES_256_CBC, octets(iv)))), octets(locked))
  local lines = base64.encode(all):gsub(("."):rep(64), "%0\n"):gsub("\n$", "")
  return "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" .. lines .. "\n-----END ENCRYPTED PRIVATE KEY-----\n"
end

return pkcs8
