--- What a program notices of the module: nothing, in a look at all of its process before and after.
local checkout = require "spec.support.checkout"
local public = require "spec.support.public"
local quote = require "spec.support.quote"
local sandbox = require "spec.support.sandbox"

local host = checkout.build .. "/spec/host"

-- Programs, and how each is before it loads the module.
local programs = {
  { "lua5.4", "has lua-cjson with settings of its own, a hook, and a collector in its usual mode", [[
    local cjson = require "cjson"
    cjson.encode_sparse_array(true, 7, 9)
    cjson.encode_number_precision(5)
    cjson.decode_max_depth(20)
    require "cjson.safe".encode_keep_buffer(false)
    debug.sethook(function() end, "", 1000)
  ]] },
  { host, "has no lua-cjson, and a generational collector", [[collectgarbage "generational"]] },
  { "lua5.4", "has stopped the collector, and suffers no new global and no other method of strings", [[
    collectgarbage "stop"
    collectgarbage("incremental", 157, 203, 9)
    setmetatable(_G, { __newindex = function(_, name) error("a global: " .. name) end })
    getmetatable("").__index = function(_, name) return string[name] or error("no method of strings: " .. name) end
  ]] },
}

local kinds = { { version = "8.6" }, { version = "8.10" }, { version = "8.6", tls = "good" } }

-- What becomes of the requests for certain tasks; the last one of the first is long, since it completes the task.
local faults = {
  ["503"] = { { action = "close", at = "headers" }, { action = "reset", at = "executed" }, { action = "garbage" },
    { action = "cut", executed = true }, { action = "reset", at = "body", bytes = 100000 } },
  ["504"] = { { action = "silent" } },
}

local function add_faults(server)
  for id, list in pairs(faults) do
    for _, folder in ipairs { "/v1/tasks/", "/v2/user-tasks/" } do
      for _, fault in ipairs(list) do
        fault.path = folder .. id
        server:fault(fault)
      end
    end
  end
end

local function tasks_of(version)
  local list = {}
  for number = 1, 6 do
    list[number] = { id = tostring(number), priority = 50, variables = { { name = "a", value = "0.5" } },
      implementation = version == "8.10" and "ZEEBE_USER_TASK" or nil }
  end
  return list
end

-- The options of a server's clients, as Lua code. Its name has to be looked up.
local function options_of(server)
  local name, address = "base_url", server.v1_url
  if not address then name, address = "rest_url", server.rest_url end
  return ("{ %s = %q, authorization_server_url = %q, client_id = %q, client_secret = %q, ca_file = %q }"):format(
    name, address:gsub("127%.0%.0%.1", "localhost"), server.token_url, server.client_id, server.client_secret,
    server.ca_file or false)
end

describe("a program", function()
  local servers, options = {}, {}
  setup(function()
    for place, kind in ipairs(kinds) do
      servers[place] = sandbox.start(kind)
      options[place] = options_of(servers[place])
    end
  end)
  before_each(function()
    for place, kind in ipairs(kinds) do
      servers[place]:clear()
      servers[place]:tasks(tasks_of(kind.version))
      add_faults(servers[place])
    end
  end)
  teardown(function()
    for _, server in ipairs(servers) do server:stop() end
  end)

  for _, row in ipairs(programs) do
    it("that " .. row[2] .. ", notices nothing", function()
      local folder = os.tmpname()
      os.remove(folder)
      assert(os.execute("mkdir " .. folder))
      finally(function() os.execute("rm -r " .. folder) end)
      local program = os.getenv "TASKLIST_LUA" or row[1] -- under the sanitizers only that one can load the module
      local report = folder .. "/report"
      os.execute(("%s timeout 60 %s spec/scripts/noticed.lua %s %s %s >%s/out 2>%s/err"):format(checkout.environment,
        program, quote(row[3]), quote(("{ %s }"):format(table.concat(options, ", "))), report, folder, folder))
      assert.equal("", public.read(folder .. "/err"))
      assert.equal("", public.read(folder .. "/out"))
      assert.equal("fine\n", public.read(report))
    end)
  end
end)
