--- The endpoint of v2 that tells what was done to a task. It is made of the ledger: what a test has cleared there is
-- gone here, too.
local answers = require "tasklist.sandbox.answers"
local closed = require "tasklist.sandbox.v2.closed"
local dates = require "tasklist.sandbox.dates"
local json = require "tasklist.sandbox.json"
local pages = require "tasklist.sandbox.v2.pages"
local rows = require "tasklist.sandbox.rows"
local sorts = require "tasklist.sandbox.v2.sorts"
local working = require "tasklist.sandbox.v2.working"

-- What the ledger calls an operation, and the log.
local TYPES = { assign = "ASSIGN", unassign = "UNASSIGN", complete = "COMPLETE", update = "UPDATE" }

-- The members that an entry has beside those of `show`, which are null.
local shown = json.shape{ "actorId", "actorType", "agentElementId", "auditLogKey", "batchOperationKey",
  "batchOperationType", "category", "decisionDefinitionId", "decisionDefinitionKey", "decisionEvaluationKey",
  "decisionRequirementsId", "decisionRequirementsKey", "deploymentKey", "elementInstanceKey", "entityDescription",
  "entityKey", "entityType", "formKey", "jobKey", "operationType", "processDefinitionId", "processDefinitionKey",
  "processInstanceKey", "relatedEntityKey", "relatedEntityType", "resourceKey", "result", "rootProcessInstanceKey",
  "tenantId", "timestamp", "userTaskKey" }

local function show(entry, task)
  return shown{ auditLogKey = ("%d"):format(entry.key), entityKey = task.id, entityType = "USER_TASK",
    operationType = TYPES[entry.operation], timestamp = dates.format_rfc3339(entry.time), actorId = entry.caller,
    actorType = entry.actor, tenantId = task.tenantId, result = "SUCCESS", category = "USER_TASKS",
    processDefinitionId = task.processDefinitionId, processDefinitionKey = task.processDefinitionKey,
    processInstanceKey = task.processInstanceKey, rootProcessInstanceKey = task.rootProcessInstanceKey,
    elementInstanceKey = task.elementInstanceKey, userTaskKey = task.id }
end

-- What may be sorted by, and what of an entry that compares.
local SORTS = { timestamp = { "time" }, auditLogKey = { "key" } }

local function row_of(entry, sort)
  local row = { entry = entry }
  for i, by in ipairs(sort) do row[i] = entry[SORTS[by.field][1]] end
  row[#sort + 1] = entry.key
  return row
end

local function search(task, parts, call)
  local sort, list = call.body.sort or {}, {}
  for _, entry in ipairs(parts.ledger:audit(task.id)) do
    if TYPES[entry.operation] then list[#list + 1] = row_of(entry, sort) end
  end
  local less = rows.less(sort)
  table.sort(list, less)
  local found, page = pages.cut(list, less, call.body.page, function() return true end, parts.facts)
  if not found then return answers.problem(call.request, 400, "INVALID_ARGUMENT", page) end
  local items = json.array{}
  for i, row in ipairs(found) do items[i] = show(row.entry, task) end
  return answers.ok{ items = items, page = page }
end

--- The endpoints, as endpoints.lua has them.
return {
  { "POST", "^/user%-tasks/([^/]+)/audit%-logs/search$", working("look", search), needs = "audit_logs",
    body = closed.object{ page = pages.kind, sort = sorts(SORTS) } },
}
