--- What v2 changes of an open task: what it says of itself, and its variables.

local core = require "tasklist.core"
local errors = require "tasklist.errors"
local json = require "tasklist.json"
local records = require "tasklist.api.translation.records"
local v1 = require "tasklist.api.v1"

local updates = {}

local usual_priority = 50 -- which a task has when its process says nothing

-- Each attribute: what makes v2's value of ours, and what takes away the value that is there, since a null changes
-- nothing.
local attributes = {
  dueDate = { records.instant, "" },
  followUpDate = { records.instant, "" },
  candidateUsers = { records.texts, core.array {} },
  candidateGroups = { records.texts, core.array {} },
  priority = { math.tointeger, usual_priority },
}

local function changeset_of(payload)
  local changeset = {}
  for name, value in pairs(payload) do
    local make, cleared = table.unpack(attributes[name])
    changeset[name] = value == json.null and cleared or make(value)
  end
  return changeset
end

--- The body of an update.
function updates.to(payload, _, options)
  return { changeset = changeset_of(payload), action = options and options.action }
end

--- A task that was changed.
function updates.from(_, payload, task)
  local known = records.known(task)
  for name, value in pairs(changeset_of(payload)) do
    local is_empty = value == "" or type(value) == "table" and value[1] == nil
    known[name] = not is_empty and value or nil
  end
  return known
end


local read = v1.apart { method = "GET", path = "/v2/user-tasks/{id}", read = true, answer = "object", site = "v2" }
local put = v1.apart { method = "PUT", path = "/v2/element-instances/{id}/variables", answer = "nothing", site = "v2" }

-- The key of the element instance that is the task's own scope; or nil and a failure.
local function scope_of(exchange, task)
  if type(task) ~= "table" or not task.elementInstanceKey then
    local failure
    task, failure = exchange:call(read, task)
    if not task then
      return nil, failure
    end
  end
  if not task.elementInstanceKey then
    return nil, errors.new { kind = "decode", message = "the task has no elementInstanceKey" }
  end
  return task.elementInstanceKey
end

--- Sets variables.
function updates.set_variables(exchange, variables, task, options)
  local key, failure = scope_of(exchange, task)
  if not key then
    return nil, failure
  end
  return exchange:call(put, key, { variables = variables, ["local"] = not options or options.scope ~= "process" })
end

return updates
