--- Walks, each against what it cannot do without: the server's time, the transfer, the decoding.

local before = require "bench.walk_before"
local bodies = require "bench.bodies"
local markdown = require "bench.markdown"
local rounds = require "bench.rounds"
local statistics = require "bench.statistics"

local walks = {}

-- Tasks that are walked to compare times and peaks, and to see whether memory grows.
local timed, long = 200000, 1000000
local count, size, delay, work = 7, 1000, 20, 15

local function walk(setting, total, page_delay, page_work)
  local words = setting.read(setting.lua, "bench/walk.lua", total, size, page_delay, page_work):gmatch("%d+")
  return { page = tonumber(words()) / 1e6 / (total / size), tenth = tonumber(words()), most = tonumber(words()),
    peak = tonumber(words()), lua = tonumber(words()) }
end

--- Measures.
-- @tparam table setting of `bench/run.lua`
-- @treturn table `rounds`: milliseconds a page, by kind; `peaks`: KiB of each walk of those rounds, `peak` of the
--   process and of `lua`; `long`: KiB of the long walk, `tenth` and `most`
function walks.measure(setting)
  local pages, peaks = timed // size, {}
  local request = setting.request(bodies.walk_query(timed, size, delay), 3, pages)
  return { long = walk(setting, long, 0, 0), peaks = peaks, rounds = rounds.take(count, {
    { "floor", function() return tonumber(setting.read(setting.floor, table.unpack(request))) / pages / 1e6 end },
    { "decode", function()
      return tonumber(setting.read(setting.lua, "bench/worker.lua", "decode_walk", size, 3, pages)) / pages / 1e6
    end },
    { "walk", function()
      local walked = walk(setting, timed, delay, 0)
      peaks[#peaks + 1] = walked
      return walked.page
    end },
    { "working", function() return walk(setting, timed, delay, work).page end },
  }) }
end

--- The marks.
-- @tparam table measured
-- @treturn table
function walks.marks(measured)
  return {
    { name = "walking 200,000 tasks in pages of 1,000 that take 20 ms each",
      limit = "at most %.2f of server, transfer and decode", most = 0.8, rounds = measured.rounds,
      pick = function(round) return round.walk / (round.floor + round.decode) end },
    { name = "the same: the most memory that the process ever has", limit = "at most the %d KiB of before",
      most = before.process.most, rounds = measured.peaks, pick = function(walked) return walked.peak end,
      form = "%.0f KiB" },
    { name = "the same, 15 ms of work on each page", limit = "at most %.2f of the walk without work", most = 1.1,
      rounds = measured.rounds, pick = function(round) return round.working / round.walk end },
    { name = "walking 1,000,000 tasks", limit = "at most %d KiB more than after the tenth page", most = 8 * 1024,
      rounds = { measured.long.most - measured.long.tenth }, form = "%+d KiB" },
  }
end

local function median(samples, key, form)
  return form:format(statistics.of(samples, function(sample) return sample[key] end).median)
end

--- What the page of results says.
-- @tparam table measured
-- @treturn table of blocks, each a table of lines
function walks.sections(measured)
  local cells = { "1,000 tasks" }
  for index, kind in ipairs { "walk", "working", "floor", "decode" } do
    cells[index + 1] = median(measured.rounds, kind, "%.2f")
  end
  return {
    { "## Walks" },
    markdown.table({ "ms a page", "walk", "walk, with work", "floor: server and transfer", "floor: cjson.decode" },
      { cells }),
    { "A walk has the next page under way while the caller works on one, so it is quicker than the sum." },
    markdown.table({ "the most KiB", "before", "now" }, {
      { "the process, ever", ("%d"):format(before.process.median), median(measured.peaks, "peak", "%.0f") },
      { "Lua, when a page is new", ("%d"):format(before.lua), median(measured.peaks, "lua", "%.0f") },
    }),
    { ("Before is commit `%s`, measured on %s: the medians of %d walks. The process had between %d and"):format(
        before.commit, before.date, before.walks, before.process.least),
      ("%d KiB then, though Lua had the same in each: the limit is the most of them."):format(before.process.most) },
  }
end

return walks
