--- The endpoints of Tasklist's own API, v1: what each takes, whom it lets in, what it gives.
local answers = require "tasklist.sandbox.answers"
local callers = require "tasklist.sandbox.callers"
local encodings = require "tasklist.sandbox.encodings"
local json = require "tasklist.sandbox.json"
local request_body = require "tasklist.sandbox.request"
local search = require "tasklist.sandbox.search"
local tasks = require "tasklist.sandbox.tasks"
local urls = require "tasklist.sandbox.urls"
local variables = require "tasklist.sandbox.variables"
local work = require "tasklist.sandbox.work"

local UNRESOLVED = "Could not build UserDTO from authentication %s"
local REST = "io.camunda.tasklist.webapp.api.rest.v1."
local SAVE_DRAFTS = ("public org.springframework.http.ResponseEntity<java.lang.Void> %scontrollers.TaskController."
  .. "saveDraftTaskVariables(java.lang.String,%sentities.SaveVariablesRequest)"):format(REST, REST)

-- Tasks ------------------------------------------------------------------------------------------------------

-- The fields of a search's item: those of a task, with the search's own ones in their places.
local function item_fields()
  local own = { taskState = { "sortValues", "isFirst" }, candidateUsers = { "variables", "context" } }
  local fields = {}
  for _, name in ipairs(tasks.fields) do
    fields[#fields + 1] = name
    table.move(own[name] or {}, 1, 2, #fields + 1, fields)
  end
  return fields
end

-- Makes what marks an object with fields, the last of which is the priority, which not every version knows.
local function shape_of(fields)
  local whole, older = json.shape(fields), json.shape(table.move(fields, 1, #fields - 1, 1, {}))
  return function(object, facts) return (facts.priorities and whole or older)(object) end
end

local task_shape, search_item = shape_of(tasks.fields), shape_of(item_fields())

local function copy_fields(task)
  local copy = {}
  for _, name in ipairs(tasks.fields) do copy[name] = task[name] end
  return copy
end

local function by_name(include)
  local names = {}
  for _, one in ipairs(include or {}) do
    if one.name then names[one.name] = one end
  end
  return names
end

local function search_tasks(parts, call)
  local query = call.body
  local found, status, message = search.run(parts.store, query, call.caller)
  if not found then return message and answers.refusal(status, message) or answers.failure(status) end
  local include, items = by_name(query.includeVariables), json.array{}
  for i, one in ipairs(found) do
    local item = copy_fields(one.task)
    item.sortValues, item.isFirst = one.sort_values, one.is_first
    local seen, breaks
    seen, item.context, breaks = variables.of_search_item(one.task, include)
    if breaks then return answers.failure(500) end
    item.variables = seen
    items[i] = search_item(item, parts.facts)
  end
  return answers.ok(items)
end

local function refuse(why)
  return (why.status == 500 and answers.failure or answers.refusal)(why.status, why.message)
end

-- Makes what runs an operation of work.lua; `show` makes the answer out of the task.
local function working(operation, show)
  return function(parts, call)
    local task, why = work.run("v1", operation, parts, call.caller, call.id, call.body)
    return task and show(task, parts, call) or refuse(why)
  end
end

-- The same for an operation that only those may run who may write.
local function writing(operation, show)
  local run = working(operation, show)
  return function(parts, call)
    local caller = call.caller
    if caller.unresolved then return answers.failure(500, UNRESOLVED:format(caller.name)) end
    return callers.may_write(caller) and run(parts, call) or answers.failure(500)
  end
end

local function show_task(task, parts)
  return answers.ok(task_shape(copy_fields(task), parts.facts))
end

-- The answer to a write shows neither of these dates, also where the task has them.
local function show_changed(task, parts)
  local copy = copy_fields(task)
  copy.dueDate, copy.followUpDate = nil, nil
  return answers.ok(task_shape(copy, parts.facts))
end

-- Variables --------------------------------------------------------------------------------------------------

-- What a search for variables asks for, by name; nil for all. Gives false where a name comes twice, which the server
-- does not survive.
local function wanted_of(query)
  local wanted
  for _, name in ipairs(query.variableNames or {}) do
    wanted = wanted or {}
    if wanted[name] then return false end
    wanted[name] = {}
  end
  for _, one in ipairs(query.includeVariables or {}) do
    wanted = wanted or {}
    local name = one.name or ""
    if wanted[name] then return false end
    wanted[name] = one
  end
  return wanted
end

local function show_variables(task, _, call)
  local query = call.body
  if #(query.variableNames or {}) > 0 and #(query.includeVariables or {}) > 0 then
    return answers.refusal(400, "Only one of [variableNames, includeVariables] must be present in request.")
  end
  local wanted = wanted_of(query)
  if wanted == false then return answers.failure(500) end
  return answers.ok(variables.of_task(task, wanted))
end

local function get_variable(parts, call)
  local variable, draft, task = parts.store:find_variable(call.id)
  if not task then return answers.refusal(404, ("Variable with id %s not found."):format(call.id)) end
  return answers.ok(variables.whole(variable, draft, task))
end

-- Forms ------------------------------------------------------------------------------------------------------

local function get_form(parts, call)
  local query = urls.fields(call.request.query)
  if not query.processDefinitionKey then
    return answers.refusal(400, "Required request parameter 'processDefinitionKey' for method parameter type String is "
      .. "not present")
  end
  local version
  if (query.version or "") ~= "" then
    version = query.version:find("^[+-]?%d+$") and math.tointeger(tonumber(query.version))
    if not version then return answers.failure(500) end
  end
  local form = parts.forms:find(parts.store, call.id, query.processDefinitionKey, version)
  return form and answers.ok(form) or answers.refusal(404, ("form with id %s was not found"):format(call.id))
end

-- The table --------------------------------------------------------------------------------------------------

-- As endpoints.lua has them; `required` is the method that needs a body, `older_body` the type of a body where there
-- are no priorities.
local ENDPOINTS = {
  { "POST", "^/tasks/search$", search_tasks, body = request_body.task_search,
    older_body = request_body.task_search_without_priority },
  { "GET", "^/tasks/([^/]+)$", working("look", show_task) },
  { "PATCH", "^/tasks/([^/]+)/assign$", writing("assign", show_changed), body = request_body.assign },
  { "PATCH", "^/tasks/([^/]+)/unassign$", writing("unassign", show_changed) },
  { "PATCH", "^/tasks/([^/]+)/complete$", writing("complete", show_changed), body = request_body.complete },
  { "POST", "^/tasks/([^/]+)/variables$", writing("save_drafts", answers.done), body = request_body.save_variables,
    required = SAVE_DRAFTS },
  { "POST", "^/tasks/([^/]+)/variables/search$", working("look", show_variables),
    body = request_body.variables_search },
  { "GET", "^/variables/([^/]+)$", get_variable },
  { "GET", "^/forms/([^/]+)$", get_form },
}

-- Reads a body as an endpoint takes it; gives nil and an answer where it cannot be read.
local function read_body(endpoint, request, facts)
  local content_type = (request.headers["content-type"] or ""):lower()
  local is_json = content_type:find("^application/json") or content_type:find("^application/.*%+json")
  local charset = content_type:match(';%s*charset="?([^";%s]+)')
  if request.body ~= "" and not (is_json and encodings.is_known(charset)) then return nil, answers.failure(500) end
  local kind = not facts.priorities and endpoint.older_body or endpoint.body
  local body, why = request_body.read(kind, request.body, endpoint.required, charset)
  if not body then return nil, answers.failure(400, why) end
  return body
end

return { routes = ENDPOINTS, read_body = read_body, nowhere = answers.nowhere, unauthorized = answers.unauthorized,
  forbidden = answers.forbidden }
