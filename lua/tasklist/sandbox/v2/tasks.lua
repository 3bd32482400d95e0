--- The endpoints of v2 that show tasks. Only those exist here that the engine itself keeps (ZEEBE_USER_TASK).
local answers = require "tasklist.sandbox.answers"
local callers = require "tasklist.sandbox.callers"
local closed = require "tasklist.sandbox.v2.closed"
local conditions = require "tasklist.sandbox.v2.conditions"
local dates = require "tasklist.sandbox.dates"
local json = require "tasklist.sandbox.json"
local pages = require "tasklist.sandbox.v2.pages"
local rows = require "tasklist.sandbox.rows"
local sorts = require "tasklist.sandbox.v2.sorts"
local working = require "tasklist.sandbox.v2.working"

-- What is shown --------------------------------------------------------------------------------------------------

local function field(name)
  return function(task) return task[name] end
end

local function list(name)
  return function(task) return task[name] or json.array{} end
end

local function time(name)
  return function(task) return task.times[name] and dates.format_rfc3339(task.times[name]) end
end

-- Each member of a task, what gives it, and the fact (versions.lua) with which it came.
local MEMBERS = {
  { "name", field "own_name" },
  { "state", field "taskState" },
  { "assignee", field "assignee" },
  { "elementId", field "taskDefinitionId" },
  { "candidateGroups", list "candidateGroups" },
  { "candidateUsers", list "candidateUsers" },
  { "processDefinitionId", field "processDefinitionId" },
  { "creationDate", time "creationTime" },
  { "completionDate", time "completionTime" },
  { "followUpDate", time "followUpDate" },
  { "dueDate", time "dueDate" },
  { "tenantId", field "tenantId" },
  { "externalFormReference", function(task, form_key) return not form_key and task.formKey or nil end },
  { "processDefinitionVersion", field "processDefinitionVersion" },
  { "customHeaders", field "customHeaders" },
  { "priority", field "priority" },
  { "userTaskKey", field "id" },
  { "elementInstanceKey", field "elementInstanceKey" },
  { "processName", field "processName" },
  { "processDefinitionKey", field "processDefinitionKey" },
  { "processInstanceKey", field "processInstanceKey" },
  { "rootProcessInstanceKey", field "rootProcessInstanceKey", "root_instances" },
  { "businessId", field "businessId", "business_ids" },
  { "formKey", function(_, form_key) return form_key end },
  { "tags", list "tags", "tags" },
}

-- The key of a task's form, where that is a linked one; all else that a task may have for a form lies elsewhere.
local function form_key(forms, task)
  local form = forms:of_task(task)
  return form and form.key or (task.formKey or ""):match("^%d+$")
end

-- Makes what shows a task as a version does.
local function shower(parts)
  local members, names = {}, {}
  for _, member in ipairs(MEMBERS) do
    if not member[3] or parts.facts[member[3]] then
      members[#members + 1], names[#names + 1] = member, member[1]
    end
  end
  local with_nulls = json.shape(names)
  return function(task)
    local shown, key = {}, form_key(parts.forms, task)
    for _, member in ipairs(members) do shown[member[1]] = member[2](task, key) end
    return parts.facts.nulls and with_nulls(shown) or shown
  end
end

-- Searching ------------------------------------------------------------------------------------------------------

-- What may be sorted by: the field or time of a task, and what stands for an absent one, which comes first in
-- ascending order.
local SORTS = {
  creationDate = { "creationTime", -math.huge },
  completionDate = { "completionTime", -math.huge },
  followUpDate = { "followUpDate", -math.huge },
  dueDate = { "dueDate", -math.huge },
  priority = { "priority", -math.huge },
  name = { "own_name", "" },
  businessId = { "businessId", "", since = "business_ids" },
}

-- A sort by what the tasks of the store have.
local function sort_of(query)
  local sort = {}
  for i, by in ipairs(query.sort or {}) do
    local name, absent = table.unpack(SORTS[by.field])
    sort[i] = { field = name, order = by.order, absent = absent }
  end
  return sort
end

local function sort_value(task, by)
  return task.times[by.field] or task[by.field] or by.absent
end

local QUERY = closed.object{ sort = sorts(SORTS), filter = conditions.kind, page = pages.kind }

local function search(parts, call)
  local query = call.body
  local found_by = conditions.of(query.filter, parts.store)
  local sorted, less = rows.of(parts.store, sort_of(query), sort_value, "v2")
  local found, page = pages.cut(sorted, less, query.page, function(row)
    local task = row.task
    return task.implementation == "ZEEBE_USER_TASK" and callers.sees(call.caller, task) and found_by(task)
  end, parts.facts)
  if not found then return answers.problem(call.request, 400, "INVALID_ARGUMENT", page) end
  local show, items = shower(parts), json.array{}
  for i, row in ipairs(found) do items[i] = show(row.task) end
  return answers.ok{ items = items, page = page }
end

local function show(task, parts)
  return answers.ok(shower(parts)(task))
end

--- The endpoints, as endpoints.lua has them.
return {
  { "POST", "^/user%-tasks/search$", search, body = QUERY, needs = "reads" },
  { "GET", "^/user%-tasks/([^/]+)$", working("look", show), needs = "reads" },
}
