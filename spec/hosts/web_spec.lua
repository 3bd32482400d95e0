--- The web servers of examples/hosts that are programs of their own: they list, claim and complete tasks.
local checkout = require "spec.support.checkout"
local daemon = require "spec.support.daemon"
local find = require "spec.support.find"
local http = require "spec.support.http"
local sandbox = require "spec.support.sandbox"
local seen = require "spec.support.seen"
local wait = require "spec.support.wait"
local web_host = require "spec.support.web_host"

local commands = {
  libuv = checkout.build .. "/hosts/libuv %{examples}/libuv/serve.lua %{port}",
  cqueues = "lua5.4 %{examples}/cqueues/server.lua %{port}",
}

for name, command in pairs(commands) do
  describe("the web server on " .. name, function()
    local server, host
    setup(function() server = sandbox.start() end)
    teardown(function() server:stop() end)
    before_each(function()
      web_host.prepare(server)
      host = daemon.start(server, command)
    end)
    after_each(function() host:stop() end)

    for test, run in pairs(web_host.tests) do
      it(test, function() run(server, host, name) end)
    end

    it("says that its port is taken, and ends", function()
      local code, written = daemon.run(server, command, { port = host.port })
      assert.equal(1, code)
      assert.matches(("^port %d: [^\n]*address already in use\n$"):format(host.port), written:lower())
    end)

    it("ends when it is told to, and answers first whom it kept waiting", function()
      server:fault { path = "/v1/tasks/search", action = "silent" }
      local silent, sock = http.connect(host.url), http.connect(host.url)
      sock:write(http.render(host.url .. "/tasks", "GET"))
      wait.until_true(function() return seen.count(server, "/v1/tasks/search") > 0 end, "it never asked")
      assert.same({ true, "" }, { host:stop() })
      local status, _, body = http.read_response(sock)
      assert.equal(502, status)
      find(body, "(closed)")
      sock:close()
      silent:close()
    end)
  end)
end

it("the adapter for a loop in C ends a watch when it is idle, after those that were woken have run", function()
  local events, ready, turn, idle = {}, nil, nil, false
  local function note(event) events[#events + 1] = event end
  local loop = dofile("examples/hosts/libuv/loop.lua").new(function(_, fn)
    ready = fn
    return function() note "ended" end
  end, function(fn) turn = fn end)
  local co
  loop.spawn(function()
    co = coroutine.running()
    loop.park()
    note "ran"
  end)
  turn()
  local stop = loop.watch(3, function() loop.wake(co) end, function()
    note "asked"
    return idle
  end)
  ready()
  idle = true
  ready()
  stop() -- does nothing now: the descriptor may be another's
  assert.same({ "ran", "asked", "asked", "ended" }, events)
end)
