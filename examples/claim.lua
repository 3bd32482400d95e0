-- Claims and completes all open tasks of a group:
--   lua5.4 examples/claim.lua GROUP WORKER
-- Several can run at once, each with a WORKER of its own: a task is done by the one that claims it. What
-- fails is told and left; a run with the same WORKER begins with what that one holds already.
-- The environment names the cluster (see README.md).
local tasklist = require "tasklist"

local group, worker = arg[1], arg[2]
if not (group and worker) then
  io.stderr:write "usage: lua5.4 examples/claim.lua GROUP WORKER\n"
  os.exit(2)
end

-- What a task is refused for when another was quicker.
local taken = { already_assigned = true, not_active = true, not_found = true }

local client <close> = assert(tasklist.new())
local failed = false

local function complain(failure)
  io.stderr:write(tostring(failure), "\n")
  failed = true
end

local function complete(task)
  local done, failure = client:complete_task(task.id, { completedBy = worker }, { verify = true })
  if done then
    print(task.id, task.name)
  else
    complain(failure) -- it stays ours, for the next run
  end
end

-- What an earlier run has claimed and not completed.
for task in client:tasks { state = "CREATED", assignee = worker, implementation = "JOB_WORKER",
  candidateGroup = group } do
  complete(task)
end

for task in client:tasks { state = "CREATED", assigned = false, implementation = "JOB_WORKER",
  candidateGroup = group } do
  local mine, failure = client:assign_task(task.id, { assignee = worker, allowOverrideAssignment = false })
  if mine then
    complete(task)
  elseif not taken[failure.code] then
    complain(failure)
  end
end

os.exit(not failed, true)
