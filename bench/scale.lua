--- What a request costs while many are in flight, in the engine and in a bare libcurl loop.

local shell = require "bench.shell"
local split = require "bench.split"
local statistics = require "bench.statistics"

local scale = {}

--- The numbers of requests in flight.
scale.counts = { 10, 100, 1000, 10000 }

--- What is measured of each, in microseconds.
scale.phases = { "start", "step", "finish", "removal" }

--- Runs the program.
-- @tparam function placed puts before a program's words where it is to run
-- @tparam string program what bench/scale/ was built to
-- @tparam integer rounds
-- @treturn table count -> rounds; each has "ours" and "libcurl", phase -> microseconds
function scale.measure(placed, program, rounds)
  local measured = {}
  local text = shell.read(placed(program, rounds))
  for count, who, start, step, finish, removal in text:gmatch("(%d+) (%l+) (%S+) (%S+) (%S+) (%S+)\n") do
    count = tonumber(count)
    local list = measured[count] or {}
    measured[count] = list
    if not list[1] or list[#list][who] then
      list[#list + 1] = {}
    end
    list[#list][who] = { start = tonumber(start), step = tonumber(step), finish = tonumber(finish),
      removal = tonumber(removal) }
  end
  return measured
end

--- The middle of all rounds.
-- @tparam table measured as of `measure`
-- @treturn table count -> "ours" and "libcurl" -> phase -> microseconds
function scale.medians(measured)
  local medians = {}
  for count, rounds in pairs(measured) do
    medians[count] = {}
    for who in pairs(rounds[1]) do
      medians[count][who] = {}
      for _, phase in ipairs(scale.phases) do
        medians[count][who][phase] = statistics.of(rounds, function(round) return round[who][phase] end).median
      end
    end
  end
  return medians
end

--- What of the start of a request, and of a step, is the engine's own.
-- @tparam table round of `measure`, or the medians of a count
-- @treturn number microseconds
function scale.ours(round)
  return round.ours.start - round.libcurl.start + round.ours.step - round.libcurl.step
end

-- Of one round; the batch of a number in flight that comes before does not count otherwise.
local requests = 10000

--- What a request costs the engine, all steps included, without what libcurl does.
-- @tparam function placed puts before a program's words where it is to run
-- @tparam string program
-- @treturn table count -> instructions a request
function scale.instructions(placed, program)
  local result, nothing = {}, split.outside_libcurl(placed, program, 0)
  for _, count in ipairs(scale.counts) do
    result[count] = (split.outside_libcurl(placed, program, 1, count, "ours") - nothing) / (requests + count)
  end
  return result
end

return scale
