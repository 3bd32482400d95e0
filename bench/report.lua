--- Measurements as a page of Markdown.

local before = require "bench.scale_before"
local crowd = require "bench.many"
local markdown = require "bench.markdown"
local scale = require "bench.scale"
local statistics = require "bench.statistics"

local report = {}

local row, spread, verdict = markdown.row, markdown.spread, markdown.verdict

local function floor_of(round)
  return round.floor + round.decode
end

local function page_row(measured)
  local ratio = statistics.of(measured.rounds, function(round) return round.search / floor_of(round) end)
  local least = {}
  for _, kind in ipairs { "search", "floor", "decode" } do
    least[kind] = statistics.of(measured.rounds, function(round) return round[kind] end).least
  end
  return row(measured.page.name, ("at most %.2f of the floor"):format(measured.page.limit),
    ("%.2f"):format(ratio.median), spread(ratio, "%.2f"), ("%.2f"):format(least.search / floor_of(least)),
    verdict(ratio.median <= measured.page.limit))
end

local function script_row(starts)
  local ratio = statistics.of(starts, function(round) return round[2] / round[1] end)
  return row("a whole script: start, token, one search, exit", "at most 2 times C", ("%.2f"):format(ratio.median),
    spread(ratio, "%.2f"), "", verdict(ratio.median <= 2))
end

local function require_row(starts)
  local more = statistics.of(starts, function(round) return round[2] - round[1] end)
  return row('`require "tasklist"`', "at most 1 ms more than a module that only links libcurl",
    ("%+.2f ms"):format(more.median), spread(more, "%+.2f"), "", verdict(more.median <= 1))
end

local function values_row(rounds, name, limit)
  local ratio = statistics.of(rounds, function(round) return round.cjson / round.ours end)
  local ours = statistics.of(rounds, function(round) return round.ours end).least
  local cjson = statistics.of(rounds, function(round) return round.cjson end).least
  return row(name, ("at least %.1f times as fast as cjson"):format(limit), ("%.2f"):format(ratio.median),
    spread(ratio, "%.2f"), ("%.2f"):format(cjson / ours), verdict(ratio.median >= limit))
end

local function thousands(count)
  return count < 1000 and ("%d"):format(count) or ("%d,%03d"):format(count // 1000, count % 1000)
end

-- Pages that malloc keeps come and go; what leaks in each search adds up to more.
local allowed_growth = 256 -- KiB

local function soak_row(soak)
  local first, lua, resident, descriptors = soak[1], 0, 0, 0
  for _, later in ipairs(soak) do
    lua = math.max(lua, later.lua - first.lua)
    resident = math.max(resident, later.resident - first.resident)
    descriptors = math.max(descriptors, later.descriptors - first.descriptors)
  end
  return row(thousands(soak[#soak].count) .. " searches through one client",
    "no growth after the first " .. thousands(first.count),
    ("Lua %+.1f KiB, process %+d KiB, descriptors %+d"):format(lua, resident, descriptors),
    ("at the end: process %d KiB, descriptors %d"):format(soak[#soak].resident, soak[#soak].descriptors), "",
    verdict(lua < 1 and resident < allowed_growth and descriptors == 0))
end

local allowed_walk = 8 * 1024 -- KiB

local function walk_rows(walks)
  local least = {}
  for kind in pairs(walks.rounds[1]) do
    least[kind] = statistics.of(walks.rounds, function(round) return round[kind] end).least
  end
  local function compared(name, limit, pick)
    local ratio = statistics.of(walks.rounds, pick)
    return row(name, limit, ("%.2f"):format(ratio.median), spread(ratio, "%.2f"), ("%.2f"):format(pick(least)),
      verdict(ratio.median <= 1.1))
  end
  local growth = walks.long.most - walks.long.tenth
  return
    compared("walking 200,000 tasks in pages of 1,000 that take 20 ms each",
      "at most 1.10 of server, transfer and decode",
      function(round) return round.walk / (round.floor + round.decode) end),
    compared("the same, 15 ms of work on each page", "at most 1.10 of the walk without work",
      function(round) return round.working / round.walk end),
    row("walking 1,000,000 tasks", "at most 8 MiB more than after the tenth page", ("%+d KiB"):format(growth),
      ("after the tenth page: %d KiB"):format(walks.long.tenth), "", verdict(growth <= allowed_walk))
end

local function scale_rows(rounds, instructions)
  local few, many = scale.counts[1], scale.counts[#scale.counts]
  local in_flight, limit = thousands(many) .. " requests in flight", ("at most 2 times that with %d"):format(few)
  local ratios = {}
  for index, round in ipairs(rounds[many]) do
    ratios[index] = scale.ours(round) / scale.ours(rounds[few][index])
  end
  local time = statistics.summary(ratios)
  local work = instructions[many] / instructions[few]
  return
    row(in_flight .. ": to start one, and a step, beyond what libcurl takes", limit, ("%.2f"):format(time.median),
      spread(time, "%.2f"), "", verdict(time.median <= 2)),
    row(in_flight .. ": all instructions for one, but libcurl's", limit, ("%.2f"):format(work), "", "",
      verdict(work <= 2))
end

local function marks(measured)
  local lines = { row("mark", "limit", "measured", "spread", "of the fastest", "met"), "|---|---|---|---|---|---|" }
  for _, page in ipairs(measured.pages) do
    lines[#lines + 1] = page_row(page)
  end
  lines[#lines + 1] = values_row(measured.values.decode, "`tasklist.decode` of variable values", 1.5)
  lines[#lines + 1] = values_row(measured.values.encode, "`tasklist.encode` of variable values", 1)
  lines[#lines + 1] = script_row(measured.scripts)
  lines[#lines + 1] = require_row(measured.requires)
  lines[#lines + 1] = soak_row(measured.soak)
  table.move({ walk_rows(measured.walks) }, 1, 3, #lines + 1, lines)
  table.move({ scale_rows(measured.scale, measured.instructions) }, 1, 2, #lines + 1, lines)
  local more = crowd.rows(measured.many)
  table.move(more, 1, #more, #lines + 1, lines)
  return lines
end

local function microseconds(rounds, pick)
  return ("%.1f"):format(statistics.of(rounds, pick).median)
end

local function times(measured)
  local lines = { row("µs a search", "bytes", "ours", "floor: C loop", "floor: cjson.decode", "our decoding",
    "the rest"),
    "|---|---|---|---|---|---|---|" }
  for _, page in ipairs(measured.pages) do
    local rounds = page.rounds
    lines[#lines + 1] = row(page.page.name, ("%d"):format(page.bytes),
      microseconds(rounds, function(round) return round.search end),
      microseconds(rounds, function(round) return round.floor end),
      microseconds(rounds, function(round) return round.decode end),
      microseconds(rounds, function(round) return round.read end),
      microseconds(rounds, function(round) return round.search - round.floor - round.read end))
  end
  return lines
end

local function walk_times(measured)
  local lines = { row("ms a page", "walk", "walk, with work", "floor: server and transfer", "floor: cjson.decode"),
    "|---|---|---|---|---|" }
  local cells = {}
  for index, kind in ipairs { "walk", "working", "floor", "decode" } do
    cells[index] = ("%.2f"):format(statistics.of(measured.walks.rounds, function(round) return round[kind] end).median)
  end
  lines[3] = row("1,000 tasks", table.unpack(cells))
  return lines
end

local phase_names = { start = "to start a request", step = "a step in which nothing has come",
  finish = "to finish a request", removal = "`curl_multi_remove_handle`" }

local function crowds(measured)
  local lines = { row("µs", "in flight", "before", "libcurl alone", "now", "libcurl alone", "ours before", "ours now"),
    "|---|---|---|---|---|---|---|---|" }
  local now = scale.medians(measured)
  for _, phase in ipairs(scale.phases) do
    for _, count in ipairs(scale.counts) do
      local cells = {}
      for _, of in ipairs { before, now } do
        cells[#cells + 1] = ("%.2f"):format(of[count].ours[phase])
        cells[#cells + 1] = ("%.2f"):format(of[count].libcurl[phase])
      end
      for _, of in ipairs { before, now } do
        cells[#cells + 1] = ("%.2f"):format(of[count].ours[phase] - of[count].libcurl[phase])
      end
      lines[#lines + 1] = row(phase_names[phase], thousands(count), table.unpack(cells))
    end
  end
  return lines
end

local function crowd_instructions(measured)
  local lines = { row("in flight", "before", "now"), "|---|---|---|" }
  for _, count in ipairs(scale.counts) do
    lines[#lines + 1] = row(thousands(count), ("%.0f"):format(before.instructions[count]),
      ("%.0f"):format(measured[count]))
  end
  return lines
end

local function values(measured)
  local lines = { row("ns for the bench's four values", "ours", "lua-cjson"), "|---|---|---|" }
  for _, way in ipairs { "decode", "encode" } do
    local rounds = measured.values[way]
    lines[#lines + 1] = row(way,
      ("%.0f"):format(statistics.of(rounds, function(round) return round.ours end).median),
      ("%.0f"):format(statistics.of(rounds, function(round) return round.cjson end).median))
  end
  return lines
end

local function starts(measured)
  local lines = { row("ms, from start to end", "median", "spread"), "|---|---|---|" }
  local function add(name, samples, index)
    local summary = statistics.of(samples, function(round) return round[index] end)
    lines[#lines + 1] = row(name, ("%.2f"):format(summary.median), spread(summary, "%.2f"))
  end
  add("the script in C", measured.scripts, 1)
  add(("the script in Lua: %d requests"):format(measured.scripts.requests[1]), measured.scripts, 2)
  add(("the same with a live token in the token file: %d request"):format(measured.scripts.requests[2]),
    measured.scripts, 3)
  add("Lua that does nothing", measured.requires, 4)
  add('Lua, `require "cjson"`', measured.requires, 3)
  add("Lua, `require` of a module that only links libcurl", measured.requires, 1)
  add('Lua, `require "tasklist"`', measured.requires, 2)
  return lines
end

local function instructions(measured)
  local lines, total = { row("where", "instructions", "part"), "|---|---|---|" }, 0
  for _, group in ipairs(measured.split) do
    total = total + group.instructions
  end
  for _, group in ipairs(measured.split) do
    lines[#lines + 1] = row(group.name, ("%.0f"):format(group.instructions),
      ("%.1f %%"):format(100 * group.instructions / total))
  end
  return lines
end

local function facts(machine)
  local lines = {}
  for index, fact in ipairs(machine) do
    lines[index] = ("- %s: %s"):format(fact[1], fact[2])
  end
  return lines
end

--- The page.
-- @tparam table machine pairs of name and text
-- @tparam table measured by `run.lua`
-- @treturn string
function report.write(machine, measured)
  local parts = {
    { "# Measurements", "", "Written by `make bench`." }, facts(machine),
    { "## Marks" }, marks(measured),
    { "The floor is a bare libcurl loop in C over one easy handle plus `cjson.decode` alone. Each ratio is taken",
      "within one round; shown are the median of the rounds and the span of their middle half, then the ratio of",
      "the fastest samples of all rounds. A limit inside the span is a draw: run again on a quiet machine." },
    { "## Where a search's time goes" }, times(measured),
    { "The rest is ours less the C loop and our decoding: the engine, the binding and the Lua layer. It is less than",
      "nothing where the engine's loop beats the easy handle's." },
    { "## Where the instructions of a search of 50 tasks go" }, instructions(measured),
    { "From callgrind, in user space only: what the kernel does for the transport is in the times above." },
    { "## Walks" }, walk_times(measured),
    { "A walk has the next page under way while the caller works on one, so it is quicker than the sum." },
    { "## Many calls at once" }, crowd.times(measured.many),
    { "Each call is a `client:get_task`: in `client:map`, and in coroutines of cqueues and of luv, each of which makes",
      "one call after the other. The floor is a bare libcurl loop in C over one epoll set, with an easy handle for",
      "each call at once; it does not read the answers. The server, in C, runs on the same processor, and its part is",
      "in all of these times. 16 workers have 200 tasks in 13 turns, so nobody could be faster than 1.04 of 2.5 s." },
    { "## Many requests in flight" }, crowds(measured.scale),
    { "The medians of the processor's time of `bench/scale`. Its requests have deadlines of 1,000 to 6,000 s, and all",
      "but 100 of them wait in libcurl's queue for a connection. libcurl alone is the same over its multi interface,",
      "without an engine. Some libcurls look through that queue for each request that leaves them, so that",
      "`curl_multi_remove_handle` is measured apart. Such a look also drives our data out of the processor's caches:",
      "then what is ours (the difference) takes longer, though it does no more: see the instructions. Before is commit",
      ("`%s`, measured on %s."):format(before.commit, before.date) },
    { "Instructions for a request in user space, libcurl's left out:" }, crowd_instructions(measured.instructions),
    { "## Variable values" }, values(measured),
    { "## Starts" }, starts(measured),
    { "The token endpoint here is on the same machine and answers at once: what the token file saves is a request to",
      "the real one." },
  }
  for index, lines in ipairs(parts) do
    parts[index] = table.concat(lines, "\n")
  end
  return table.concat(parts, "\n\n") .. "\n"
end

return report
