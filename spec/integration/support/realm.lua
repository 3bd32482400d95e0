--- The realm that Keycloak is started with, and the clients that the specs sign in as.
local rand = require "openssl.rand"
local json = require "tasklist.sandbox.json"

local realm = { name = "camunda-platform" }

--- A secret made at run time.
function realm.new_secret()
  return (rand.bytes(24):gsub(".", function(byte) return ("%02x"):format(byte:byte()) end))
end

-- Each client by its id: how long its tokens live (seconds), and what of Keycloak's own fields it sets differently.
local CLIENTS = {
  usual = { life = 300 },
  brief = { life = 5 },
  rotated = { life = 5 },
  outlived = { life = 15 },
  odd = { life = 300, odd = true },
  disabled = { life = 300, enabled = false },
  ["without-grant"] = { life = 300, serviceAccountsEnabled = false },
  public = { life = 300, publicClient = true, serviceAccountsEnabled = false },
}

-- What form-encoding must not lose.
local ODD = "+ &=%25;ü/?#"

--- The clients with secrets of their own.
-- @treturn table client id -> secret
function realm.new_secrets()
  local secrets = {}
  for id, client in pairs(CLIENTS) do
    secrets[id] = realm.new_secret() .. (client.odd and ODD or "")
  end
  return secrets
end

local function describe(id, client, secret)
  local described = {
    id = id, -- the name that the admin API knows it by, too
    clientId = id,
    secret = secret,
    protocol = "openid-connect",
    serviceAccountsEnabled = true,
    standardFlowEnabled = false,
    attributes = { ["access.token.lifespan"] = tostring(client.life) },
  }
  for _, name in ipairs { "enabled", "publicClient", "serviceAccountsEnabled" } do
    if client[name] ~= nil then
      described[name] = client[name]
    end
  end
  return described
end

--- The realm as Keycloak imports it. Its events are kept, so that Keycloak can say how often a client signed in.
-- @tparam table secrets client id -> secret
-- @treturn string JSON
function realm.file(secrets)
  local clients = json.array {}
  for id, client in pairs(CLIENTS) do
    clients[#clients + 1] = describe(id, client, secrets[id])
  end
  return json.encode { realm = realm.name, enabled = true, eventsEnabled = true, clients = clients }
end

return realm
