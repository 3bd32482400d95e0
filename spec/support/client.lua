--- Clients of a sandbox.
local checkout = require "spec.support.checkout"
local quote = require "spec.support.quote"
local tasklist = require "tasklist"

local client = {}

-- Another program than stand-alone Lua can stand in for it, to look at the module from inside.
local interpreter = os.getenv "TASKLIST_LUA" or "lua5.4"

-- The options that tell where a server is, and their variables.
local ADDRESSES = { base_url = "CAMUNDA_TASKLIST_BASE_URL", rest_url = "CAMUNDA_REST_ADDRESS" }

-- The addresses of a server that a client is told: only where v1 is, unless it is one of spec.support.servers.
local function addresses_of(server)
  local addresses = {}
  for _, name in ipairs(server.addresses or { "base_url" }) do
    addresses[name] = server[name]
  end
  return addresses
end

--- Makes a client that signs in at a sandbox.
-- @tparam table server from spec.support.sandbox, or of spec.support.servers
-- @tparam[opt] table options go before the sandbox's
function client.of(server, options)
  local arguments = addresses_of(server)
  arguments.authorization_server_url, arguments.timeout = server.token_url, 10
  arguments.client_id, arguments.client_secret = server.client_id, server.client_secret
  for name, value in pairs(options or {}) do
    arguments[name] = value
  end
  return assert(tasklist.new(arguments))
end

--- Makes a client of a sandbox that signs in as the options say.
-- @tparam table server from spec.support.sandbox, or of spec.support.servers
-- @tparam table options go before the sandbox's addresses
-- @treturn table
function client.to(server, options)
  local arguments = addresses_of(server)
  arguments.timeout, arguments.env = 10, false
  for name, value in pairs(options) do
    arguments[name] = value
  end
  return assert(tasklist.new(arguments))
end

--- What names a sandbox to a script.
-- @tparam table server from spec.support.sandbox, or of spec.support.servers
-- @treturn string `NAME=value` words
function client.environment(server)
  local words = ("ZEEBE_AUTHORIZATION_SERVER_URL='%s' ZEEBE_CLIENT_ID='%s' ZEEBE_CLIENT_SECRET='%s'")
    :format(server.token_url, server.client_id, server.client_secret)
  for name, address in pairs(addresses_of(server)) do
    words = ("%s %s='%s'"):format(words, ADDRESSES[name], address)
  end
  return words
end

-- The module's own host, whose memory can be starved, see spec/support/host.c.
local host = interpreter ~= "lua5.4" and interpreter or checkout.build .. "/spec/host"

local function write_script(script)
  local path = os.tmpname()
  local file <close> = assert(io.open(path, "w"))
  file:write(script)
  return path
end

--- Runs a script in a Lua of its own, in the checkout.
-- @tparam string script
-- @tparam[opt] string environment `NAME=value` words before the command
-- @tparam[opt] integer count how often, all at once; 1 by default
-- @treturn string what it wrote, to both streams
-- @treturn boolean whether it ended well; of several, whether the last one did
-- @tparam[opt] string program instead of stand-alone Lua
function client.run_script(script, environment, count, program)
  local path = write_script(script)
  local command = ("%s %s timeout 60 %s %s 2>&1"):format(checkout.environment, environment or "",
    program or interpreter, path)
  if count then
    command = ("for i in $(seq %d); do %s & done; wait"):format(count, command)
  end
  local pipe = assert(io.popen(command))
  local output = pipe:read("a")
  local fine = pipe:close()
  os.remove(path)
  return output, fine == true
end

--- Runs a script likewise in a program that has `require "host".starve`.
function client.run_in_host(script, environment)
  return client.run_script(script, environment, nil, host)
end

local Process = {} -- the methods
Process.__index = Process

--- The next line that it writes, to either stream.
-- @treturn string; nil at the end
function Process:line()
  return self.output:read("l")
end

--- What Ctrl-C does.
function Process:interrupt()
  os.execute("kill -INT " .. self.pid)
end

--- Ends it at once.
function Process:kill()
  os.execute("kill -9 " .. self.pid)
  self:finish()
end

--- Stops it where it is: it lives, and does nothing.
function Process:stop()
  os.execute("kill -STOP " .. self.pid)
end

--- Lets it go on.
function Process:resume()
  os.execute("kill -CONT " .. self.pid)
end

--- Waits for its end.
-- @treturn string what else it wrote
-- @treturn integer its exit code
function Process:finish()
  local rest = self.output:read("a")
  local _, _, code = self.output:close()
  if self.script then
    os.remove(self.script)
  end
  return rest, code
end

local function start(environment, words)
  local command = ("echo $$; %s %s exec lua5.4 %s 2>&1"):format(environment, checkout.environment, words)
  local process = setmetatable({ output = assert(io.popen(command)) }, Process)
  process.pid = process.output:read("n", "l")
  return process
end

--- Starts a file in stand-alone Lua, as a client of a sandbox; does not wait for it.
-- @tparam table server from spec.support.sandbox; the environment names it
-- @tparam string path
-- @tparam string ... its arguments
-- @treturn table with `pid` and the methods above
function client.start_file(server, path, ...)
  local words = { path, ... }
  for i, word in ipairs(words) do
    words[i] = quote(word)
  end
  return start(client.environment(server), table.concat(words, " "))
end

--- Starts a script likewise.
-- @tparam string environment `NAME=value` words before the command
-- @tparam string script
-- @treturn table
function client.start_script(environment, script)
  local path = write_script(script)
  local process = start(environment, path)
  process.script = path
  return process
end

return client
