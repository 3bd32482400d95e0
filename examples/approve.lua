-- Watches for invoices, approves small amounts and assigns the rest, until Ctrl-C:
--   lua5.4 examples/approve.lua ASSIGNEE [LIMIT [SECONDS]]
-- ASSIGNEE gets what is above LIMIT (100); a look at the tasks every SECONDS (5).
-- The environment names the cluster (see README.md).
local tasklist = require "tasklist"

local assignee, limit, interval = arg[1], tonumber(arg[2] or 100), tonumber(arg[3] or 5)
if not (assignee and limit and interval) then
  io.stderr:write "usage: lua5.4 examples/approve.lua ASSIGNEE [LIMIT [SECONDS]]\n"
  os.exit(2)
end
io.stdout:setvbuf "line"

local client <close> = assert(tasklist.new())

-- Whether the task is settled; or nil and an error.
local function settle(task)
  local variables, failure = client:variables(task.id, { "amount" })
  if not variables then
    return nil, failure
  end
  local amount = variables.amount
  if math.type(amount) and amount <= limit then
    print("approve", task.id, amount)
    return client:complete_task(task.id, { approved = true }, { verify = true })
  end
  print("assign", task.id, amount or "no amount")
  return client:assign_task(task.id, { assignee = assignee, allowOverrideAssignment = false })
end

local function complain(failure)
  io.stderr:write(tostring(failure), "\n")
end

-- What is settled is not in the result any more; v1 changes nothing but JOB_WORKER tasks.
local query = { state = "CREATED", assigned = false, implementation = "JOB_WORKER",
  taskDefinitionId = "Activity_approve_invoice" }
for task in client:watch(query, { interval = interval, on_error = complain }) do
  local settled, failure = settle(task)
  if not settled then
    complain(failure) -- somebody may have been quicker
  end
end
