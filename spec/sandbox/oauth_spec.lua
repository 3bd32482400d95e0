local base64 = require "tasklist.sandbox.base64"
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
    assert.same({ client_id = "me" }, (issuer:check(token)))
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

local function refusal(issuer, token)
  return select(2, issuer:check(token))
end

describe("a token of the sandbox", function()
  local decoding = "An error occurred while attempting to decode the Jwt: "

  it("ends with its life", function()
    local issuer = new_issuer(0.02)
    local token = issuer:issue()
    assert.is_nil(refusal(issuer, token))
    while not refusal(issuer, token) do end
    assert.is_truthy(refusal(issuer, token):find("^" .. decoding .. "Jwt expired at %d+%-%d+%-%d+T%d+:%d+:%d+Z$"))
  end)

  it("ends when all are revoked, and a new one is good", function()
    local issuer = new_issuer()
    local token = issuer:issue()
    issuer:revoke()
    assert.equal(decoding .. "Signed JWT rejected: Invalid signature", refusal(issuer, token))
    assert.is_nil(refusal(issuer, issuer:issue()))
  end)

  -- Clients of Camunda's read these parts, although a token is no business of theirs (RFC 7519, 3).
  local function parts_of(token)
    local parts = {}
    for part in (token .. "."):gmatch("([^.]*)%.") do
      assert.truthy(part:find("^[%w_-]+$"), part)
      parts[#parts + 1] = base64.decode(part)
    end
    return parts
  end

  it("is a JWT: what it is, whose and for whom and how long it is good, and a signature", function()
    local from = os.time()
    local token = new_issuer(0.25):issue()
    local till = os.time()
    local parts = parts_of(token)
    assert.equal(3, #parts)
    assert.same({ alg = "HS256", typ = "JWT" }, json.decode(parts[1]))
    local claims = json.decode(parts[2])
    assert.is_true(from <= claims.iat and claims.iat <= till)
    assert.same({ "me", "tasklist.camunda.io", claims.iat + 1 }, { claims.client_id, claims.aud, claims.exp })
  end)

  it("names the client and the audience that were asked for, where any are taken", function()
    local issuer = oauth.new{ client_id = "me", client_secret = "", audience = "tasklist.camunda.io", token_life = 300,
      check_client = false, check_audience = false }
    local function claims_of(changes)
      local _, _, token = ask(issuer, form(changes))
      return json.decode(parts_of(token)[2])
    end
    local claims = claims_of{ client_id = "you", audience = "operate" }
    assert.same({ "you", "operate" }, { claims.client_id, claims.aud })
    assert.equal("tasklist.camunda.io", claims_of{ audience = false }.aud)
  end)

  it("is only good with the claims that it was issued with", function()
    local issuer = new_issuer()
    local signature = issuer:issue():match("[^.]*$")
    local other = issuer:issue():gsub("[^.]*$", signature)
    assert.equal(decoding .. "Malformed token", refusal(issuer, other))
  end)

  it("that was never issued is refused", function()
    assert.equal(decoding .. "Malformed token", refusal(new_issuer(), "abc"))
  end)
end)

describe("credentials in the Authorization header", function()
  local function with(header, body)
    local response, _, fields = new_issuer():answer{ method = "POST", body = body,
      headers = { ["content-type"] = FORM, authorization = header } }
    return response.status, json.decode(response.body), fields
  end
  local WITHOUT = "grant_type=client_credentials&audience=tasklist.camunda.io"
  local function basic(id, secret)
    return "Basic " .. base64.encode(id .. ":" .. secret)
  end

  it("are taken, form-encoded", function()
    local status, _, fields = with(basic("me", ENCODED), WITHOUT)
    assert.same({ 200, "tasklist.camunda.io" }, { status, fields.audience })
  end)

  it("are taken beside those in the form", function()
    assert.equal(200, (with(basic("me", ENCODED), form())))
  end)

  local bad = {
    { "raw, with a percent sign", basic("me", SECRET), 400 }, { "of another client", basic("you", ENCODED), 400 },
    { "with a wrong secret", basic("me", "x"), 401 }, { "that are no base64", "Basic ?", 400 },
    { "without a colon", "Basic " .. base64.encode("me"), 400 },
  }
  for _, case in ipairs(bad) do
    it("are refused " .. case[1], function()
      assert.equal(case[3], (with(case[2], WITHOUT)))
    end)
  end

  it("need not be right where any client is taken, nor the audience", function()
    local options = { client_id = "me", client_secret = SECRET, audience = "a", token_life = 300 }
    options.check_client, options.check_audience = false, false
    local issuer = oauth.new(options)
    local response, token = issuer:answer{ method = "POST", body = "grant_type=client_credentials&client_id=you",
      headers = { ["content-type"] = FORM } }
    assert.same({ 200, { client_id = "you" } }, { response.status, (issuer:check(token)) })
  end)
end)
