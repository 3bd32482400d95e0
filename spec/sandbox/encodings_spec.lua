local encodings = require "tasklist.sandbox.encodings"

local TEXT = '{"a":"ü 寿 🏝"}'
local BOM = "\u{FEFF}"

-- A text as UTF-16 or UTF-32; `unit` as in string.pack.
local function pack(text, unit, wide)
  local units = {}
  for _, code in utf8.codes(text) do
    if wide or code < 0x10000 then
      units[#units + 1] = unit:pack(code)
    else
      units[#units + 1] = unit:pack(0xD7C0 + (code >> 10)) .. unit:pack(0xDC00 + (code & 0x3FF))
    end
  end
  return table.concat(units)
end

describe("the encoding of a body", function()
  local kinds = { ["UTF-8"] = function(text) return text end }
  for order, mark in pairs{ BE = ">", LE = "<" } do
    kinds["UTF-16" .. order] = function(text) return pack(text, mark .. "I2") end
    kinds["UTF-32" .. order] = function(text) return pack(text, mark .. "I4", true) end
  end
  for name, encode in pairs(kinds) do
    it("may be " .. name .. ", with a byte order mark and without", function()
      assert.equal(TEXT, encodings.decode(encode(TEXT)))
      assert.equal(TEXT, encodings.decode(encode(BOM .. TEXT)))
      -- One mark is taken off; what follows is text.
      assert.equal(BOM .. TEXT, encodings.decode(encode(BOM .. BOM .. TEXT)))
    end)

    it("is found where the header says another: " .. name, function()
      for _, charset in ipairs{ "utf-8", "UTF-16", "utf-32le", "US-ASCII" } do
        assert.equal(TEXT, encodings.decode(encode(TEXT), charset))
      end
    end)
  end

  it("is what the header says where that is a single byte for each character", function()
    assert.equal("ü", encodings.decode("\xfc", "iso-8859-1"))
    assert.equal("ÿþ{\0}", encodings.decode("\xff\xfe{\0}", "ISO-8859-1"))
  end)

  it("is known or not by its name", function()
    for _, name in ipairs{ "utf-8", "UTF-16BE", "Utf-32", "iso-8859-1", "us-ascii" } do
      assert.is_true(encodings.is_known(name))
    end
    assert.is_true(encodings.is_known(nil))
    assert.is_false(encodings.is_known "klingon")
  end)

  local odd = {
    { "one byte", "{", "{" },
    { "two bytes of UTF-16", "\0{", "{" },
    { "a mark and no more, which two bytes are too few for", "\xff\xfe", "\xff\xfe" },
    { "half a unit at its end", "{\0}\0x", "{}\u{FFFD}" },
    { "the first half of a pair, and what stands in the place of the second", "{\0\x3c\xd8}\0x\0", "{\u{FFFD}x" },
    { "the second half of a pair alone", "{\0\x3c\xdc}\0", "{\u{FFFD}}" },
    { "the first half of a pair at its end", "{\0\x3c\xd8", "{\u{FFFD}" },
  }
  for _, case in ipairs(odd) do
    it("may have " .. case[1], function()
      assert.equal(case[3], encodings.decode(case[2]))
    end)
  end

  for what, bytes in pairs{ ["half a unit"] = "\0\0\0{\0\0", ["a number that is no character"] = "\0\0\0{\0\x11\0\0",
    ["an order of bytes that nobody has"] = "\0\0\xff\xfe", ["such an order without a mark"] = "\0{\0\0" } do
    it("cannot be UTF-32 with " .. what, function()
      assert.is_nil(encodings.decode(bytes))
    end)
  end
end)
