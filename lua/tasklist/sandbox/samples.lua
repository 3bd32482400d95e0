--- The tasks that a sandbox holds unless it is given others: four processes of an invented company, forty tasks, always
-- the same. Returns them in the form that tasklist.sandbox.tasks takes.

local CONTEXT = "taskContextDisplayName"

-- A quotation longer than the 8191 characters that Tasklist shows of a value.
local LONG = '"' .. ("Lorem ipsum dolor sit amet, consectetur adipiscing elit. "):rep(150) .. '"'

-- Each process: its key and name, and its user tasks by a short name: BPMN id, name, form, candidates.
local PROCESSES = {
  invoice = { key = "2251799813685101", name = "Invoice approval", tasks = {
    approve = { "Activity_approve_invoice", "Approve invoice", formKey = "camunda-forms:bpmn:userTaskForm_approve",
      isFormEmbedded = true, candidateGroups = { "accounting", "management" } },
    clarify = { "Activity_clarify", "Clarify invoice", formKey = "2251799813685111", formId = "clarify-invoice",
      formVersion = 3, isFormEmbedded = false, candidateGroups = { "accounting" } },
    pay = { "Activity_pay", "Pay invoice", candidateGroups = { "treasury" }, candidateUsers = { "frida", "omar" } },
  } },
  order = { key = "2251799813685102", name = "Order handling", tasks = {
    check = { "Activity_check_order", "Check order", candidateGroups = { "sales" } },
    pack = { "Activity_pack", "Pack goods", formKey = "2251799813685112", formId = "pack-goods", formVersion = 1,
      isFormEmbedded = false, candidateGroups = { "warehouse" } },
    call = { "Activity_call", "Call customer", formKey = "crm:call-sheet", candidateUsers = { "jane" } },
  } },
  leave = { key = "2251799813685103", name = "Leave request", tasks = {
    review = { "Activity_review", "Review request", formKey = "2251799813685113", formId = "leave", formVersion = 2,
      isFormEmbedded = false, candidateGroups = { "hr", "management" } },
    plan = { "Activity_plan", "Plan stand-in" },
  } },
  claim = { key = "2251799813685104", name = "Schadensmeldung prüfen", tasks = {
    assess = { "Activity_assess", "Schaden bewerten", candidateGroups = { "claims" }, candidateUsers = { "demo" } },
    letter = { "Activity_letter", "Brief schreiben", candidateGroups = { "claims" } },
  } },
}

-- Variables by a short name; values are JSON text.
local VARIABLES = {
  invoice = { amount = "1249.5", currency = '"EUR"', invoiceNumber = '"R-2024/0815"',
    lines = '[{"text":"Paper, \\"A4\\"","count":20},{"text":"Toner","count":1}]' },
  big = { amount = "9007199254740993", total = "9223372036854775807", approved = "false", note = "null" },
  order = { customer = '"Zoë Müller"', items = '["tea","naïve café mug","寿司"]', express = "true",
    [CONTEXT] = '"Order of Zoë Müller"' },
  leave = { days = "12", reason = '"Holiday \\"at last\\" 🏝"', employee = '{"name":"Omar","id":77}' },
  claim = { report = LONG, amount = "310", [CONTEXT] = '"Hail damage"' },
}

-- One row for each task: process, task, variables, state, implementation (J or U), day and hour in March 2024 on which
-- it was created, then what only some have.
local ROWS = {
  { "invoice", "approve", "invoice", "CREATED", "U", "01T08", priority = 80, dueDate = "2024-03-08T12:00:00Z" },
  { "invoice", "approve", "big", "CREATED", "U", "01T09", priority = 50, assignee = "demo" },
  { "invoice", "approve", "invoice", "COMPLETED", "U", "01T10", priority = 20, assignee = "frida" },
  { "invoice", "clarify", "invoice", "CREATED", "J", "02T08", dueDate = "2024-03-09T12:00:00Z" },
  { "invoice", "clarify", "big", "CREATED", "J", "02T09", assignee = "omar", followUpDate = "2024-03-05T06:30:00Z" },
  { "invoice", "clarify", "invoice", "COMPLETED", "J", "02T10", assignee = "omar" },
  { "invoice", "pay", "big", "CREATED", "J", "03T08", dueDate = "2024-03-06T12:00:00Z" },
  { "invoice", "pay", "invoice", "FAILED", "J", "03T09", assignee = "frida" },
  { "invoice", "pay", "invoice", "CANCELED", "J", "03T10" },
  { "invoice", "pay", "invoice", "CREATED", "J", "03T11", assignee = "frida" },
  { "order", "check", "order", "CREATED", "J", "04T08" },
  { "order", "check", "order", "CREATED", "J", "04T09", assignee = "jane", dueDate = "2024-03-11T12:00:00Z" },
  { "order", "check", "order", "CREATED", "U", "04T10", priority = 95, dueDate = "2024-03-05T12:00:00Z" },
  { "order", "check", "order", "COMPLETED", "J", "04T11", assignee = "jane" },
  { "order", "pack", "order", "CREATED", "J", "05T08" },
  { "order", "pack", "order", "CREATED", "J", "05T09" },
  { "order", "pack", "order", "CREATED", "U", "05T10", priority = 5, followUpDate = "2024-03-07T06:30:00Z" },
  { "order", "pack", "order", "COMPLETED", "U", "05T11", assignee = "demo", priority = 60 },
  { "order", "pack", "order", "CANCELED", "J", "05T12", assignee = "demo" },
  { "order", "call", "order", "CREATED", "J", "06T08", assignee = "jane" },
  { "order", "call", "order", "FAILED", "J", "06T09" },
  { "order", "call", "order", "COMPLETED", "J", "06T10", assignee = "jane" },
  { "leave", "review", "leave", "CREATED", "U", "07T08", priority = 40, dueDate = "2024-03-14T12:00:00Z" },
  { "leave", "review", "leave", "CREATED", "U", "07T09", assignee = "hanna", priority = 40 },
  { "leave", "review", "leave", "CREATED", "J", "07T10", dueDate = "2024-03-15T12:00:00Z" },
  { "leave", "review", "leave", "COMPLETED", "U", "07T11", assignee = "hanna", priority = 0 },
  { "leave", "review", "leave", "COMPLETED", "J", "07T12", assignee = "hanna" },
  { "leave", "review", "leave", "CANCELED", "U", "07T13", priority = 70 },
  { "leave", "plan", "leave", "CREATED", "J", "08T08" },
  { "leave", "plan", "leave", "CREATED", "U", "08T09", priority = 100, assignee = "demo" },
  { "leave", "plan", "leave", "COMPLETED", "J", "08T10", assignee = "omar" },
  { "claim", "assess", "claim", "CREATED", "J", "09T08", dueDate = "2024-03-12T12:00:00Z" },
  { "claim", "assess", "claim", "CREATED", "J", "09T09", assignee = "demo" },
  { "claim", "assess", "claim", "CREATED", "U", "09T10", priority = 65, followUpDate = "2024-03-10T06:30:00Z" },
  { "claim", "assess", "claim", "COMPLETED", "J", "09T11", assignee = "demo" },
  { "claim", "letter", "claim", "CREATED", "J", "10T08" },
  { "claim", "letter", "claim", "CREATED", "J", "10T09", assignee = "frida" },
  { "claim", "letter", "claim", "FAILED", "J", "10T10", assignee = "frida" },
  { "claim", "letter", "claim", "COMPLETED", "U", "10T11", assignee = "omar", priority = 30 },
  { "claim", "letter", "claim", "CREATED", "J", "10T12", dueDate = "2024-03-20T12:00:00Z" },
}

local function list_variables(values)
  local list = {}
  for name, value in pairs(values) do list[#list + 1] = { name = name, value = value } end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

local function expand(row, place)
  local process_name, task_name, variables, state, implementation, created = table.unpack(row)
  local process = PROCESSES[process_name]
  local step = process.tasks[task_name]
  local ended = state == "COMPLETED" or state == "CANCELED"
  return { id = ("%d"):format(2251799813685300 + place * 7), name = step[2], taskDefinitionId = step[1],
    processName = process.name, processDefinitionKey = process.key, processDefinitionId = process_name,
    processInstanceKey = ("%d"):format(2251799813685200 + place), taskState = state,
    creationDate = ("2024-03-%s:15:27.%03dZ"):format(created, place), assignee = row.assignee,
    completionDate = ended and ("2024-03-%02dT16:40:00.%03dZ"):format(tonumber(created:sub(1, 2)) + 1, place) or nil,
    implementation = implementation == "U" and "ZEEBE_USER_TASK" or "JOB_WORKER", priority = row.priority,
    dueDate = row.dueDate, followUpDate = row.followUpDate, formKey = step.formKey, formId = step.formId,
    formVersion = step.formVersion, isFormEmbedded = step.isFormEmbedded, candidateGroups = step.candidateGroups,
    candidateUsers = step.candidateUsers, variables = list_variables(VARIABLES[variables]) }
end

local samples = {}
for place, row in ipairs(ROWS) do samples[place] = expand(row, place) end
return samples
