-- Claims and completes all open tasks of a group, many at once:
--   lua5.4 examples/claim.lua GROUP WORKER [CONCURRENCY]
-- Several can run at once, each with a WORKER of its own, such as its host and a number: a task is done by the
-- one that claims it, and on 8.8 and newer two of one name would both have it. What fails is told and left; a
-- run with the same WORKER begins with what that one holds already.
-- The environment names the cluster (see README.md).
local tasklist = require "tasklist"

local group, worker, concurrency = arg[1], arg[2], math.tointeger(tonumber(arg[3] or 16))
if not (group and worker and concurrency) then
  io.stderr:write "usage: lua5.4 examples/claim.lua GROUP WORKER [CONCURRENCY]\n"
  return os.exit(2)
end

local client <close> = assert(tasklist.new())
local failed = false

local function complete(task)
  local done, failure = client:complete_task(task.id, { completedBy = worker }, { verify = true })
  if done then
    print(task.id, task.name)
  else
    io.stderr:write(tostring(failure), "\n") -- it stays ours, for the next run
    failed = true
  end
end

local query = { candidateGroup = group }
if assert(client:server()).api == "v1" and not client:settings().rest_url then
  query.implementation = "JOB_WORKER" -- other tasks are changed by the newer API only, up to 8.7
end
client:each(client:claim(query, worker, { held = true }), complete, { concurrency = concurrency })

os.exit(not failed, true)
