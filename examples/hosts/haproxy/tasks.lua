-- A service of haproxy's that lists, claims and completes tasks. While it waits for Camunda, haproxy serves others.
local adapter = require "tasklist.loop.haproxy"
local web = require "web"

local answer = web.new({ loop = adapter, env_file = "/etc/haproxy/camunda.env", timeout = 10 }, "haproxy")

core.register_service("tasks", "http", function(applet)
  local origin = applet.headers.origin -- an array, or nil
  local status, text = adapter.run(answer, applet.method, applet.path, origin and origin[0])
  applet:set_status(status)
  applet:add_header("Content-Type", "text/plain; charset=utf-8")
  applet:add_header("Content-Length", #text)
  applet:start_response()
  applet:send(text)
end)
