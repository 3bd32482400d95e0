local connect = require "spec.support.client"
local array = require("tasklist.sandbox.json").array
local header_block = require "tasklist.header_block"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"

describe("request", function()
  local server, client
  setup(function()
    server = sandbox.start { base_path = "/cluster" }
    client = connect.of(server)
  end)
  teardown(function()
    client:close()
    server:stop()
  end)
  before_each(function() server:clear() end)

  local function last(path)
    local found
    for _, entry in ipairs(server:log()) do
      if entry.path == path then found = entry end
    end
    return found
  end

  it("gives status, body and headers of a success", function()
    local status, body, fields = client:request("POST", "/v1/tasks/search", { pageSize = 1 })
    assert.equal(200, status)
    assert.equal(1, #require("tasklist.json").decode(body))
    assert.equal("application/json", fields["content-type"])
  end)

  for _, code in ipairs { 204, 302, 400, 403, 404, 418, 500, 502, 503 } do
    it("gives status, body and headers of a " .. code, function()
      server:fault { path = "/v1", action = "status", status = code, body = code ~= 204 and "said" or "", times = 4,
        headers = { ["X-Trace"] = array { "a", "b" }, ["Set-Cookie"] = "secret=1" } }
      local status, body, fields = client:request("PATCH", "/v1/tasks/1/assign", "{}")
      assert.equal(code, status)
      assert.equal(code ~= 204 and "said" or "", body)
      assert.equal("a, b", fields["x-trace"])
      assert.is_nil(fields["set-cookie"])
    end)
  end

  it("gives a 401 that stays as an answer", function()
    server:fault { path = "/v1", action = "status", status = 401, body = "{}", times = 2 }
    assert.equal(401, (client:request("GET", "/v1/tasks/1")))
  end)

  -- At each byte of the packed body: its header, its data, its sum. An answer without a byte has none.
  it("gives an error for a packed answer that ends early, and says that a write was executed", function()
    for _, bytes in ipairs { 1, 9, 10, 11, 15, 20 } do
      server:clear()
      server:fault { path = "/v1", action = "unfinished", bytes = bytes, times = 4 }
      local status, failure = client:request("POST", "/v1/tasks/search", { pageSize = 1 }, { idempotent = true })
      assert.is_nil(status)
      assert.equal("network", failure.kind)
      find(failure.message, "ends early")
      assert.equal(200, failure.status)
      assert.is_nil(failure.outcome)
      assert.equal(4, failure.attempts)
      assert.is_nil(failure.body)
      server:fault { path = "/v1", action = "unfinished", bytes = bytes }
      status, failure = client:request("POST", "/v1/tasks/search", { pageSize = 1 })
      assert.is_nil(status)
      assert.equal("network", failure.kind)
      assert.equal(200, failure.status)
      assert.equal("done", failure.outcome)
      assert.equal(1, failure.attempts)
    end
  end)

  it("gives nil and an error where there was no answer", function()
    local lonely <close> = connect.of(server, { base_url = "http://127.0.0.1:1" })
    local status, failure = lonely:request("GET", "/v1/tasks/1")
    assert.is_nil(status)
    assert.equal("network", failure.kind)
    assert.equal("GET", failure.method)
    assert.equal("/v1/tasks/1", failure.path)
  end)

  it("sends method, path, query, headers and body as given", function()
    client:request("PUT", "/v1/a%2Fb?x=1", '{"a":1}', { query = { ["k&"] = "v =ü", n = 5 },
      headers = { ["X-One"] = "1", accept = "text/plain", ["X-Empty"] = "" } })
    local seen = last "/cluster/v1/a%2Fb"
    assert.equal("PUT", seen.method)
    assert.equal("x=1&k%26=v%20%3D%C3%BC&n=5", seen.query)
    assert.equal('{"a":1}', seen.body)
    assert.equal("1", seen.headers["x-one"])
    assert.equal("", seen.headers["x-empty"])
    assert.equal("text/plain", seen.headers.accept)
    assert.equal("application/json", seen.headers["content-type"])
    assert.is_nil(seen.headers.expect)
    find(seen.headers.authorization, "Bearer ")
  end)

  -- A method that usually has content says that there is none, RFC 9110 8.6: a strict gateway asks for the length.
  for method, length in pairs { GET = false, DELETE = false, POST = "0", PUT = "0", PATCH = "0" } do
    it(("sends no body and no content type when there is none: %s"):format(method), function()
      client:request(method, "/v1/x")
      local seen = last "/cluster/v1/x"
      assert.equal(method, seen.method)
      assert.equal("", seen.body)
      assert.is_nil(seen.headers["content-type"])
      assert.is_nil(seen.headers["transfer-encoding"])
      assert.equal(length or nil, seen.headers["content-length"])
    end)
  end

  it("sends HEAD and takes its answer without a body", function()
    local status, body = client:request("HEAD", "/v1/x")
    assert.equal(404, status)
    assert.equal("", body)
  end)

  it("writes a table exactly: keys beyond a double, empty arrays, raw text", function()
    client:request("POST", "/v1/x", { key = 9007199254740993, list = tasklist.array {}, raw = tasklist.raw "[1.0]" })
    local body = last("/cluster/v1/x").body
    find(body, '"key":9007199254740993')
    find(body, '"list":[]')
    find(body, '"raw":[1.0]')
  end)

  it("writes a table as JSON, with explicit nulls", function()
    client:request("POST", "/v1/x", { a = tasklist.null })
    assert.equal('{"a":null}', last("/cluster/v1/x").body)
  end)

  it("gives a field its name and value however they were written, and keeps credentials back", function()
    for _, blank in ipairs { " ", "\t", " \t " } do
      server:fault { path = "/v1/x", action = "status", status = 200, headers = { ["Set-Cookie" .. blank] = "a=b",
        ["X-CSRF-TOKEN" .. blank] = "c", ["X-Some" .. blank] = " thing", ["X-Fold"] = "a\r\n  b\r\n\tc: d" } }
      local _, _, fields = client:request("GET", "/v1/x")
      assert.same({ ["x-some"] = "thing", ["x-fold"] = "a b c: d", ["content-length"] = "0" }, fields)
    end
  end)

  -- method, options, how often the server sees it
  local resent = {
    { "GET", {}, 2 }, { "HEAD", {}, 2 }, { "PATCH", {}, 1 }, { "DELETE", {}, 1 }, { "POST", {}, 1 },
    { "POST", { idempotent = true }, 2 }, { "DELETE", { idempotent = true }, 2 },
  }
  for _, row in ipairs(resent) do
    it(("sends %s %s after a 503"):format(row[1], row[3] == 2 and "again" or "no more than once"), function()
      server:fault { path = "/v1/x", action = "status", status = 503 }
      client:request(row[1], "/v1/x", row[1] ~= "GET" and row[1] ~= "HEAD" and "{}" or nil, row[2])
      local count = 0
      for _, entry in ipairs(server:log()) do
        if entry.path == "/cluster/v1/x" then count = count + 1 end
      end
      assert.equal(row[3], count)
    end)
  end

  -- The connection is a kept one, which is where libcurl would send again by itself.
  local lost = {
    { "close", nil, "unknown" }, { "close", "", "unknown" }, { "close", "{}", "unknown" },
    { "reset", nil, "unknown" }, { "reset", "{}", "unknown" }, { "cut", "{}", "done" },
  }
  for _, row in ipairs(lost) do
    it(("sends a write once when %s follows %q"):format(row[1], tostring(row[2])), function()
      assert(client:request("GET", "/v1/x"))
      server:clear()
      server:fault { path = "/v1/tasks/search", action = row[1], times = 9 }
      local status, failure = client:request("POST", "/v1/tasks/search", row[2])
      assert.is_nil(status)
      assert.equal("network", failure.kind)
      assert.equal(row[3], failure.outcome)
      local count = 0
      for _, entry in ipairs(server:log()) do
        if entry.path == "/cluster/v1/tasks/search" then count = count + 1 end
      end
      assert.equal(1, count)
    end)
  end

  it("says that a write which timed out may have happened, and nothing of one that never went out", function()
    server:fault { path = "/v1", action = "silent" }
    local _, failure = client:request("PATCH", "/v1/x", "{}", { timeout = 0.2 })
    assert.equal("unknown", failure.outcome)
    local lonely <close> = connect.of(server, { base_url = "http://127.0.0.1:1" })
    assert.is_nil(select(2, lonely:request("PATCH", "/v1/x", "{}")).outcome)
    server:clear()
    server:fault { path = "/v1", action = "silent" }
    assert.is_nil(select(2, client:request("GET", "/v1/x", nil, { timeout = 0.2 })).outcome)
  end)

  it("has a timeout of its own", function()
    server:fault { path = "/v1", action = "silent" }
    local status, failure = client:request("GET", "/v1/x", nil, { timeout = 0.2 })
    assert.is_nil(status)
    find(failure.message, "within 0.2 s")
  end)

  local wrong = {
    { { "get", "/v1" }, "method" }, { { "GE T", "/v1" }, "method" }, { { 5, "/v1" }, "method" },
    { { "GET", "v1" }, "path" }, { { "GET", "/a b" }, "path" }, { { "GET", "/a\r\nb" }, "path" },
    { { "GET", "/ü" }, "path" }, { { "GET", "/a#b" }, "path" }, { { "GET", nil }, "path" },
    { { "GET", "/v1", 5 }, "body" }, { { "POST", "/v1", { print } }, "body[1]" },
    { { "GET", "/v1", nil, { headers = { ["A b"] = "c" } } }, "A b" },
    { { "GET", "/v1", nil, { headers = { A = "b\r\nc" } } }, '"A"' },
    { { "GET", "/v1", nil, { headers = { A = 5 } } }, '"A"' },
    { { "GET", "/v1", nil, { headers = { Authorization = "x" } } },
      '"Authorization" cannot be set: the client sends it itself' },
    { { "GET", "/v1", nil, { query = { a = {} } } }, "query" },
    { { "GET", "/v1", nil, { querry = {} } }, "querry" },
    { { "GET", "/v1", nil, { timeout = -1 } }, "timeout" },
    { { "GET", "/v1", nil, 5 }, "options" },
  }
  for i, row in ipairs(wrong) do
    it(("raises at the caller's line when %s is wrong (%d)"):format(row[2], i), function()
      local ok, problem = pcall(function() client:request(table.unpack(row[1], 1, 4)) end)
      assert.is_false(ok)
      find(problem, "spec/request_spec.lua:")
      find(problem, row[2])
      assert.same({}, server:log())
    end)
  end
end)

describe("header fields", function()
  it("are read from the last header block, lower-case, joined, without cookies", function()
    assert.same({ a = "1, 3", ["b-c"] = "x: y" },
      header_block "HTTP/1.1 200 OK\r\nA: 1\r\nB-C:x: y  \r\nSet-Cookie: s=1\r\na: 3\r\n\r\n")
  end)
end)

describe("a header field", function()
  it("with blanks in the middle is read in no time", function()
    local blanks = (" "):rep(200000)
    assert.equal("a" .. blanks .. "b", header_block("HTTP/1.1 200\r\nX:  a" .. blanks .. "b \r\n\r\n").x)
    assert.equal("", header_block("HTTP/1.1 200\r\nX:" .. blanks .. "\r\n\r\n").x)
  end)
end)

describe("settings()", function()
  it("says what is in force and where it came from, and no secret", function()
    local client <close> = tasklist.new { base_url = "https://h.example/", client_id = "a", client_secret = "hush",
      timeout = 5 }
    local shown = client:settings()
    assert.same({ value = "https://h.example", source = "argument" }, shown.base_url)
    assert.same({ value = "***", source = "argument" }, shown.client_secret)
    assert.same({ value = 5, source = "argument" }, shown.timeout)
    assert.same({ value = 10, source = "default" }, shown.connect_timeout)
    for name, setting in pairs(shown) do
      assert.not_equal("hush", setting.value, name)
    end
  end)

  it("names the environment's variables", function()
    local settings = require "tasklist.settings"
    local environment = { ZEEBE_CLIENT_ID = "a", ZEEBE_CLIENT_SECRET = "b",
      CAMUNDA_TASKLIST_BASE_URL = "https://h.example" }
    local shown = settings.describe(settings.resolve({}, function(name) return environment[name] end))
    assert.same({ value = "a", source = "ZEEBE_CLIENT_ID" }, shown.client_id)
    assert.same({ value = "***", source = "ZEEBE_CLIENT_SECRET" }, shown.client_secret)
  end)
end)

describe("version()", function()
  it("names what runs", function()
    local cjson = require "cjson" -- the host's
    local versions = tasklist.version()
    assert.equal(tasklist._VERSION, versions.tasklist)
    assert.equal(_VERSION, versions.lua)
    assert.truthy(versions.libcurl:find("^%d+%.%d+%.%d+"))
    assert.equal(cjson._VERSION, versions.cjson)
  end)
end)
