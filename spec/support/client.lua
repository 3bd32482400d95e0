--- Clients of a sandbox.
local tasklist = require "tasklist"

local client = {}

-- Another program than stand-alone Lua can stand in for it, to look at the module from inside.
local interpreter = os.getenv "TASKLIST_LUA" or "lua5.4"

-- Another lua-cjson than the system's.
local cjson_path = os.getenv "CJSON_DIR" and os.getenv "CJSON_DIR" .. "/?.so;" or ""

--- Makes a client that signs in at a sandbox.
-- @tparam table server from spec.support.sandbox
-- @tparam[opt] table options go before the sandbox's
function client.of(server, options)
  local arguments = {
    base_url = server.base_url,
    authorization_server_url = server.token_url,
    client_id = server.client_id,
    client_secret = server.client_secret,
    timeout = 10,
  }
  for name, value in pairs(options or {}) do
    arguments[name] = value
  end
  return assert(tasklist.new(arguments))
end

--- Makes a client of a sandbox that signs in as the options say.
-- @tparam table server from spec.support.sandbox
-- @tparam table options go before the sandbox's base_url
-- @treturn table
function client.to(server, options)
  local arguments = { base_url = server.base_url, timeout = 10, env = false }
  for name, value in pairs(options) do
    arguments[name] = value
  end
  return assert(tasklist.new(arguments))
end

--- Runs a script in a Lua of its own, in the checkout.
-- @tparam string script
-- @tparam[opt] string environment `NAME=value` words before the command
-- @treturn string what it wrote, to both streams
-- @treturn boolean whether it ended well
function client.run_script(script, environment)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(script)
  file:close()
  local command = ("LUA_PATH='lua/?.lua;lua/?/init.lua;;' LUA_CPATH='%sbuild/?.so;;' %s timeout 60 %s %s 2>&1")
    :format(cjson_path, environment or "", interpreter, path)
  local pipe = assert(io.popen(command))
  local output = pipe:read("a")
  local fine = pipe:close()
  os.remove(path)
  return output, fine == true
end

return client
