-- The HTTP server, over real connections to a sandbox of its own.
local cqueues = require "cqueues"
local http = require "spec.support.http"
local sandbox = require "spec.support.sandbox"

local FORM = "grant_type=client_credentials"

describe("the sandbox's HTTP server", function()
  local server
  setup(function() server = sandbox.start() end)
  teardown(function() server:stop() end)
  before_each(function() server:clear() end)

  local function send(...)
    local sock = http.connect(server.token_url)
    sock:write(table.concat{ ... })
    return sock
  end

  local function post(extra, body)
    return ("POST /oauth/token HTTP/1.1\r\nHost: x\r\n%s\r\n%s"):format(extra, body)
  end

  local function seen_body()
    return server:log()[1].body
  end

  it("keeps a connection for further requests", function()
    local sock = http.connect(server.token_url)
    for _ = 1, 3 do
      sock:write(http.render(server.token_url, "GET"))
      assert.equal(405, (http.read_response(sock)))
    end
    sock:close()
    local log = server:log()
    assert.equal(3, #log)
    assert.equal(log[1].connection, log[3].connection)
  end)

  local closing = {
    { "on request", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" },
    { "of HTTP/1.0", "GET / HTTP/1.0\r\n\r\n" },
  }
  for _, case in ipairs(closing) do
    it("closes a connection " .. case[1], function()
      local sock = send(case[2])
      assert.equal(404, (http.read_response(sock)))
      assert.is_nil(sock:read(1))
      sock:close()
    end)
  end

  it("keeps a connection of HTTP/1.0 that asks for it", function()
    local sock = send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    assert.equal(404, (http.read_response(sock)))
    sock:write("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert.equal(404, (http.read_response(sock)))
    sock:close()
  end)

  local bodies = {
    { "with a length", ("Content-Length: %d\r\n"):format(#FORM), FORM },
    { "in chunks", "Transfer-Encoding: chunked\r\n", ("A\r\n%s\r\n%x;ext=1\r\n%s\r\n0\r\nTrailer: x\r\n\r\n")
      :format(FORM:sub(1, 10), #FORM - 10, FORM:sub(11)) },
    { "after a question", ("Expect: 100-continue\r\nContent-Length: %d\r\n"):format(#FORM), FORM, 100 },
  }
  for _, case in ipairs(bodies) do
    it("reads a body " .. case[1], function()
      local sock = send(post(case[2], case[3]))
      if case[4] then assert.equal(case[4], (http.read_response(sock))) end
      assert.equal(400, (http.read_response(sock)))
      sock:close()
      assert.equal(FORM, seen_body())
    end)
  end

  for _, host in ipairs{ "x", "x:80", "x:", "127.0.0.1:80", "[::1]", "[::1]:80", "" } do
    it(("takes the Host '%s'"):format(host), function()
      local sock = send(("GET / HTTP/1.1\r\nHost: %s\r\n\r\n"):format(host))
      assert.equal(404, (http.read_response(sock)))
      sock:close()
    end)
  end

  local targets = {
    { "with a path and a query", "http://x:1/oauth/token?a=b%20c", "/oauth/token", "a=b%20c" },
    { "in capital letters", "HTTPS://X/oauth/token", "/oauth/token", "" },
    { "with percent-encoding", "http://%78/v1/tasks/%C3%BC", "/v1/tasks/%C3%BC", "" },
    { "without a path", "http://x", "/", "" },
    { "without a path, with a query", "http://x?a", "/", "a" },
    { "in a query of another", "/oauth/token?http://x/y", "/oauth/token", "http://x/y" },
  }
  for _, case in ipairs(targets) do
    it("takes a target in absolute form, " .. case[1], function()
      local sock = send(("GET %s HTTP/1.1\r\nHost: y\r\n\r\n"):format(case[2]))
      http.read_response(sock)
      sock:close()
      local entry = server:log()[1]
      assert.same({ case[3], case[4] }, { entry.path, entry.query })
    end)
  end

  it("answers HEAD with the headers of a body, and none after them", function()
    server:fault{ action = "body", size = 1000, times = 2 }
    local sock = send("HEAD /v1/x HTTP/1.1\r\nHost: x\r\n\r\nGET /v1/x HTTP/1.1\r\nHost: x\r\n\r\n")
    local head = {}
    for line in sock:lines("*l") do
      if line == "\r" then break end
      head[#head + 1] = line
    end
    assert.truthy(table.concat(head):find("Content-Length: 1000\r", 1, true))
    local status, _, body = http.read_response(sock)
    sock:close()
    assert.same({ 200, 1000 }, { status, #body })
  end)

  local malformed = {
    { "no request line", "hello\r\n\r\n" },
    { "no header", "GET / HTTP/1.1\r\nnothing\r\n\r\n" },
    { "no Host", "GET / HTTP/1.1\r\n\r\n" },
    { "no Host beside the one of an absolute target", "GET http://x/ HTTP/1.1\r\n\r\n" },
    { "two Hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n" },
    { "a Host that is none", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n" },
    { "a Host that is none, in HTTP/1.0", "GET / HTTP/1.0\r\nHost: me@x\r\n\r\n" },
    { "a length that is no number", post("Content-Length: x\r\n", "") },
    { "another transfer coding", post("Transfer-Encoding: gzip\r\n", "") },
    { "a bad chunk size", post("Transfer-Encoding: chunked\r\n", "zz\r\n") },
    { "a chunk without its end", post("Transfer-Encoding: chunked\r\n", "1\r\nabc\r\n") },
    { "an endless body", post("Content-Length: 99999999999\r\n", ""), 413 },
    { "an endless chunk", post("Transfer-Encoding: chunked\r\n", "fffffffff\r\n"), 413 },
  }
  for _, case in ipairs(malformed) do
    it("refuses " .. case[1] .. " and closes", function()
      local sock = send(case[2])
      assert.equal(case[3] or 400, (http.read_response(sock)))
      assert.is_nil(sock:read(1))
      sock:close()
    end)
  end

  it("lives on when clients leave in the middle", function()
    send(post("Content-Length: 100\r\n", "half")):close()
    send("GET /sand"):close()
    server:fault{ path = "/big", action = "body", size = 20 * 1024 * 1024 }
    send("GET /big HTTP/1.1\r\nHost: x\r\n\r\n"):close()
    assert.equal(405, (http.request(server.token_url, "GET")))
  end)

  it("serves many connections at once", function()
    local loop, answered = cqueues.new(), 0
    for _ = 1, 200 do
      loop:wrap(function()
        local sock = http.connect(server.token_url)
        for _ = 1, 5 do
          sock:write(http.render(server.token_url, "GET"))
          if http.read_response(sock) == 405 then answered = answered + 1 end
        end
        sock:close()
      end)
    end
    assert(loop:loop())
    assert.equal(1000, answered)
  end)
end)
