--- Many searches through one client: prints, after the first and after each further part of them, how many there were,
-- KiB of Lua's memory, KiB of the process's, and open descriptors.
-- soak.lua COUNT EVERY

local tasklist = require "tasklist"

local function resident()
  for line in io.lines("/proc/self/status") do
    local kib = line:match("^VmRSS:%s*(%d+)")
    if kib then
      return tonumber(kib)
    end
  end
end

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
  print(("%d %.1f %d %d"):format(count, collectgarbage("count"), resident(), descriptors()))
end

local total, every = tonumber((...)), tonumber((select(2, ...)))
local client <close> = assert(tasklist.new())
local query = { state = "CREATED", pageSize = 1 }
for count = 1, total do
  assert(client:search_tasks(query))
  if count == 1000 or count % every == 0 then
    show(count)
  end
end
