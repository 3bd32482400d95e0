local errors = require "tasklist.errors"

describe("an error", function()
  local failure = errors.new { kind = "http", message = "the server answered 500", method = "POST", path = "/v1/x" }

  it("is one line that says what was tried and what came back", function()
    assert.equal("tasklist: POST /v1/x: the server answered 500 (http)", tostring(failure))
    assert.equal("tasklist: no base_url (config)", tostring(errors.new { kind = "config", message = "no base_url" }))
  end)

  it("says what may have happened, or has", function()
    local lost = errors.new { kind = "http", message = "no", outcome = "unknown" }
    assert.equal("tasklist: no; it may have been executed (http)", tostring(lost))
    lost.outcome = "done"
    assert.equal("tasklist: no; it was executed (http)", tostring(lost))
  end)

  it("joins with text on either side", function()
    assert.equal("failed: " .. tostring(failure), "failed: " .. failure)
    assert.equal(tostring(failure) .. "!", failure .. "!")
  end)

  it("is raised as it is", function()
    local _, raised = pcall(error, failure)
    assert.equal(failure, raised)
  end)

  it("has a name", function()
    assert.equal("tasklist.error", getmetatable(failure).__name)
  end)

  it("escapes what is no UTF-8, and the C1 controls of UTF-8", function()
    local message = errors.new { kind = "http", message = "ü€𝄞\xff\xc3(\xc2\x9b1m\xed\xa0\x80\xc3" }.message
    assert.equal([[ü€𝄞\xff\xc3(\xc2\x9b1m\xed\xa0\x80\xc3]], message)
  end)

  it("is cut between two characters when it is too long", function()
    for _, character in ipairs { "x", "ü", "€", "𝄞", "\n", "\xff" } do
      for before = 0, 4 do
        local message = errors.new { kind = "http", message = ("a"):rep(before) .. character:rep(5000) }.message
        assert.truthy(#message > 990 and #message <= 1000)
        assert.truthy(utf8.len(message) and message:find "…$")
        assert.is_nil(message:find "\\x?f?…$")
      end
    end
    local fits = ("ü"):rep(500)
    assert.equal(fits, errors.new { kind = "http", message = fits }.message)
    assert.equal(("ü"):rep(498) .. "…", errors.new { kind = "http", message = fits .. "x" }.message)
  end)

  it("escapes what a terminal would obey", function()
    local message = errors.new { kind = "http", message = "a\r\nb\tc\27[2J\0\127" }.message
    assert.equal([[a\r\nb\tc\x1b[2J\x00\x7f]], message)
  end)
end)
