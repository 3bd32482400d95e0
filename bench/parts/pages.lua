--- Searches of pages, each against the floor and against the same loop by hand.

local bodies = require "bench.bodies"
local markdown = require "bench.markdown"
local plot = require "bench.plot"
local rounds = require "bench.rounds"
local statistics = require "bench.statistics"

local pages = {}

local count = 31

-- What a search takes in microseconds, by kind.
local function samples_of(page, setting)
  local warming = page.count // 10 + 1
  local function sample(kind, ...)
    local words = { ... }
    return { kind, function()
      return tonumber(setting.read(table.unpack(words))) / page.count / 1000
    end }
  end
  local function worker(kind)
    return sample(kind, setting.lua, "bench/worker.lua", kind, page.size, warming, page.count)
  end
  local request = setting.request(bodies.query(page), warming, page.count)
  return { sample("floor", setting.floor, table.unpack(request)),
    sample("hand", setting.lua, "bench/hand.lua", table.unpack(request)),
    worker "search", worker "decode", worker "read" }
end

--- Measures.
-- @tparam table setting of `bench/run.lua`
-- @treturn table of each page: `page`, `bytes`, and `rounds` of microseconds a search, by kind
function pages.measure(setting)
  local measured, samples = {}, {}
  for index, page in ipairs(bodies.pages) do
    measured[index] = { page = page, bytes = #bodies.write(page), rounds = {} }
    samples[index] = samples_of(page, setting)
  end
  for number = 1, count do
    for index = 1, #measured do
      measured[index].rounds[number] = rounds.one(number, samples[index])
    end
  end
  return measured
end

-- What is compared: out of a round, the microseconds of a search.
local kinds = {
  { name = "floor: C loop, cjson.decode", time = function(round) return round.floor + round.decode end },
  { name = "by hand: Lua, cjson.decode", time = function(round) return round.hand end },
  { name = "tasklist", time = function(round) return round.search end },
}
local floor, hand, ours = table.unpack(kinds)

local function ratio(one, other)
  return function(round)
    return one.time(round) / other.time(round)
  end
end

--- The marks: the limits stand with the pages.
-- @tparam table measured
-- @treturn table
function pages.marks(measured)
  local marks = {}
  for _, one in ipairs(measured) do
    marks[#marks + 1] = { name = one.page.name, limit = "at most %.2f of the floor", most = one.page.most,
      rounds = one.rounds, pick = ratio(ours, floor) }
    marks[#marks + 1] = { name = one.page.name .. ", against the loop by hand", limit = "at least %.1f times as fast",
      least = one.page.least, rounds = one.rounds, pick = ratio(hand, ours) }
  end
  return marks
end

local function duration(microseconds)
  if microseconds < 1000 then
    return ("%.0f µs"):format(microseconds)
  end
  return ("%.1f ms"):format(microseconds / 1000)
end

--- The plot: a bar for each kind of search on each page.
-- @tparam table measured
-- @treturn string SVG
function pages.picture(measured)
  local groups, series = {}, {}
  for index, one in ipairs(measured) do
    groups[index] = one.page.name
  end
  for place, kind in ipairs(kinds) do
    local bars = {}
    for index, one in ipairs(measured) do
      local summary = statistics.of(one.rounds, ratio(kind, floor))
      bars[index] = { value = summary.median, low = summary.low, high = summary.high,
        label = duration(statistics.of(one.rounds, kind.time).median) }
    end
    series[place] = { name = kind.name, bars = bars }
  end
  return plot.bars { title = "What a search takes", axis = "time, the floor's is 1", groups = groups, series = series }
end

local columns = {
  { "ours", function(round) return round.search end },
  { "by hand", function(round) return round.hand end },
  { "floor: C loop", function(round) return round.floor end },
  { "floor: cjson.decode", function(round) return round.decode end },
  { "our decoding", function(round) return round.read end },
  { "the rest", function(round) return round.search - round.floor - round.read end },
}

local function times(measured)
  local head, rows = { "µs a search", "bytes" }, {}
  for place, column in ipairs(columns) do
    head[place + 2] = column[1]
  end
  for index, one in ipairs(measured) do
    rows[index] = { one.page.name, ("%d"):format(one.bytes) }
    for place, column in ipairs(columns) do
      rows[index][place + 2] = ("%.1f"):format(statistics.of(one.rounds, column[2]).median)
    end
  end
  return markdown.table(head, rows)
end

--- What the page of results says.
-- @tparam table measured
-- @treturn table of blocks, each a table of lines
function pages.sections(measured)
  return {
    { "## Where a search's time goes" },
    { "![Times of a search by the floor, by hand and by tasklist on each page; the table has them, too](results.svg)" },
    { "The heights are medians of the ratios to the floor within a round, with the span of their middle half; above",
      "them are the medians of the times." },
    times(measured),
    { "By hand is the floor's loop in Lua, as one writes it over Lua-cURL: libcurl's callback gives strings to a Lua",
      "function, which gathers them in a table for `table.concat` and `cjson.decode`. The floor is measured in two",
      "processes, so that by hand, in one, can come out a little below their sum. The rest is ours less the C loop and",
      "our decoding: the engine, the binding and the Lua layer. It is less than nothing where the engine's loop beats",
      "the easy handle's." },
  }
end

return pages
