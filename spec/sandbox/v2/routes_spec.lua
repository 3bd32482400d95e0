-- Where the two APIs lie in each version, and how v2 refuses what is not about a task.
local sessions = require "tasklist.sandbox.sessions"
local support = require "spec.support.api"
local users = require "tasklist.sandbox.users"

local GATEWAY = { root = "gateway" }

-- Asks a version for its topology; gives the status, and the version where there is one.
local function topology(version, path, root)
  local status, answer = support.new({}, { version = version })("GET", path, nil, { root = root })
  return status, answer.gatewayVersion
end

describe("the topology of v2", function()
  local there = {
    { "8.5", "/v1/topology", "gateway", "8.5.0" },
    { "8.6", "/v2/topology", "gateway", "8.6.0" },
    { "8.7.4", "/v2/topology", "gateway", "8.7.4" },
    { "8.8", "/v2/topology", nil, "8.8.16" },
    { "8.9", "/v2/topology", nil, "8.9.0" },
    { "8.10", "/v2/topology", nil, "8.10.0" },
  }
  for _, row in ipairs(there) do
    it(("lies at %s of %s's %s"):format(row[2], row[1], row[3] or "one root"), function()
      assert.same({ 200, row[4] }, { topology(table.unpack(row, 1, 3)) })
    end)
  end

  it("is as full as the version makes it", function()
    local rows = { ["8.8"] = {}, ["8.9"] = { "sandbox" }, ["8.10"] = { "sandbox", "0", "active" } }
    for version, row in pairs(rows) do
      local _, answer = support.new({}, { version = version })("GET", "/v2/topology")
      local broker = answer.brokers[1]
      assert.same(row, { answer.clusterId, broker.brokerId, broker.partitions[1].state }, version)
      assert.equal(answer.gatewayVersion, broker.version)
    end
  end)

  local nowhere = {
    { "8.5", "/v2/topology", "gateway" }, { "8.5", "/v1/topology" }, { "8.6", "/v1/topology", "gateway" },
    { "8.6", "/v2/topology" }, { "8.7", "/v2/topology" }, { "8.8", "/v1/topology" }, { "8.10", "/v1/topology" },
    { "8.10", "/topology" }, { "8.10", "/v2/topology", "gateway" },
  }
  for _, row in ipairs(nowhere) do
    it(("is not at %s of %s's %s"):format(row[2], row[1], row[3] or "first root"), function()
      assert.equal(404, (topology(table.unpack(row, 1, 3))))
    end)
  end
end)

describe("v1", function()
  local rows = {
    { "8.5", nil, 200 }, { "8.7", nil, 200 }, { "8.7", false, 404 }, { "8.8", nil, 404 }, { "8.8", true, 200 },
    { "8.9", nil, 404 }, { "8.9", true, 200 }, { "8.10", nil, 404 },
  }
  for _, row in ipairs(rows) do
    local version, asked, status = table.unpack(row, 1, 3)
    it(("of %s, asked for: %s, gives %d"):format(version, asked, status), function()
      assert.equal(status, (support.new({}, { version = version, v1 = asked })("POST", "/v1/tasks/search", "{}")))
    end)
  end

  it("is missed in the framework's words where it is gone", function()
    local _, answer, response = support.new({}, { version = "8.10" })("POST", "/v1/tasks/search", "{}")
    assert.same({ type = "about:blank", title = "Not Found", status = 404, detail = "No static resource "
      .. "v1/tasks/search.", instance = "/v1/tasks/search" }, answer)
    assert.equal("application/problem+json", response.headers["Content-Type"])
  end)
end)

describe("v2", function()
  local ask = support.new({}, { version = "8.10" })

  it("describes a path that is not there", function()
    local status, answer = ask("GET", "/v2/nothing")
    assert.same({ 404, "Not Found", "No static resource v2/nothing." }, { status, answer.title, answer.detail })
  end)

  it("describes another method", function()
    local status, answer, response = ask("POST", "/v2/topology", "{}")
    assert.same({ 405, "Method Not Allowed", "Method 'POST' is not supported.", "GET" },
      { status, answer.title, answer.detail, response.headers.Allow })
  end)

  it("describes an Accept that it cannot serve", function()
    local status, answer = ask("GET", "/v2/topology", nil, { headers = { accept = "text/html" } })
    assert.same({ 406, "Not Acceptable" }, { status, answer.title })
  end)

  it("answers OPTIONS and HEAD", function()
    local status, _, response = ask("OPTIONS", "/v2/topology")
    assert.same({ 200, "GET,HEAD,OPTIONS" }, { status, response.headers.Allow })
    assert.equal(200, (ask("HEAD", "/v2/topology")))
  end)

  -- Who is let in is gate.lua's; here only the words differ.
  local people = users.new(users.default)
  local refusals = {
    { "jwt", {}, 401, "Unauthorized", "Full authentication is required to access this resource" },
    { "jwt", { authorization = "Bearer x" }, 401, "Unauthorized", "no good" },
    { "basic", {}, 401, "Unauthorized", "An Authentication object was not found in the SecurityContext" },
    { "cookie", {}, 401, "Unauthorized", "An Authentication object was not found in the SecurityContext" },
  }
  local function gate_of(authentication)
    return require("tasklist.sandbox.gate").new{ authentication = authentication, users = people, client_role = "OWNER",
      sessions = sessions.new{ users = people, life = 100, csrf = true, path = "/" },
      check_token = function() return nil, "no good" end }
  end
  for _, row in ipairs(refusals) do
    local authentication, headers, status, title, detail = table.unpack(row)
    it(("refuses with %s: %s"):format(authentication, detail), function()
      local guarded = support.new({}, { version = "8.10", gate = gate_of(authentication) })
      local got, answer = guarded("GET", "/v2/topology", nil, { headers = headers })
      assert.same({ status, title, status, detail, "/v2/topology" },
        { got, answer.title, answer.status, answer.detail, answer.instance })
    end)
  end

  it("refuses where another root's v1 has no sign-in, in its own words", function()
    local guarded = support.new({}, { version = "8.6", gate = gate_of("jwt") })
    assert.equal("Unauthorized", (select(2, guarded("GET", "/v2/topology", nil, GATEWAY))).title)
    assert.is_nil((select(2, guarded("GET", "/v1/tasks/1"))).title)
  end)

  it("refuses a request without the token against forgery", function()
    local forbidding = { admit = function(_, request, says) return nil, says.forbidden(request) end }
    local status, answer = support.new({}, { version = "8.10", gate = forbidding })("POST", "/v2/user-tasks/search", "")
    assert.same({ 403, "Forbidden" }, { status, answer.title })
    assert.truthy(answer.detail:find("CSRF", 1, true))
  end)
end)
