--- examples/hosts/haproxy in Debian's haproxy: a service that lists, claims and completes tasks.
local daemon = require "spec.support.daemon"
local public = require "spec.support.public"
local sandbox = require "spec.support.sandbox"
local web_host = require "spec.support.web_host"

-- A file of the example, which is to lie in another folder here, and to listen elsewhere.
local function example(name)
  return (public.read("examples/hosts/" .. name):gsub("/etc/haproxy", "%%{folder}"):gsub("8080", "%%{port}"))
end

local ways = {
  ["in one thread"] = "nbthread 1",
  ["in two threads"] = "nbthread 2",
  ["in a worker of a master's, interrupted at each turn"] = "master-worker\n nbthread 2\n tune.lua.forced-yield 1",
}

-- The process that a child of ours, or a child of that, and so on, has become in the end.
local function last_of(pid)
  local child = public.read(("/proc/%d/task/%d/children"):format(pid, pid)):match "%d+"
  return child and last_of(child) or pid
end

for name, settings in pairs(ways) do
  describe("haproxy " .. name, function()
    local server, haproxy
    setup(function()
      server = sandbox.start()
      haproxy = daemon.start(nil, "haproxy -f %{folder}/own.cfg -f %{folder}/tasks.cfg", {
        ["own.cfg"] = "global\n " .. settings .. "\n",
        ["tasks.cfg"] = example "haproxy/tasks.cfg", ["tasks.lua"] = example "haproxy/tasks.lua",
        ["web.lua"] = example "web.lua", ["camunda.env"] = daemon.env_file(server),
      })
    end)
    teardown(function()
      haproxy:stop()
      server:stop()
    end)
    before_each(function() web_host.prepare(server) end)

    for test, run in pairs(web_host.tests) do
      it(test, function() run(server, haproxy, "haproxy") end)
    end

    it("may begin threads, in which libcurl looks names up", function()
      local limits = public.read(("/proc/%d/limits"):format(last_of(haproxy.pid)))
      assert.are_not.equal("0", limits:match "Max processes%s+(%w+)")
    end)
  end)
end
