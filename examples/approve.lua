-- Watches for invoices, approves small amounts and assigns the rest, until Ctrl-C:
--   lua5.4 examples/approve.lua ASSIGNEE [LIMIT [SECONDS]]
-- ASSIGNEE gets what is above LIMIT (100); a look at the tasks every SECONDS (5). What fails, and what has
-- no amount yet, has its turn again at the next look.
-- The environment names the cluster (see README.md).
local tasklist = require "tasklist"

local assignee, limit, interval = arg[1], tonumber(arg[2] or 100), tonumber(arg[3] or 5)
if not (assignee and limit and interval) then
  io.stderr:write "usage: lua5.4 examples/approve.lua ASSIGNEE [LIMIT [SECONDS]]\n"
  os.exit(2)
end
io.stdout:setvbuf "line"

local client <close> = assert(tasklist.new())

-- What a task is refused for when it was settled by another.
local gone = { already_assigned = true, not_active = true, not_found = true }

-- The task once it is settled; or nil, and an error if there was one.
local function settle(task)
  local variables, failure = client:variables(task.id, { "amount" })
  if not variables then
    return nil, failure
  end
  local amount = variables.amount
  if amount == nil then
    return nil -- it may come later than its task
  end
  if math.type(amount) and amount <= limit then
    print("approve", task.id, amount)
    return client:complete_task(task.id, { approved = true }, { verify = true })
  end
  print("assign", task.id, amount)
  return client:assign_task(task.id, { assignee = assignee, allowOverrideAssignment = false })
end

local function complain(failure)
  io.stderr:write(tostring(failure), "\n")
end

-- What is settled is not in the result any more; v1 changes nothing but JOB_WORKER tasks.
local query = { state = "CREATED", assigned = false, implementation = "JOB_WORKER",
  taskDefinitionId = "Activity_approve_invoice" }
for task, again in client:watch(query, { interval = interval, on_error = complain }) do
  local settled, failure = settle(task)
  if failure then
    complain(failure)
  end
  if not settled and not (failure and gone[failure.code]) then
    again()
  end
end
