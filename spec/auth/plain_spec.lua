--- The ways of signing in for which nothing is fetched, end to end.
local base64 = require "tasklist.sandbox.base64"
local connect = require "spec.support.client"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local seen = require "spec.support.seen"

local search = "/v1/tasks/search"

local function search_one(client)
  return client:search_tasks { pageSize = 1 }
end

describe("auth = basic", function()
  local server
  setup(function() server = sandbox.start { authentication = "basic" } end)
  teardown(function() server:stop() end)
  before_each(function() server:clear() end)

  it("sends user and password with each request, and nothing else", function()
    local client <close> = connect.to(server, { username = "demo", password = "demo" })
    for _ = 1, 2 do assert(search_one(client)) end
    assert.equal("Basic " .. base64.encode("demo:demo"), seen.last(server, search).headers.authorization)
    assert.equal(2, #server:log())
  end)

  it("takes a 401 for final", function()
    local client <close> = connect.to(server, { username = "demo", password = "wrong" })
    local _, failure = search_one(client)
    assert.equal("auth", failure.kind)
    assert.equal(401, failure.status)
    assert.equal(1, failure.attempts)
    assert.equal(1, #server:log())
  end)
end)

describe("auth = none", function()
  it("sends no credential", function()
    local server = sandbox.start { authentication = "none" }
    finally(function() server:stop() end)
    local client <close> = connect.to(server, { auth = "none" })
    assert(search_one(client))
    local sent = seen.last(server, search).headers
    assert.is_nil(sent.authorization)
    assert.is_nil(sent.cookie)
  end)

  it("takes a 401 for final, and says what to do", function()
    local server = sandbox.start()
    finally(function() server:stop() end)
    server:fault { path = "/v1", action = "status", status = 401 }
    local client <close> = connect.to(server, { auth = "none" })
    local _, failure = search_one(client)
    assert.equal("auth", failure.kind)
    find(tostring(failure), "CAMUNDA_AUTH_STRATEGY")
    assert.equal(1, #server:log())
  end)
end)
