--- Whole scripts, and `require`, from the start of the process to its end.

local bodies = require "bench.bodies"
local markdown = require "bench.markdown"
local starter = require "bench.starter"
local statistics = require "bench.statistics"

local starts = {}

local count = 200

-- The script in C, in Lua, and in Lua with a token in the file, which the first start fetches.
local function measure_scripts(setting)
  local lua, folder = setting.lua, setting.read("mktemp", "-d"):gsub("\n", "")
  setting.read(lua, "bench/script.lua", folder)
  local requests = { tonumber(setting.read(lua, "bench/requests.lua")),
    tonumber(setting.read(lua, "bench/requests.lua", folder)) }
  local words = { setting.floor }
  table.move(setting.request(bodies.query(bodies.page(50)), 0, 1), 1, 5, 2, words)
  table.move({ "--", lua, "bench/script.lua", "--", lua, "bench/script.lua", folder }, 1, 7, #words + 1, words)
  local rounds = starter.rounds(setting, count, table.unpack(words))
  setting.read("rm", "-r", folder)
  return rounds, requests
end

--- Measures.
-- @tparam table setting of `bench/run.lua`
-- @treturn table `scripts` and `requires`: rounds of milliseconds; `requests` of the scripts in Lua
function starts.measure(setting)
  local lua = setting.lua
  local scripts, requests = measure_scripts(setting)
  return { scripts = scripts, requests = requests,
    requires = starter.rounds(setting, count, lua, "-e", 'require "bench.empty"', "--", lua, "-e", 'require "tasklist"',
      "--", lua, "-e", 'require "cjson"', "--", lua, "-e", "") }
end

--- The marks.
-- @tparam table measured
-- @treturn table
function starts.marks(measured)
  return {
    { name = "a whole script: start, token, one search, exit", limit = "at most %.1f times C", most = 1.6,
      rounds = measured.scripts, pick = function(round) return round[2] / round[1] end },
    { name = '`require "tasklist"`', limit = "at most %d ms more than a module that only links libcurl", most = 1,
      rounds = measured.requires, pick = function(round) return round[2] - round[1] end, form = "%+.2f ms" },
  }
end

--- What the page of results says.
-- @tparam table measured
-- @treturn table of blocks, each a table of lines
function starts.sections(measured)
  local rows = {}
  local function add(name, samples, index)
    local summary = statistics.of(samples, function(round) return round[index] end)
    rows[#rows + 1] = { name, ("%.2f"):format(summary.median), markdown.spread(summary, "%.2f") }
  end
  add("the script in C", measured.scripts, 1)
  add(("the script in Lua: %d requests"):format(measured.requests[1]), measured.scripts, 2)
  add(("the same with a live token in the token file: %d request"):format(measured.requests[2]), measured.scripts, 3)
  add("Lua that does nothing", measured.requires, 4)
  add('Lua, `require "cjson"`', measured.requires, 3)
  add("Lua, `require` of a module that only links libcurl", measured.requires, 1)
  add('Lua, `require "tasklist"`', measured.requires, 2)
  return {
    { "## Starts" }, markdown.table({ "ms, from start to end", "median", "spread" }, rows),
    { "The token endpoint here is on the same machine and answers at once: what the token file saves is a request to",
      "the real one." },
  }
end

return starts
