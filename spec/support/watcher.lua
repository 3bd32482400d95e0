-- Handles tasks as they appear, as an automation would; for the ordeal.
-- watcher.lua SECONDS LOG: a look at the tasks every SECONDS; what it does is written to the file LOG
local tasklist = require "tasklist"

local log = assert(io.open(arg[2], "w"))
log:setvbuf "line"

local function complain(failure)
  log:write("failure ", failure.kind, " ", tostring(failure), "\n")
end

local client <close> = assert(tasklist.new { timeout = 3 })
local query = { state = "CREATED", implementation = "JOB_WORKER", pageSize = 3 }
for task in client:watch(query, { interval = tonumber(arg[1]), on_error = complain }) do
  log:write("given ", task.id, "\n")
  repeat
    local done, failure = client:complete_task(task.id, { handled = true }, { verify = true })
    if not done then
      complain(failure)
    end
  until done or failure.code == "not_active"
end
