-- What a script reads that knows only the page of Camunda 8.6. It prints what it finds, and the same on every server.
local tasklist = require "tasklist"

local client <close> = assert(tasklist.new())

local function section(name)
  print(("\n%s"):format(name))
end

-- Dates come as texts of several forms.
local function instant(text)
  return text and ("%.3f"):format(tasklist.time(text)) or "-"
end

local function list(names)
  return names and table.concat(names, ",") or "-"
end

local function ids(tasks)
  local found = {}
  for i, task in ipairs(tasks) do
    found[i] = task.id
  end
  return table.concat(found, " ")
end

local function find(query)
  return assert(client:search_tasks(query))
end

section "searches"
local queries = {
  {},
  { state = "CREATED" },
  { state = "COMPLETED" },
  { state = "CANCELED" },
  { assigned = true },
  { assigned = false },
  { assignee = "jane" },
  { assignees = { "jane", "omar" } },
  { assignees = {} },
  { candidateGroup = "accounting" },
  { candidateGroups = { "sales", "management" } },
  { candidateUser = "frida" },
  { candidateUsers = { "frida", "nobody" } },
  { taskDefinitionId = "Activity_pay" },
  { processDefinitionKey = "2251799813685101" },
  { processInstanceKey = 2251799813685202 },
  { tenantIds = { "<default>" } },
  { followUpDate = { from = "2024-03-05T00:00:00Z" } },
  { dueDate = { from = "2024-03-08T12:00:00.000+0000", to = "2024-03-09T14:00:00.000+0200" } },
  { dueDate = { to = 1709899200 } },
  { priority = { gte = 50, lt = 80 } },
  { priority = { eq = 100 } },
  { taskVariables = { currency = "EUR" } },
  { taskVariables = { { name = "amount", value = "1249.5", operator = "eq" } } },
  { taskVariables = { big = tasklist.raw "9007199254740993" } },
  { implementation = "ZEEBE_USER_TASK", state = "CREATED", assigned = false, candidateGroup = "accounting" },
  { sort = { { field = "creationTime", order = "ASC" } } },
  { sort = { { field = "priority", order = "DESC" }, { field = "creationTime", order = "ASC" } } },
  { dueDate = { from = 0 }, sort = { { field = "dueDate", order = "ASC" } } },
  { state = "COMPLETED", sort = { { field = "completionTime", order = "ASC" } } },
  { pageSize = 3 },
}
for i, query in ipairs(queries) do
  print(i, ids(find(query)))
end

section "variables of found tasks"
local wanted = { { name = "amount" }, { name = "report" }, { name = "missing" } }
for _, task in ipairs(find { state = "CREATED", includeVariables = wanted }) do
  for _, variable in ipairs(task.variables) do
    print(task.id, variable.name, variable.value and #variable.value, #variable.previewValue,
      variable.isValueTruncated)
  end
end
wanted[2].alwaysReturnFullValue = true
for _, task in ipairs(find { state = "CREATED", assignee = "omar", includeVariables = wanted }) do
  for _, variable in ipairs(task.variables) do
    print(task.id, variable.name, #variable.value)
  end
end

section "pages by hand"
local query = { pageSize = 3 }
local last
repeat
  local tasks = find(query)
  print(#tasks, tasks[1] and tasks[1].isFirst and "first" or "-", ids(tasks))
  last = #tasks > 0 and tasks or last
  query.searchAfter = #tasks > 0 and tasks[#tasks].sortValues or nil
until #tasks == 0
print("before", ids(find { pageSize = 3, searchBefore = last[1].sortValues }))

local cursor
repeat
  local tasks, page = assert(client:search_tasks { pageSize = 4, searchAfter = cursor })
  print("after", ids(tasks))
  cursor = page.after
until not cursor

section "walks"
local walked = {}
for task in client:tasks { state = "CREATED", pageSize = 3, sort = { { field = "creationTime", order = "ASC" } } } do
  walked[#walked + 1] = task
end
print(ids(walked))
walked = {}
for task in client:tasks({ pageSize = 2 }, { limit = 5 }) do
  walked[#walked + 1] = task
end
print(ids(walked))

section "watch"
for task in client:watch({ state = "CREATED", candidateGroup = "accounting" }, { interval = 0.05 }) do
  print(task.id, task.name)
  if task.name == "Clarify invoice" then break end
end

section "tasks"
for _, found in ipairs(find()) do
  local task = assert(client:get_task(found.id))
  print(task.id, task.name, task.taskDefinitionId, task.processName, task.taskState, task.assignee)
  print("", task.processDefinitionKey, task.processInstanceKey, task.tenantId, task.implementation, task.priority)
  print("", instant(task.creationDate), instant(task.completionDate), instant(task.dueDate),
    instant(task.followUpDate), list(task.candidateGroups), list(task.candidateUsers))
  print("", task.formKey, task.isFormEmbedded)
end

section "variables"
local task = find { taskDefinitionId = "Activity_approve" }[1]
for _, variable in ipairs(assert(client:search_task_variables(task.id))) do
  print(variable.name, variable.value and #variable.value, #variable.previewValue, variable.isValueTruncated)
  local whole = assert(client:get_variable(variable.id))
  print("", whole.name, #whole.value, whole.value:sub(1, 40), whole.tenantId)
end
for _, variable in ipairs(assert(client:search_task_variables(task.id, { variableNames = { "currency", "none" } }))) do
  print("by name", variable.name, variable.value)
end
for _, variable in ipairs(assert(client:search_task_variables(task.id, { includeVariables = wanted }))) do
  print("included", variable.name, variable.value and #variable.value)
end
local values = assert(client:variables(task.id))
print(values.amount, values.currency, #values.report, values.lines[2].text, values.approved,
  values.note)
print(math.type(values.big), values.big, values.customer)
values = assert(client:variables(task.id, { "amount" }))
print(values.amount, values.currency)
print("of no task", next(assert(client:variables(find { taskDefinitionId = "Activity_plan" }[1].id))))

section "forms"
for _, one in ipairs(find { sort = { { field = "creationTime", order = "ASC" } } }) do
  local form, failure = client:get_task_form(one)
  print(one.id, form and form.id, form and form.version, form and form.schema, failure)
end

print(assert(client:get_task_form(task.id)).id)

section "failures"
for _, call in ipairs { "get_task", "get_variable", "get_task_form" } do
  local found, failure = client[call](client, "9999999999999999")
  print(call, found, failure and failure.kind, failure and failure.status, failure and failure.code)
end
local fine, problem = pcall(client.search_tasks, client, { asignee = "jane" })
print(fine, (tostring(problem):gsub("^.-: ", "")))
