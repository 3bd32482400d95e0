--- A day's work of a client: the tasks and forms that it finds, and, for each API, what it must have seen and done.
local json = require "tasklist.sandbox.json"

local customer = '{"name":"Zoë 🏝","ids":[1,2]}'

local tasks = {
  { id = "11", name = "Approve", processName = "Invoice", creationDate = "2024-03-01T08:15:27.214Z",
    dueDate = "2024-03-08T12:00:00.500Z", candidateGroups = { "accounting" }, processDefinitionKey = "7",
    processInstanceKey = "70", formKey = "99", formId = "ask", formVersion = 2, isFormEmbedded = false,
    -- No fraction: the client for Java makes an integer of it.
    variables = { { name = "currency", value = '"EUR"' }, { name = "express", value = "true" },
      { name = "big", value = "9007199254740993" }, { name = "customer", value = customer } } },
  { id = "12", creationDate = "2024-03-02T08:15:27.214Z", dueDate = "2024-04-01T12:00:00.000Z",
    candidateGroups = { "accounting" }, variables = { { name = "currency", value = '"EUR"' } } },
  { id = "13", creationDate = "2024-03-03T08:15:27.214Z", dueDate = "2024-03-07T12:00:00.000Z" },
  { id = "14", creationDate = "2024-03-04T08:15:27.214Z", taskState = "FAILED" },
  { id = "15", creationDate = "2024-03-05T08:15:27.214Z", assignee = "jane" },
  { id = "16", creationDate = "2024-03-06T08:15:27.214Z", dueDate = "2024-03-09T12:00:00.000Z" },
}

local forms = { { id = "ask", version = 1, schema = "{}" }, { id = "ask", version = 2, schema = '{"components":[]}' } }

-- A copy of a table with some changes.
local function with(original, changes)
  local copy = {}
  for _, one in ipairs { original, changes } do
    for name, value in pairs(one) do copy[name] = value end
  end
  return copy
end

-- The same tasks, kept by the engine itself: v2 has no others.
local user_tasks = {}
for place, task in ipairs(tasks) do
  user_tasks[place] = with(task, { implementation = "ZEEBE_USER_TASK" })
end

-- What is seen of task 11 before anything is done to it.
local task = { id = "11", name = "Approve", processName = "Invoice", state = "CREATED",
  created = "2024-03-01T08:15:27.214Z", due = "2024-03-08T12:00:00.500Z", assignee = json.null,
  candidateGroups = { "accounting" }, priority = 50 }

local variables = { currency = '"EUR"', express = "true", big = "9007199254740993", customer = customer }

local days = {}

-- `tasks` and `forms` are the sandbox's. `seen`: what the client must have been given; `refusals`: what is said of a
-- call that is refused, with words of its own around the server's. `ledger`: the writes that must have taken effect,
-- each { operation, task, assignee or nil }; the last is the completion.

local in_v1 = with(task, { formId = "ask" })
days.v1 = { tasks = tasks, forms = forms,
  seen = {
    pages = { { "16", "15" }, { "13", "12" }, { "11" } },
    sorted = { "13", "11", "16", "12", "14", "15" },
    filtered = { "11" },
    task = in_v1,
    variables = { all = variables, one = customer },
    form = forms[2],
    assignee = "jane",
    unassigned = json.null,
    completed = with(in_v1, { state = "COMPLETED", assignee = "omar" }),
  },
  refusals = { assigned = "Task is already assigned", inactive = "Task is not active",
    missing = "task with id 1 was not found" },
  ledger = { { "assign", "11", "jane" }, { "unassign", "11" }, { "assign", "11", "omar" }, { "complete", "11" } },
}

-- Tasks without a due date come first here.
local in_v2 = with(task, { followUp = json.null })
local updated = with(in_v2, { assignee = "omar", due = json.null, followUp = "2024-05-01T07:00:00.000Z",
  candidateGroups = json.array {}, priority = 80 })
days.v2 = { tasks = user_tasks, forms = forms,
  seen = {
    pages = days.v1.seen.pages,
    sorted = { "14", "15", "13", "11", "16", "12" },
    filtered = { "11" },
    task = in_v2,
    variables = variables,
    form = forms[2],
    assignee = "jane",
    unassigned = json.null,
    updated = updated,
    completed = with(updated, { state = "COMPLETED" }),
  },
  -- The engine has forgotten a task that has ended.
  refusals = {
    assigned = "409 INVALID_STATE: Command 'CLAIM' rejected with code 'INVALID_STATE': Expected to claim user task "
      .. "with key '11', but it has already been assigned",
    inactive = "404 NOT_FOUND: Command 'COMPLETE' rejected with code 'NOT_FOUND': Expected to complete user task with "
      .. "key '11', but no such user task was found",
    missing = "404 NOT_FOUND: User Task with key '1' not found" },
  ledger = { { "assign", "11", "jane" }, { "unassign", "11" }, { "assign", "11", "omar" }, { "update", "11" },
    { "complete", "11" } },
}

--- The variables that a completion has, as JSON text.
days.sent = { approved = "true", count = "3", note = '"Zoë 🏝"', lines = '[{"text":"tea"}]' }

return days
