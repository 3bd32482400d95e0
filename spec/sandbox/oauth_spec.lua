local json = require "tasklist.sandbox.json"
local oauth = require "tasklist.sandbox.oauth"

local SECRET = "it's + & = % ü"
local ENCODED = "it%27s+%2B+%26+%3D+%25+%C3%BC"
local FORM = "application/x-www-form-urlencoded"

local function new_issuer(life)
  return oauth.new{ client_id = "me", client_secret = SECRET, audience = "tasklist.camunda.io",
    token_life = life or 300 }
end

local function form(changes)
  local fields = { grant_type = "client_credentials", client_id = "me", client_secret = ENCODED,
    audience = "tasklist.camunda.io" }
  for name, value in pairs(changes or {}) do fields[name] = value or nil end
  local parts = {}
  for name, value in pairs(fields) do parts[#parts + 1] = name .. "=" .. value end
  return table.concat(parts, "&")
end

local function ask(issuer, body, content_type, method)
  local response, token = issuer:answer{ method = method or "POST", body = body,
    headers = { ["content-type"] = content_type or FORM } }
  return response.status, json.decode(response.body), token, response.headers
end

describe("the sandbox's token endpoint", function()
  it("answers as Camunda documents, in the documented order", function()
    local issuer = new_issuer()
    local response, token = issuer:answer{ method = "POST", body = form(), headers = { ["content-type"] = FORM } }
    assert.equal(200, response.status)
    assert.equal(('{"access_token":"%s","expires_in":300,"refresh_expires_in":0,"token_type":"Bearer",'
      .. '"not-before-policy":0}'):format(token), response.body)
    assert.equal("application/json", response.headers["Content-Type"])
    assert.is_nil(issuer:refusal("Bearer " .. token))
  end)

  it("rounds a fraction of a second up in expires_in", function()
    local _, body = ask(new_issuer(0.25), form())
    assert.equal(1, body.expires_in)
  end)

  it("issues another token each time", function()
    local issuer = new_issuer()
    local _, _, first = ask(issuer, form())
    local _, _, second = ask(issuer, form())
    assert.not_equal(first, second)
  end)

  local refusals = {
    { "GET", form(), 405, "HTTP 405 Method Not Allowed", nil, FORM, "GET" },
    { "a JSON body", "{}", 400, "invalid_request", "Missing form parameter: grant_type", "application/json" },
    { "no grant_type", form{ grant_type = false }, 400, "invalid_request", "Missing form parameter: grant_type" },
    { "another grant", form{ grant_type = "password" }, 400, "unsupported_grant_type", "Unsupported grant_type" },
    { "a parameter given twice", form() .. "&client_id=me", 400, "invalid_request", "duplicated parameter" },
    { "an unknown client", form{ client_id = "you" }, 400, "invalid_client",
      "Invalid client or Invalid client credentials" },
    { "no client", form{ client_id = false }, 400, "invalid_client", "Invalid client or Invalid client credentials" },
    { "a wrong secret", form{ client_secret = "x" }, 401, "unauthorized_client",
      "Invalid client or Invalid client credentials" },
    { "no secret", form{ client_secret = false }, 401, "unauthorized_client",
      "Invalid client or Invalid client credentials" },
    { "an empty scope", form{ scope = "" }, 400, "invalid_scope", "Invalid scopes: " },
    { "a scope with two spaces", form{ scope = "a++b" }, 400, "invalid_scope", "Invalid scopes: a  b" },
    { "another audience", form{ audience = "operate" }, 403, "access_denied",
      "Service not enabled within domain: operate" },
    { "no audience", form{ audience = false }, 403, "access_denied", "Service not enabled within domain: " },
  }
  for _, case in ipairs(refusals) do
    it("refuses " .. case[1], function()
      local status, body, token = ask(new_issuer(), case[2], case[6], case[7])
      assert.same({ case[3], { error = case[4], error_description = case[5] } }, { status, body })
      assert.is_nil(token)
    end)
  end
end)

describe("a token of the sandbox", function()
  local decoding = "An error occurred while attempting to decode the Jwt: "

  it("ends with its life", function()
    local issuer = new_issuer(0.02)
    local header = "Bearer " .. issuer:issue()
    assert.is_nil(issuer:refusal(header))
    while not issuer:refusal(header) do end
    assert.is_truthy(issuer:refusal(header):find("^" .. decoding .. "Jwt expired at %d+%-%d+%-%d+T%d+:%d+:%d+Z$"))
  end)

  it("ends when all are revoked, and a new one is good", function()
    local issuer = new_issuer()
    local header = "Bearer " .. issuer:issue()
    issuer:revoke()
    assert.equal(decoding .. "Signed JWT rejected: Invalid signature", issuer:refusal(header))
    assert.is_nil(issuer:refusal("Bearer " .. issuer:issue()))
  end)

  local bad = {
    { "none", nil, "Full authentication is required to access this resource" },
    { "another scheme", "Basic abc", "Full authentication is required to access this resource" },
    { "an unknown one", "Bearer abc", decoding .. "Malformed token" },
    { "one with strange characters", "Bearer a b", "Bearer token is malformed" },
  }
  for _, case in ipairs(bad) do
    it("is refused: " .. case[1], function()
      assert.equal(case[3], new_issuer():refusal(case[2]))
    end)
  end

  it("is another issuer's where a verifier is given, which decides alone", function()
    local issuer = oauth.new{ token_life = 300, verify = function(token)
      if token == "theirs" then return { sub = "robot" } end
      if token == "worse" then return nil end
      return nil, "Malformed token: " .. token
    end }
    assert.is_nil(issuer:refusal("Bearer theirs"))
    assert.equal(decoding .. "Malformed token: ours", issuer:refusal("Bearer ours"))
    assert.equal(decoding .. "Malformed token", issuer:refusal("Bearer worse"))
    assert.is_truthy(issuer:refusal("Bearer " .. issuer:issue()))
    assert.equal("Bearer token is malformed", issuer:refusal("Bearer a b"))
  end)
end)
