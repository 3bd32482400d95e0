--- Measures the client against its floor, and writes bench/results.md. All programs run on one processor, so that each
-- search costs the same wherever the scheduler would have put them, and the comparison is within one round.
-- run.lua BUILD LUA COMPILER: the directory of what was built for this, the interpreter, what it was built with

local bodies = require "bench.bodies"
local many = require "bench.many"
local report = require "bench.report"
local scale = require "bench.scale"
local shapes = require "tasklist.shapes"
local shell = require "bench.shell"
local split = require "bench.split"
local v1 = require "tasklist.v1"
local walks = require "bench.walks"

local build, lua, compiler = ...
local floor = build .. "/floor"
local agent = ("tasklist/%s libcurl/%s"):format(require "tasklist.version", require "tasklist.core".curl_version())

local rounds, starts, soaked, crowds = 31, 200, 100000, 15
local time_limit = 1200 -- seconds in which the server ends by itself

-- The last of those that this process may use.
local processor = shell.try("sed -n 's/^Cpus_allowed_list:.*[^0-9]//p' /proc/self/status")

-- What goes before each program; the settings of a client come to it.
local prefix = { "taskset", "-c", processor }

local function placed(...)
  local words = table.move(prefix, 1, #prefix, 1, {})
  return table.unpack(table.move({ ... }, 1, select("#", ...), #words + 1, words))
end

local function say(...)
  io.stderr:write("bench: ", string.format(...), "\n")
end

local function text_of(query)
  return assert(shapes.write(v1.operations.search_tasks.payload.shape, query, "query"))
end

local function query_text(page)
  return text_of(bodies.query(page))
end

-- The samples of one round, in microseconds a search.
local function sample_page(page, base_url, backwards)
  local warming = page.count // 10 + 1
  local function worker(kind)
    return { lua, "bench/worker.lua", kind, page.size, warming, page.count }
  end
  local samples = {
    { "floor", { floor, base_url, query_text(page), warming, page.count, agent } },
    { "search", worker "search" }, { "decode", worker "decode" }, { "read", worker "read" },
  }
  local round = {}
  for place = 1, #samples do
    local sample = samples[backwards and #samples + 1 - place or place]
    round[sample[1]] = tonumber(shell.read(placed(table.unpack(sample[2])))) / page.count / 1000
  end
  return round
end

local function measure_pages(base_url)
  local pages = {}
  for index, page in ipairs(bodies.pages) do
    pages[index] = { page = page, bytes = #bodies.write(page), rounds = {} }
  end
  for round = 1, rounds do
    for _, measured in ipairs(pages) do
      measured.rounds[round] = sample_page(measured.page, base_url, round % 2 == 0)
    end
  end
  return pages
end

local converted = 20000 -- times all values, in one sample

-- Rounds of one way, "decode" or "encode": nanoseconds that all values take, ours and lua-cjson's.
local function measure_values(way)
  local result = {}
  for round = 1, rounds do
    local sample = {}
    for place = 1, 2 do
      local whose = (place + round) % 2 == 0 and "ours" or "cjson"
      sample[whose] = tonumber(shell.read(placed(lua, "bench/values.lua", way, whose, converted // 10, converted)))
        / converted
    end
    result[round] = sample
  end
  return result
end

-- Milliseconds of each program, round by round.
local function measure_starts(...)
  local result = {}
  for line in shell.read(placed(build .. "/starter", starts, ...)):gmatch("[^\n]+") do
    local round = {}
    for nanoseconds in line:gmatch("%d+") do
      round[#round + 1] = tonumber(nanoseconds) / 1e6
    end
    result[#result + 1] = round
  end
  return result
end

-- The script in C, in Lua, and in Lua with a token in the file, which the first start fetches.
local function measure_scripts(base_url)
  local folder = shell.read("mktemp", "-d"):gsub("\n", "")
  shell.read(placed(lua, "bench/script.lua", folder))
  local requests = { tonumber(shell.read(placed(lua, "bench/requests.lua"))),
    tonumber(shell.read(placed(lua, "bench/requests.lua", folder))) }
  local result = measure_starts(floor, base_url, query_text(bodies.page(50)), 0, 1, agent,
    "--", lua, "bench/script.lua", "--", lua, "bench/script.lua", folder)
  shell.read("rm", "-r", folder)
  result.requests = requests
  return result
end

local function measure_soak()
  local result = {}
  for line in shell.read(placed(lua, "bench/soak.lua", soaked, 10000)):gmatch("[^\n]+") do
    local count, kib, resident, descriptors = line:match("(%d+) (%S+) (%d+) (%d+)")
    result[#result + 1] = { count = tonumber(count), lua = tonumber(kib), resident = tonumber(resident),
      descriptors = tonumber(descriptors) }
  end
  return result
end

local function measure(base_url)
  local measured = {}
  say("%d rounds of searches, each against the floor", rounds)
  measured.pages = measure_pages(base_url)
  say("%d rounds of the codec, each against lua-cjson", rounds)
  measured.values = { decode = measure_values "decode", encode = measure_values "encode" }
  say("%d starts of whole scripts, and of require", starts)
  measured.scripts = measure_scripts(base_url)
  measured.requires = measure_starts(lua, "-e", 'require "bench.empty"', "--", lua, "-e", 'require "tasklist"',
    "--", lua, "-e", 'require "cjson"', "--", lua, "-e", "")
  say("%d searches through one client", soaked)
  measured.soak = measure_soak()
  say("walks over %d tasks, and over %d", walks.timed, walks.long)
  measured.walks = walks.measure(placed, lua, function(query, count)
    return { floor, base_url, text_of(query), 3, count, agent }
  end)
  say("%d rounds of up to 10,000 requests in flight, each against bare libcurl", crowds)
  measured.scale = scale.measure(placed, build .. "/scale", crowds)
  say("the searches, and many requests in flight, under callgrind")
  measured.instructions = scale.instructions(placed, build .. "/scale")
  measured.split = split.measure(50, 20, 220, placed, lua)
  say("many calls at once, each against bare libcurl")
  measured.many = many.measure(placed, lua, build, agent, time_limit)
  return measured
end

local function machine()
  return {
    { "Date", os.date("!%Y-%m-%d") },
    { "Processor", shell.try("sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1") .. ", "
      .. shell.try("nproc") .. " of them; all programs on one" },
    { "Kernel", shell.try("uname -sr") },
    { "Lua", (shell.try(lua .. " -v 2>&1"):gsub("^Lua (%S+).*", "%1")) },
    { "libcurl and its libraries", shell.try(shell.quote(floor) .. " --version") },
    { "lua-cjson", require "cjson"._VERSION },
    { "Compiler", shell.try(compiler .. " --version | head -n 1") },
  }
end

local server <close> = shell.serve(placed("timeout", "--foreground", time_limit, lua, "bench/server.lua"))
local base_url = "http://127.0.0.1:" .. server.port
for _, word in ipairs { "env", "CAMUNDA_TASKLIST_BASE_URL=" .. base_url,
  "ZEEBE_AUTHORIZATION_SERVER_URL=" .. base_url .. "/oauth/token", "ZEEBE_CLIENT_ID=bench",
  "ZEEBE_CLIENT_SECRET=bench" } do
  prefix[#prefix + 1] = word
end
local text = report.write(machine(), measure(base_url))
local file <close> = assert(io.open("bench/results.md", "w"))
file:write(text)
io.write(text)
