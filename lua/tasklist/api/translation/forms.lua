--- Forms of v2 in v1's form.

local errors = require "tasklist.errors"
local records = require "tasklist.api.translation.records"
local v1 = require "tasklist.api.v1"

local forms = {}

local rows = { { "id", "formId" } }

local by_key = v1.apart { method = "GET", path = "/v2/forms/{id}", read = true, answer = "object", site = "v2" }

local function from(value, process_definition_key)
  value.processDefinitionKey = process_definition_key
  return records.fill(rows, value)
end

-- Whether a version is 8.10 or newer, which give a form by its key.
local function gives_forms(version)
  return version[1] > 8 or version[1] == 8 and version[2] >= 10
end

local by_task = "get_task_form gives the form of a task"

--- Reads a form by its key.
-- @tparam table exchange
-- @tparam table payload `processDefinitionKey`
-- @param id the key, or what v1 takes
-- @treturn table the form; or nil and a failure
function forms.get(exchange, payload, id)
  local key = records.text(id)
  if not key:find("^%d+$") then
    return errors.unsupported("form_id: this server (API v2) gives a form by its key only; " .. by_task)
  end
  local version, failure = exchange:version()
  if not version then
    return nil, failure
  elseif not gives_forms(version) then
    return errors.unsupported("servers with API v2 give a form by its key from 8.10 on only; " .. by_task)
  end
  local value
  value, failure = exchange:call(by_key, key)
  return value and from(value, records.text(payload.processDefinitionKey)), failure
end

--- The form of a task.
-- @param value as it was decoded, false for none
-- @param _ there is no payload
-- @param task the task, or its id
-- @treturn table the form; false when the task has none
function forms.of_task(value, _, task)
  return value and from(value, type(task) == "table" and task.processDefinitionKey or nil)
end

return forms
