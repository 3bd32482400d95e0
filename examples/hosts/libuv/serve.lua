-- What server.c runs: gets what an adapter needs of its loop, and gives a function that answers a request and one that
-- ends what still waits.
local watch, soon = ...

package.path = "examples/hosts/?.lua;examples/hosts/libuv/?.lua;" .. package.path
local loop = require("loop").new(watch, soon)
local answer, close = require("web").new({ loop = loop, timeout = 10 }, "libuv")

local function handle(head, reply)
  local method, path = head:match "^(%u+) (%S+) HTTP/1"
  assert(method, "this is no request")
  local origin = head:lower():match "\norigin:([^\n]*)"
  loop.spawn(function() reply(answer(method, path, origin)) end)
end

return handle, close
