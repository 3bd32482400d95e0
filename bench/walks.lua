--- Walks, each against what it cannot do without: the server's time, the transfer, the decoding.

local bodies = require "bench.bodies"
local shell = require "bench.shell"

local walks = {
  --- How many tasks are walked to compare times, and to look at memory.
  timed = 200000, long = 1000000,
}

local rounds, size, delay, work = 7, 1000, 20, 15

local function walk(placed, lua, total, page_delay, page_work)
  local nanoseconds, tenth, most = shell.read(placed(lua, "bench/walk.lua", total, size, page_delay, page_work))
    :match("(%d+) (%d+) (%d+)")
  return { page = tonumber(nanoseconds) / 1e6 / (total / size), tenth = tonumber(tenth), most = tonumber(most) }
end

--- Measures.
-- @tparam function placed puts before a program's words what makes it a client of the server
-- @tparam string lua the interpreter
-- @tparam function floor_of gives the words of the floor for a query and a count
-- @treturn table `rounds`: milliseconds a page, by kind; `long`: KiB of the long walk, `tenth` and `most`
function walks.measure(placed, lua, floor_of)
  local pages = walks.timed // size
  local samples = {
    { "floor", function()
      local query = bodies.walk_query(walks.timed, size, delay)
      return tonumber(shell.read(placed(table.unpack(floor_of(query, pages))))) / pages / 1e6
    end },
    { "decode", function()
      return tonumber(shell.read(placed(lua, "bench/worker.lua", "decode_walk", size, 3, pages))) / pages / 1e6
    end },
    { "walk", function() return walk(placed, lua, walks.timed, delay, 0).page end },
    { "working", function() return walk(placed, lua, walks.timed, delay, work).page end },
  }
  local measured = { rounds = {}, long = walk(placed, lua, walks.long, 0, 0) }
  for round = 1, rounds do
    measured.rounds[round] = {}
    for place = 1, #samples do
      local sample = samples[round % 2 == 0 and #samples + 1 - place or place]
      measured.rounds[round][sample[1]] = sample[2]()
    end
  end
  return measured
end

return walks
