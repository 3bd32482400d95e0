-- A day's work on a group's tasks, the same on every server from Camunda 8.5 to 8.10:
--   lua5.4 examples/day.lua GROUP WORKER BOSS [COUNT [SECONDS]]
-- Counts what is open, settles what is overdue, and then what appears overdue, until COUNT (1) of these are settled; it
-- looks every SECONDS (5). A task is settled when it is approved, or assigned to BOSS: that is done when its amount is
-- above 1000 or unknown, or when its form does not ask for an approval. On a server with v2 it then has a high
-- priority, too.
-- Each run that is at work at the same time needs a WORKER of its own. It ends at a failure; the next run with the same
-- WORKER begins with the tasks that this one has left.
-- The environment names the cluster (see README.md). On 8.5 to 8.7 it needs both addresses where Camunda itself, and no
-- job worker, manages the tasks (see doc/servers.md).
local tasklist = require "tasklist"

local group, worker, boss = arg[1], arg[2], arg[3]
local count, interval = math.tointeger(tonumber(arg[4] or 1)), tonumber(arg[5] or 5)
if not (group and worker and boss and count and interval) then
  io.stderr:write "usage: lua5.4 examples/day.lua GROUP WORKER BOSS [COUNT [SECONDS]]\n"
  os.exit(2)
end
io.stdout:setvbuf "line"

local client <close> = assert(tasklist.new())

-- Told of what may pass, such as a server that restarts.
local function complain(failure)
  io.stderr:write(tostring(failure), "\n")
end

-- The names of the fields of a task's form; a task without a form has none.
local function fields_of(task)
  local form, failure = client:get_task_form(task)
  if form == nil then
    error(failure)
  end
  local names = {}
  for _, component in ipairs(form and assert(tasklist.decode(form.schema)).components or {}) do
    names[component.key or ""] = true
  end
  return names
end

-- Puts a task before others, where the server can: one with v1 leaves priorities as their process has them.
local function put_first(task)
  local changed, failure = client:update_task(task, { priority = 90 })
  if not changed and failure.code ~= "unsupported" then
    error(failure)
  end
end

-- Settles a task that is ours, and says what became of it.
local function settle(task)
  local amount = assert(client:variables(task, { "amount" })).amount
  local approved = fields_of(task).approved and math.type(amount) and amount <= 1000
  if approved then
    assert(client:complete_task(task, { approved = true, approvedBy = worker }, { verify = true }))
  else
    put_first(assert(client:assign_task(task, { assignee = boss })))
  end
  return ("%s\t%s\t%s"):format(task.name, amount, approved and "approved" or "for " .. boss)
end

-- A walk gives any number of tasks, page by page.
local open = 0
for _ in client:tasks { state = "CREATED", candidateGroup = group, pageSize = 1000 } do
  open = open + 1
end
print(open .. " open")

local overdue = { candidateGroup = group, dueDate = { to = os.time() } }
local settled = client:map(client:claim(overdue, worker, { held = true }), settle)
table.sort(settled) -- a claim goes through the tasks in a random order
for _, line in ipairs(settled) do
  print(line)
end

-- What a task is refused for when another was quicker; a list may still show what was settled a moment ago.
local taken = { already_assigned = true, not_active = true, not_found = true }

-- Settles tasks as they appear, as many as are wanted.
local function work_on()
  print "watching"
  overdue.state, overdue.assigned = "CREATED", false
  for task in client:watch(overdue, { interval = interval, on_error = complain }) do
    local mine, failure = client:assign_task(task, { assignee = worker, allowOverrideAssignment = false })
    if mine then
      print(settle(mine))
      count = count - 1
    elseif not taken[failure.code] then
      error(failure)
    end
    if count <= 0 then
      return
    end
  end
end

if count > 0 then
  work_on()
end
