--- The codec for variable values, beside lua-cjson.

local markdown = require "bench.markdown"
local rounds = require "bench.rounds"
local statistics = require "bench.statistics"

local values = {}

local count, converted = 31, 20000 -- rounds; times all values, in one sample

local ways = { { name = "decode", least = 2.2 }, { name = "encode", least = 1 } }

--- Measures.
-- @tparam table setting of `bench/run.lua`
-- @treturn table way -> rounds of nanoseconds that all values take, "ours" and "cjson"
function values.measure(setting)
  local measured = {}
  for _, way in ipairs(ways) do
    local samples = {}
    for place, whose in ipairs { "ours", "cjson" } do
      samples[place] = { whose, function()
        return tonumber(setting.read(setting.lua, "bench/values.lua", way.name, whose, converted // 10, converted))
          / converted
      end }
    end
    measured[way.name] = rounds.take(count, samples)
  end
  return measured
end

--- The marks.
-- @tparam table measured
-- @treturn table
function values.marks(measured)
  local marks = {}
  for index, way in ipairs(ways) do
    marks[index] = { name = ("`tasklist.%s` of variable values"):format(way.name),
      limit = "at least %.1f times as fast as cjson", least = way.least, rounds = measured[way.name],
      pick = function(round) return round.cjson / round.ours end }
  end
  return marks
end

--- What the page of results says.
-- @tparam table measured
-- @treturn table of blocks, each a table of lines
function values.sections(measured)
  local rows = {}
  for index, way in ipairs(ways) do
    rows[index] = { way.name }
    for place, whose in ipairs { "ours", "cjson" } do
      rows[index][place + 1] = ("%.0f"):format(
        statistics.of(measured[way.name], function(round) return round[whose] end).median)
    end
  end
  return { { "## Variable values" }, markdown.table({ "ns for the bench's four values", "ours", "lua-cjson" }, rows) }
end

return values
