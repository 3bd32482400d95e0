local advice = require "tasklist.advice"
local find = require "spec.support.find"
local read = require "tasklist.token"

local usual = advice.new { auth = "oauth" }

local function decode(status, body, given)
  return read(status, body, function() return given or usual end, "https://login.example/token")
end

describe("a token answer", function()
  it("gives the token and its life", function()
    assert.same({ "abc", 300 }, { decode(200, '{"access_token":"abc","expires_in":300,"token_type":"Bearer"}') })
  end)

  it("may have a byte order mark before it", function()
    assert.same({ "abc", 300 }, { decode(200, '\xEF\xBB\xBF{"access_token":"abc","expires_in":300}') })
  end)

  for _, life in ipairs { "300", '"300"', '"0300"', "300.0" } do
    it("lives 300 s when expires_in is " .. life, function()
      assert.same({ "abc", 300 }, { decode(200, ('{"access_token":"abc","expires_in":%s}'):format(life)) })
    end)
  end

  for _, life in ipairs { "null", "0", "-1", "1e30", "300.5", "{}", "true", '""', '"0"', '"-1"', '"+1"', '" 300"',
    '"300 "', '"300.5"', '"300.0"', '"3e2"', '"0x10"', '"99999999999999999999"', '"1000000001"', '"soon"' } do
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
      find(message, "the token endpoint https://login.example/token answered 200, and the answer ")
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

  for _, kind in ipairs { '"Bearer"', '"bearer"', '"BEARER"', '"bEARER"', "null" } do
    it("is taken with the type " .. kind, function()
      assert.equal("abc", (decode(200, ('{"access_token":"abc","token_type":%s}'):format(kind))))
    end)
  end

  for _, kind in ipairs { '"mac"', '"DPoP"', '"Bearer "', '"xBearer"', '""', "1", "{}", "true" } do
    it("is refused with the type " .. kind, function()
      local token, message = decode(200, ('{"access_token":"abc","token_type":%s}'):format(kind))
      assert.is_nil(token)
      assert.equal("the token endpoint https://login.example/token answered 200, and the answer has a token_type that "
        .. "is not Bearer, and no other is known here", message)
    end)
  end

  -- Status, body, what the message names, what it does not.
  local refusals = {
    { 400, '{"error":"invalid_client"}', { "client_id", "ZEEBE_CLIENT_SECRET" }, { "audience" } },
    { 401, '{"error":"unauthorized_client"}', { "ZEEBE_CLIENT_ID", "ZEEBE_CLIENT_SECRET" }, { "audience" } },
    { 400, '{"error":"invalid_scope"}', { '"scope"', "CAMUNDA_TOKEN_SCOPE" }, { "client_id", "audience" } },
    { 400, '{"error":"invalid_target"}', { '"resource"' }, { "client_id", "audience", "scope" } },
    { 400, '{"error":"invalid_resource"}', { '"resource"', '"scope"' }, { "client_id", "audience" } },
    { 403, '{"error":"access_denied"}', { "CAMUNDA_TASKLIST_OAUTH_AUDIENCE" }, { "client_id" } },
    { 400, '{"error":"unsupported_grant_type"}', { "authorization_server_url" }, { "client_id" } },
    { 400, '{"error":"of another kind"}', { "client_id", "audience" }, { "scope" } },
    { 400, "", { "client_id", "audience" }, { "scope" } },
    { 404, '{"error":"Realm does not exist"}', { "authorization_server_url", "ZEEBE_AUTHORIZATION_SERVER_URL" },
      { "client_id" } },
    { 405, '{"error":"HTTP 405 Method Not Allowed"}', { "authorization_server_url" }, { "client_id" } },
    { 405, "", { "authorization_server_url" }, { "client_id" } },
    { 302, "<title>Moved</title>", { "authorization_server_url", "redirects are not followed" },
      { "client_id", "Moved" } },
    { 308, "", { "authorization_server_url", "redirects are not followed" }, { "client_id" } },
  }
  for _, row in ipairs(refusals) do
    it(("that is %d %s says what to check"):format(row[1], row[2]), function()
      local _, message = decode(row[1], row[2])
      find(message, ("the token endpoint https://login.example/token answered %d"):format(row[1]))
      for _, text in ipairs(row[3]) do find(message, text) end
      for _, text in ipairs(row[4]) do assert.falsy(message:find(text, 1, true), message) end
    end)
  end

  -- Pages, and what is quoted of them.
  local pages = {
    { "<html><head><title>400 No required SSL certificate was sent</title></head><body><h1>Bad</h1></body></html>",
      '"400 No required SSL certificate was sent"' },
    { "<HTML><TITLE lang=en>\r\n  Access\t denied \n</TITLE>", '"Access denied"' },
    { "<title> </title><style>a { b }</style><script>c()</script><!-- d --><p>Who&#39;s &lt;there&gt;&#x3F;</p>",
      '"Who\'s <there>?"' },
    { "Unauthorized\n", '"Unauthorized"' },
    { "a \"b\" \27[31m\0", '"a \\"b\\" \\x1b[31m\\x00"' },
    { ("ü"):rep(100), '"' .. ("ü"):rep(28) .. "…" },
    { '["no object"]x', '"[\\"no object\\"]x"' },
  }
  for number, row in ipairs(pages) do
    it("that is a page is no OAuth answer, row " .. number, function()
      local token, message, code = decode(400, row[1])
      assert.same({}, { token, code })
      find(message, "the token endpoint https://login.example/token answered 400, which is no OAuth answer: " .. row[2])
      find(message, "authorization_server_url")
      find(message, "client_cert")
      assert.falsy(message:find("client_id", 1, true), message)
    end)
  end

  it("that is an endless page is read to its beginning only", function()
    find(select(2, decode(400, ("<title>"):rep(100000))), "answered 400")
    find(select(2, decode(400, "<title>" .. ("x"):rep(100000))), "answered 400")
  end)

  describe("that sends a secret back", function()
    local mine = advice.new { auth = "oauth", client_id = "my client", client_secret = "s3cret+&'", audience = "mine",
      headers = { ["X-Gate"] = "h3ader" } }
    for _, echo in ipairs { "s3cret+&'", "s3cret%2B%26%27", "my client", "my%20client", "s3cret+&amp;&#39;",
      "s3cret&#x2B;&amp;&#39;", "h3ader" } do
      it("on a page shows nothing of it: " .. echo, function()
        local _, message = decode(400, ("<title>%s is wrong</title>"):format(echo), mine)
        find(message, "answered 400, which is no OAuth answer; ")
        assert.falsy(message:find("is wrong", 1, true), message)
      end)
    end
    it("as its own words shows none of these", function()
      local _, message, code, description = decode(400,
        [[{"error":"no s3cret+&'","error_description":"the secret s3cret+&' of my client"}]], mine)
      assert.same({}, { code, description })
      assert.falsy(message:find("s3cret", 1, true), message)
      assert.equal("not for my client", select(4, decode(400, '{"error_description":"not for my client"}', mine)))
    end)
  end)
end)
