--- auth = "oauth", end to end.
local base64 = require "tasklist.sandbox.base64"
local connect = require "spec.support.client"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local seen = require "spec.support.seen"

local function search_one(client)
  return client:search_tasks { pageSize = 1 }
end

describe("auth = oauth", function()
  local server
  setup(function()
    server = sandbox.start { check_audience = false, client_id = "a b:c", client_secret = "d+e%f&ü" }
  end)
  teardown(function() server:stop() end)
  before_each(function() server:clear() end)

  local function client_with(options)
    return connect.of(server, options)
  end

  -- Options, and what the token endpoint sees; false: nothing of the kind.
  local fields = {
    { {}, audience = "tasklist.camunda.io", scope = false, resource = false },
    { { audience = "" }, audience = false, scope = false, resource = false },
    { { audience = "my api", scope = "a b", resource = "https://r.example/?x" }, audience = "my api", scope = "a b",
      resource = "https://r.example/?x" },
    { { scope = "", resource = "" }, audience = "tasklist.camunda.io", scope = false, resource = false },
  }
  for number, row in ipairs(fields) do
    it("sends audience, scope and resource unless they are empty, row " .. number, function()
      local client <close> = client_with(row[1])
      assert(search_one(client))
      local entry = seen.last(server, "/oauth/token")
      for _, name in ipairs { "audience", "scope", "resource" } do
        local sent = entry[name]
        assert.equal(row[name] or nil, type(sent) == "string" and sent or nil)
        assert.equal(row[name] ~= false, entry.body:find(name .. "=", 1, true) ~= nil)
      end
    end)
  end

  it("sends the secret in the header when told so, form-encoded first", function()
    local client <close> = client_with { client_auth = "basic" }
    assert(search_one(client))
    local entry = seen.last(server, "/oauth/token")
    assert.equal("Basic " .. base64.encode("a%20b%3Ac:d%2Be%25f%26%C3%BC"), entry.headers.authorization)
    assert.falsy(entry.body:find("client_id=", 1, true))
    assert.falsy(entry.body:find("client_secret=", 1, true))
  end)

  it("sends the secret in the form otherwise", function()
    local client <close> = client_with {}
    assert(search_one(client))
    local entry = seen.last(server, "/oauth/token")
    assert.is_nil(entry.headers.authorization)
    find(entry.body, "client_secret=d%2Be%25f%26%C3%BC")
  end)

  it("says that the client in the header is refused", function()
    local client <close> = client_with { client_auth = "basic", client_secret = "wrong" }
    local _, failure = search_one(client)
    assert.equal("auth", failure.kind)
    assert.equal(401, failure.status)
  end)
end)

describe("a token endpoint that is down", function()
  it("is no matter while the old token lives, and is tried again in the course of later calls", function()
    local server = sandbox.start { token_life = 3 }
    finally(function() server:stop() end)
    local client <close> = connect.of(server, { retries = 0 })
    assert(search_one(client))
    server:fault { path = "/oauth/token", action = "status", status = 503 }
    -- The renewal is due 0.3 s before the end; it fails, rests for a second, and the token's end asks anew.
    repeat
      assert(search_one(client))
      require("cqueues").poll(0.02) -- a caller that works on each answer, and a log that keeps them all
    until server:stats().requests["/oauth/token"] >= 3
    for _, entry in ipairs(server:log()) do
      assert.truthy(entry.path == "/oauth/token" or entry.status == 200)
    end
  end)
end)
