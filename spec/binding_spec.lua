--- The binding by itself: what holds when the Lua above it misbehaves.
local core = require "tasklist.core"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"

describe("the binding", function()
  local server, engine
  setup(function() server = sandbox.start() end)
  teardown(function() server:stop() end)
  before_each(function()
    server:clear()
    engine = core.engine { connect_timeout = 5, retries = 3 }
  end)
  after_each(function() engine:close() end)

  local function identity(read)
    return engine:sign_in { url = server.token_url, timeout = 5, read = read,
      headers = "Content-Type: application/x-www-form-urlencoded\0",
      form = { "grant_type", "client_credentials", "audience", "tasklist.camunda.io",
        "client_id", server.client_id, "client_secret", server.client_secret } }
  end

  local function search(who)
    return engine:start(who, "POST", server.base_url .. "/v1/tasks/search", "Accept: application/json\0", nil, 5,
      1000000, true)
  end

  local function result(who)
    local request <close> = search(who)
    while not engine:wait(request) do end
    return request:result()
  end

  local function tokens()
    local count = 0
    for _, entry in ipairs(server:log()) do
      if entry.path == "/oauth/token" then count = count + 1 end
    end
    return count
  end

  it("takes what a decoder raises for a refusal, and the next call may try again", function()
    local calls = 0
    local who = identity(function(_, body)
      calls = calls + 1
      if calls == 1 then error("no good") end
      return body:match('"access_token"%s*:%s*"([^"]+)"')
    end)
    local status, failure = result(who)
    assert.is_nil(status)
    assert.equal("auth", failure.kind)
    find(failure.message, "no good")
    assert.equal(200, (result(who)))
    assert.equal(2, tokens())
  end)

  it("lets a decoder raise anything", function()
    for _, value in ipairs { {}, 5, false } do
      local _, failure = result(identity(function() error(value) end))
      assert.equal("auth", failure.kind)
    end
  end)

  it("survives a decoder that closes the engine", function()
    local who = identity(function() engine:close() return "token" end)
    local ok, problem = pcall(result, who)
    assert.is_false(ok)
    find(problem, "closed client")
  end)

  it("survives a call that a decoder makes with the same identity", function()
    local who, inner
    who = identity(function(_, body)
      if not inner then
        inner = true
        pcall(result, who)
      end
      return body:match('"access_token"%s*:%s*"([^"]+)"')
    end)
    assert.equal(200, (result(who)))
  end)

  it("survives a decoder that gives nonsense", function()
    for _, answer in ipairs { 5, true, {} } do
      local status, failure = result(identity(function() return answer, "nonsense" end))
      assert.is_nil(status)
      assert.equal("auth", failure.kind)
      find(failure.message, "nonsense")
    end
    local _, failure = result(identity(function() end))
    assert.equal("auth", failure.kind)
  end)

  it("refuses an identity of another engine", function()
    local other = core.engine { connect_timeout = 5, retries = 3 }
    local who = identity(function() end)
    find(select(2, pcall(other.start, other, who, "GET", server.base_url, "", nil, 5, 1000)), "another engine")
    other:close()
  end)

  it("refuses a request of another engine", function()
    local other = core.engine { connect_timeout = 5, retries = 3 }
    local request <close> = search(nil)
    while not engine:wait(request) do end -- or the other would wait for ever if it did not refuse
    find(select(2, pcall(other.wait, other, request)), "another engine")
    other:close()
    find(select(2, pcall(other.wait, other, request)), "closed client")
    assert.equal(401, (request:result()))
  end)

  it("gives a result once", function()
    local request <close> = search(nil)
    assert.is_false((pcall(request.result, request)))
    while not engine:wait(request) do end
    assert.equal(401, (request:result()))
    find(select(2, pcall(request.result, request)), "not finished")
    find(select(2, pcall(engine.wait, engine, request)), "over")
  end)

  it("refuses what is no request, no engine, no seconds", function()
    find(select(2, pcall(engine.wait, engine, io.stdout)), "tasklist.request expected")
    find(select(2, pcall(engine.wait, io.stdout)), "tasklist.engine expected")
    find(select(2, pcall(engine.start, engine, nil, "GET", server.base_url, "", nil, -1, 1000)), "positive seconds")
    find(select(2, pcall(engine.start, engine, nil, "GET", "http://a\0b", "", nil, 1, 1000)), "NUL")
  end)

  it("ends requests in whatever state they are", function()
    local waiting = search(identity(function() end))
    local sent = search(nil)
    assert.is_false((pcall(sent.result, sent)))
    waiting:close()
    waiting:close()
    engine:close()
    sent:close()
    assert.is_true(engine:closed())
    assert.is_false((pcall(engine.wait, engine, sent)))
  end)

  it("tells what a URL consists of", function()
    assert.same({ http = true, https = false, loopback = true, credentials = false, query = true, fragment = false,
      host = "localhost", port = 1 }, core.url "http://localhost:1/a?b")
    assert.equal("::1", core.url("https://[::1]").host)
    assert.is_nil(core.url "nonsense")
    assert.equal("a%20%2F%C3%BC~", core.encode "a /ü~")
    assert.equal("\127\0\0\1", core.address "127.0.0.1")
    assert.equal(("\0"):rep(15) .. "\1", core.address "::1")
    for _, text in ipairs { "", "localhost", "127.0.0.1\0", "127.0.0.1/8" } do assert.is_nil(core.address(text)) end
  end)
end)
