local jwt = require "spec.integration.support.jwt"
local eventually = require "spec.integration.support.eventually"
local keycloak = require "spec.integration.support.keycloak"
local find = require "spec.support.find"
local http = require "spec.support.http"
local json = require "tasklist.sandbox.json"

describe("the verifier of Keycloak's tokens", function()
  local verify

  setup(function()
    keycloak:start()
    verify = jwt.verifier(keycloak:issuer "http", keycloak:keys_url())
  end)

  local function token_of(id, scheme)
    local _, _, body = http.request(keycloak:token_url(scheme or "http"), "POST",
      { ["Content-Type"] = "application/x-www-form-urlencoded" },
      ("grant_type=client_credentials&client_id=%s&client_secret=%s"):format(id, keycloak.secrets[id]))
    return assert(json.decode(body).access_token)
  end

  it("takes a good one", function()
    assert.equal("usual", assert(verify(token_of "usual")).azp)
  end)

  it("takes one until it expires", function()
    local token = token_of "brief"
    assert(verify(token))
    eventually("the token is refused", function() return not verify(token) end)
    assert.is_true(os.time() >= jwt.claims(token).exp)
    find(select(2, verify(token)), "Jwt expired at ")
  end)

  local parts = "^([^.]+)%.([^.]+)%.([^.]+)$"
  -- { what, from a good token and another one to a bad token, the answer }
  local bad = {
    { "no JWT", function() return "abc" end, "Malformed token" },
    { "another's claims", function(token, other)
      local head, _, signature = token:match(parts)
      return table.concat({ head, select(2, other:match(parts)), signature }, ".")
    end, "Invalid signature" },
    { "another's signature", function(token, other)
      local head, claims = token:match(parts)
      return table.concat({ head, claims, (select(3, other:match(parts))) }, ".")
    end, "Invalid signature" },
    { "no algorithm", function(token)
      return "eyJhbGciOiJub25lIn0." .. select(2, token:match(parts)) .. ".AA" -- {"alg":"none"}
    end, "Another algorithm expected" },
    { "an unknown key", function(token)
      local _, claims, signature = token:match(parts) -- {"alg":"RS256","kid":"x"}
      return table.concat({ "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ", claims, signature }, ".")
    end, "no matching key(s) found" },
  }
  for _, row in ipairs(bad) do
    it("refuses " .. row[1], function()
      local claims, problem = verify(row[2](token_of "usual", token_of "brief"))
      assert.is_nil(claims)
      find(problem, row[3])
    end)
  end

  it("refuses another issuer, such as the same realm by https", function()
    local claims, problem = verify(token_of("usual", "https"))
    assert.is_nil(claims)
    find(problem, "iss claim")
  end)
end)
