--- The endpoints of v2 that give variables: those that a task sees, those of all its scopes, and one by its key.
local answers = require "tasklist.sandbox.answers"
local callers = require "tasklist.sandbox.callers"
local closed = require "tasklist.sandbox.v2.closed"
local json = require "tasklist.sandbox.json"
local keyed = require "tasklist.sandbox.v2.keyed"
local operators = require "tasklist.sandbox.v2.operators"
local pages = require "tasklist.sandbox.v2.pages"
local rows = require "tasklist.sandbox.rows"
local sorts = require "tasklist.sandbox.v2.sorts"
local urls = require "tasklist.sandbox.urls"
local working = require "tasklist.sandbox.v2.working"

-- What v2 shows of a variable beside its value.
local function show(variable, task, facts)
  return { variableKey = variable.key, name = variable.name, scopeKey = variable.scope,
    processInstanceKey = task.scopes[2], tenantId = task.tenantId,
    rootProcessInstanceKey = facts.root_instances and (task.rootProcessInstanceKey or task.scopes[2]) or nil }
end

-- The same for a search, which cuts long values unless it is told not to.
local function show_found(variable, task, facts, truncate)
  local item = show(variable, task, facts)
  item.isTruncated = truncate and variable.truncated
  item.value = truncate and variable.preview or variable.value
  return item
end

local function number(text) return math.tointeger(tonumber(text)) end

-- What each sort field compares: function(variable, task); keys are numbers.
local SORTS = {
  name = { function(variable) return variable.name end },
  value = { function(variable) return variable.preview end },
  tenantId = { function(_, task) return task.tenantId end },
  variableKey = { function(variable) return number(variable.key) end },
  scopeKey = { function(variable) return number(variable.scope) end },
  processInstanceKey = { function(_, task) return number(task.scopes[2]) end },
}

local function row_of(variable, task, sort)
  local row = { variable = variable }
  for i, by in ipairs(sort) do row[i] = SORTS[by.field][1](variable, task) end
  row[#sort + 1] = number(variable.key)
  return row
end

-- All variables of a task's scopes; `effective`: of the same name only that of the inner scope.
local function rows_of(task, store, sort, effective)
  local list, seen = {}, {}
  for _, variable in ipairs(store.scopes:of_task(task)) do
    if not (effective and seen[variable.name]) then list[#list + 1] = row_of(variable, task, sort) end
    seen[variable.name] = true
  end
  local less = rows.less(sort)
  table.sort(list, less)
  return list, less
end

local function searching(effective)
  return working("look", function(task, parts, call)
    local body, facts = call.body, parts.facts
    local list, less = rows_of(task, parts.store, body.sort or {}, effective)
    local name = body.filter and body.filter.name
    local found, page = pages.cut(list, less, body.page, function(row)
      return not name or operators.hold(name, { row.variable.name })
    end, facts)
    if not found then return answers.problem(call.request, 400, "INVALID_ARGUMENT", page) end
    local truncate, items = urls.fields(call.request.query).truncateValues ~= "false", json.array{}
    for i, row in ipairs(found) do items[i] = show_found(row.variable, task, facts, truncate) end
    return answers.ok{ items = items, page = page }
  end)
end

local function get(parts, call)
  local variable, task = parts.store.scopes:by_variable_key(call.id)
  if not variable or not callers.knows(call.caller, task) then
    return answers.problem(call.request, 404, "NOT_FOUND", ("Variable with key '%s' not found"):format(call.id))
  end
  local item = show(variable, task, parts.facts)
  item.value = variable.value
  return answers.ok(item)
end

local SORT, FILTER = sorts(SORTS), closed.object{ name = operators.texts }

--- The endpoints, as endpoints.lua has them.
return {
  { "POST", "^/user%-tasks/([^/]+)/effective%-variables/search$", searching(true), needs = "effective_variables",
    body = closed.object{ page = pages.offsets, sort = SORT, filter = FILTER } },
  { "POST", "^/user%-tasks/([^/]+)/variables/search$", searching(false), needs = "reads",
    body = closed.object{ page = pages.kind, sort = SORT, filter = FILTER } },
  { "GET", "^/variables/([^/]+)$", keyed("variableKey", get), needs = "reads" },
}
