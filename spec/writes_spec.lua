--- How often a write was executed, by the sandbox's ledger, and what the caller was told about it.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local wire = require "spec.support.wire"

local server, client

setup(function()
  server = wire.start()
  client = connect.of(server)
end)
teardown(function()
  client:close()
  server:stop()
end)
before_each(function()
  server:clear()
  server:tasks(wire.tasks { { id = "1", assignee = "demo" } })
end)

local writes = {
  assign = function(by, options) return by:assign_task("1", { assignee = "robot" }, options) end,
  -- Without a body, which libcurl would not have to rewind to send it again.
  unassign = function(by, options) return by:unassign_task("1", options) end,
  complete = function(by, options) return by:complete_task("1", { a = 1 }, options) end,
  save_drafts = wire.has_drafts and function(by, options) return by:save_draft_variables("1", { a = 1 }, options) end,
}

-- Whether the answer to a write has no body, so that nothing of it can be missing.
local function is_answered_by_nothing(name)
  return name == "save_drafts" or not wire.writes_answer
end

-- The writes that arrived: requests, whatever became of them.
local function arrived()
  local found = {}
  for _, entry in ipairs(server:log()) do
    if entry.path:find(wire.task .. "/", 1, true) then found[#found + 1] = entry end
  end
  return found
end

-- What is said may be less than what happened, and never more: `outcome` is what is said, "refused" when nothing
-- happened. Executing a second time may be refused by the server, so that arrivals are counted as well.
local function check(done, failure, sent, executed, outcome)
  local count = #server:ledger()

  assert.equal(sent, #arrived())
  assert.equal(executed or count, count)
  assert.is_true(count <= 1)
  local said = done and "success" or failure.outcome or "refused"
  assert.equal(outcome or said, said)
  assert.equal(({ success = 1, done = 1, refused = 0 })[said] or count, count)
end

-- Sends a write over a connection that has served before.
local function write_on_kept(name, options)
  assert(client:get_task "1")
  local used = server:log()
  used = used[#used].connection
  local done, failure = writes[name](client, options)
  local first = arrived()[1]
  if first then assert.equal(used, first.connection) end
  return done, failure
end

for _, tls in ipairs { false, "good" } do
  describe("a write whose connection ends" .. (tls and ", https," or ""), function()
    local plain_server, plain_client
    setup(function()
      plain_server, plain_client = server, client
      server = wire.start { tls = tls or nil }
      client = connect.of(server, { ca_file = server.ca_file })
    end)
    teardown(function()
      client:close()
      server:stop()
      server, client = plain_server, plain_client
    end)

    -- Where it ends; executions; what the caller is told. A reset may overtake what was sent before it.
    local ends = {
      { "headers", 0, "unknown" }, { "body", 0, "unknown" }, { "before", 0, "unknown" }, { "executed", 1, "unknown" },
      { "in", 1, "done" }, { "after", 1, "success" },
    }
    for name in pairs(writes) do
      for _, action in ipairs { "close", "reset" } do
        for _, row in ipairs(ends) do
          local at, executed, outcome = table.unpack(row)
          if at == "in" and is_answered_by_nothing(name) then outcome = "success" end
          if action == "reset" and executed == 1 and at ~= "executed" then outcome = nil end
          local possible = at ~= "body" or name ~= "unassign"
          local case = possible and it or function() end
          case(("by a %s, %s: %s"):format(action, at, name), function()
            server:fault { path = wire.task .. "/", action = action, at = at, times = 9,
              bytes = at == "body" and 1 or nil }
            local done, failure = write_on_kept(name)
            check(done, failure, 1, executed, outcome)
            if not done then
              assert.equal("network", failure.kind)
              assert.equal(1, failure.attempts)
              assert.is_nil(failure.message:find("rewind", 1, true)) -- libcurl's own concern
            end
          end)
        end
      end

      -- Whether libcurl had sent all when the end came decides whether it may send again.
      for _, action in ipairs { "close", "reset" } do
        it(("by a %s as its first byte comes: %s"):format(action, name), function()
          server:fault { path = wire.task, method = "GET", action = action, at = "next" }
          assert(client:get_task "1")
          local done, failure = writes[name](client)
          check(done, failure, done and 1 or 0, done and 1 or 0)
          assert.equal(done == nil and "unknown" or nil, failure and failure.outcome)
        end)
      end
    end
  end)
end

describe("a write that got an answer", function()
  local wait = { ["Retry-After"] = "60" }
  local function status(code, more)
    local fault = { action = "status", status = code, body = "" }
    for key, value in pairs(more or {}) do fault[key] = value end
    return fault
  end
  -- What, the fault, requests, executions, what the caller is told, the kind of the error.
  local answers = {
    { "502, executed", status(502, { executed = true, times = 9 }), 1, 1, "unknown", "http" },
    { "502, not executed", status(502, { times = 9 }), 1, 0, "unknown", "http" },
    { "504, executed", status(504, { executed = true, times = 9 }), 1, 1, "unknown", "http" },
    { "504, not executed", status(504, { times = 9 }), 1, 0, "unknown", "http" },
    { "504 with Retry-After", status(504, { times = 9, headers = wait }), 1, 0, "unknown", "http" },
    { "503 without a word", status(503, { executed = true, times = 9 }), 1, 1, "unknown", "http" },
    { "500, executed", status(500, { executed = true, times = 9 }), 1, 1, "unknown", "http" },
    { "500 that says RESOURCE_EXHAUSTED", status(500, { body = "RESOURCE_EXHAUSTED", times = 9 }), 1, 0, "unknown" },
    { "500 of a conflict", { action = "conflict", times = 9 }, 1, 0, "unknown", "http" },
    { "500 of a broker that knows no such job", { action = "rejected", times = 9 }, 1, 0, "unknown", "http" },
    { "401 once", status(401), 2, 1, "success" },
    { "401 always", status(401, { times = 9 }), 2, 0, "refused", "auth" },
    { "503 RESOURCE_EXHAUSTED once", { action = "exhausted" }, 2, 1, "success" },
    { "503 RESOURCE_EXHAUSTED always", { action = "exhausted", times = 9 }, 4, 0, "refused", "http" },
    { "429 thrice", status(429, { times = 3 }), 4, 1, "success" },
    { "429 always", status(429, { times = 9 }), 4, 0, "refused", "http" },
    { "429 that asks to wait too long", status(429, { headers = wait }), 1, 0, "refused", "http" },
    { "503 RESOURCE_EXHAUSTED that asks to wait too long", { action = "exhausted", headers = wait }, 1, 0, "refused" },
    { "400", status(400, { times = 9 }), 1, 0, "refused", "http" },
    { "403", status(403, { times = 9 }), 1, 0, "refused", "http" },
    { "404", status(404, { times = 9 }), 1, 0, "refused", "http" },
    { "409", status(409, { times = 9 }), 1, 0, "refused", "http" },
    { "302", status(302, { times = 9, headers = { Location = wire.task .. "/assign" } }), 1, 0, "refused", "http" },
    { "what is no HTTP", { action = "garbage", executed = true, times = 9 }, 1, 1, "unknown", "network" },
    { "none in time", { action = "silent", executed = true, times = 9 }, 1, 1, "unknown", "timeout" },
    { "none in time, and did not happen", { action = "silent", times = 9 }, 1, 0, "unknown", "timeout" },
    { "only the beginning of one in time", { action = "trickle", interval = 0.05, executed = true }, 1, 1, nil,
      "timeout" },
    { "only its head in time", { action = "body", body = "", headers = { ["Content-Length"] = "9" }, executed = true },
      1, 1, "done", "timeout" },
    { "another than JSON", { action = "body", body = "<html>", executed = true, times = 9 }, 1, 1, "done", "decode" },
    { "one with a longer header line than libcurl takes", { action = "body", body = "{}", executed = true,
      headers = { ["X-Much"] = ("x"):rep(120000) } }, 1, 1, "done", "limit" },
    { "a packed one that ends early", { action = "unfinished", bytes = 17, executed = true }, 1, 1, "done", "network" },
    { "a larger one than allowed", { action = "body", size = 20000000, executed = true }, 1, 1, "done", "limit" },
  }
  for _, row in ipairs(answers) do
    local what, fault, sent, executed, outcome, kind = table.unpack(row, 1, 6)
    local impatient = kind == "timeout"
    for name in pairs(writes) do
      local nothing_to_read = is_answered_by_nothing(name) and fault.action == "unfinished"
      if not nothing_to_read then
        it(("of %s: %s"):format(what, name), function()
          fault.path = wire.task .. "/"
          -- A client of its own: one whose fresh token was refused lets the token endpoint rest for a while.
          local shared <const> = client
          client = connect.of(server)
          finally(function()
            client:close()
            client = shared
          end)
          server:fault(fault)
          local done, failure = write_on_kept(name, impatient and { timeout = 0.3 } or nil)
          check(done, failure, sent, executed, outcome)
          if not done then assert.equal(kind or failure.kind, failure.kind) end
        end)
      end
    end
  end

  for _, executed in ipairs { true, false } do
    it(("that was lost after a 429 is lost (%s)"):format(executed and "executed" or "not executed"), function()
      server:fault { { path = wire.task .. "/", action = "status", status = 429 },
        { path = wire.task .. "/", action = "close", at = executed and "executed" or "before", times = 9 } }
      local done, failure = write_on_kept "assign"
      check(done, failure, 2, executed and 1 or 0, "unknown")
      assert.equal(2, failure.attempts)
    end)
  end

  it("is sent once more, and only then executed, when the token is worth nothing any more", function()
    assert(client:get_task "1")
    server:revoke()
    for name in pairs(writes) do
      server:clear()
      server:tasks(wire.tasks { { id = "1", assignee = "demo" } })
      server:revoke()
      local done, failure = writes[name](client)
      check(done, failure, 2, 1, "success")
    end
  end)
end)

describe("a write that nobody could take", function()
  it("did not happen: nobody listens", function()
    local lonely <close> = connect.of(server, { [wire.address] = "http://127.0.0.1:1", authorization_server_url =
      server.token_url })
    for name in pairs(writes) do
      local done, failure = writes[name](lonely)
      check(done, failure, 0, 0, "refused")
      assert.equal("network", failure.kind)
      assert.equal(4, failure.attempts)
    end
  end)

  it("did not happen: no token in time", function()
    local fresh <close> = connect.of(server, { timeout = 0.3 })
    server:fault { path = "/oauth/token", action = "silent", times = 9 }
    local done, failure = writes.assign(fresh)
    check(done, failure, 0, 0, "refused")
    find(failure.message, "waiting for a token")
  end)

  -- The proxy, and the URL that is reached by it. No such name exists: only a proxy could lead there.
  local proxies = {
    { "is down", "http://127.0.0.1:1", "http://tasklist.invalid", "the proxy http://127.0.0.1:1: " },
    { "is down, before https", "http://127.0.0.1:1", "https://tasklist.invalid",
      "the proxy http://127.0.0.1:1: " },
    { "refuses to lead on", "http://%s", "https://tasklist.invalid", "CONNECT tunnel failed" },
  }
  for _, row in ipairs(proxies) do
    it("did not happen: the proxy " .. row[1], function()
      local proxy = row[2]:format(server.base_url:match("//([^/]+)"))
      local script = ([[
        local client <close> = assert(require "tasklist".new { %s = %q, authorization_server_url = %q,
          client_id = %q, client_secret = %q, allow_insecure = true, timeout = 20 })
        local done, failure = client:assign_task("1", { assignee = "robot" })
        print(done, failure.kind, failure.attempts, failure.outcome, failure.message)
      ]]):format(wire.address, row[3], server.token_url, server.client_id, server.client_secret)
      local output = connect.run_script(script,
        ("no_proxy= NO_PROXY= http_proxy=%s https_proxy=%s"):format(proxy, proxy))
      find(output, "nil\tnetwork\t4\tnil\t")
      find(output, row[4])
      assert.same({}, server:ledger())
      assert.same({}, arrived())
    end)
  end
end)
