local cqueues = require "cqueues"
local http = require "spec.support.http"
local json = require "tasklist.sandbox.json"
local module = require "tasklist.sandbox"
local new = module.new
local sandbox = require "spec.support.sandbox"

local FORM = "grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret"
  .. "&audience="

local function sign_in(server, audience)
  local _, _, body = http.request(server.token_url, "POST",
    { ["Content-Type"] = "application/x-www-form-urlencoded" }, FORM .. (audience or "tasklist.camunda.io"))
  return json.decode(body).access_token
end

local function search(server, token, headers)
  local all = { Authorization = "Bearer " .. token }
  for name, value in pairs(headers or {}) do all[name] = value end
  return http.request(server.base_url .. "/v1/tasks/search", "POST", all)
end

describe("a sandbox in a loop of the caller's", function()
  it("serves until it is closed", function()
    local server, loop, status = new{}, cqueues.new(), nil
    server:loop(loop)
    loop:wrap(function()
      status = search(server, sign_in(server))
      server:close()
    end)
    assert(loop:loop(10))
    assert.equal(200, status)
    assert.is_true(loop:empty())
  end)

  -- Runs a function beside a server until it ends; gives what it gives.
  local function beside(options, use)
    local server, loop, results = new(options), cqueues.new(), nil
    server:loop(loop)
    loop:wrap(function()
      results = table.pack(pcall(use, server))
      server:close()
    end)
    assert(loop:loop(10))
    assert(table.unpack(results, 1, results.n))
    return table.unpack(results, 2, results.n)
  end

  it("takes tokens from elsewhere that a function vouches for", function()
    local seen
    local function verify(token)
      seen = token
      if token == "a.b.c" then return { sub = "robot" } end
      return nil, "not mine"
    end
    beside({ verify = verify, tasks = { { id = "1" } } }, function(server)
      local status, _, body = search(server, "x.y.z")
      assert.same({ 401, "not mine", "x.y.z" }, { status, json.decode(body).message, seen })
      assert.equal(200, (search(server, "a.b.c")))
      http.request(server.base_url .. "/v1/tasks/1/complete", "PATCH", { Authorization = "Bearer a.b.c" })
      assert.equal("robot", server.ledger:list()[1].caller)
    end)
  end)

  it("can be told what happens in the process", function()
    beside({ tasks = {}, authentication = "none" }, function(server)
      local key, ids = server:start_instance{ tasks = { {}, {} }, variables = { { name = "a", value = "1" } } }
      server:set_variables(key, { { name = "a", value = "2" } })
      server:set_task_state(ids[2], "FAILED")
      server:add_forms{ { id = "ask", processDefinitionKey = "1" } }
      local url = server.base_url .. "/v1/"
      local _, _, found = http.request(url .. "tasks/" .. ids[2], "GET")
      assert.equal("FAILED", json.decode(found).taskState)
      _, _, found = http.request(("%svariables/%s-a"):format(url, key), "GET")
      assert.equal("2", json.decode(found).value)
      assert.equal(200, (http.request(url .. "forms/ask?processDefinitionKey=1", "GET")))
    end)
  end)

  it("has Tasklist's headers on every answer, and nobody's with the tokens", function()
    beside({}, function(server)
      local _, headers = search(server, "x")
      assert.equal("nosniff", headers["x-content-type-options"])
      _, headers = http.request(server.token_url, "GET")
      assert.is_nil(headers["x-content-type-options"])
    end)
  end)

  it("has its options' rules: version, role, users, authentication", function()
    beside({ version = "8.8", v1 = true, client_role = "OPERATOR", authentication = "basic", tasks = { { id = "1" } },
      users = { { name = "me", password = "p", role = "OPERATOR" } } }, function(server)
      local headers = { Authorization = "Basic bWU6cA==" }
      local url = server.base_url .. "/v1/tasks/1/"
      assert.equal(200, (http.request(url .. "assign", "PATCH", headers)))
      local status, _, body = http.request(url .. "assign", "PATCH", headers)
      assert.equal(400, status)
      assert.equal("TASK_ALREADY_ASSIGNED", json.decode(json.decode(body).message).title)
    end)
    beside({ client_role = "READER", authentication = "none", tasks = { { id = "1", tenantId = "b" } },
      tenants = { "b" } }, function(server)
      local url = server.base_url .. "/v1/tasks/1"
      assert.equal(200, (http.request(url, "GET")))
      assert.equal(500, (http.request(url .. "/complete", "PATCH")))
    end)
  end)

  -- Whether v1 and v2 take a token for an audience.
  local function takes(server, audience)
    local headers = { Authorization = "Bearer " .. sign_in(server, audience) }
    return (http.request(server.base_url .. "/v1/tasks/1", "GET", headers)) ~= 401,
      (http.request(server.rest_url .. "/v2/topology", "GET", headers)) ~= 401
  end

  it("has v2 at another root up to 8.7, where each API wants tokens of its own", function()
    beside({ version = "8.7", base_path = "/id" }, function(server)
      assert.not_equal(server.base_url, server.rest_url)
      assert.same({ true, false }, { takes(server, "tasklist.camunda.io") })
      assert.same({ false, true }, { takes(server, "zeebe.camunda.io") })
    end)
    beside({ version = "8.7", check_audience = false }, function(server)
      assert.same({ true, true }, { takes(server, "other") })
    end)
  end)

  it("has one root for both from 8.8 on, and each audience is good for both", function()
    beside({ version = "8.8", v1 = true, base_path = "/id", rest_audience = "new" }, function(server)
      assert.equal(server.base_url, server.rest_url)
      assert.truthy(server.base_url:find("/id", 1, true))
      assert.same({ true, true }, { takes(server, "tasklist.camunda.io") })
      assert.same({ true, true }, { takes(server, "new") })
    end)
  end)

  it("meets requests to the other root with the same faults", function()
    beside({ authentication = "none" }, function(server)
      server.faults:add{ { action = "status", status = 502, path = "/v2/" } }
      assert.equal(404, (http.request(server.base_url .. "/v1/tasks/1", "GET")))
      assert.equal(502, (http.request(server.rest_url .. "/v2/topology", "GET")))
      assert.equal(200, (http.request(server.rest_url .. "/v2/topology", "GET")))
    end)
  end)

  local bad = {
    { { hots = "x" }, 'unknown option "hots"; did you mean "host"?' },
    { { tokens = "x" }, 'unknown option "tokens"; it takes audience, authentication, ' },
    { { version = "8.4" }, 'option "version" must be a version from "8.5" to "8.10", such as "8.8" or "8.8.5", got' },
    { { version = 8.6 }, 'option "version" must be a version from "8.5" to "8.10"' },
    { { version = "8.10.2", v1 = true }, 'option "v1" cannot be true: 8.10.2 has no v1 any more' },
    { { port = "80" }, 'option "port" must be of type integer, got the string "80"' },
    { { port = 1.5 }, 'option "port" must be of type integer, got the float 1.5' },
    { { tls = "bad" }, 'option "tls" must be one of "good", "wrong_host", "expired", "unknown_ca", got' },
    { { tls_max_version = "1.3" }, 'option "tls_max_version" must be one of "1.1", got the string "1.3"' },
    { { client_certificate = true }, 'option "client_certificate" needs option "tls"' },
    { { authentication = "magic" }, 'option "authentication" must be one of "jwt", "cookie", "basic", "none", got' },
    { { token_life = "5" }, 'option "token_life" must be of type number, got the string "5"' },
    { "80", "options: table expected, got a string" },
    { module, "new: call it with a dot: sandbox.new(…)" },
  }
  for _, case in ipairs(bad) do
    it("is refused: " .. case[2], function()
      local ok, why = pcall(new, case[1])
      assert.is_false(ok)
      assert.is_truthy(why:find(case[2], 1, true), why)
    end)
  end

  it("is refused at the caller's line", function()
    for name in pairs(module) do
      for _, given in ipairs { { hots = "x" }, module } do
        local _, why = pcall(function() module[name](given) end)
        assert.is_truthy(why:find("^spec/sandbox/init_spec.lua:%d+: "), why)
      end
    end
  end)

  it("says so where it cannot listen", function()
    local first = new{}
    local ok, why = pcall(new, { port = first.listener.port })
    first:close()
    assert.is_false(ok)
    assert.is_truthy(why:find("^cannot listen on 127.0.0.1 port %d+: "))
  end)
end)

describe("a sandbox as a process", function()
  local function with(options, use)
    local server = sandbox.start(options)
    local ok, why = pcall(use, server)
    server:stop()
    assert(ok, why)
  end

  it("signs in and searches with what it printed", function()
    with(nil, function(server)
      local status, _, body = search(server, sign_in(server))
      assert.equal(200, status)
      -- The samples' four canceled tasks are left out.
      assert.is_true(#json.decode(body) >= 30)
    end)
  end)

  it("prints the addresses of the APIs that are there", function()
    with({ version = "8.6" }, function(server)
      assert.same({ server.base_url, server.base_url .. "/zeebe" }, { server.v1_url, server.rest_url })
    end)
    with({ version = "8.10" }, function(server)
      assert.same({ n = 2, nil, server.base_url }, table.pack(server.v1_url, server.rest_url))
    end)
  end)

  it("holds tasks with all that v2 shows of them", function()
    with({ version = "8.10", authentication = "none", tasks = { { id = "1", implementation = "ZEEBE_USER_TASK",
      customHeaders = { colour = "red" }, tags = { "hot" } } } }, function(server)
      local status, _, body = http.request(server.rest_url .. "/v2/user-tasks/1", "GET")
      local task = json.decode(body)
      assert.same({ 200, { colour = "red" }, json.array{ "hot" } }, { status, task.customHeaders, task.tags })
    end)
  end)

  it("takes tables as options", function()
    with({ authentication = "basic", users = { { name = "me", password = "p", groups = { "hr" } } } }, function(server)
      assert.equal(200, (http.request(server.base_url .. "/v1/tasks/search", "POST",
        { Authorization = "Basic bWU6cA==" })))
    end)
  end)

  it("listens on IPv6", function()
    with({ host = "::1" }, function(server)
      assert.is_truthy(server.base_url:find("^http://%[::1%]:%d+$"))
      assert.equal(200, (search(server, sign_in(server))))
    end)
  end)

  it("prints credentials that a shell can read back", function()
    with({ client_id = "it's", client_secret = "a 'b' $c + & = % ü" }, function(server)
      assert.same({ "it's", "a 'b' $c + & = % ü" }, { server.client_id, server.client_secret })
    end)
  end)

  it("has its API beneath a base path only, and the token endpoint beside it", function()
    with({ base_path = "/cluster-id" }, function(server)
      assert.is_truthy(server.base_url:find("/cluster-id", 1, true))
      local token = sign_in(server)
      assert.equal(200, (search(server, token)))
      local status, _, body = http.request(server.root .. "/v1/tasks/search", "POST",
        { Authorization = "Bearer " .. token })
      assert.same({ 404, "" }, { status, body })
    end)
  end)

  it("lets tokens end after a fraction of a second", function()
    with({ token_life = 0.05 }, function(server)
      local token = sign_in(server)
      local function refusal()
        local status, _, body = search(server, token)
        return status == 401 and json.decode(body).message
      end
      while not refusal() do end
      assert.is_truthy(refusal():find("Jwt expired at", 1, true))
    end)
  end)

  it("lets tokens begin after a fraction of a second", function()
    with({ token_delay = 0.05 }, function(server)
      local token = sign_in(server)
      local status, _, body = search(server, token)
      assert.equal(401, status)
      assert.is_truthy(json.decode(body).message:find("Jwt used before 20", 1, true))
      while search(server, token) ~= 200 do end
    end)
  end)

  it("packs answers only for those who ask", function()
    with({ gzip = true }, function(server)
      local token = sign_in(server)
      local _, plain = search(server, token)
      local _, packed, body = search(server, token, { ["Accept-Encoding"] = "gzip, deflate" })
      assert.same({ nil, "gzip", "\x1f\x8b" },
        { plain["content-encoding"], packed["content-encoding"], body:sub(1, 2) })
    end)
  end)

  it("takes its files away when it is told to end", function()
    local server = sandbox.start{ tls = "good", client_certificate = true }
    local files = { server.ca_file, server.cert_file, server.key_file, server.encrypted_key_file }
    assert.equal(4, #files)
    for _, path in ipairs(files) do assert(io.open(path)):close() end
    server:stop()
    for _, path in ipairs(files) do assert.is_nil(io.open(path)) end
  end)
end)
