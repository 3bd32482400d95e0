--- Packs text as gzip without compressing it: enough to show that a client unpacks what it asked for.
local gzip = {}

local HEAD = "\x1f\x8b\x08\0\0\0\0\0\0\xff"
local BLOCK = 65535

local TABLE = {}
for i = 0, 255 do
  local sum = i
  for _ = 1, 8 do sum = (sum & 1) == 1 and (sum >> 1) ~ 0xEDB88320 or sum >> 1 end
  TABLE[i] = sum
end

local function crc32(text)
  local sum = 0xFFFFFFFF
  for at = 1, #text do
    sum = (sum >> 8) ~ TABLE[(sum ~ text:byte(at)) & 0xFF]
  end
  return sum ~ 0xFFFFFFFF
end

--- Packs a text.
-- @param text string
-- @return string, a gzip stream of stored blocks
function gzip.pack(text)
  local parts = { HEAD }
  for at = 1, math.max(#text, 1), BLOCK do
    local block = text:sub(at, at + BLOCK - 1)
    local last = at + BLOCK > #text and 1 or 0
    parts[#parts + 1] = ("<BI2I2"):pack(last, #block, ~#block & 0xFFFF) .. block
  end
  parts[#parts + 1] = ("<I4I4"):pack(crc32(text), #text & 0xFFFFFFFF)
  return table.concat(parts)
end

return gzip
