-- What Keycloak answers to requests that this module never sends, and whether the sandbox's token endpoint, which
-- stands in for it everywhere else, says the same.
local mime = require "mime" -- LuaSocket's
local advice = require "tasklist.advice"
local keycloak = require "spec.integration.support.keycloak"
local sandbox = require "spec.support.sandbox"
local http = require "spec.support.http"
local json = require "tasklist.sandbox.json"
local read_token = require "tasklist.token"

local function usual()
  return advice.new { auth = "oauth" }
end

local FORM = "application/x-www-form-urlencoded"

describe("the token endpoint", function()
  local endpoints, fields

  local server
  setup(function()
    keycloak:start()
    local audience = "tasklist-api" -- which Keycloak ignores
    server = sandbox.start { client_id = "usual", client_secret = keycloak.secrets.usual, audience = audience }
    endpoints = { Keycloak = keycloak:token_url "http", ["the sandbox"] = server.token_url }
    fields = { grant_type = "client_credentials", client_id = "usual", client_secret = keycloak.secrets.usual,
      audience = audience }
  end)
  teardown(function() server:stop() end)

  -- The usual form with changes; false leaves a field out.
  local function form(changes, more)
    local parts = {}
    for name, value in pairs(changes) do
      parts[#parts + 1] = value and name .. "=" .. value or nil
    end
    for name, value in pairs(fields) do
      if changes[name] == nil then
        parts[#parts + 1] = name .. "=" .. value
      end
    end
    return table.concat(parts, "&") .. (more or "")
  end

  -- { what, status, error, error_description, changes of the form, what differs otherwise }
  local refusals = {
    { "no grant_type", 400, "invalid_request", "Missing form parameter: grant_type", { grant_type = false } },
    { "a JSON body", 400, "invalid_request", "Missing form parameter: grant_type", {}, { type = "application/json" } },
    { "another grant", 400, "unsupported_grant_type", "Unsupported grant_type", { grant_type = "nonsense" } },
    { "a parameter given twice", 400, "invalid_request", "duplicated parameter", {}, { more = "&client_id=usual" } },
    { "an empty scope", 400, "invalid_scope", "Invalid scopes: ", { scope = "" } },
    { "a scope with two spaces", 400, "invalid_scope", "Invalid scopes: email  profile", { scope = "email++profile" } },
    { "a wrong secret", 401, "unauthorized_client", "Invalid client or Invalid client credentials",
      { client_secret = "hush-hush" } },
    { "an empty secret", 401, "unauthorized_client", "Invalid client or Invalid client credentials",
      { client_secret = "" } },
    { "no secret", 401, "unauthorized_client", "Invalid client or Invalid client credentials",
      { client_secret = false } },
    { "GET", 405, "HTTP 405 Method Not Allowed", nil, {}, { method = "GET" } },
  }
  for _, name in ipairs { "Keycloak", "the sandbox" } do
    for _, row in ipairs(refusals) do
      it(("of %s refuses %s"):format(name, row[1]), function()
        local other = row[6] or {}
        local status, headers, body = http.request(endpoints[name], other.method or "POST",
          { ["Content-Type"] = other.type or FORM }, form(row[5], other.more))
        assert.same({ row[2], { error = row[3], error_description = row[4] } }, { status, json.decode(body) })
        assert.is_nil(headers["www-authenticate"])
        local token, _, code, description = read_token(status, body, usual, "https://login.example/token")
        assert.same({ nil, row[3], row[4] }, { token, code, description })
      end)
    end
  end

  local ways = {
    { "the form", function() return form {} end },
    { "the header", function() return form { client_id = false, client_secret = false } end, true },
    { "both", function() return form {} end, true },
  }
  for _, way in ipairs(ways) do
    it("of Keycloak takes id and secret in " .. way[1], function()
      local basic = "Basic " .. mime.b64("usual:" .. keycloak.secrets.usual)
      local status, _, body = http.request(endpoints.Keycloak, "POST",
        { ["Content-Type"] = FORM, Authorization = way[3] and basic or nil }, way[2]())
      assert.equal(200, status, body)
      local answer = json.decode(body)
      local token, life = read_token(status, body, usual, "https://login.example/token")
      assert.equal(answer.access_token, token)
      assert.is_true(life == 300 or life == 299, life) -- Keycloak counts the seconds begun
      assert.same({ "Bearer", 0, 0 }, { answer.token_type, answer.refresh_expires_in, answer["not-before-policy"] })
    end)
  end
end)
