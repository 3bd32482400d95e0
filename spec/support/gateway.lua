--- Real gateways (nginx, haproxy) that speak TLS in front of a sandbox, as processes of their own.
local child = require "spec.support.child"
local tls = require "tasklist.sandbox.tls"

local Gateway = {}
Gateway.__index = Gateway

-- A program's command and configuration for spec.support.child, with %{upstream} (host:port), %{http2} and
-- %{idle} (seconds).
local programs = {}

programs.nginx = {
  -- Nginx complains on stderr that it may not write the log that it was built with, before it has read its own.
  command = "nginx -p %{folder} -c %{folder}/conf -e %{folder}/log",
  http2 = { [true] = "http2", [false] = "" },
  conf = [[
daemon off;
master_process off;
pid %{folder}/pid;
error_log %{folder}/log;
events { worker_connections 256; }
http {
  access_log off;
  keepalive_timeout %{idle}s;
  client_body_temp_path %{folder}/body;
  proxy_temp_path %{folder}/proxy;
  fastcgi_temp_path %{folder}/fastcgi;
  uwsgi_temp_path %{folder}/uwsgi;
  scgi_temp_path %{folder}/scgi;
  server {
    listen 127.0.0.1:%{port} ssl %{http2};
    ssl_certificate %{folder}/server.pem;
    ssl_certificate_key %{folder}/server.pem;
    location / {
      proxy_pass http://%{upstream};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
    }
  }
}
]],
}

programs.haproxy = {
  command = "haproxy -db -q -f %{folder}/conf",
  http2 = { [true] = "alpn h2,http/1.1", [false] = "alpn http/1.1" },
  conf = [[
global
  maxconn 256
defaults
  mode http
  timeout connect 10s
  timeout client 60s
  timeout server 60s
  timeout http-keep-alive %{idle}s
frontend here
  bind 127.0.0.1:%{port} ssl crt %{folder}/server.pem %{http2}
  default_backend there
backend there
  server sandbox %{upstream}
]],
}

-- How many of the connections to the gateway have been ended by it and not yet by us: TCP's CLOSE_WAIT, RFC 9293
-- 3.3.2. The kernel's table has the peer's address in the third column, and the state in the fourth.
function Gateway:ended()
  local count = 0
  local peer = ("0100007F:%04X"):format(self.child.port)
  for line in io.lines "/proc/net/tcp" do
    local remote, state = line:match("^%s*%d+: %S+ (%S+) (%S+)")
    if remote == peer and state == "08" then count = count + 1 end
  end
  return count
end

--- Ends the gateway. May be called again.
function Gateway:stop()
  self.child:stop()
end

local gateway = {}

--- Starts a gateway, and waits until it listens.
-- @param program "nginx" or "haproxy"
-- @param server from spec.support.sandbox: where it leads to
-- @param options table: http2 (boolean: it offers HTTP/2), idle (after how many seconds it closes a connection on which
--   nothing comes; 1 by default); or nil
-- @return object with base_url, ca_file, ended, stop
function gateway.start(program, server, options)
  options = options or {}
  local one = programs[program]
  local certificate, key, authority = tls.certificate "good"
  local process = child.start(one.command, {
    conf = one.conf,
    ["server.pem"] = certificate:toPEM() .. key:toPEM "private",
    ["ca.pem"] = authority,
  }, {
    upstream = server.base_url:match("//([^/]+)"),
    http2 = one.http2[options.http2 or false],
    idle = options.idle or 1,
  })
  return setmetatable({ child = process, base_url = "https://127.0.0.1:" .. process.port,
    ca_file = process.folder .. "/ca.pem" }, Gateway)
end

return gateway
