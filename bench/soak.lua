--- Many searches through one client: prints, after each part of them, how many there were, KiB of Lua's memory, KiB of
-- the process's, and open descriptors.
-- soak.lua COUNT PART

local process = require "bench.process"
local tasklist = require "tasklist"

-- A file of facts for each open one; what opens it is not there yet when it is looked up.
local function descriptors()
  local count = 0
  for number = 0, 1023 do
    local file <close> = io.open("/proc/self/fdinfo/" .. number)
    count = file and count + 1 or count
  end
  return count
end

local function show(count)
  collectgarbage()
  collectgarbage()
  print(("%d %.1f %d %d"):format(count, collectgarbage("count"), process.memory "VmRSS", descriptors()))
end

local total, every = tonumber((...)), tonumber((select(2, ...)))
local client <close> = assert(tasklist.new())
local query = { state = "CREATED", pageSize = 1 }
for count = 1, total do
  assert(client:search_tasks(query))
  if count % every == 0 then
    show(count)
  end
end
