local base64 = require "tasklist.sandbox.base64"

describe("base64", function()
  -- The first ones are those of RFC 4648.
  local pairs_of = {
    { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
    { "foobar", "Zm9vYmFy" }, { "\0\255\254", "AP/+" },
  }
  for _, pair in ipairs(pairs_of) do
    it("of '" .. pair[2] .. "' goes both ways", function()
      assert.equal(pair[2], base64.encode(pair[1]))
      assert.equal(pair[1], base64.decode(pair[2]))
    end)
  end

  it("has another alphabet for URLs, and reads both, padded or not", function()
    assert.equal("AP_-", base64.encode_url("\0\255\254"))
    assert.equal("\0\255\254", base64.decode("AP_-"))
    assert.equal("f", base64.decode("Zg"))
  end)

  for _, bad in ipairs{ "A", "Zg===", "Z g=", "é" } do
    it("is not " .. bad, function()
      assert.is_nil(base64.decode(bad))
    end)
  end
end)
