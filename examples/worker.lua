-- Works off the tasks of a group as they appear, many at once, until it is told to stop:
--   lua5.4 examples/worker.lua GROUP WORKER [CONCURRENCY [SECONDS [STOP]]]
-- A look at the tasks every SECONDS (5). It stops when the file STOP appears, or at Ctrl-C, and completes first what
-- it has claimed. SIGTERM ends it at once, since plain Lua has no handler for that (systemd: KillSignal=SIGINT); then
-- the next run with the same WORKER begins with what that one holds. Several can run at once, each with a WORKER of its
-- own.
-- The environment names the cluster (see README.md).
local tasklist = require "tasklist"

local group, worker, stop = arg[1], arg[2], arg[5]
local concurrency, interval = math.tointeger(tonumber(arg[3] or 16)), tonumber(arg[4] or 5)
if not (group and worker and concurrency and interval) then
  io.stderr:write "usage: lua5.4 examples/worker.lua GROUP WORKER [CONCURRENCY [SECONDS [STOP]]]\n"
  os.exit(2)
end
io.stdout:setvbuf "line"

local watching -- what ends the watch

-- Called after each request, so at each look as well: no other function of ours is while there are no tasks.
local function check_stop()
  local file <close> = stop and io.open(stop)
  if file and watching then
    watching:close()
  end
end

local client <close> = assert(tasklist.new { trace = check_stop })

local function complain(failure)
  io.stderr:write(tostring(failure), "\n")
end

-- The work itself. The task is ours; it stays so when this fails.
local function complete(task)
  local done, failure = client:complete_task(task.id, { completedBy = worker }, { verify = true })
  if done then
    print(task.id, task.name)
  else
    complain(failure)
  end
end

-- What a task is refused for when another was quicker.
local taken = { already_assigned = true, not_active = true, not_found = true }

local function claim_and_complete(task, _, again)
  local mine, failure = client:assign_task(task.id, { assignee = worker, allowOverrideAssignment = false })
  if mine then
    complete(task)
  elseif not taken[failure.code] then
    complain(failure)
    again()
  end
end

-- v1 changes nothing but JOB_WORKER tasks.
local function query(changes)
  changes.state, changes.implementation, changes.candidateGroup = "CREATED", "JOB_WORKER", group
  return changes
end

local options = { concurrency = concurrency }

local function complete_held()
  client:each(client:tasks(query { assignee = worker }), complete, options)
end

local function work()
  complete_held() -- what an earlier run has left
  local tasks, _, _, closing = client:watch(query { assigned = false }, { interval = interval, on_error = complain })
  watching = closing
  client:each(tasks, claim_and_complete, options)
end

local fine, problem = pcall(work)
local stopped = fine or tostring(problem):find("interrupted!", 1, true) -- what Ctrl-C raises
if not stopped then
  complain(problem)
end
complete_held() -- what was broken off
os.exit(stopped and true or false, true)
