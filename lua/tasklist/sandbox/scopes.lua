--- The scopes that variables live in: process instances, and the tasks that have some for themselves. A task sees both
-- its scopes; in `task.scopes` stand their keys, inner one first.
local variables = require "tasklist.sandbox.variables"

local scopes = {}

-- The keys of variables lie on a partition of their own.
local PARTITION = 9007199254740992

local Scopes = {}
Scopes.__index = Scopes

-- A scope, made where it is new: `variables` by name; `past`, what came with tasks that had ended before they came,
-- which only v2 finds here; `tasks`, those that see its variables change; and `task`, any that has the scope.
local function scope_of(self, key)
  self.by_key[key] = self.by_key[key] or { variables = {}, past = {}, tasks = {} }
  return self.by_key[key]
end

-- Tells a task what it sees: the variables of its scopes, inner ones before outer ones of the same name.
local function look(self, task)
  local visible = {}
  for _, key in ipairs(task.scopes) do
    for name, variable in pairs(self.by_key[key].variables) do visible[name] = visible[name] or variable end
  end
  task.variables = variables.sorted(visible)
end

-- A variable in a scope. One that changes keeps its key.
local function put(self, scope_key, part, given)
  local scope = scope_of(self, scope_key)
  local earlier = scope.variables[given.name] or scope.past[given.name]
  local variable = variables.new(scope_key, given.name, given.value)
  if not earlier then self.last_key = self.last_key + 1 end
  variable.key = earlier and earlier.key or ("%d"):format(self.last_key)
  scope[part][given.name] = variable
  self.places[variable.key] = { scope = scope, name = given.name }
end

--- Sets variables in a scope, and tells the tasks that see them.
-- @param key string
-- @param list array of { name, value }
function Scopes:set(key, list)
  local scope, changed = scope_of(self, key), false
  for _, given in ipairs(list) do
    local present = scope.variables[given.name]
    if not present or present.value ~= given.value then
      put(self, key, "variables", given)
      changed = true
    end
  end
  -- Thousands of tasks may come with the variables that their process instance has already.
  if not changed then return end
  for _, task in ipairs(scope.tasks) do
    if task.taskState ~= "COMPLETED" then look(self, task) end
  end
end

--- Takes a task in with the variables that it brings, `variables` and `localVariables`: a completed one keeps all of
-- them as its own.
-- @param task
function Scopes:settle(task)
  local inner, outer = task.scopes[1], task.scopes[2]
  for _, key in ipairs(task.scopes) do
    local scope = scope_of(self, key)
    scope.task = scope.task or task
  end
  if task.taskState == "COMPLETED" then
    for _, given in ipairs(task.variables) do put(self, outer, "past", given) end
    for _, given in ipairs(task.localVariables) do put(self, inner, "past", given) end
    variables.take_snapshot(task, table.move(task.localVariables, 1, #task.localVariables, #task.variables + 1,
      task.variables))
    return
  end
  self:set(outer, task.variables)
  self:set(inner, task.localVariables)
  for _, key in ipairs(inner == outer and { inner } or { inner, outer }) do
    table.insert(scope_of(self, key).tasks, task)
  end
  look(self, task)
end

--- Makes a scope known, also one that nothing lives in yet.
-- @param key string
function Scopes:open(key)
  scope_of(self, key)
end

--- Whether there is a scope of this key.
function Scopes:has(key)
  return self.by_key[key] ~= nil
end

--- A task that has this scope.
-- @param key string
-- @return task, or nil; a process instance without tasks has none
function Scopes:task_of(key)
  local scope = self.by_key[key]
  return scope and scope.task
end

--- A running variable of a scope.
-- @return variable and the tasks that see it, or nil
function Scopes:find(key, name)
  local scope = self.by_key[key]
  local variable = scope and scope.variables[name]
  return variable, variable and scope.tasks
end

--- Finds a variable by the key that v2 gives it.
-- @param key string
-- @return variable and a task that has its scope, or nil
function Scopes:by_variable_key(key)
  local place = self.places[key]
  if not place then return nil end
  return place.scope.variables[place.name] or place.scope.past[place.name], place.scope.task
end

--- All variables in the scopes of a task, as they are now, whatever has become of the task: those of the inner scope
-- first, each scope's by name.
-- @param task
-- @return array
function Scopes:of_task(task)
  local list = {}
  for place, key in ipairs(task.scopes) do
    if key ~= task.scopes[place - 1] then
      local scope, known = self.by_key[key], {}
      for _, part in ipairs{ scope.past, scope.variables } do
        for name, variable in pairs(part) do known[name] = variable end
      end
      for _, variable in ipairs(variables.sorted(known)) do list[#list + 1] = variable end
    end
  end
  return list
end

--- Makes an empty set of scopes.
function scopes.new()
  return setmetatable({ by_key = {}, places = {}, last_key = PARTITION }, Scopes)
end

return scopes
