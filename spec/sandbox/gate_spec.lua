-- Who is let in, by the authentication that a server takes.
local base64 = require "tasklist.sandbox.base64"
local gate = require "tasklist.sandbox.gate"
local json = require "tasklist.sandbox.json"
local sessions = require "tasklist.sandbox.sessions"
local support = require "spec.support.api"
local users = require "tasklist.sandbox.users"

local function new_gate(authentication)
  local people = users.new(users.default)
  return gate.new{ authentication = authentication, client_role = "OPERATOR", users = people, tenants = { "t" },
    sessions = sessions.new{ users = people, life = 100, csrf = true, path = "/" },
    check_token = function(token)
      if token == "good" then return { azp = "robot" } end
      return nil, "decoder says no"
    end }
end

local DEMO = "Basic " .. base64.encode("demo:demo")
local NO_TOKEN = "Full authentication is required to access this resource"

-- Each row: authentication, Authorization header, the caller's name; or nil and the message of the 401.
local rows = {
  { "jwt", "Bearer good", "robot" },
  { "jwt", "bearer good", "robot" },
  { "jwt", nil, nil, NO_TOKEN },
  { "jwt", DEMO, nil, NO_TOKEN },
  { "jwt", "Bearer a b", nil, "Bearer token is malformed" },
  { "jwt", "Bearer bad", nil, "decoder says no" },
  { "basic", DEMO, "demo" },
  { "basic", nil, nil, "" },
  { "basic", "Bearer good", nil, "" },
  { "basic", "Basic " .. base64.encode("demo:x"), nil, "" },
  { "cookie", nil, nil, "" },
  { "cookie", DEMO, nil, "" },
  { "cookie", "Bearer good", "robot" },
  { "cookie", "Bearer bad", nil, "decoder says no" },
}

describe("a gate", function()
  for _, row in ipairs(rows) do
    local authentication, header, name, message = table.unpack(row, 1, 4)
    it(("for %s %s '%s'"):format(authentication, name and "takes" or "refuses", header), function()
      local caller, refused = new_gate(authentication):admit{ method = "POST", headers = { authorization = header } }
      if name then
        assert.equal(name, caller.name)
      else
        assert.is_nil(caller)
        assert.same({ status = 401, headers = { ["Content-Type"] = "application/json;charset=UTF-8" },
          body = json.encode{ message = message } }, refused)
      end
    end)
  end

  it("that knows users lets them act for themselves", function()
    local caller = new_gate("basic"):admit{ headers = { authorization = DEMO } }
    assert.same({ name = "demo", user = "demo", role = "OWNER" }, caller)
  end)

  it("that knows clients gives them the server's role and tenants", function()
    assert.same({ name = "robot", role = "OPERATOR", tenants = { "t" } },
      (new_gate("jwt"):admit{ headers = { authorization = "Bearer good" } }))
  end)

  it("may be open to anybody", function()
    assert.same({ role = "OPERATOR", tenants = { "t" } }, (new_gate("none"):admit{ headers = {} }))
  end)
end)

describe("a client with a token where the server has users of its own", function()
  it("can read, and is nobody where it wants to write", function()
    local ask, parts = support.new({ { id = "1", tenantId = "t" } }, { gate = new_gate("cookie") })
    local headers = { authorization = "Bearer good", ["content-type"] = "application/json" }
    assert.equal(200, (ask("GET", "/v1/tasks/1", nil, { headers = headers })))
    local status, answer = ask("PATCH", "/v1/tasks/1/unassign", "", { headers = headers })
    assert.equal(500, status)
    assert.is_truthy(answer.message:find("^Could not build UserDTO from authentication "))
    assert.equal(0, parts.ledger:count())
  end)
end)
