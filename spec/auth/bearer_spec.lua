--- auth = "bearer", end to end, with a 401 in the middle of a run.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local seen = require "spec.support.seen"

local search = "/v1/tasks/search"

local function search_one(client)
  return client:search_tasks { pageSize = 1 }
end

describe("auth = bearer", function()
  local server
  setup(function() server = sandbox.start() end)
  teardown(function() server:stop() end)
  before_each(function() server:clear() end)

  -- A token that the API takes, as somebody else would get it.
  local function new_token()
    local client <close> = connect.of(server)
    assert(search_one(client))
    return seen.last(server, "/oauth/token").token
  end

  it("sends a fixed token, and takes a 401 for final", function()
    local client <close> = connect.to(server, { token = new_token() })
    server:clear()
    for _ = 1, 2 do assert(search_one(client)) end
    server:revoke()
    local _, failure = search_one(client)
    assert.equal("auth", failure.kind)
    assert.equal(401, failure.status)
    assert.equal(1, failure.attempts)
    assert.equal(3, #server:log())
  end)

  it("asks a function for the token once, and again after a 401", function()
    local calls = 0
    local client <close> = connect.to(server, { token = function()
      calls = calls + 1
      return new_token()
    end })
    for _ = 1, 3 do assert(search_one(client)) end
    assert.equal(1, calls)
    server:revoke()
    assert(search_one(client))
    assert.equal(2, calls)
  end)

  it("asks the function once per call when the API goes on refusing", function()
    local calls = 0
    local client <close> = connect.to(server, { token = function()
      calls = calls + 1
      return "nonsense"
    end })
    local _, failure = search_one(client)
    assert.equal("auth", failure.kind)
    assert.equal(401, failure.status)
    assert.equal(2, calls)
    assert.equal(2, seen.count(server, search))
  end)

  it("asks the function again before the life that it gave is over", function()
    local calls = 0
    local client <close> = connect.to(server, { token = function()
      calls = calls + 1
      return new_token(), 0.001
    end })
    repeat
      assert(search_one(client))
    until calls > 1
  end)

  -- What the function does; words of the error.
  local failures = {
    { function() return nil, "the vault is closed" end, "the vault is closed" },
    { function() return nil end, "gave none" },
    { function() return 5 end, "gave none" },
    { function() return "a b" end, "no header can carry" },
    { function() return "a\r\nEvil: yes" end, "no header can carry" },
    { function() return "" end, "no header can carry" },
    { function() error("out of order") end, "out of order" },
    { function() error {} end, "raised" },
    { function() coroutine.yield() end, "yield", within = coroutine.wrap },
  }
  for number, row in ipairs(failures) do
    local within = row.within or function(fn) return fn end
    it("hands on what keeps the function from giving a token, row " .. number, function()
      local calls = 0
      local client <close> = connect.to(server, { token = function()
        calls = calls + 1
        return row[1]()
      end })
      local _, failure = within(function() return search_one(client) end)()
      assert.equal("auth", failure.kind)
      find(failure.message, row[2])
      assert.equal(1, calls)
      assert.equal(0, #server:log())
    end)
  end

  local function object(text)
    return setmetatable({}, { __tostring = function() return text end })
  end

  local objects = {
    { "an object that it gives", function() return nil, object("the vault\nis closed") end, [[the vault\nis closed]] },
    { "an object that it raises", function() error(object "out of order") end, "raised: out of order" },
    { "a table without a text", function() return nil, {} end, "table: 0x" },
    { "a number", function() return nil, 503 end, "503" },
    { "an object whose __tostring raises", function() return nil, setmetatable({}, { __tostring = error }) end,
      "the token function raised: table" },
    { "a raised object whose __tostring raises", function() error(setmetatable({}, { __tostring = error })) end,
      "the token function raised: table" },
    { "a raised object whose __tostring gives no text", function()
      error(setmetatable({}, { __tostring = function() return {} end }))
    end, "the token function raised: table" },
  }
  for _, row in ipairs(objects) do
    it("says what " .. row[1] .. " says", function()
      local client <close> = connect.to(server, { token = row[2] })
      local _, failure = search_one(client)
      assert.equal("auth", failure.kind)
      find(failure.message, row[3])
      assert.is_nil(failure.object)
    end)
  end

  for name, fail in pairs { gives = function(own) return nil, own end, raises = error } do
    it("hands through this module's own error object that the function " .. name, function()
      local other <close> = connect.to(server, { base_url = "http://127.0.0.1:1", token = "abc", retries = 0 })
      local given
      local client <close> = connect.to(server, { token = function()
        given = select(2, other:get_task "1")
        return fail(given)
      end })
      for _ = 1, 2 do
        local _, failure = search_one(client)
        assert.equal("network", failure.kind)
        assert.equal("/v1/tasks/1", failure.path)
        assert.is_true(rawequal(given, failure))
      end
      local ok, raised = pcall(client:tasks())
      assert.is_true(not ok and rawequal(given, raised))
    end)
  end

  it("lets each object stand for the calls that waited for it", function()
    local calls = 0
    local client <close> = connect.to(server, { token = function()
      calls = calls + 1
      return nil, object("no token, try " .. calls)
    end })
    for i = 1, 3 do
      find(tostring(select(2, search_one(client))), "no token, try " .. i)
    end
  end)

  it("survives a function that closes the client", function()
    local client
    client = connect.to(server, { token = function()
      client:close()
      return "abc"
    end })
    find(select(2, pcall(search_one, client)), "closed client")
  end)

  it("survives a function that uses the client, which would wait for itself", function()
    local client, inner
    client = connect.to(server, { token = function()
      inner = select(2, pcall(client.search_tasks, client))
      return new_token()
    end })
    assert(search_one(client))
    find(inner, "search_tasks: a token function cannot call the client that waits for its token")
    client:close()
  end)
end)
