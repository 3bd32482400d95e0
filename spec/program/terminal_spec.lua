--- `tasklist.terminal`, by which the program cuts text.
local terminal = require "tasklist.terminal"

-- A family: three people of two columns each, held together by joiners.
local FAMILY = "\u{1F469}\u{200D}\u{1F469}\u{200D}\u{1F467}"

-- text, columns, what fits, what that takes
local ROWS = {
  { "abc", 5, "abc", 3 },
  { "abc", 2, "ab", 2 },
  { "abc", 0, "", 0 },
  { "", 5, "", 0 },
  { "Zoë", 3, "Zoë", 3 },
  { "寿司と茶", 5, "寿司", 4 },
  { "寿司", 4, "寿司", 4 },
  { "寿司", 1, "", 0 },
  { "🍣x", 2, "🍣", 2 },
  -- What has no width stays with the character before it, also where nothing else fits.
  { "e\u{301}e\u{301}e\u{301}", 2, "e\u{301}e\u{301}", 2 },
  { "e\u{301}\u{327}x", 1, "e\u{301}\u{327}", 1 },
  { "☂\u{FE0F}x", 1, "☂\u{FE0F}", 1 },
  -- A joiner would make one character of what follows the cut and what is before it.
  { FAMILY, 4, "\u{1F469}\u{200D}\u{1F469}", 4 },
  { FAMILY, 6, FAMILY, 6 },
  -- What is no UTF-8, or not whole, takes a column for each byte.
  { "a\xff\xfeb", 3, "a\xff\xfe", 3 },
  { "a\xe5\xaf", 9, "a\xe5\xaf", 3 },
  { "a\0b", 2, "a\0", 2 },
}

describe("terminal.fit", function()
  for _, row in ipairs(ROWS) do
    it(("of %q in %d columns"):format(row[1], row[2]), function()
      assert.same({ row[3], row[4] }, { terminal.fit(row[1], row[2]) })
    end)
  end
end)

describe("terminal.width", function()
  it("is nothing where the descriptor is no terminal", function()
    local file <close> = assert(io.open "/dev/null")
    assert.is_nil(terminal.width(1000))
    assert.equal("file", io.type(file))
  end)
end)
