--- Measures the client against its floor, and writes bench/results.md and bench/results.svg. All programs run on one
-- processor, so that each search costs the same wherever the scheduler would have put them, and what is compared is of
-- one round.
-- run.lua BUILD LUA COMPILER [PART...]: the directory of what was built for this, the interpreter, what it was built
-- with; with parts (the names of the files in bench/parts/), only these are measured, and the page is only printed

local report = require "bench.report"
local shapes = require "tasklist.api.shapes"
local shell = require "bench.shell"
local v1 = require "tasklist.api.v1"

local build, lua, compiler = ...
local names = { table.unpack(arg, 4) }
local is_whole = #names == 0
if is_whole then
  names = { "pages", "instructions", "walks", "many", "bulk", "program", "scale", "values", "starts", "soak" }
end

local time_limit = 1800 -- seconds in which the servers end by themselves

-- The last of those that this process may use.
local processor = shell.try("sed -n 's/^Cpus_allowed_list:.*[^0-9]//p' /proc/self/status")

-- What goes before each program; the settings of a client come to it.
local prefix = { "taskset", "-c", processor }

--- What a part needs to run programs.
local setting = { build = build, floor = build .. "/floor", lua = lua,
  agent = ("tasklist/%s libcurl/%s"):format(require "tasklist.version", require "tasklist.core".curl_version()) }

--- The words of a program on the processor of all.
function setting.placed(...)
  local words = table.move(prefix, 1, #prefix, 1, {})
  return table.unpack(table.move({ ... }, 1, select("#", ...), #words + 1, words))
end

--- What such a program prints.
function setting.read(...)
  return shell.read(setting.placed(...))
end

--- The arguments of a loop that knows nothing of the client, as bench/floor.c has them.
function setting.request(query, warming, count)
  return { setting.base_url, assert(shapes.write(v1.operations.search_tasks.payload.shape, query, "query")), warming,
    count, setting.agent }
end

-- A server is on another machine most often, and begins with a request as soon as it is there. This one would begin
-- only when the client leaves the processor to it, so that to ask for a page ahead would be in vain.
local first = shell.try("chrt -f 1 echo yes") == "yes" and { "chrt", "-f", "1" } or {}

--- Starts a server, which prints its port and its pid.
function setting.serve(...)
  local words = { "timeout", "--foreground", time_limit }
  table.move(first, 1, #first, 4, words)
  return shell.serve(setting.placed(table.unpack(table.move({ ... }, 1, select("#", ...), #words + 1, words))))
end

local function machine()
  return {
    { "Date", os.date("!%Y-%m-%d") },
    { "Processor", shell.try("sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1") .. ", "
      .. shell.try("nproc") .. " of them; all programs on one" },
    { "Servers", #first > 0 and "go before all others" or "have no precedence: the system refuses it" },
    { "Kernel", shell.try("uname -sr") },
    { "Lua", (shell.try(lua .. " -v 2>&1"):gsub("^Lua (%S+).*", "%1")) },
    { "libcurl and its libraries", shell.try(shell.quote(setting.floor) .. " --version") },
    { "lua-cjson", require "cjson"._VERSION },
    { "Compiler", shell.try(compiler .. " --version | head -n 1") },
  }
end

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

local parts, measured = {}, {}
for index, name in ipairs(names) do
  parts[index] = require("bench.parts." .. name)
end
local server <close> = setting.serve(lua, "bench/server.lua")
setting.base_url = "http://127.0.0.1:" .. server.port
for _, word in ipairs { "env", "CAMUNDA_TASKLIST_BASE_URL=" .. setting.base_url,
  "ZEEBE_AUTHORIZATION_SERVER_URL=" .. setting.base_url .. "/oauth/token", "ZEEBE_CLIENT_ID=bench",
  "ZEEBE_CLIENT_SECRET=bench" } do
  prefix[#prefix + 1] = word
end
for index, part in ipairs(parts) do
  io.stderr:write("bench: ", names[index], "\n")
  measured[index] = part.measure(setting)
end
local text = report.write(machine(), parts, measured)
if is_whole then
  write("bench/results.md", text)
  for index, part in ipairs(parts) do
    if part.picture then
      write("bench/results.svg", part.picture(measured[index]))
    end
  end
end
io.write(text)
