--- A watch over failures: those that may pass, and those that cannot.
local connect = require "spec.support.client"
local sandbox = require "spec.support.sandbox"

local search_path = "/v1/tasks/search"

describe("watch", function()
  local server, client

  before_each(function()
    server = sandbox.start { tasks = {} }
    client = connect.of(server, { timeout = 2 })
  end)
  after_each(function()
    client:close()
    server:stop()
  end)

  -- Starts a process instance; gives the ids of its tasks.
  local function start(count)
    local tasks = {}
    for i = 1, count or 1 do tasks[i] = { name = "Approve" } end
    return select(2, server:start_instance { processName = "Invoice", tasks = tasks })
  end

  -- What the server does, and the kinds that on_error gets.
  local passing = {
    ["a 500"] = { { action = "status", status = 500 }, "http" },
    ["503 for long"] = { { action = "status", status = 503, times = 4 }, "http" },
    ["429 for long"] = { { action = "status", status = 429, times = 4 }, "http" },
    ["408"] = { { action = "status", status = 408 }, "http" },
    ["HTML"] = { { action = "body", body = "<html>" }, "decode" },
    ["JSON that is no list"] = { { action = "body", body = '{"message":"soon"}' }, "decode" },
    ["bytes that are no HTTP"] = { { action = "garbage", times = 4 }, "network" },
    -- libcurl itself goes again on a connection that was kept.
    ["connections that end"] = { { action = "close", times = 9 }, "network" },
    ["connections that are reset"] = { { action = "reset", times = 9 }, "network" },
    ["answers that are cut"] = { { action = "cut", times = 4 }, "network" },
    ["a server that is silent"] = { { action = "silent" }, "timeout" },
    ["a token endpoint that is down"] =
      { { path = "/oauth/token", action = "status", status = 503, times = 4 }, "http" },
    ["a token endpoint that has too much to do"] =
      { { path = "/oauth/token", action = "status", status = 429, times = 4 }, "http" },
    ["a token endpoint that answers no JSON"] = { { path = "/oauth/token", action = "body", body = "<html>" }, "auth" },
    ["a token endpoint that refuses what it took before"] =
      { { path = "/oauth/token", action = "status", status = 401, body = '{"error":"unauthorized_client"}' }, "auth" },
    ["a token endpoint that is gone for a while"] =
      { { path = "/oauth/token", action = "status", status = 404 }, "auth" },
    ["a token endpoint whose answer is cut"] = { { path = "/oauth/token", action = "cut", times = 4 }, "auth" },
  }
  for name, row in pairs(passing) do
    it("goes on over " .. name, function()
      local expected, failures, seen = start(3), {}, {}
      local watching = client:watch({ pageSize = 2 }, { interval = 0.05, timeout = 1, on_error = function(failure)
        failures[#failures + 1] = failure
      end })
      seen[1] = watching().id
      if row[1].path then server:revoke() end
      row[1].path = row[1].path or search_path
      server:fault(row[1])
      expected[4] = start()[1]
      for i = 2, 4 do seen[i] = watching().id end
      table.sort(seen)
      assert.same(expected, seen)
      assert.equal(row[2], failures[1] and failures[1].kind)
      assert.equal("tasklist.error", getmetatable(failures[1]).__name)
    end)
  end

  it("goes on without on_error as well", function()
    server:fault { path = search_path, action = "status", status = 500, times = 2 }
    start()
    assert.truthy(client:watch({}, { interval = 0.05 })())
  end)

  -- As many tasks as the watch asks for; the last one with these sort values.
  local function full_page(sort_values)
    return "[" .. ('{"id":"x"},'):rep(199) .. ('{"id":"y","sortValues":[%s]}]'):format(sort_values or "")
  end

  -- What the server does, and the failure that is raised.
  local final = {
    ["a bad request"] = { { { path = search_path, action = "status", status = 400 } }, "http", 400 },
    ["a URL that is wrong"] = { { { path = search_path, action = "status", status = 404 } }, "http", 404 },
    ["a token that the API never accepts"] =
      { { { path = search_path, action = "status", status = 401, times = 2 } }, "auth", 401 },
    ["a refused secret"] = { { { path = search_path, action = "status", status = 401 },
      { path = "/oauth/token", action = "status", status = 401, body = '{"error":"invalid_client"}' } }, "auth", 401,
      { sign_in_patience = 0 } },
    ["tasks without ids"] = { { { path = search_path, action = "body", body = "[{}]" } }, "decode" },
    ["a full page to go on from nowhere"] =
      { { { path = search_path, action = "body", body = full_page() } }, "decode" },
    ["pages that do not move on"] =
      { { { path = search_path, action = "body", body = full_page '"1"', times = 2 } }, "decode" },
    ["a header line beyond libcurl's limit"] = { { { path = search_path, action = "body", body = "[]",
      headers = { ["X-Much"] = ("x"):rep(120000) } } }, "limit", 200 },
    ["a header line beyond it from the token endpoint"] = { { { path = search_path, action = "status", status = 401 },
      { path = "/oauth/token", action = "body", body = "{}", headers = { ["X-Much"] = ("x"):rep(120000) } } }, "limit",
      200 },
    ["an answer beyond our limit"] = { { { path = search_path, action = "body", size = 200000 } }, "limit", 200 },
  }
  for name, row in pairs(final) do
    it("raises what cannot pass: " .. name, function()
      local own <close> = connect.of(server, { max_response = 100000 })
      start()
      local options = { interval = 0.05, on_error = function() error { kind = "may pass" } end }
      for option, value in pairs(row[4] or {}) do options[option] = value end
      local watching = own:watch({}, options)
      assert.truthy(watching())
      server:fault(row[1])
      local failure
      repeat
        local ok, result = pcall(watching) -- of a page that is no good, what came before is given
        failure = not ok and result
      until failure
      assert.equal(row[2], failure.kind)
      assert.equal(row[3], failure.status)
    end)
  end

  it("raises at once when the first sign-in is refused", function()
    local own <close> = connect.of(server, { client_secret = "wrong" })
    local ok, failure = pcall(own:watch({}, { on_error = function() error "may pass" end }))
    assert.is_false(ok)
    assert.equal("auth", failure.kind)
    assert.equal(401, failure.status)
    assert.is_true(failure.sign_in)
  end)

  describe("by a clock of its own", function()
    local core = require "tasklist.core"
    local now, real = 1000, core.now
    setup(function() core.now = function() return now end end)
    teardown(function() core.now = real end)

    it("bears a refused sign-in for its time, which begins anew with each", function()
      local refuses, failures = false, {}
      local function token()
        local other <close> = connect.of(server)
        assert(other:search_tasks())
        local log = server:log()
        return not refuses and log[#log - 1].token or nil, "not today"
      end
      local own <close> = connect.to(server, { token = token })
      local watching = own:watch({}, { interval = 0.01, sign_in_patience = 300, on_error = function(failure)
        failures[#failures + 1] = failure
        now = now + 200
        refuses = #failures > 2
        if not refuses then start() end
      end })
      local ok, failure
      start()
      repeat
        ok, failure = pcall(watching)
        refuses = ok or refuses
        server:revoke()
      until not ok
      assert.equal("not today", failure.message)
      assert.is_true(failure.sign_in)
      assert.equal(4, #failures) -- two that passed, and then a third that came twice before it raised
    end)
  end)

  it("raises what on_error raises, and can go on", function()
    server:fault { path = search_path, action = "status", status = 500 }
    start()
    local watching = client:watch({}, { interval = 0.05, on_error = function(failure) error({ failure }) end })
    local ok, raised = pcall(watching)
    assert.is_false(ok)
    assert.equal(500, raised[1].status)
    assert.truthy(watching())
  end)

  it("goes on when the server comes back", function()
    local port = math.tointeger(tonumber(server.base_url:match(":(%d+)$")))
    local expected, seen, failures = start(2), {}, {}
    for task in client:watch({}, { interval = 0.05, on_error = function(failure)
      failures[#failures + 1] = failure.kind
      server = sandbox.start({ port = port }, { tasks = ('{ { id = "7" }, { id = %q } }'):format(expected[2]) })
    end }) do
      seen[#seen + 1] = task.id
      if #seen == 2 then server:stop() end
      if #seen == 3 then break end
    end
    assert.same({ expected[1], expected[2], "7" }, seen)
    assert.same({ "network" }, failures)
  end)
end)
