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

local function command_of(script, environment)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(script)
  file:close()
  return ("LUA_PATH='lua/?.lua;lua/?/init.lua;;' LUA_CPATH='%sbuild/?.so;;' %s timeout 60 %s %s 2>&1")
    :format(cjson_path, environment or "", interpreter, path), path
end

--- Runs a script in a Lua of its own, in the checkout.
-- @tparam string script
-- @tparam[opt] string environment `NAME=value` words before the command
-- @tparam[opt] integer count how often, all at once; 1 by default
-- @treturn string what it wrote, to both streams
-- @treturn boolean whether it ended well; of several, whether the last one did
function client.run_script(script, environment, count)
  local command, path = command_of(script, environment)
  if count then
    command = ("for i in $(seq %d); do %s & done; wait"):format(count, command)
  end
  local pipe = assert(io.popen(command))
  local output = pipe:read("a")
  local fine = pipe:close()
  os.remove(path)
  return output, fine == true
end

--- Starts a script that goes on beside the spec.
-- @tparam string script the first line that it prints is its process id
-- @tparam[opt] string environment likewise
-- @treturn table `pid`; `kill()` ends it at once, `read()` gives what else it wrote when it has ended
function client.start_script(script, environment)
  local command, path = command_of('print((io.open("/proc/self/stat"):read("n"))) io.stdout:flush() ' .. script,
    environment)
  local pipe = assert(io.popen(command))
  local started = { pid = assert(pipe:read("n", "l")) }
  os.remove(path)
  function started.read()
    local output = pipe:read("a")
    pipe:close()
    return output
  end
  function started.kill()
    os.execute("kill -9 " .. started.pid)
    started.read()
  end
  return started
end

return client
