--- The program against the module that it uses: how long a list takes, and whether an export's memory grows.

local markdown = require "bench.markdown"
local starter = require "bench.starter"
local statistics = require "bench.statistics"

local program = {}

local count, few, many = 100, 100000, 1000000 -- starts; tasks of the two exports

-- KiB that an export of so many tasks ever had.
local function peak_of(setting, total)
  return tonumber(setting.read(setting.lua, "bench/peak.lua", setting.lua, "bin/tasklist", "export", "--assignee",
    ("walk-%d-0"):format(total), "--to", "/dev/null"))
end

--- Measures.
-- @tparam table setting of `bench/run.lua`
-- @treturn table `lists`: rounds of milliseconds, of the program and of the script; `peaks`: KiB
function program.measure(setting)
  local lua = setting.lua
  return {
    lists = starter.rounds(setting, count, lua, "bin/tasklist", "list", "--limit", "50", "-o", "tsv", "--", lua,
      "bench/list.lua"),
    peaks = { few = peak_of(setting, few), many = peak_of(setting, many) },
  }
end

--- The marks.
-- @tparam table measured
-- @treturn table
function program.marks(measured)
  return {
    { name = "`tasklist list`, 50 tasks", limit = "at most %.1f times the same script in Lua", most = 1.5,
      rounds = measured.lists, pick = function(round) return round[1] / round[2] end },
    { name = "exporting 1,000,000 tasks", limit = "at most %d KiB more than for 100,000", most = 8 * 1024,
      rounds = { measured.peaks.many - measured.peaks.few }, form = "%+d KiB" },
  }
end

--- What the page of results says.
-- @tparam table measured
-- @treturn table of blocks, each a table of lines
function program.sections(measured)
  local rows = {}
  for index, name in ipairs { "`tasklist list --limit 50 -o tsv`", "the same script in Lua" } do
    local summary = statistics.of(measured.lists, function(round) return round[index] end)
    rows[index] = { name, ("%.2f"):format(summary.median), markdown.spread(summary, "%.2f") }
  end
  return {
    { "## The program" }, markdown.table({ "ms, from start to end", "median", "spread" }, rows),
    { ("An export of 100,000 tasks has at most %d KiB, and one of 1,000,000 tasks %d KiB."):format(measured.peaks.few,
      measured.peaks.many) },
  }
end

return program
