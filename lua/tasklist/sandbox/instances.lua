--- Process instances that start while a sandbox runs: their tasks, variables and forms in one go.
local dates = require "tasklist.sandbox.dates"
local forms = require "tasklist.sandbox.forms"
local inputs = require "tasklist.sandbox.inputs"
local json = require "tasklist.sandbox.json"

local instances = {}

local INPUT = {
  processInstanceKey = { inputs.key },
  processDefinitionKey = { inputs.key, default = "2251799813685001" },
  processDefinitionId = { inputs.text },
  processName = { inputs.text },
  businessId = { inputs.text },
  tags = { inputs.names },
  tenantId = { inputs.text },
  variables = { inputs.variables, default = {} },
  tasks = { inputs.tables, needed = true },
  forms = { inputs.tables, default = {} },
}

-- What the tasks of an instance, and its forms, have from it unless they say otherwise.
local INHERITED = { "processInstanceKey", "processDefinitionKey", "processDefinitionId", "processName", "tenantId",
  "businessId", "tags", "creationDate" }

local function inherit(instance, given, fields)
  local own = {}
  for _, name in ipairs(fields) do own[name] = instance[name] end
  for name, value in pairs(given) do
    if value ~= json.null then own[name] = value end
  end
  return own
end

--- Starts a process instance; a task that does not say when it was created is created now. Raises for an unknown field
-- or a wrong type, and changes nothing then.
-- @param store the tasks
-- @param form_store the forms
-- @param given table: tasks (array, as for the store), and, if wanted, variables (array of { name, value } with JSON
--   text as value), forms (array, as for the forms), processInstanceKey, processDefinitionKey, processDefinitionId,
--   processName, tenantId, businessId, tags
-- @return the key of the instance, and an array of the tasks' ids
function instances.start(store, form_store, given)
  local instance = inputs.check(given, INPUT, "process instance")
  instance.processInstanceKey = instance.processInstanceKey or store:new_key()
  instance.creationDate = dates.format(dates.now())
  local list, form_list = {}, {}
  for place, task in ipairs(instance.tasks) do list[place] = inherit(instance, task, INHERITED) end
  for place, form in ipairs(instance.forms) do
    -- A linked form that names a process definition is its start form, so only embedded ones have it from here.
    form_list[place] = inherit(instance, form, { "tenantId", not form.version and "processDefinitionKey" or nil })
  end
  forms.new(form_list)
  local ids = store:add(list)
  form_store:add(form_list)
  store:open(instance.processInstanceKey)
  store:set_variables(instance.processInstanceKey, instance.variables)
  return instance.processInstanceKey, ids
end

return instances
