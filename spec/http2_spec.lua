--- What an HTTP/2 server does with a request, and what is known of it then.
local core = require "tasklist.core"
local find = require "spec.support.find"
local h2 = require "spec.support.h2"
local names = require "tasklist.settings.names"
local tasklist = require "tasklist"

local function connect(server, options)
  local all = { base_url = server.base_url, token = "a", ca_file = server.ca_file, timeout = 10, env = false }
  for name, value in pairs(options or {}) do all[name] = value end
  return assert(tasklist.new(all))
end

local fine = "answer 200"

local function default_of(setting)
  for _, row in ipairs(names) do
    if row.name == setting then return row.default end
  end
end

-- Of a write: libcurl could send one without a body again by itself.
local writes = {
  ["with a body"] = function(client)
    return client:assign_task("1", { assignee = "robot" })
  end,
  ["without a body"] = function(client)
    local status, failure = client:request("PATCH", "/v1/tasks/1/unassign")
    if status then return status == 200 end
    return nil, failure
  end,
}

local function read(client)
  return client:get_task "1"
end

-- On a connection that has served before, and on a new one.
local ways = {
  { "on a kept connection", function(action) return { fine, action, fine } end, 1 },
  { "on a new connection", function(action) return { action, fine } end, 0 },
}

-- Runs one call; gives what it gives, and what the server has taken of it.
local function call(way, action, verb, options)
  local server <close> = h2.start(way[2](action))
  local client <close> = connect(server, options)
  if way[3] > 0 then assert(read(client)) end
  local result, failure = verb(client)
  return result, failure, { table.unpack(server:log(), way[3] + 1) }
end

describe("HTTP/2:", function()
  -- RFC 9113 section 8.7, and 6.8 for a GOAWAY whose last stream is below the request's.
  local not_taken = { "refused", "goaway_below" }
  -- What a server may do after it has executed a request.
  local unknown = { "close", "reset", "goaway_at", "internal", "cancel", "http_1_1_required", "answer 000",
    "answer 009", "answer 150" }

  for _, way in ipairs(ways) do
    for _, action in ipairs(not_taken) do
      for name, write in pairs(writes) do
        it(("a write %s is sent again after %s, %s"):format(name, action, way[1]), function()
          local done, failure, taken = call(way, action, write)
          assert.is_nil(failure)
          assert.truthy(done)
          assert.same({ action, fine }, taken)
        end)

        it(("a write %s is not sent again without retries after %s, %s"):format(name, action, way[1]), function()
          local done, failure, taken = call(way, action, write, { retries = 0 })
          assert.is_nil(done)
          assert.equal("network", failure.kind)
          assert.is_nil(failure.outcome)
          find(failure.message, "refused the request's HTTP/2 stream and did nothing with it")
          assert.same({ action }, taken)
        end)
      end
    end

    for _, action in ipairs(unknown) do
      for name, write in pairs(writes) do
        it(("a write %s is unknown after %s, %s"):format(name, action, way[1]), function()
          local done, failure, taken = call(way, action, write)
          assert.is_nil(done)
          assert.equal("network", failure.kind)
          assert.equal("unknown", failure.outcome)
          assert.is_nil(failure.status)
          assert.equal(1, failure.attempts)
          assert.same({ action }, taken)
        end)
      end
    end

    for _, action in ipairs { "refused", "goaway_below", "close", "goaway_at", "internal", "cancel", "answer 000",
      "answer 009" } do
      it(("a read is sent again after %s, %s"):format(action, way[1]), function()
        local task, failure, taken = call(way, action, read)
        assert.is_nil(failure)
        assert.equal("1", task.id)
        assert.same({ action, fine }, taken)
      end)
    end

    for _, action in ipairs { "head_refused", "head_goaway_below" } do
      for name, write in pairs(writes) do
        it(("a write %s whose answer has begun is not taken for refused after %s, %s"):format(name, action, way[1]),
          function()
            local done, failure, taken = call(way, action, write)
            assert.is_nil(done)
            assert.equal("network", failure.kind)
            assert.equal("done", failure.outcome)
            assert.same({ action }, taken)
          end)
      end
    end

    it("a write whose answer has begun is done when its time is over, " .. way[1], function()
      local done, failure = call(way, "head", writes["with a body"], { timeout = 0.5 })
      assert.is_nil(done)
      assert.equal("timeout", failure.kind)
      assert.equal("done", failure.outcome)
      assert.equal(200, failure.status)
    end)
  end

  it("a write that is refused for ever was not executed", function()
    local server <close> = h2.start { "refused" }
    local client <close> = connect(server)
    local done, failure = writes["with a body"](client)
    assert.is_nil(done)
    assert.equal("network", failure.kind)
    assert.is_nil(failure.outcome)
    assert.equal(4, failure.attempts)
    assert.same({ "refused", "refused", "refused", "refused" }, server:log())
  end)

  -- libcurl remembers in its handle that a stream was refused, until it sends again for that reason. It does not where
  -- it sends again for another, as a read on a kept connection.
  it("a write that is lost is not taken for refused because a read was", function()
    local server <close> = h2.start { fine, "refused", fine, "reset", fine }
    local client <close> = connect(server)
    assert(read(client))
    assert(read(client))
    local done, failure = writes["without a body"](client)
    assert.is_nil(done)
    assert.equal("unknown", failure.outcome)
    assert.same({ fine, "refused", fine, "reset" }, server:log())
  end)

  it("a write that is lost after it was refused is unknown", function()
    local server <close> = h2.start { "refused", "close" }
    local client <close> = connect(server)
    local done, failure = writes["with a body"](client)
    assert.is_nil(done)
    assert.equal("unknown", failure.outcome)
    assert.same({ "refused", "close" }, server:log())
  end)

  -- libcurl puts 100 requests on a connection, and makes one more for each further request.
  it("a burst shares one connection", function()
    local server <close> = h2.start { "answer_when_quiet" }
    local engine <close> = core.engine { connect_timeout = 10, ca_file = server.ca_file,
      max_requests = default_of "max_requests" }
    local requests = {}
    for i = 1, 256 do
      requests[i] = engine:start(nil, "GET", server.base_url .. "/v1/tasks/" .. i, "", nil, 20, 10000, true)
    end
    for _, request in ipairs(requests) do
      while not engine:wait(request) do end
      assert.equal(200, (request:result()))
    end
    assert.equal(256, #server:log())
    assert.equal(1, server:connections())
  end)
end)
