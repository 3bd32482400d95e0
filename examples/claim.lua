-- Claims and completes all open tasks of a group:
--   lua5.4 examples/claim.lua GROUP WORKER
-- Several can run at once, each with a WORKER of its own: a task is done by the one that claims it.
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
for task in client:tasks { state = "CREATED", assigned = false, implementation = "JOB_WORKER",
  candidateGroup = group } do
  local mine, failure = client:assign_task(task.id, { assignee = worker, allowOverrideAssignment = false })
  if mine then
    assert(client:complete_task(task.id, { completedBy = worker }))
    print(task.id, task.name)
  elseif not taken[failure.code] then
    error(failure)
  end
end
