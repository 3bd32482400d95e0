--- The bytes of an answer, which Lua reads without a string of its own.
local core = require "tasklist.core"
local find = require "spec.support.find"
local raw = require "spec.support.raw"

describe("the bytes of an answer", function()
  local engine

  before_each(function() engine = core.engine { connect_timeout = 5, retries = 0 } end)
  after_each(function() engine:close() end)

  -- What a server's answer with this body comes to.
  local function bytes_of(body)
    local server = raw.start(("HTTP/1.1 200 OK\r\nX-Field: one\r\nContent-Length: %d\r\n\r\n%s"):format(#body, body))
    local request <close> = engine:start(nil, "GET", server.base_url, "Accept: */*\0", nil, 5, 100000, true)
    while not engine:wait(request) do end
    server:stop()
    local status, bytes = request:result()
    assert.equal(200, status)
    return bytes
  end

  it("are decoded any number of times, and after their engine is closed", function()
    local bytes = bytes_of '{"a":[1,null,9223372036854775807]}'
    assert.same({ a = { 1, core.null, math.maxinteger } }, bytes:decode())
    engine:close()
    assert.same({ a = { 1, core.null, math.maxinteger } }, bytes:decode())
  end)

  it("say what is no JSON, and give it as text then", function()
    local bytes = bytes_of '{"a":1,}'
    local value, problem = bytes:decode()
    assert.is_nil(value)
    find(problem, "at byte 8")
    assert.equal('{"a":1,}', bytes:text())
  end)

  it("say what they begin as", function()
    for body, kind in pairs {
      ["[]"] = "array", ["{}"] = "object", [" \t\r\n[1"] = "array", ["\xEF\xBB\xBF{"] = "object",
      ["1"] = false, ["\"[\""] = false, [""] = false, ["]"] = false,
    } do
      assert.equal(kind or nil, (bytes_of(body):kind()))
    end
  end)

  it("give the header block", function()
    find(bytes_of "":headers(), "\nX-Field: one\r\n")
  end)

  it("are given back by text, headers and close", function()
    local bytes = bytes_of "[1]"
    assert.equal("[1]", bytes:text())
    assert.equal("", bytes:text())
    find(bytes:headers(), "X-Field")
    assert.equal("", bytes:headers())
    bytes = bytes_of "[1]"
    bytes:close()
    bytes:close()
    assert.equal("", bytes:text())
    find(select(2, bytes:decode()), "ends too early")
    assert.is_nil(bytes:kind())
    assert.equal(0, (bytes:seek("1", 5)))
  end)

  it("of a request that failed are not kept until the garbage collector comes", function()
    local function in_use() -- MiB of this process
      local status <close> = assert(io.open "/proc/self/status")
      return status:read("a"):match "VmRSS:%s*(%d+)" / 1024
    end
    local length = 8 * 1024 * 1024
    local server = raw.start(("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"):format(length + 1,
      ("x"):rep(length)))
    collectgarbage()
    collectgarbage "stop"
    finally(function()
      collectgarbage "restart"
      server:stop()
    end)
    -- All together are 480 MiB. A sanitizer keeps 256 MiB of what was given back, to see whether it is used again.
    local first
    for _ = 1, 60 do
      local request <close> = engine:start(nil, "GET", server.base_url, "Accept: */*\0", nil, 5, 2 * length, true)
      while not engine:wait(request) do end
      local status, failure = request:result()
      assert.is_nil(status)
      assert.equal("network", failure.kind)
      request:close()
      first = first or in_use()
    end
    assert.is_true(in_use() < first + 300, ("%.0f MiB after one, %.0f after 60"):format(first, in_use()))
  end)

  it("tell how often a mark is in them, and what follows on the last one", function()
    local bytes = bytes_of "ab\0ab;aab:rest"
    local function seek(...) return table.pack(bytes:seek(...)) end
    assert.same({ n = 2, 3, ":rest" }, seek("ab", 5))
    assert.same({ n = 2, 3, ":rest" }, seek("ab", math.maxinteger))
    assert.same({ n = 2, 3, ":r" }, seek("ab", 2))
    assert.same({ n = 2, 3, "" }, seek("ab", 0))
    assert.same({ n = 2, 1, "ab;aab:rest" }, seek("\0", 20))
    assert.same({ n = 2, 1, "" }, seek("rest", 20))
    assert.same({ n = 1, 0 }, seek("restless", 20))
    assert.is_false((pcall(bytes.seek, bytes, "", 1)))
    assert.is_false((pcall(bytes.seek, bytes, "a", -1)))
  end)
end)
