local keycloak = require "spec.integration.support.keycloak"
local site = require "spec.integration.support.site"
local find = require "spec.support.find"

describe("signing in at Keycloak", function()
  local server
  setup(function() server = site.start() end)
  teardown(function() server:stop() end)
  before_each(function() server:clear() end)

  -- Nothing of an error may hold one of these.
  local function hides(failure, ...)
    for _, hidden in ipairs { ... } do
      assert.falsy(tostring(failure):find(hidden, 1, true))
      for name, value in pairs(failure) do
        assert.falsy(tostring(value):find(hidden, 1, true), name)
      end
    end
  end

  it("by http serves many calls with one token", function()
    local before = keycloak:sign_ins("usual").granted
    local client <close> = site.connect(server, "usual")
    for _ = 1, 3 do
      assert.is_true(#assert(client:search_tasks()) > 0)
    end
    assert.equal(1, keycloak:sign_ins("usual").granted - before)
    for _, call in ipairs(site.calls(server)) do
      assert.equal(200, call.status)
    end
  end)

  it("by https needs no more than the authority's certificate", function()
    local secure = site.start "https"
    finally(function() secure:stop() end)
    local client <close> = site.connect(secure, "usual")
    assert.is_true(#assert(client:search_tasks()) > 0)
  end)

  it("by https fails where the authority is unknown, before a secret is sent", function()
    local before = keycloak:sign_ins "usual"
    local client <close> = site.connect(server, "usual",
      { authorization_server_url = keycloak:token_url "https", ca_file = "" })
    local _, failure = client:search_tasks()
    assert.equal("network", failure.kind)
    find(failure.message, keycloak:token_url "https")
    find(failure.message, "certificate")
    assert.same(before, keycloak:sign_ins "usual")
  end)

  it("with a secret of odd characters works", function()
    local client <close> = site.connect(server, "odd")
    assert(client:search_tasks())
  end)

  it("with a secret of odd characters works from a header, too", function()
    local client <close> = site.connect(server, "odd", { client_auth = "basic" })
    assert(client:search_tasks())
  end)

  local CREDENTIALS = "Invalid client or Invalid client credentials"
  local elsewhere = { realm = "no-such-realm" }
  -- { what, the client, options, status, error, error_description }
  local refusals = {
    { "a wrong secret", "usual", { client_secret = "hush-hush" }, 401, "unauthorized_client", CREDENTIALS },
    { "an unknown client", "stranger", { client_secret = "hush-hush" }, 401, "invalid_client", CREDENTIALS },
    { "a disabled client", "disabled", {}, 401, "invalid_client", CREDENTIALS },
    { "a client without a service account", "without-grant", {}, 401, "unauthorized_client",
      "Client not enabled to retrieve service account" },
    { "a public client", "public", {}, 401, "unauthorized_client",
      "Public client not allowed to retrieve service account" },
    { "an unknown realm", "usual", elsewhere, 404, "Realm does not exist", nil },
  }

  -- Options of a row, for a client.
  local function options_of(row)
    if row[3] ~= elsewhere then
      return row[3]
    end
    return { authorization_server_url = (keycloak:token_url("http"):gsub("/realms/[^/]+", "/realms/" .. row[3].realm)) }
  end

  for _, row in ipairs(refusals) do
    it("is refused to " .. row[1] .. ", and quotes Keycloak's two texts alone", function()
      local client <close> = site.connect(server, row[2], options_of(row))
      local tasks, failure = client:search_tasks()
      assert.is_nil(tasks)
      assert.same({ "auth", row[4], row[5], row[6] },
        { failure.kind, failure.status, failure.error, failure.error_description })
      find(failure.message, (" answered %d %s%s; "):format(row[4], row[5],
        row[6] and (" (%s)"):format(row[6]) or ""))
      hides(failure, "hush-hush", keycloak.secrets[row[2]])
      assert.same({}, site.calls(server))
    end)
  end

  it("with a refused secret asks Keycloak once, however often it is called at once", function()
    local before = keycloak:sign_ins("brief").refused
    local client <close> = site.connect(server, "brief", { client_secret = "hush-hush" })
    local _, failure = client:search_tasks()
    local _, again = client:search_tasks()
    assert.equal(failure.message, again.message)
    assert.equal(1, keycloak:sign_ins("brief").refused - before)
  end)

  it("gives an error when the API trusts another issuer", function()
    local before = keycloak:sign_ins("usual").granted
    local client <close> = site.connect(server, "usual",
      { authorization_server_url = keycloak:token_url "https" })
    local _, failure = client:search_tasks()
    assert.same({ "auth", 401, 2 }, { failure.kind, failure.status, failure.attempts })
    find(failure.body, "iss claim")
    assert.equal(2, keycloak:sign_ins("usual").granted - before)
    local calls = site.calls(server)
    assert.equal(2, #calls)
    hides(failure, keycloak.secrets.usual, calls[1].token, calls[2].token)
  end)
end)
