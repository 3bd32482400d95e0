--- One walk over all tasks of a query, in a process of its own: prints nanoseconds, KiB of the process after the tenth
-- page, and the most KiB after any later one.
-- walk.lua TOTAL SIZE DELAY WORK: TOTAL tasks in pages of SIZE, of a server that takes DELAY milliseconds for a page;
-- the caller works WORK milliseconds on each

local bodies = require "bench.bodies"
local cqueues = require "cqueues"
local tasklist = require "tasklist"

local total, size, delay = math.tointeger(arg[1]), math.tointeger(arg[2]), math.tointeger(arg[3])
local work = tonumber(arg[4])

local function resident()
  for line in io.lines("/proc/self/status") do
    local kib = line:match("^VmRSS:%s*(%d+)")
    if kib then
      return math.tointeger(kib)
    end
  end
end

-- Keeps the processor busy.
local function busy(milliseconds)
  local last = cqueues.monotime() + milliseconds / 1000
  while cqueues.monotime() < last do end
end

local client <close> = assert(tasklist.new())
assert(client:search_tasks { pageSize = 1 }) -- the token and the connection are there
local count, tenth, most = 0, 0, 0
local start = cqueues.monotime()
for task in client:tasks(bodies.walk_query(total, size, delay)) do
  count = count + 1
  assert(task.id)
  if count % size == 0 then
    if work > 0 then
      busy(work)
    end
    if count == 10 * size then
      tenth = resident()
    end
    most = math.max(most, resident())
  end
end
print(("%d %d %d"):format((cqueues.monotime() - start) * 1e9 // 1, tenth, most))
assert(count == total)
