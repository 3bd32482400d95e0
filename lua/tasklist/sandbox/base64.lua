--- Base64, in the usual alphabet and in the one for URLs.
local base64 = {}

local COMMON = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

local VALUES = {}
for place = 1, #COMMON do VALUES[COMMON:byte(place)] = place - 1 end
for char, value in pairs{ ["+"] = 62, ["-"] = 62, ["/"] = 63, ["_"] = 63 } do VALUES[char:byte()] = value end

local function encode(bytes, alphabet)
  local out = {}
  for at = 1, #bytes, 3 do
    local a, b, c = bytes:byte(at, at + 2)
    local bits = a << 16 | (b or 0) << 8 | (c or 0)
    for digit = 0, c and 3 or b and 2 or 1 do
      local value = bits >> (18 - 6 * digit) & 63
      out[#out + 1] = alphabet:sub(value + 1, value + 1)
    end
  end
  return table.concat(out)
end

--- Encodes bytes, padded to a multiple of four characters.
function base64.encode(bytes)
  return encode(bytes, COMMON .. "+/") .. ("="):rep(-#bytes % 3)
end

--- Encodes bytes for a URL, with its padding.
function base64.encode_url(bytes)
  return encode(bytes, COMMON .. "-_") .. ("="):rep(-#bytes % 3)
end

--- Decodes either alphabet; padding may be left out.
-- @param text string
-- @return string, or nil for a text that is no base64
function base64.decode(text)
  local digits = text:match("^([%w+/_-]*)=?=?$")
  if not digits or #digits % 4 == 1 then return nil end
  local out, bits, count = {}, 0, 0
  for at = 1, #digits do
    bits, count = bits << 6 | VALUES[digits:byte(at)], count + 6
    if count >= 8 then
      count = count - 8
      out[#out + 1] = string.char(bits >> count & 255)
    end
    bits = bits & 0xFFFF
  end
  return table.concat(out)
end

return base64
