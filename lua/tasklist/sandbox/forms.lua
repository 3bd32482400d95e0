--- Forms: embedded ones, which belong to one process definition, and linked ones, which are deployed in versions.
local inputs = require "tasklist.sandbox.inputs"
local json = require "tasklist.sandbox.json"

local forms = {}

local INPUT = {
  id = { inputs.text, needed = true },
  schema = { inputs.text, default = '{"components":[],"type":"default"}' },
  processDefinitionKey = { inputs.text },
  key = { inputs.key },
  version = { inputs.integer },
  isDeleted = { inputs.of_type("boolean"), default = false },
  tenantId = { inputs.text, default = "<default>" },
}

local body = json.shape{ "id", "processDefinitionKey", "schema", "version", "tenantId", "isDeleted" }
local v2_body = json.shape{ "tenantId", "formId", "schema", "version", "formKey" }

-- The keys of linked forms that come without one.
local FIRST_KEY = 2251799813680000

local Forms = {}
Forms.__index = Forms

--- Adds forms; one of the same id and version (an embedded one: of the same id and process definition) replaces the
-- earlier one. Raises for an unknown field or a wrong type, and changes nothing then.
-- @param list array of forms with the API's field names. One without `version` is embedded and needs
--   processDefinitionKey. A linked one may have `key`, its key as a string (default: one of its own), and a
--   processDefinitionKey where it is that process' start form. `id` is needed; `schema` is JSON text.
function Forms:add(list)
  local new = {}
  for place, given in ipairs(list) do
    local what = ("form %d"):format(place)
    local form = inputs.check(given, INPUT, what)
    if not form.version and not form.processDefinitionKey then
      error(what .. ": an embedded form needs 'processDefinitionKey', a linked one 'version'", 0)
    end
    new[place] = form
  end
  for _, form in ipairs(new) do
    local place = #self.list + 1
    for i, other in ipairs(self.list) do
      if other.id == form.id and other.version == form.version
        and (form.version or other.processDefinitionKey == form.processDefinitionKey) then place = i end
    end
    form.key = form.key or form.version and ("%d"):format(FIRST_KEY + place)
    self.list[place] = form
  end
end

-- Whether a linked form is used by a process: one of its tasks has it, or it is the start form.
local function used_by(form, process, store)
  if form.processDefinitionKey == process then return true end
  for _, task in ipairs(store.list) do
    if task.processDefinitionKey == process
      and (task.formId == form.id or form.key and task.formKey == form.key) then return true end
  end
  return false
end

local function find_embedded(self, id, process)
  for _, form in ipairs(self.list) do
    if not form.version and form.id == id and form.processDefinitionKey == process then return form end
  end
end

-- The version asked for, deleted or not; without one the highest that is not deleted.
local function find_linked(self, id, version)
  local found
  for _, form in ipairs(self.list) do
    if form.version and (form.id == id or form.key == id) then
      if version == form.version then return form end
      if not version and not form.isDeleted and (not found or form.version > found.version) then found = form end
    end
  end
  return found
end

--- Finds a form.
-- @param store the tasks, which say which process uses it
-- @param id string: its id, or the key of a linked one
-- @param process string: the process definition's key
-- @param version integer, or nil
-- @return what the API shows of it, or nil
function Forms:find(store, id, process, version)
  local form = not version and find_embedded(self, id, process)
  if not form then
    form = find_linked(self, id, version)
    if not form or not used_by(form, process, store) then return nil end
  end
  return body{ id = form.id, processDefinitionKey = process, schema = form.schema, version = form.version,
    tenantId = form.tenantId, isDeleted = form.isDeleted }
end

--- Finds a linked form as v2 does, deleted or not.
-- @param key string: the form's key
-- @return form, or nil
function Forms:by_key(key)
  for _, form in ipairs(self.list) do
    if form.version and form.key == key then return form end
  end
end

--- Finds the linked form of a task.
-- @param task
-- @return form; nil where the task has none, or another kind of form
function Forms:of_task(task)
  return self:by_key(task.formKey) or task.formId and find_linked(self, task.formId, task.formVersion)
end

--- What v2 shows of a linked form.
-- @param form
-- @return table
function forms.in_v2(form)
  return v2_body{ tenantId = form.tenantId, formId = form.id, schema = form.schema, version = form.version,
    formKey = form.key }
end

--- Makes a store of forms.
-- @param list as for `Forms:add`
function forms.new(list)
  local self = setmetatable({ list = {} }, Forms)
  self:add(list)
  return self
end

return forms
