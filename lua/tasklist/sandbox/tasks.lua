--- The tasks that a sandbox holds: checks what comes in, fills in what is missing, keeps sorted views.
local dates = require "tasklist.sandbox.dates"
local json = require "tasklist.sandbox.json"
local variables = require "tasklist.sandbox.variables"

local tasks = {}

local FIRST_KEY = 2251799813685249

--- The fields of a task that searches and single look-ups share, in the order in which the server writes them.
tasks.fields = { "id", "name", "taskDefinitionId", "processName", "creationDate", "completionDate", "assignee",
  "taskState", "formKey", "formId", "formVersion", "isFormEmbedded", "processDefinitionKey", "processInstanceKey",
  "tenantId", "dueDate", "followUpDate", "candidateGroups", "candidateUsers", "implementation", "priority" }

local function one_of(...)
  local allowed = { ... }
  return function(value)
    for _, name in ipairs(allowed) do
      if value == name then return value end
    end
    return nil, "one of " .. table.concat(allowed, ", ")
  end
end

local function of_type(name)
  return function(value)
    if type(value) == name then return value end
    return nil, "a " .. name
  end
end

local function integer(value)
  local number = type(value) == "number" and math.tointeger(value)
  if number then return number end
  return nil, "an integer"
end

local function key(value)
  if type(value) == "string" and value:find("^%d+$") and math.tointeger(tonumber(value)) then return value end
  return nil, "a string of digits"
end

local function date(value)
  local millis = type(value) == "string" and dates.parse(value)
  if millis then return millis end
  return nil, "an ISO 8601 date"
end

local function list_of(check, wanted)
  return function(value)
    if type(value) ~= "table" then return nil, wanted end
    local list = json.array{}
    for i, element in ipairs(value) do
      if not check(element) then return nil, wanted end
      list[i] = element
    end
    return list
  end
end

local function is_variable(value)
  return type(value) == "table" and type(value.name) == "string" and type(value.value) == "string"
end

local text, names = of_type("string"), list_of(of_type("string"), "an array of strings")

-- Each field that a task may come with: how it is checked, and what stands in for an absent one.
local INPUT = {
  id = { key },
  name = { text },
  taskDefinitionId = { text, default = "Activity_task" },
  processName = { text, default = "Process" },
  creationDate = { date, default = "2024-01-01T00:00:00Z" },
  completionDate = { date },
  assignee = { text },
  taskState = { one_of("CREATED", "COMPLETED", "CANCELED", "FAILED"), default = "CREATED" },
  formKey = { text },
  formId = { text },
  formVersion = { integer },
  isFormEmbedded = { of_type("boolean") },
  processDefinitionKey = { text },
  processInstanceKey = { text },
  tenantId = { text, default = "<default>" },
  dueDate = { date },
  followUpDate = { date },
  candidateGroups = { names },
  candidateUsers = { names },
  implementation = { one_of("JOB_WORKER", "ZEEBE_USER_TASK"), default = "JOB_WORKER" },
  priority = { integer },
  variables = { list_of(is_variable, "an array of { name, value } with JSON text as value"), default = {} },
}

-- Copies the fields of one task that came in. Raises, naming the task by its place and the field.
local function check(given, place)
  if type(given) ~= "table" then error(("task %d is no table"):format(place), 0) end
  local task = {}
  for name, value in pairs(given) do
    if not INPUT[name] then error(("task %d: unknown field '%s'"):format(place, tostring(name)), 0) end
    if value ~= json.null then
      local good, wanted = INPUT[name][1](value)
      if good == nil then error(("task %d: '%s' must be %s"):format(place, name, wanted), 0) end
      task[name] = good
    end
  end
  for name, input in pairs(INPUT) do
    if task[name] == nil and input.default then task[name] = input[1](input.default) end
  end
  return task
end

local DATES = { creationDate = "creationTime", completionDate = "completionTime", dueDate = "dueDate",
  followUpDate = "followUpDate" }

-- Turns checked fields into the task as it is held: dates as texts, and once more as numbers under `times`; the
-- priority that filters and sorting see under `stored_priority`.
local function complete(task, place)
  task.id = task.id or ("%d"):format(FIRST_KEY + place - 1)
  task.key = math.tointeger(tonumber(task.id))
  task.name = task.name or task.taskDefinitionId
  task.times = {}
  for field, time in pairs(DATES) do
    task.times[time] = task[field]
    task[field] = task[field] and dates.format(task[field])
  end
  for _, field in ipairs{ "candidateGroups", "candidateUsers" } do
    if task[field] and #task[field] == 0 then task[field] = nil end
  end
  local user_task = task.implementation == "ZEEBE_USER_TASK"
  if not user_task and not task.formKey and task.isFormEmbedded == nil then task.isFormEmbedded = false end
  task.stored_priority = user_task and (task.priority or 50) or nil
  task.priority = task.stored_priority or 50
  local scope = task.taskState == "COMPLETED" and task.id or task.processInstanceKey or task.id
  for i, variable in ipairs(task.variables) do
    task.variables[i] = variables.new(scope, variable.name, variable.value)
  end
  return task
end

local Store = {}
Store.__index = Store

--- Holds other tasks instead of the present ones.
-- @param list array of tables with the API's field names; dates are ISO 8601, `variables` an array of { name, value }
--   with JSON text as value; every field may be absent. Raises for an unknown field, a wrong type, or an id that
--   comes twice, and changes nothing then.
function Store:replace(list)
  local held, seen = {}, {}
  for place, given in ipairs(list) do
    local task = complete(check(given, place), place)
    if seen[task.id] then error(("task %d: id %s comes twice"):format(place, task.id), 0) end
    seen[task.id] = true
    held[place] = task
  end
  self.list, self.views = held, {}
end

--- A sorted view of all tasks, kept until the tasks change.
-- @param name string that tells this view from others
-- @param make function(task) -> row
-- @param less function(row, row) -> boolean
-- @return array of rows
function Store:view(name, make, less)
  local view = self.views[name]
  if not view then
    view = {}
    for i, task in ipairs(self.list) do view[i] = make(task) end
    table.sort(view, less)
    self.views[name] = view
  end
  return view
end

--- Makes a store.
-- @param list as for `Store:replace`
-- @return store
function tasks.new(list)
  local store = setmetatable({}, Store)
  store:replace(list)
  return store
end

return tasks
