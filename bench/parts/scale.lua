--- What a request costs while many are in flight, in the engine and in a bare libcurl loop.

local before = require "bench.scale_before"
local callgrind = require "bench.callgrind"
local markdown = require "bench.markdown"
local statistics = require "bench.statistics"

local scale = {}

local count = 15 -- rounds
local in_flight = { 10, 100, 1000, 10000 }

local phases = {
  { key = "start", name = "to start a request" }, { key = "step", name = "a step in which nothing has come" },
  { key = "finish", name = "to finish a request" }, { key = "removal", name = "`curl_multi_remove_handle`" },
}

-- Number in flight -> rounds; each has "ours" and "libcurl": phase -> microseconds.
local function measure_times(setting, program)
  local measured = {}
  local text = setting.read(program, count)
  for digits, who, start, step, finish, removal in text:gmatch("(%d+) (%l+) (%S+) (%S+) (%S+) (%S+)\n") do
    local number = tonumber(digits)
    local list = measured[number] or {}
    measured[number] = list
    if not list[1] or list[#list][who] then
      list[#list + 1] = {}
    end
    list[#list][who] = { start = tonumber(start), step = tonumber(step), finish = tonumber(finish),
      removal = tonumber(removal) }
  end
  return measured
end

-- Of one round; the batch of a number in flight that comes before does not count otherwise.
local requests = 10000

-- Number in flight -> instructions for a request, all steps included, without what libcurl does.
local function measure_instructions(setting, program)
  local result, nothing = {}, callgrind.outside_libcurl(setting, program, 0)
  for _, number in ipairs(in_flight) do
    result[number] = (callgrind.outside_libcurl(setting, program, 1, number, "ours") - nothing) / (requests + number)
  end
  return result
end

--- Measures.
-- @tparam table setting of `bench/run.lua`
-- @treturn table `times` and `instructions`, by number in flight
function scale.measure(setting)
  local program = setting.build .. "/scale"
  return { times = measure_times(setting, program), instructions = measure_instructions(setting, program) }
end

-- What of the start of a request, and of a step, is the engine's own.
local function ours(round)
  return round.ours.start - round.libcurl.start + round.ours.step - round.libcurl.step
end

--- The marks.
-- @tparam table measured
-- @treturn table
function scale.marks(measured)
  local few, many = in_flight[1], in_flight[#in_flight]
  local name, limit = markdown.thousands(many) .. " requests in flight: ", "at most %d times that with " .. few
  local ratios = {}
  for index, round in ipairs(measured.times[many]) do
    ratios[index] = ours(round) / ours(measured.times[few][index])
  end
  return {
    { name = name .. "to start one, and a step, beyond what libcurl takes", limit = limit, most = 2, rounds = ratios },
    { name = name .. "all instructions for one, but libcurl's", limit = limit, most = 2,
      rounds = { measured.instructions[many] / measured.instructions[few] } },
  }
end

local function medians(times)
  local result = {}
  for number, rounds in pairs(times) do
    result[number] = {}
    for who in pairs(rounds[1]) do
      result[number][who] = {}
      for _, phase in ipairs(phases) do
        result[number][who][phase.key] = statistics.of(rounds, function(round) return round[who][phase.key] end).median
      end
    end
  end
  return result
end

local function times_table(times)
  local rows, now = {}, medians(times)
  for _, phase in ipairs(phases) do
    for _, number in ipairs(in_flight) do
      local cells, differences = { phase.name, markdown.thousands(number) }, {}
      for _, of in ipairs { before, now } do
        local ours_of, libcurls = of[number].ours[phase.key], of[number].libcurl[phase.key]
        table.move({ ("%.2f"):format(ours_of), ("%.2f"):format(libcurls) }, 1, 2, #cells + 1, cells)
        differences[#differences + 1] = ("%.2f"):format(ours_of - libcurls)
      end
      rows[#rows + 1] = table.move(differences, 1, 2, #cells + 1, cells)
    end
  end
  return markdown.table(
    { "µs", "in flight", "before", "libcurl alone", "now", "libcurl alone", "ours before", "ours now" }, rows)
end

local function instructions_table(instructions)
  local rows = {}
  for index, number in ipairs(in_flight) do
    rows[index] = { markdown.thousands(number), ("%.0f"):format(before.instructions[number]),
      ("%.0f"):format(instructions[number]) }
  end
  return markdown.table({ "in flight", "before", "now" }, rows)
end

--- What the page of results says.
-- @tparam table measured
-- @treturn table of blocks, each a table of lines
function scale.sections(measured)
  return {
    { "## Many requests in flight" }, times_table(measured.times),
    { "The medians of the processor's time of `bench/scale`. Its requests have deadlines of 1,000 to 6,000 s, and all",
      "but 100 of them wait in libcurl's queue for a connection. libcurl alone is the same over its multi interface,",
      "without an engine. Some libcurls look through that queue for each request that leaves them, so that",
      "`curl_multi_remove_handle` is measured apart. Such a look also drives our data out of the processor's caches:",
      "then what is ours (the difference) takes longer, though it does no more: see the instructions. Before is commit",
      ("`%s`, measured on %s."):format(before.commit, before.date) },
    { "Instructions for a request in user space, libcurl's left out:" }, instructions_table(measured.instructions),
  }
end

return scale
