--- Asks a server for all that a client can, so that what it sends can be looked at.
local tasklist = require "tasklist"

local everything = {}

--- Queries that have each field that is there on every server, and each order.
everything.queries = {
  {},
  { state = "CREATED", assigned = true, assignee = "demo", assignees = { "demo", "jane" } },
  { assigned = false, candidateGroup = "accounting", candidateGroups = { "accounting", "hr" }, candidateUser = "frida",
    candidateUsers = { "frida" } },
  { assignees = {} },
  { taskDefinitionId = "Activity_approve_invoice", processDefinitionKey = "2251799813685101",
    processInstanceKey = 2251799813685201, tenantIds = { "<default>" }, implementation = "ZEEBE_USER_TASK" },
  { followUpDate = { from = "2024-03-01T00:00:00.000+0000", to = 1711929600.25 }, dueDate = { from = 0,
    to = "2024-03-31T00:00:00.000+0200" } },
  { priority = { eq = 50, gte = 1.0, gt = 0, lte = 100, lt = 101 } },
  { taskVariables = { currency = "EUR", amount = 1249.5, ids = tasklist.raw "[1,2]" } },
  { taskVariables = { { name = "currency", value = '"EUR"', operator = "eq" } } },
  { includeVariables = { { name = "amount" }, { name = "report", alwaysReturnFullValue = true } } },
  { filter = { processDefinitionId = "invoice", creationDate = { ["$gte"] = "2024-01-01T00:00:00Z" } } },
  { state = "COMPLETED" },
  { state = "CANCELED", sort = {} },
  { state = "FAILED" },
}
for _, field in ipairs { "completionTime", "creationTime", "followUpDate", "dueDate", "priority" } do
  for _, order in ipairs { "ASC", "DESC" } do
    table.insert(everything.queries, { sort = { { field = field, order = order } } })
  end
end

local function turn_pages(client)
  local _, first = assert(client:search_tasks { pageSize = 3 })
  local _, second = assert(client:search_tasks { pageSize = 3, searchAfter = first.after })
  assert(client:search_tasks { pageSize = 3, searchBefore = second.before })
  for _ in client:tasks({ pageSize = 4, state = "CREATED" }, { limit = 9 }) do end
  local watch, _, _, watching = client:watch()
  assert(watch())
  watching:close()
end

local function look_at(client, task)
  assert(client:get_task(task.id))
  local form = client:get_task_form(task.id)
  if form then -- its key serves from 8.10 on
    local again, failure = client:get_form(form.formKey, { processDefinitionKey = task.processDefinitionKey })
    assert(again or failure.code == "unsupported", failure)
  end
  assert(client:variables(task.id))
  assert(client:variables(task.id, { "amount", "currency" }))
  for _, query in ipairs { {}, { variableNames = { "amount" } }, { includeVariables = { { name = "amount" } } },
    { includeVariables = { { name = "amount", alwaysReturnFullValue = true } } } } do
    for _, variable in ipairs(assert(client:search_task_variables(task.id, query))) do
      assert(client:get_variable(variable.id))
    end
  end
end

local function work_on(client, task)
  assert(client:assign_task(task.id, { assignee = "jane" }))
  assert(client:assign_task(task.id, { assignee = "omar", allowOverrideAssignment = true }))
  assert(client:unassign_task(task.id))
  assert(client:assign_task(task.id, { assignee = "omar", allowOverrideAssignment = false }))
  assert(client:update_task(task, { dueDate = 1709895600, followUpDate = tasklist.null, candidateUsers = { "frida" },
    candidateGroups = tasklist.null, priority = 70 }, { action = "escalate" }))
  assert(client:set_variables(task, { approved = false, note = tasklist.null }))
  assert(client:set_variables(task.id, {}, { scope = "process" }))
  assert(client:complete_task(task.id, { approved = true, lines = tasklist.array {}, note = tasklist.null },
    { action = "approve" }))
end

--- Makes each call; raises for one that fails.
-- @param client of a sandbox with its sample tasks
function everything.ask(client)
  for _, query in ipairs(everything.queries) do
    assert(client:search_tasks(query))
  end
  turn_pages(client)
  for _, task in ipairs(assert(client:search_tasks())) do
    look_at(client, task)
  end
  local open = assert(client:search_tasks { state = "CREATED", assigned = false })
  work_on(client, open[1])
  assert(client:complete_task(open[2].id))
  assert(client:server())
end

return everything
