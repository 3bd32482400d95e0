--- How often, and after what wait, a call goes out again.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"

describe("a call that failed", function()
  local server, client

  setup(function()
    server = sandbox.start()
    client = connect.of(server)
  end)
  teardown(function()
    client:close()
    server:stop()
  end)
  before_each(function()
    server:clear()
    server:tasks { { id = "1" } }
  end)

  local verbs = {
    read = function(by, options) return by:get_task("1", options) end,
    search = function(by, options) return by:search_tasks({}, options) end,
    write = function(by, options) return by:assign_task("1", { assignee = "robot" }, options) end,
  }

  local function arrived()
    local found = {}
    for _, entry in ipairs(server:log()) do
      if entry.path:find("^/v1/") then found[#found + 1] = entry end
    end
    return found
  end

  local function spoil(fault)
    fault.path = "/v1/"
    server:fault(fault)
  end

  local function date(seconds)
    return os.date("!%a, %d %b %Y %H:%M:%S GMT", os.time() + seconds)
  end

  -- What arrives `retries + 1` times of what keeps failing: a read in all these cases, a write in some.
  local failing = {
    { { action = "status", status = 429 }, true }, { { action = "exhausted" }, true },
    { { action = "status", status = 502 }, false }, { { action = "status", status = 503 }, false },
    { { action = "status", status = 504 }, false }, { { action = "close" }, false },
    { { action = "reset", at = "executed" }, false }, { { action = "cut" }, false },
    { { action = "garbage" }, false },
  }
  for _, row in ipairs(failing) do
    local fault, writes_too = row[1], row[2]
    local ends = fault.action == "close" or fault.action == "reset"
    it(("goes out as often as retries allows: %s %s"):format(fault.action, fault.status or ""), function()
      for retries = 0, 2 do
        local careful <close> = connect.of(server, { retries = retries })
        for name, verb in pairs(verbs) do
          server:clear()
          fault.times = 9
          spoil(fault)
          local answer, failure = verb(careful)
          local expected = (name ~= "write" or writes_too) and retries + 1 or 1
          assert.is_nil(answer)
          assert.equal(expected, failure.attempts)
          if name == "write" or retries == 0 or not ends then
            assert.equal(expected, #arrived())
          else -- libcurl sends again what was lost with a kept connection, unless it may not
            assert.is_true(#arrived() >= expected)
          end
        end
      end
    end)
  end

  it("is not even sent once more after a 401 without retries", function()
    local strict <close> = connect.of(server, { retries = 0 })
    for _, verb in pairs(verbs) do
      server:clear()
      spoil { action = "status", status = 401 }
      local answer, failure = verb(strict)
      assert.is_nil(answer)
      assert.equal("auth", failure.kind)
      assert.equal(1, #arrived())
      assert.is_truthy(verb(strict)) -- with a fresh token
    end
  end)

  -- What the server asks for, what `retry_after` says: a number, or at most so many seconds.
  local wishes = {
    { "7", 7 }, { "0", nil }, { "-5", nil }, { "soon", nil }, { "3600", 3600 }, { date(86400), nil, 86400 },
    { date(-86400), nil }, { "99999999999", 99999999999 },
  }
  for _, fault in ipairs { { action = "status", status = 429 }, { action = "exhausted" },
    { action = "status", status = 503 } } do
    for _, row in ipairs(wishes) do
      it(("tells what was asked for: %s %s"):format(fault.status or fault.action, row[1]), function()
        local strict <close> = connect.of(server, { retries = 0 })
        for _, verb in pairs(verbs) do
          fault.headers = { ["Retry-After"] = row[1] }
          spoil(fault)
          local _, failure = verb(strict)
          if row[3] then
            assert.is_true(failure.retry_after > row[3] - 600 and failure.retry_after <= row[3])
          else
            assert.equal(row[2], failure.retry_after)
          end
        end
      end)
    end
  end

  for _, wish in ipairs { "60", date(3600) } do
    it("ends at once when it is to wait beyond its deadline: " .. wish, function()
      for name, verb in pairs(verbs) do
        server:clear()
        spoil { action = "status", status = 429, headers = { ["Retry-After"] = wish }, times = 9 }
        local _, failure = verb(client)
        assert.equal("http", failure.kind, name)
        assert.equal(1, failure.attempts)
        assert.is_true(failure.retry_after > 10)
        assert.is_nil(failure.outcome)
        assert.equal(1, #arrived())
      end
    end)
  end

  it("waits as long as it was asked to, in seconds or until a date", function()
    for _, wish in ipairs { "1", date(3) } do
      server:clear()
      spoil { action = "exhausted", headers = { ["Retry-After"] = wish } }
      assert(verbs.write(client))
      local first, second = table.unpack(arrived())
      -- A date is one of whole seconds, and some of them have passed.
      assert.is_true(second.at - first.at >= (wish == "1" and 1 or 0.9) - 0.01)
    end
  end)

  it("has one deadline, however many attempts it may make", function()
    local eager <close> = connect.of(server, { retries = 1000, timeout = 1 })
    for name, verb in pairs(verbs) do
      server:clear()
      spoil { action = "status", status = 429, times = 1000 }
      local answer, failure = verb(eager)
      assert.is_nil(answer)
      assert.is_true(failure.attempts < 1000, name)
      -- The deadline may end the last attempt wherever it is.
      assert.is_true(#arrived() == failure.attempts or #arrived() == failure.attempts - 1)
      if failure.kind == "http" then assert.is_nil(failure.outcome) end
      assert.equal(0, #server:ledger())
    end
  end)

  it("says how often it was tried, and of a write that it may have happened", function()
    spoil { action = "status", status = 504, times = 9 }
    local _, failure = verbs.write(client)
    find(tostring(failure), "PATCH /v1/tasks/1/assign: the server answered 504")
    find(tostring(failure), "may have been executed")
    assert.equal(1, failure.attempts)
  end)
end)
