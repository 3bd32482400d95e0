--- The filters of v2's search for tasks: their types, and what they look at. All that a search has must hold.
local closed = require "tasklist.sandbox.v2.closed"
local operators = require "tasklist.sandbox.v2.operators"

local conditions = {}

-- The variables that a filter asks for.
local value_of_name = closed.object{ name = closed.text, value = operators.texts }
local variables = closed.list(function(value, path, facts)
  local one = value_of_name(value, path, facts)
  for _, member in ipairs{ "name", "value" } do
    if not one[member] then closed.bad_argument("No %s provided.", member) end
  end
  return one
end)

local plain_text, plain_key = operators.plain(closed.text), operators.plain(closed.key)

-- Makes tests: function(task, what the type has read, variables_of) -> boolean.
local function looks_at(values_of)
  return function(task, condition) return operators.hold(condition, values_of(task)) end
end

local function one(field)
  return looks_at(function(task) return { task[field] } end)
end

local function many(field)
  return looks_at(function(task) return task[field] or {} end)
end

local function time(name)
  return looks_at(function(task) return { task.times[name] } end)
end

local function has_tags(task, wanted)
  for _, tag in ipairs(wanted) do
    if not operators.hold({ { "$eq", tag } }, task.tags) then return false end
  end
  return true
end

-- Only the stored preview is compared, as text: a longer value never matches in full.
local function has_variable(list, wanted)
  for _, variable in ipairs(list) do
    if variable.name == wanted.name and operators.hold(wanted.value, { variable.preview }) then return true end
  end
  return false
end

local function has_variables(where)
  return function(task, wanted, variables_of)
    for _, each in ipairs(wanted) do
      if not has_variable(variables_of[where](task), each) then return false end
    end
    return true
  end
end

local process_ids = operators.of(closed.text, "$eq $neq $exists $in $notIn $like")

-- Each filter: its type, and its test.
local FILTERS = {
  state = { operators.states, one "taskState" },
  assignee = { operators.texts, one "assignee" },
  priority = { operators.ints, one "priority" },
  elementId = { plain_text, one "taskDefinitionId" },
  name = { closed.since("name_operators", operators.texts, plain_text), one "own_name" },
  candidateGroup = { operators.texts, many "candidateGroups" },
  candidateUser = { operators.texts, many "candidateUsers" },
  tenantId = { operators.texts, one "tenantId" },
  processDefinitionId = { closed.since("process_operators", process_ids, plain_text), one "processDefinitionId" },
  creationDate = { operators.dates, time "creationTime" },
  completionDate = { operators.dates, time "completionTime" },
  followUpDate = { operators.dates, time "followUpDate" },
  dueDate = { operators.dates, time "dueDate" },
  userTaskKey = { plain_key, one "id" },
  processDefinitionKey = { closed.since("process_operators", operators.keys, plain_key), one "processDefinitionKey" },
  processInstanceKey = { closed.since("process_operators", operators.keys, plain_key), one "processInstanceKey" },
  elementInstanceKey = { plain_key, one "elementInstanceKey" },
  processInstanceVariables = { variables, has_variables "instance" },
  localVariables = { variables, has_variables "task" },
  tags = { closed.since("tags", closed.list(closed.text)), has_tags },
  businessId = { closed.since("business_ids", operators.texts), one "businessId" },
}

local types = {}
for name, filter in pairs(FILTERS) do types[name] = filter[1] end

--- The type of the member `filter`.
conditions.kind = closed.object(types)

-- Where variables are looked for: in the task's own scope, or anywhere in its process instance, in the scopes of its
-- other tasks too.
local function variables_in(store)
  local own, of_instance = {}, {}
  for _, task in ipairs(store.list) do
    local instance = task.scopes[2]
    of_instance[instance], own[task.id] = of_instance[instance] or {}, {}
    for _, variable in ipairs(store.scopes:of_task(task)) do
      table.insert(of_instance[instance], variable)
      if variable.scope == task.scopes[1] then table.insert(own[task.id], variable) end
    end
  end
  return { task = function(task) return own[task.id] end,
    instance = function(task) return of_instance[task.scopes[2]] end }
end

--- What a filter finds.
-- @param filter as `kind` has read it, or nil
-- @param store the tasks
-- @return function(task) -> boolean
function conditions.of(filter, store)
  filter = filter or {}
  local variables_of = (filter.processInstanceVariables or filter.localVariables) and variables_in(store)
  return function(task)
    for name, wanted in pairs(filter) do
      if not FILTERS[name][2](task, wanted, variables_of) then return false end
    end
    return true
  end
end

return conditions
