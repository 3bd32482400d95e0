--- One walk over all tasks of a query, in a process of its own: prints nanoseconds, and KiB: what the process had after
-- the tenth page, the most it had after any page, the most it ever had, and the most that Lua had when a page was new.
-- walk.lua TOTAL SIZE DELAY WORK: TOTAL tasks in pages of SIZE, of a server that takes DELAY milliseconds for a page;
-- the caller works WORK milliseconds on each

local bodies = require "bench.bodies"
local cqueues = require "cqueues"
local process = require "bench.process"
local tasklist = require "tasklist"

local total, size, delay = math.tointeger(arg[1]), math.tointeger(arg[2]), math.tointeger(arg[3])
local work = tonumber(arg[4])

-- Keeps the processor busy.
local function busy(milliseconds)
  local last = cqueues.monotime() + milliseconds / 1000
  while cqueues.monotime() < last do end
end

local client <close> = assert(tasklist.new())
assert(client:search_tasks { pageSize = 1 }) -- the token and the connection are there
local count, tenth, most, most_lua = 0, 0, 0, 0
local start = cqueues.monotime()
for task in client:tasks(bodies.walk_query(total, size, delay)) do
  count = count + 1
  assert(task.id)
  if count % size == 1 then
    most_lua = math.max(most_lua, collectgarbage("count"))
  elseif count % size == 0 then
    if work > 0 then
      busy(work)
    end
    local now = process.memory "VmRSS"
    if count == 10 * size then
      tenth = now
    end
    most = math.max(most, now)
  end
end
print(("%d %d %d %d %d"):format((cqueues.monotime() - start) * 1e9 // 1, tenth, most, process.memory "VmHWM",
  most_lua // 1))
assert(count == total)
