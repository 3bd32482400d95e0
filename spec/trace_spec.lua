--- The trace function: what each attempt was like.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"

describe("trace", function()
  local server
  setup(function() server = sandbox.start() end)
  teardown(function() server:stop() end)
  before_each(function() server:clear() end)

  local function traced(options)
    local seen = {}
    options = options or {}
    options.trace = function(attempt) seen[#seen + 1] = attempt end
    return connect.of(server, options), seen
  end

  it("tells of each attempt, the sign-in included", function()
    server:fault { path = "/v1", action = "status", status = 503 }
    local client <close>, seen = traced()
    assert(client:search_tasks { pageSize = 1 })
    assert.equal(3, #seen)
    local token, first, second = table.unpack(seen)
    assert.same({ "POST", server.token_url, 200, 1, "token" },
      { token.method, token.url, token.status, token.attempt, token.sign_in })
    assert.same({ "POST", server.base_url .. "/v1/tasks/search", 503, 1 },
      { first.method, first.url, first.status, first.attempt, first.sign_in })
    assert.same({ 200, 2 }, { second.status, second.attempt })
    for _, attempt in ipairs(seen) do
      assert.is_nil(attempt.error)
      assert.truthy(attempt.first_byte > 0 and attempt.total >= attempt.first_byte)
      assert.truthy(attempt.sent > 0)
      assert.equal("integer", math.type(attempt.sent))
    end
    assert.equal(0, first.received)
    assert.truthy(second.received > 100)
  end)

  it("tells of attempts that came to no answer", function()
    server:fault { { path = "/v1", action = "reset" }, { path = "/v1", action = "silent" } }
    local client <close>, seen = traced()
    assert.is_nil((client:request("PATCH", "/v1/tasks/0/unassign", "{}")))
    local _, failure = client:search_tasks(nil, { timeout = 0.3 })
    assert.equal("timeout", failure.kind)
    assert.equal(3, #seen)
    assert.equal("PATCH", seen[2].method)
    assert.is_nil(seen[2].status)
    assert.truthy(#seen[2].error > 0)
    assert.is_nil(seen[3].status)
    find(seen[3].error, "no answer within 0.3 s")
  end)

  it("tells of nobody who listens", function()
    local client <close>, seen = traced { authorization_server_url = "http://127.0.0.1:1/token", timeout = 0.2 }
    client:search_tasks()
    find(seen[1].error, "Failed to connect")
    assert.is_nil(seen[1].connect)
  end)

  it("hands on what it raises, and the client stays usable", function()
    local calls = 0
    local client <close> = connect.of(server, { trace = function()
      calls = calls + 1
      if calls == 1 then error { mine = true } end
    end })
    local ok, problem = pcall(client.search_tasks, client)
    assert.is_false(ok)
    assert.same({ mine = true }, problem)
    assert(client:search_tasks())
    assert.truthy(calls >= 2)
  end)

  it("hands on this module's own error objects as they are", function()
    local _, own = tasklist.decode "["
    local client <close> = connect.of(server, { trace = function() error(own) end })
    local ok, problem = pcall(client.search_tasks, client)
    assert.is_true(not ok and rawequal(own, problem))
    ok, problem = pcall(client:tasks())
    assert.is_true(not ok and rawequal(own, problem))
  end)

  it("may use the client, and may close it", function()
    local client, inner
    client = connect.of(server, { trace = function()
      if not inner then
        inner = true
        inner = client:search_tasks { pageSize = 1 }
      end
    end })
    assert(client:search_tasks())
    assert.is_table(inner)
    client:close()
    client = connect.of(server, { trace = function() client:close() end })
    find(select(2, pcall(client.search_tasks, client)), "closed client")
  end)

  it("can't yield", function()
    local client <close> = connect.of(server, { trace = function() coroutine.yield() end })
    local ok, problem = coroutine.wrap(function() return pcall(client.search_tasks, client) end)()
    assert.is_false(ok)
    find(problem, "yield")
  end)
end)
