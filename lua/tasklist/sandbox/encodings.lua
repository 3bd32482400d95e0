--- The encodings in which a body may come. Jackson, the server's JSON library, looks at the first bytes, and not at the
-- charset that the header names; only an encoding that is not Unicode's counts by its name.
local encodings = {}

local REPLACEMENT = "\u{FFFD}"

-- Reads units of 2 bytes. What cannot be read becomes U+FFFD; a first half of a pair takes the next unit with it.
local function read_utf16(format)
  return function(bytes, at)
    local out, size = {}, #bytes
    while at < size do
      local unit = format:unpack(bytes, at)
      at = at + 2
      if unit >= 0xD800 and unit < 0xDC00 then
        local second = at < size and format:unpack(bytes, at) or 0
        at = at + 2
        out[#out + 1] = second >> 10 == 0x37 and utf8.char(0x10000 + ((unit & 0x3FF) << 10) + (second & 0x3FF))
          or REPLACEMENT
      else
        out[#out + 1] = unit >> 10 == 0x37 and REPLACEMENT or utf8.char(unit)
      end
    end
    if at == size then out[#out + 1] = REPLACEMENT end
    return table.concat(out)
  end
end

-- Reads units of 4 bytes; gives nil where one of them is incomplete or no character.
local function read_utf32(format)
  return function(bytes, at)
    local out = {}
    for place = at, #bytes, 4 do
      local code = place + 3 <= #bytes and format:unpack(bytes, place)
      if not code or code > 0x10FFFF then return nil end
      out[#out + 1] = utf8.char(code)
    end
    return table.concat(out)
  end
end

local function read_utf8(bytes, at)
  return bytes:sub(at)
end

local function read_nothing()
  return nil
end

local utf16be, utf16le = read_utf16(">I2"), read_utf16("<I2")
local utf32be, utf32le = read_utf32(">I4"), read_utf32("<I4")

-- What the first bytes say, in the order in which they are looked at: a pattern, what reads the text, and how many
-- bytes of a mark stand before it. Without a mark the zeros tell, for a JSON text starts with a character of ASCII.
local STARTS = {
  { "^\0\0\xFE\xFF", utf32be, 4 },
  { "^\xFF\xFE\0\0", utf32le, 4 },
  { "^\0\0\xFF\xFE", read_nothing },
  { "^\xFE\xFF\0\0", read_nothing },
  { "^\xFE\xFF..", utf16be, 2 },
  { "^\xFF\xFE..", utf16le, 2 },
  { "^\xEF\xBB\xBF.", read_utf8, 3 },
  { "^\0\0\0.", utf32be },
  { "^.\0\0\0", utf32le },
  { "^\0[^\0]\0\0", read_nothing },
  { "^\0\0[^\0]\0", read_nothing },
  { "^\0.", utf16be },
  { "^.\0", utf16le },
}

local function detect(bytes)
  for _, start in ipairs(STARTS) do
    if bytes:find(start[1]) then return start[2](bytes, 1 + (start[3] or 0)) end
  end
  return bytes
end

local function read_latin1(bytes)
  return (bytes:gsub("[\x80-\xFF]", function(char) return utf8.char(char:byte()) end))
end

local KNOWN = { ["iso-8859-1"] = read_latin1 }
for _, name in ipairs{ "us-ascii", "utf-8", "utf-16", "utf-16be", "utf-16le", "utf-32", "utf-32be", "utf-32le" } do
  KNOWN[name] = detect
end

--- Whether a charset is one of those that `decode` takes.
-- @param charset string, in any case; or nil
function encodings.is_known(charset)
  return not charset or KNOWN[charset:lower()] ~= nil
end

--- Makes UTF-8 of a body.
-- @param bytes string
-- @param charset string: what the header Content-Type says, in any case; or nil
-- @return string, which may be no valid UTF-8 where the bytes are not; nil for bytes that the server cannot read at all
function encodings.decode(bytes, charset)
  return KNOWN[(charset or "utf-8"):lower()](bytes)
end

return encodings
