local decode = require "tasklist.token"

describe("a token answer", function()
  it("gives the token and its life", function()
    assert.same({ "abc", 300 }, { decode(200, '{"access_token":"abc","expires_in":300,"token_type":"Bearer"}') })
  end)

  it("may have a byte order mark before it", function()
    assert.same({ "abc", 300 }, { decode(200, '\xEF\xBB\xBF{"access_token":"abc","expires_in":300}') })
  end)

  for _, life in ipairs { "null", "0", "-1", "1e30", "300.5", '"300"', "{}", "true" } do
    it("serves until a 401 when expires_in is " .. life, function()
      local token, seconds = decode(200, ('{"access_token":"abc","expires_in":%s}'):format(life))
      assert.equal("abc", token)
      assert.is_nil(seconds)
    end)
  end
  it("serves until a 401 when expires_in is missing", function()
    assert.same({ "abc" }, { decode(200, '{"access_token":"abc"}') })
  end)

  for name, body in pairs {
    html = "<html>secret</html>", empty = "", cut = '{"access_token":"secret', list = '["secret"]', text = '"secret"',
    ["without access_token"] = '{"token":"secret"}', ["with a null token"] = '{"access_token":null}',
    ["with an empty token"] = '{"access_token":""}', ["with a number for a token"] = '{"access_token":5}',
  } do
    it("that is " .. name .. " is refused, and not quoted", function()
      local token, message, code = decode(200, body)
      assert.is_nil(token)
      assert.is_nil(code)
      assert.truthy(message:find("the token endpoint's answer (200)", 1, true), message)
      assert.falsy(message:find("secret", 1, true), message)
    end)
  end

  it("that refuses gives the server's error and description, and says what to check", function()
    local token, message, code, description = decode(401,
      '{"error":"unauthorized_client","error_description":"Invalid\\nclient","hint":"secret"}')
    assert.is_nil(token)
    assert.equal("unauthorized_client", code)
    assert.equal("Invalid\\nclient", description)
    assert.truthy(message:find("answered 401 unauthorized_client (Invalid\\nclient)", 1, true), message)
    assert.truthy(message:find("ZEEBE_CLIENT_SECRET", 1, true), message)
    assert.falsy(message:find("hint", 1, true), message)
  end)

  it("that refuses without words gives the status", function()
    local token, message = decode(418, "<html>teapot</html>")
    assert.is_nil(token)
    assert.equal("the token endpoint answered 418", message)
  end)
end)
