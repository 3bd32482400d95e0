-- What happens to a client that runs on while its tokens end, its secret changes, and Keycloak comes and goes.
local cqueues = require "cqueues"
local eventually = require "spec.integration.support.eventually"
local jwt = require "spec.integration.support.jwt"
local keycloak = require "spec.integration.support.keycloak"
local realm = require "spec.integration.support.realm"
local site = require "spec.integration.support.site"
local find = require "spec.support.find"

describe("a client of Keycloak", function()
  local server
  before_each(function() server = site.start() end)
  after_each(function() server:stop() end)

  local function count(calls, status)
    local found = 0
    for _, call in ipairs(calls) do
      found = found + (call.status == status and 1 or 0)
    end
    return found
  end

  local function count_tokens(calls)
    local found, seen = 0, {}
    for _, call in ipairs(calls) do
      found = found + (seen[call.token] and 0 or 1)
      seen[call.token] = true
    end
    return found
  end

  it("uses tokens of 5 s for a minute, fetches no more than it needs, and its user meets no 401", function()
    local before = keycloak:sign_ins "brief"
    local client <close> = site.connect(server, "brief")
    local finish, made = cqueues.monotime() + 60, 0
    repeat
      assert(client:search_tasks { pageSize = 1 })
      made = made + 1
      cqueues.poll(0.05) -- a caller that works on each answer
    until cqueues.monotime() > finish
    local after, calls = keycloak:sign_ins "brief", site.calls(server)
    local granted, rejected, used = after.granted - before.granted, count(calls, 401), count_tokens(calls)
    assert.equal(before.refused, after.refused)
    assert.equal(made, count(calls, 200))
    assert.equal(made + rejected, #calls)
    -- Keycloak counts in whole seconds, so that a token lives for 4 to 5 s, and the client can't know which: the API
    -- may refuse each once, before the call goes again with the next one.
    assert.is_true(rejected < granted, rejected)
    -- None is fetched in vain, save that the last one may not have been used yet.
    assert.is_true(granted - used == 0 or granted - used == 1, granted - used)
    -- 5 s at the most; 4 s and a tenth less at the least.
    assert.is_true(granted >= 12 and granted <= 18, granted)
  end)

  -- Calls until a call fails. Until the last token that the API has seen expires, none may.
  local function use_up(client)
    local failure = eventually("the token is used up", function()
      local tasks, failure = client:search_tasks { pageSize = 1 }
      return not tasks and failure
    end)
    local calls = site.calls(server)
    assert.is_true(os.time() >= jwt.claims(calls[#calls].token).exp)
    return failure
  end

  it("goes on with its token when the secret is changed, then says so; another has the new one", function()
    local old, new = keycloak.secrets.rotated, realm.new_secret()
    finally(function() keycloak:set_secret("rotated", old) end)
    local client <close> = site.connect(server, "rotated")
    assert(client:search_tasks())
    keycloak:set_secret("rotated", new)
    local before = keycloak:sign_ins("rotated").refused
    local failure = use_up(client)
    assert.is_true(keycloak:sign_ins("rotated").refused - before <= 2) -- no loop
    assert.same({ "auth", 401, "unauthorized_client" }, { failure.kind, failure.status, failure.error })
    find(failure.message, "ZEEBE_CLIENT_SECRET")
    for _, value in pairs(failure) do
      assert.falsy(tostring(value):find(old, 1, true))
    end

    local other <close> = site.connect(server, "rotated", { client_secret = new })
    assert(other:search_tasks())
    keycloak:set_secret("rotated", old)
    eventually("the old secret serves again", function() return client:search_tasks() end)
  end)

  it("goes on with its token while Keycloak is away, then says so, and works when it is back", function()
    finally(function() keycloak:start() end)
    local client <close> = site.connect(server, "outlived")
    local idle <close> = site.connect(server, "usual")
    assert(client:search_tasks())
    assert(idle:search_tasks())
    keycloak:stop()
    assert(client:search_tasks())
    local failure = use_up(client)
    assert.equal("network", failure.kind)
    find(failure.message, "no token from " .. server.token_url)

    keycloak:start() -- with new keys, so that the idle client's token is good no more
    server:clear()
    assert(client:search_tasks())
    assert(idle:search_tasks())
    local statuses = {}
    for _, call in ipairs(site.calls(server)) do
      statuses[#statuses + 1] = call.status
    end
    assert.same({ 200, 401, 200 }, statuses)
  end)
end)
