--- The web servers of examples/hosts that are programs of their own: they list, claim and complete tasks.
local checkout = require "spec.support.checkout"
local daemon = require "spec.support.daemon"
local public = require "spec.support.public"
local sandbox = require "spec.support.sandbox"
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
  end)
end
