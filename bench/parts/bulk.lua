--- The program on many tasks at once: claims all and then completes them, each in a run of its own.

local bodies = require "bench.bodies"
local cqueues = require "cqueues"
local rounds = require "bench.rounds"

local bulk = {}

local count, at_once, write_time, limit, taken = 2000, 64, 20, 0.9, 5 -- write_time: milliseconds

local script = "bin/tasklist claim - --as me -q -j %d <%s && bin/tasklist complete - -q -j %d <%s"

local function write_ids()
  local path = os.tmpname()
  local file <close> = assert(io.open(path, "w"))
  for number = 1, count do
    file:write(2251799813685248 + number, "\n")
  end
  return path
end

--- Measures.
-- @tparam table setting of `bench/run.lua`
-- @treturn table rounds of seconds
function bulk.measure(setting)
  local task = bodies.write(bodies.page(1)):sub(2, -2)
  local server <close> = setting.serve(setting.build .. "/many/server", write_time, write_time, task)
  local path = write_ids()
  local result = rounds.take(taken, { { "program", function()
    local start = cqueues.monotime()
    setting.read("env", "CAMUNDA_TASKLIST_BASE_URL=http://127.0.0.1:" .. server.port, "CAMUNDA_AUTH_STRATEGY=bearer",
      "CAMUNDA_OAUTH_TOKEN=bench", "sh", "-c", script:format(at_once, path, at_once, path))
    return cqueues.monotime() - start
  end } })
  os.remove(path)
  return result
end

--- The marks.
-- @tparam table measured
-- @treturn table
function bulk.marks(measured)
  local ideal = 2 * count * write_time / 1000 / at_once
  return { { name = ("%d claimed and completed by the program, %d ms for each write, %d at once"):format(count,
    write_time, at_once), limit = "at least %.2f of " .. ("%.2f s"):format(ideal), least = limit, rounds = measured,
    pick = function(round) return ideal / round.program end } }
end

--- What the page of results says.
-- @treturn table of blocks, each a table of lines
function bulk.sections()
  return {
    { "## The program on many tasks" },
    { "2,000 ids are claimed by one run of `tasklist` and completed by another, 64 at a time; both starts are in it.",
      "The server answers each write after 20 ms. 64 workers have 2,000 tasks in 32 turns, so nobody could be faster",
      "than 1.28 s, which is 0.98 of the ideal." },
  }
end

return bulk
