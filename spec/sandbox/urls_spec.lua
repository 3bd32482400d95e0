local urls = require "tasklist.sandbox.urls"

describe("a query or form", function()
  it("has fields, decoded; a plus sign is a space", function()
    assert.same({ a = "1 2", ["b c"] = "ü&=", empty = "", bare = "" },
      (urls.fields("a=1+2&b%20c=%C3%BC%26%3D&empty=&bare")))
  end)

  it("says where a name comes twice, of which the first counts", function()
    local fields, twice = urls.fields("a=1&b=2&a=3")
    assert.same({ a = "1", b = "2" }, fields)
    assert.is_true(twice)
    assert.is_false((select(2, urls.fields("a=1&b=2"))))
  end)

  it("may be none", function()
    assert.same({}, (urls.fields(nil)))
  end)
end)

describe("a part of a path", function()
  it("keeps its plus signs", function()
    assert.equal("a+b c", urls.decode("a+b%20c"))
  end)
end)
