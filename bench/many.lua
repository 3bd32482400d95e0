--- Many calls at once, against a bare libcurl loop with as many at once.

local bodies = require "bench.bodies"
local markdown = require "bench.markdown"
local shell = require "bench.shell"
local statistics = require "bench.statistics"

local row, spread, verdict = markdown.row, markdown.spread, markdown.verdict

local many = {}

local kinds = { "map", "cqueues", "luv" }

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

-- The numbers of all rounds: each is a table of what the samples, pairs of name and function, gave.
local function in_rounds(rounds, samples)
  local measured = {}
  for round = 1, rounds do
    measured[round] = {}
    for place = 1, #samples do
      local sample = samples[round % 2 == 0 and #samples + 1 - place or place]
      measured[round][sample[1]] = sample[2]()
    end
  end
  return measured
end

local function measure_crowd(crowd, run, run_floor)
  local samples = { { "floor", function() return run_floor(crowd.at_once, crowd.at_once, crowd.count) end } }
  for index, kind in ipairs(kinds) do
    samples[index + 1] = { kind, function()
      return run(kind, "get", crowd.at_once, crowd.at_once, crowd.count)
    end }
  end
  return in_rounds(crowd.rounds, samples)
end

local function measure_gaps(run)
  local samples = {}
  for _, kind in ipairs { "cqueues", "luv" } do
    samples[#samples + 1] = { kind, function()
      return run(kind, "gap", ticking.at_once, 0, ticking.count) / 1e6
    end }
  end
  return in_rounds(ticking.rounds, samples)
end

local function memory_of(run)
  local bytes = {}
  for _, kind in ipairs(kinds) do
    bytes[kind] = run(kind, "memory", ticking.at_once, ticking.at_once, waiting.count)
  end
  return bytes
end

--- Measures.
-- @tparam function placed puts before a program's words where it is to run
-- @tparam string lua the interpreter
-- @tparam string build where bench/many/ was built to
-- @tparam string agent the User-Agent header of the floor
-- @tparam number time_limit seconds after which the server ends by itself
-- @treturn table for `rows` and `times`
function many.measure(placed, lua, build, agent, time_limit)
  local task = bodies.write(bodies.page(1)):sub(2, -2)
  local server <close> = shell.serve(placed("timeout", "--foreground", time_limit, build .. "/many/server", read_time,
    write_time, task))
  local url = "http://127.0.0.1:" .. server.port
  local function run(...)
    return tonumber(shell.read(placed(lua, "bench/many/worker.lua", url, token, ...)))
  end
  local function run_floor(...)
    return tonumber(shell.read(placed(build .. "/many/floor", url .. path, token, agent, ...)))
  end
  local measured = { crowds = {} }
  for index, crowd in ipairs(crowds) do
    measured.crowds[index] = measure_crowd(crowd, run, run_floor)
  end
  measured.pairs = in_rounds(pairs_made.rounds, { { "map", function()
    return run("map", "pairs", pairs_made.at_once, pairs_made.at_once, pairs_made.count) / 1e9
  end } })
  measured.memory = memory_of(run)
  measured.gaps = measure_gaps(run)
  return measured
end

local function crowd_rows(crowd, rounds, add)
  local least = {}
  for name in pairs(rounds[1]) do
    least[name] = statistics.of(rounds, function(round) return round[name] end).least
  end
  for _, kind in ipairs(kinds) do
    local ratio = statistics.of(rounds, function(round) return round.floor / round[kind] end)
    add(("%d calls at once, %d ms each: %s"):format(crowd.at_once, read_time, kind),
      ("at least %.2f of the C loop's throughput"):format(crowd.limit), ("%.2f"):format(ratio.median),
      spread(ratio, "%.2f"), ("%.2f"):format(least.floor / least[kind]), verdict(ratio.median >= crowd.limit))
  end
end

local function pairs_row(rounds, add)
  local ideal = pairs_made.count * 2 * write_time / 1000 / pairs_made.at_once
  local ratio = statistics.of(rounds, function(round) return round.map / ideal end)
  add(("%d claimed and completed, %d ms for each write, %d at once"):format(pairs_made.count, write_time,
    pairs_made.at_once), ("at most %.2f of %.1f s"):format(pairs_made.limit, ideal), ("%.3f"):format(ratio.median),
    spread(ratio, "%.3f"), ("%.3f"):format(ratio.least), verdict(ratio.median <= pairs_made.limit))
end

local function memory_row(bytes, add)
  local most, cells = 0, {}
  for index, kind in ipairs(kinds) do
    most = math.max(most, bytes[kind])
    cells[index] = ("%s %d"):format(kind, bytes[kind])
  end
  add(("Lua memory of a coroutine that waits, of %d"):format(waiting.count),
    ("under %d bytes"):format(waiting.limit), table.concat(cells, ", "), "", "", verdict(most < waiting.limit))
end

local function gap_rows(rounds, add)
  for _, kind in ipairs { "cqueues", "luv" } do
    local gap = statistics.of(rounds, function(round) return round[kind] end)
    add(("longest gap of a 1 ms timer of %s, %d new calls, %d at once"):format(kind, ticking.count, ticking.at_once),
      ("%d ms, not asserted"):format(ticking.limit), ("%.1f ms"):format(gap.median), spread(gap, "%.1f"),
      ("%.1f"):format(gap.least), gap.median <= ticking.limit and "yes" or "no")
  end
end

--- The rows of the marks.
-- @tparam table measured
-- @treturn table lines
function many.rows(measured)
  local lines = {}
  local function add(...)
    lines[#lines + 1] = row(...)
  end
  for index, crowd in ipairs(crowds) do
    crowd_rows(crowd, measured.crowds[index], add)
  end
  pairs_row(measured.pairs, add)
  memory_row(measured.memory, add)
  gap_rows(measured.gaps, add)
  return lines
end

--- What a call takes.
-- @tparam table measured
-- @treturn table lines
function many.times(measured)
  local lines = { row("µs a call", "floor: C loop", table.unpack(kinds)), "|---|---|---|---|---|" }
  for index, crowd in ipairs(crowds) do
    local cells = {}
    for place, kind in ipairs { "floor", table.unpack(kinds) } do
      local taken = statistics.of(measured.crowds[index], function(round) return round[kind] end).median
      cells[place] = ("%.1f"):format(taken / crowd.count / 1000)
    end
    lines[#lines + 1] = row(("%d at once"):format(crowd.at_once), table.unpack(cells))
  end
  return lines
end

return many
