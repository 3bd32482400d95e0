--- The form of a task by v1, which asks for a form by its id: where that is, the task says.

local v1 = require "tasklist.api.v1"

local task_forms = {}

local embedded = "^camunda%-forms:bpmn:"

-- What is asked for, and with what query; nothing for a task without a form.
local function place_of(task)
  local query = { processDefinitionKey = task.processDefinitionKey }
  local key = task.formKey
  if task.formId then
    query.version = task.formVersion
    return task.formId, query
  elseif type(key) == "string" and key:find(embedded) then
    return (key:gsub(embedded, "")), query
  end
end

--- See `Client:get_task_form`.
-- @tparam table exchange
-- @param _ there is no payload
-- @param task a task, or its id
-- @treturn table the form; false when the task has none; or nil and a failure
function task_forms.get(exchange, _, task)
  if type(task) ~= "table" or not task.processDefinitionKey then -- which every task has that was read
    local failure
    task, failure = exchange:call(v1.operations.get_task, type(task) == "table" and task.id or task)
    if not task then
      return nil, failure
    end
  end
  local id, query = place_of(task)
  if not id then
    return false
  end
  return exchange:call(v1.operations.get_form, id, query)
end

return task_forms
