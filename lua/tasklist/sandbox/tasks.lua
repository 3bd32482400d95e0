--- The tasks that a sandbox holds, with the variables of their process instances: fills in what is missing, keeps
-- sorted views, and changes what is told to change. The rules of the API are elsewhere (work.lua).
local dates = require "tasklist.sandbox.dates"
local inputs = require "tasklist.sandbox.inputs"
local lag = require "tasklist.sandbox.lag"
local scopes = require "tasklist.sandbox.scopes"
local variables = require "tasklist.sandbox.variables"

local tasks = {}

local FIRST_KEY = 2251799813685249
-- Process instances that start later lie on another partition, and the elements that are the tasks' own scopes, whose
-- keys are made of those of their tasks, on a third one: an inner scope has the greater key, as in Zeebe.
local INSTANCES = 4503599627370496
local ELEMENTS = 6755399441055744
-- The process of Camunda user tasks that come without one: v2 shows no task without its process and its instance.
local PROCESS = "2251799813685002"

--- The fields of a task that searches and single look-ups share, in the order in which the server writes them.
tasks.fields = { "id", "name", "taskDefinitionId", "processName", "creationDate", "completionDate", "assignee",
  "taskState", "formKey", "formId", "formVersion", "isFormEmbedded", "processDefinitionKey", "processInstanceKey",
  "tenantId", "dueDate", "followUpDate", "candidateGroups", "candidateUsers", "implementation", "priority" }

-- The states that Zeebe goes through on the way to another one, which show since 8.8.
local PASSING = { "CREATING", "ASSIGNING", "UPDATING", "COMPLETING", "CANCELING" }

local text, names = inputs.text, inputs.names

-- Each field that a task may come with: how it is checked, and what stands in for an absent one.
local INPUT = {
  id = { inputs.key },
  name = { text },
  taskDefinitionId = { text, default = "Activity_task" },
  processName = { text, default = "Process" },
  creationDate = { inputs.date, default = "2024-01-01T00:00:00Z" },
  completionDate = { inputs.date },
  assignee = { text },
  taskState = { inputs.one_of("CREATED", "COMPLETED", "CANCELED", "FAILED", table.unpack(PASSING)),
    default = "CREATED" },
  formKey = { text },
  formId = { text },
  formVersion = { inputs.integer },
  isFormEmbedded = { inputs.of_type("boolean") },
  processDefinitionKey = { text },
  processInstanceKey = { text },
  tenantId = { text, default = "<default>" },
  dueDate = { inputs.date },
  followUpDate = { inputs.date },
  candidateGroups = { names },
  candidateUsers = { names },
  implementation = { inputs.one_of("JOB_WORKER", "ZEEBE_USER_TASK"), default = "JOB_WORKER" },
  priority = { inputs.integer },
  variables = { inputs.variables, default = {} },
  localVariables = { inputs.variables, default = {} },
  -- What only v2 shows.
  processDefinitionId = { text, default = "process" },
  processDefinitionVersion = { inputs.integer, default = 1 },
  rootProcessInstanceKey = { inputs.key },
  customHeaders = { inputs.of_type("table"), default = {} },
  tags = { names, default = {} },
  businessId = { text },
}

local SETTING = { variables = { inputs.variables, needed = true } }

local DATES = { creationDate = "creationTime", completionDate = "completionTime", dueDate = "dueDate",
  followUpDate = "followUpDate" }

-- Turns checked fields into the task as it is held: dates as texts, and once more as numbers under `times`; the name
-- that it came with under `own_name`; the priority that filters and sorting see under `stored_priority`; the keys of
-- the scopes that its variables live in.
local function complete(task)
  task.key = math.tointeger(tonumber(task.id))
  task.own_name, task.name = task.name, task.name or task.taskDefinitionId
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
  task.elementInstanceKey = ("%d"):format(ELEMENTS + task.key)
  task.scopes = { task.elementInstanceKey, task.processInstanceKey or task.elementInstanceKey }
  if user_task then
    task.processDefinitionKey = task.processDefinitionKey or PROCESS
    task.processInstanceKey = task.scopes[2]
  end
  task.rootProcessInstanceKey = task.rootProcessInstanceKey or task.processInstanceKey
  task.drafts = {}
  return task
end

local Store = {}
Store.__index = Store

-- The first key that no task has yet, at or after the one of a place in the list.
local function free_id(place, taken)
  local key = FIRST_KEY + place - 1
  while taken[("%d"):format(key)] do key = key + 1 end
  return ("%d"):format(key)
end

--- Adds tasks. Raises for an unknown field, a wrong type, or an id that comes twice, and changes nothing then.
-- @param list array of tasks with the API's field names; dates are ISO 8601; `variables` is an array of
--   { name, value } with JSON text as value, which all tasks of a process instance share; `localVariables`, the
--   same, which the task has alone; every field may be absent
-- @return array of their ids
function Store:add(list)
  local taken = setmetatable({}, { __index = self.by_id })
  local new, ids = {}, {}
  for place, given in ipairs(list) do
    local task = inputs.check(given, INPUT, ("task %d"):format(place))
    task.id = task.id or free_id(#self.list + place, taken)
    if taken[task.id] then error(("task %d: id %s comes twice"):format(place, task.id), 0) end
    taken[task.id] = task
    new[place], ids[place] = complete(task), task.id
  end
  for _, task in ipairs(new) do
    self.list[#self.list + 1] = task
    self.by_id[task.id] = task
    self.scopes:settle(task)
  end
  self.views = {}
  return ids
end

--- Holds other tasks instead of the present ones.
-- @param list as for `add`
function Store:replace(list)
  local other = tasks.new(list)
  self.list, self.by_id, self.scopes, self.views = other.list, other.by_id, other.scopes, {}
end

--- A task as reads see it.
-- @param id string
-- @return task, or nil
function Store:seen(id)
  local task = self.by_id[id]
  return task and self.lag:seen(task)
end

--- A sorted view of all tasks as reads see them, kept until what it is sorted by changes.
-- @param name string that tells this view from others and holds the names of its sort fields
-- @param make function(task) -> row
-- @param less function(row, row) -> boolean
-- @return array of rows
function Store:view(name, make, less)
  local settled = self.lag:is_settled()
  local view = settled and self.views[name]
  if view then return view end
  view = {}
  for i, task in ipairs(self.list) do view[i] = make(self.lag:seen(task)) end
  table.sort(view, less)
  if settled then self.views[name] = view end
  return view
end

-- Forgets the views that are sorted by a field.
local function forget_views(self, field)
  for name in pairs(self.views) do
    if name:find(field, 1, true) then self.views[name] = nil end
  end
end

-- Ends a task now.
local function end_task(self, task, state)
  task.taskState = state
  task.times.completionTime = dates.now()
  task.completionDate = dates.format(task.times.completionTime)
  forget_views(self, "completionTime")
end

--- Completes a task: its variables become a snapshot of what was seen, drafted and sent, its drafts go, and what was
-- sent becomes known in its process instance.
-- @param task one of the store's
-- @param sent array of { name, value }; or nil, with which the server loses the snapshot
function Store:complete(task, sent)
  end_task(self, task, "COMPLETED")
  variables.take_snapshot(task, sent and variables.merge(task.variables, variables.sorted(task.drafts), sent) or {})
  task.drafts = {}
  self:set_variables(task.id, sent or {})
end

--- Changes what a task says of itself.
-- @param task one of the store's
-- @param changes table: field -> value, false for none; dates are integers
function Store:change(task, changes)
  for field, value in pairs(changes) do
    local time = DATES[field]
    if time then
      task.times[time] = value or nil
      value = value and dates.format(value)
    end
    task[field] = value or nil
    forget_views(self, field)
  end
  task.stored_priority = changes.priority or task.stored_priority
end

--- A key that no process instance has yet.
-- @return string
function Store:new_key()
  repeat
    self.last_key = self.last_key + 1
  until not self.scopes:has(("%d"):format(self.last_key))
  return ("%d"):format(self.last_key)
end

--- Makes a process instance known, also one that has no task yet.
-- @param key string
function Store:open(key)
  self.scopes:open(key)
end

--- Sets variables as Zeebe does: in the task's own scope those that it has there, all others in the process instance.
-- Raises where there is neither task nor instance of that key.
-- @param key string: the id of a task, or the key of a process instance
-- @param list array of { name, value } with JSON text as value
function Store:set_variables(key, list)
  list = inputs.check({ variables = list }, SETTING, "set_variables").variables
  local task = self.by_id[key]
  local inner, outer = key, key
  if task then inner, outer = task.scopes[1], task.scopes[2] end
  if not task and not self.scopes:has(key) then error(("no task or process instance %s"):format(tostring(key)), 0) end
  for _, variable in ipairs(list) do
    self.scopes:set(self.scopes:find(inner, variable.name) and inner or outer, { variable })
  end
end

local function turn(_, task, state) task.taskState = state end

-- What may become of a task without the API: its job fails or is tried again, its process instance is cancelled, or a
-- listener takes its time.
local MOVES = { FAILED = turn, CREATED = turn, CANCELED = end_task }
for _, state in ipairs(PASSING) do MOVES[state] = turn end

--- Moves a task that has not ended to another state. Raises where it cannot.
-- @param id string
-- @param state "FAILED", "CREATED" (as a job that is tried again), "CANCELED", or one on the way to another
function Store:set_state(id, state)
  local task = self.by_id[id]
  if not task then error(("no task %s"):format(tostring(id)), 0) end
  if not MOVES[state] then
    error("a task can only become FAILED, CREATED, CANCELED, or " .. table.concat(PASSING, ", "), 0)
  end
  if task.taskState == "COMPLETED" or task.taskState == "CANCELED" then
    error(("task %s is %s already"):format(id, task.taskState), 0)
  end
  self.lag:keep(task)
  MOVES[state](self, task, state)
end

--- Finds a variable by its id: one of a running process instance, then a draft, then one of a snapshot.
-- @param id string
-- @return a stored variable (nil for a name that has only a draft), its draft or nil, and a task that has them;
--   three nils where there is none
function Store:find_variable(id)
  local key, name = id:match("^(%d+)%-(.*)$")
  local running, seeing = self.scopes:find(key, name)
  if running then
    for _, one in ipairs(seeing) do
      local draft = one.drafts[name]
      if draft and draft.id == id then return running, draft, one end
    end
    return running, nil, seeing[1]
  end
  local task = self.by_id[key]
  if task and task.drafts[name] then return nil, task.drafts[name], task end
  for _, variable in ipairs(task and task.taskState == "COMPLETED" and task.variables or {}) do
    if variable.name == name then return variable, nil, task end
  end
  return nil, nil, nil
end

--- Makes a store.
-- @param list as for `Store:add`
-- @param seconds number: for how long reads do not see what was written; default none
-- @return store
function tasks.new(list, seconds)
  local store = setmetatable({ list = {}, by_id = {}, scopes = scopes.new(), views = {}, last_key = INSTANCES,
    lag = lag.new(seconds or 0) }, Store)
  store:add(list)
  return store
end

return tasks
