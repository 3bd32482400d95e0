--- Many calls at once, against a bare libcurl loop with as many at once.

local bodies = require "bench.bodies"
local markdown = require "bench.markdown"
local rounds = require "bench.rounds"
local statistics = require "bench.statistics"

local many = {}

local kinds, loops = { "map", "cqueues", "luv" }, { "cqueues", "luv" }

-- `rounds` in which everybody makes `count` calls, `at_once` at a time, of answers that take `read_time`. `limit`: the
-- least part of the floor's throughput.
local crowds = {
  { at_once = 64, count = 64 * 50, limit = 0.95, rounds = 11 },
  { at_once = 256, count = 256 * 40, limit = 0.6, rounds = 11 },
}
local read_time, write_time = 20, 100 -- milliseconds

local pairs_made = { at_once = 16, count = 200, limit = 1.05, rounds = 5 }
local waiting = { count = 1000, limit = 4096 } -- coroutines; bytes for each
local ticking = { at_once = 64, count = 200, limit = 10, rounds = 11 } -- milliseconds, which are reported only

local token = ("bench0123456789-"):rep(60) -- as long as those of Camunda's cloud
local path = "/v1/tasks/2251799813685249"

local function measure_crowd(crowd, run, run_floor)
  local samples = { { "floor", function() return run_floor(crowd.at_once, crowd.at_once, crowd.count) end } }
  for index, kind in ipairs(kinds) do
    samples[index + 1] = { kind, function()
      return run(kind, "get", crowd.at_once, crowd.at_once, crowd.count)
    end }
  end
  return rounds.take(crowd.rounds, samples)
end

local function measure_gaps(run)
  local samples = {}
  for _, kind in ipairs(loops) do
    samples[#samples + 1] = { kind, function()
      return run(kind, "gap", ticking.at_once, 0, ticking.count) / 1e6
    end }
  end
  return rounds.take(ticking.rounds, samples)
end

local function memory_of(run)
  local bytes = {}
  for _, kind in ipairs(kinds) do
    bytes[kind] = run(kind, "memory", ticking.at_once, ticking.at_once, waiting.count)
  end
  return bytes
end

--- Measures.
-- @tparam table setting of `bench/run.lua`
-- @treturn table `crowds`: rounds of nanoseconds for each; `pairs`: rounds of seconds; `memory`: kind -> bytes; `gaps`:
--   rounds of milliseconds
function many.measure(setting)
  local task = bodies.write(bodies.page(1)):sub(2, -2)
  local server <close> = setting.serve(setting.build .. "/many/server", read_time, write_time, task)
  local url = "http://127.0.0.1:" .. server.port
  local function run(...)
    return tonumber(setting.read(setting.lua, "bench/many/worker.lua", url, token, ...))
  end
  local function run_floor(...)
    return tonumber(setting.read(setting.build .. "/many/floor", url .. path, token, setting.agent, ...))
  end
  local measured = { crowds = {} }
  for index, crowd in ipairs(crowds) do
    measured.crowds[index] = measure_crowd(crowd, run, run_floor)
  end
  measured.pairs = rounds.take(pairs_made.rounds, { { "map", function()
    return run("map", "pairs", pairs_made.at_once, pairs_made.at_once, pairs_made.count) / 1e9
  end } })
  measured.memory = memory_of(run)
  measured.gaps = measure_gaps(run)
  return measured
end

local function crowd_marks(crowd, measured, add)
  for _, kind in ipairs(kinds) do
    add { name = ("%d calls at once, %d ms each: %s"):format(crowd.at_once, read_time, kind),
      limit = "at least %.2f of the C loop's throughput", least = crowd.limit, rounds = measured,
      pick = function(round) return round.floor / round[kind] end }
  end
end

local function pairs_mark(measured, add)
  local ideal = pairs_made.count * 2 * write_time / 1000 / pairs_made.at_once
  add { name = ("%d claimed and completed, %d ms for each write, %d at once"):format(pairs_made.count, write_time,
    pairs_made.at_once), limit = "at most %.2f of " .. ("%.1f s"):format(ideal), most = pairs_made.limit,
    rounds = measured, pick = function(round) return round.map / ideal end, form = "%.3f" }
end

local function memory_marks(bytes, add)
  for _, kind in ipairs(kinds) do
    add { name = ("Lua memory of a coroutine that waits, of %d: %s"):format(waiting.count, kind),
      limit = "at most %d bytes", most = waiting.limit, rounds = { bytes[kind] }, form = "%.0f" }
  end
end

local function gap_marks(measured, add)
  for _, kind in ipairs(loops) do
    add { name = ("longest gap of a 1 ms timer of %s, %d new calls, %d at once"):format(kind, ticking.count,
      ticking.at_once), limit = "%d ms, not asserted", most = ticking.limit, rounds = measured,
      pick = function(round) return round[kind] end, form = "%.1f ms" }
  end
end

--- The marks.
-- @tparam table measured
-- @treturn table
function many.marks(measured)
  local marks = {}
  local function add(mark)
    marks[#marks + 1] = mark
  end
  for index, crowd in ipairs(crowds) do
    crowd_marks(crowd, measured.crowds[index], add)
  end
  pairs_mark(measured.pairs, add)
  memory_marks(measured.memory, add)
  gap_marks(measured.gaps, add)
  return marks
end

--- What the page of results says.
-- @tparam table measured
-- @treturn table of blocks, each a table of lines
function many.sections(measured)
  local rows = {}
  for index, crowd in ipairs(crowds) do
    rows[index] = { ("%d at once"):format(crowd.at_once) }
    for place, kind in ipairs { "floor", table.unpack(kinds) } do
      local taken = statistics.of(measured.crowds[index], function(round) return round[kind] end).median
      rows[index][place + 1] = ("%.1f"):format(taken / crowd.count / 1000)
    end
  end
  return {
    { "## Many calls at once" }, markdown.table({ "µs a call", "floor: C loop", table.unpack(kinds) }, rows),
    { "Each call is a `client:get_task`: in `client:map`, and in coroutines of cqueues and of luv, each of which makes",
      "one call after the other. The floor is a bare libcurl loop in C over one epoll set, with an easy handle for",
      "each call at once; it does not read the answers. The server, in C, runs on the same processor, and its part is",
      "in all of these times. 16 workers have 200 tasks in 13 turns, so nobody could be faster than 1.04 of 2.5 s." },
  }
end

return many
