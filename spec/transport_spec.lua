--- What goes with every request, to the token endpoint and to the API alike.
local checkout = require "spec.support.checkout"
local connect = require "spec.support.client"
local core = require "tasklist.core"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"

describe("every request", function()
  local server
  setup(function() server = sandbox.start() end)
  teardown(function() server:stop() end)
  before_each(function() server:clear() end)

  it("says who we are", function()
    for _, agent in ipairs { false, "robot/1.0 (mail@h.example)" } do
      server:clear()
      local client <close> = connect.of(server, { user_agent = agent or nil })
      assert(client:search_tasks())
      for _, entry in ipairs(server:log()) do
        find(entry.headers["user-agent"], agent or "tasklist/" .. tasklist._VERSION .. " libcurl/")
      end
    end
  end)

  it("carries the client's headers", function()
    local headers = { ["X-Gate"] = "open", ["accept-language"] = "", Accept = "application/json, */*" }
    local client <close> = connect.of(server, { headers = headers })
    headers["X-Gate"] = "changed later"
    assert(client:search_tasks())
    client:request("GET", "/v1/tasks/1", nil, { headers = { ["x-gate"] = "own" } })
    local token, search, own = table.unpack(server:log())
    assert.equal("open", token.headers["x-gate"])
    assert.equal("application/json", token.headers.accept)
    assert.equal("application/x-www-form-urlencoded", token.headers["content-type"])
    assert.equal("open", search.headers["x-gate"])
    assert.equal("application/json, */*", search.headers.accept)
    assert.equal("", search.headers["accept-language"])
    assert.equal("own", own.headers["x-gate"])
  end)

  for _, name in ipairs { "Authorization", "cookie", "X-CSRF-TOKEN", "Tasklist-X-CSRF-Token", "Proxy-Authorization",
    "Host", "Content-Length", "bad name" } do
    it("leaves to us the header " .. name, function()
      local ok, problem = pcall(tasklist.new, { headers = { [name] = "x" } })
      assert.is_false(ok)
      find(problem, 'option "headers"')
      local client <close> = connect.of(server)
      ok, problem = pcall(client.request, client, "GET", "/", nil, { headers = { [name] = "x" } })
      assert.is_false(ok)
      find(problem, "headers:")
    end)
  end

  for _, bound in ipairs { "max_connections", "max_requests" } do
    it("waits when " .. bound .. " are in use", function()
      for most, expected in pairs { [2] = 2, [0] = 6 } do
        local other = sandbox.start()
        finally(function() other:stop() end)
        other:fault { path = "/v1", action = "delay", seconds = 0.1, times = 6 }
        local engine <close> = core.engine { connect_timeout = 5, [bound] = most }
        local requests = {}
        for i = 1, 6 do
          local url = other.base_url .. "/v1/tasks/" .. i
          requests[i] = engine:start(nil, "GET", url, "", nil, 10, 10000, true)
        end
        for _, request in ipairs(requests) do
          while not engine:wait(request) do end
          assert.equal(401, (request:result()))
        end
        assert.equal(expected, other:stats().connections)
        other:stop()
      end
    end)
  end

  for _, row in ipairs { { max_requests = -1 }, { max_requests = 1.5 }, { max_connections = -1 },
    { max_connections = 1.5 }, { http_version = "3" }, { proxy = true }, { trace = "yes" },
    { headers = "a: b" }, { client_auth = "jwt" }, { auth = "OAUTH" }, { token = 5 }, { env = "no" },
    { env_file = true } } do
    local name, value = next(row)
    it(("refuses %s = %s"):format(name, value), function()
      local ok, problem = pcall(tasklist.new, row)
      assert.is_false(ok)
      find(problem, ("option %q must be"):format(name))
    end)
  end

  it("is held back by a user agent that would break the line", function()
    local client, failure = tasklist.new { base_url = "https://h.example", token = "a", user_agent = "a\r\nb" }
    assert.is_nil(client)
    find(tostring(failure), "user_agent")
  end)
end)

describe("http_version", function()
  -- What a client offers can be seen before anything is encrypted: ALPN is in its first message.
  for version, offered in pairs { ["2"] = true, ["1.1"] = false } do
    it(version .. (offered and " offers" or " does not offer") .. " HTTP/2", function()
      local cqueues, socket = require "cqueues", require "cqueues.socket"
      local listener = socket.listen("127.0.0.1", 0)
      local _, _, port = listener:localname()
      local output = io.popen(([[%s timeout 20 lua5.4 -e '
        local client = require("tasklist").new { base_url = "https://127.0.0.1:%d", token = "a", timeout = 5,
          http_version = "%s" }
        client:search_tasks()']]):format(checkout.environment, port, version))
      local hello = ""
      local loop = cqueues.new()
      loop:wrap(function()
        local connection = listener:accept()
        connection:setmode("bn", "bn")
        repeat hello = hello .. connection:read(-1000) until hello:find("http/1.1", 1, true)
        connection:close()
      end)
      assert(loop:loop(15))
      listener:close()
      output:close()
      assert.equal(offered, hello:find("\2h2", 1, true) ~= nil)
    end)
  end
end)
