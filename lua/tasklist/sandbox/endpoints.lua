--- The endpoints of Tasklist's REST API: what each takes, whom it lets in, what it gives.
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

local task_shape, search_item = json.shape(tasks.fields), json.shape(item_fields())

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
    items[i] = search_item(item)
  end
  return answers.ok(items)
end

local function refuse(why)
  return (why.status == 500 and answers.failure or answers.refusal)(why.status, why.message)
end

-- Makes what runs a write, or only looks; `show` makes the answer out of the task.
local function working(operation, show)
  return function(parts, call)
    local task, why = work.run(operation, parts, call.caller, call.id, call.body)
    return task and show(task, parts, call) or refuse(why)
  end
end

local function show_task(task)
  return answers.ok(task_shape(copy_fields(task)))
end

-- The answer to a write shows neither of these dates, also where the task has them.
local function show_changed(task)
  local copy = copy_fields(task)
  copy.dueDate, copy.followUpDate = nil, nil
  return answers.ok(task_shape(copy))
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

-- Each endpoint: its method, a pattern for the path, in which the capture is an id, what answers, and then, where it
-- has them, the type of the body, the method that needs one, and that it is for those who may write.
local ENDPOINTS = {
  { "POST", "^/v1/tasks/search$", search_tasks, body = request_body.task_search },
  { "GET", "^/v1/tasks/([^/]+)$", working("look", show_task) },
  { "PATCH", "^/v1/tasks/([^/]+)/assign$", working("assign", show_changed), body = request_body.assign, write = true },
  { "PATCH", "^/v1/tasks/([^/]+)/unassign$", working("unassign", show_changed), write = true },
  { "PATCH", "^/v1/tasks/([^/]+)/complete$", working("complete", show_changed), body = request_body.complete,
    write = true },
  { "POST", "^/v1/tasks/([^/]+)/variables$", working("save_drafts", answers.done), body = request_body.save_variables,
    required = SAVE_DRAFTS, write = true },
  { "POST", "^/v1/tasks/([^/]+)/variables/search$", working("look", show_variables),
    body = request_body.variables_search },
  { "GET", "^/v1/variables/([^/]+)$", get_variable },
  { "GET", "^/v1/forms/([^/]+)$", get_form },
}

-- Finds the endpoint of a request; gives it and the id in the path, or nil, nil and the methods that the path has.
local function find(request)
  local method = request.method == "HEAD" and "GET" or request.method
  local methods = {}
  for _, endpoint in ipairs(ENDPOINTS) do
    local id = request.path:match(endpoint[2])
    if id and endpoint[1] == method then return endpoint, urls.decode(id) end
    if id then methods[#methods + 1] = endpoint[1] end
  end
  return nil, nil, methods
end

-- Whether a caller takes JSON: no Accept header takes anything.
local function takes_json(accept)
  for range in (accept or "*/*"):gmatch("[^,%s]+") do
    local kind = range:match("^[^;]*")
    if kind == "*/*" or kind == "application/*" or kind == "application/json" then return true end
  end
  return false
end

-- Reads a body as an endpoint takes it; gives nil and an answer where it cannot be read.
local function read_body(endpoint, request)
  local content_type = (request.headers["content-type"] or ""):lower()
  local is_json = content_type:find("^application/json") or content_type:find("^application/.*%+json")
  local charset = content_type:match(';%s*charset="?([^";%s]+)')
  if request.body ~= "" and not (is_json and encodings.is_known(charset)) then return nil, answers.failure(500) end
  local body, why = request_body.read(endpoint.body, request.body, endpoint.required, charset)
  if not body then return nil, answers.failure(400, why) end
  return body
end

local endpoints = {}

--- Answers a request of a caller who is known.
-- @param parts table: store, forms, ledger, version
-- @param request
-- @param caller as in callers.lua
-- @return response
function endpoints.answer(parts, request, caller)
  local endpoint, id, methods = find(request)
  if not endpoint then
    if request.method == "OPTIONS" and methods[1] then return answers.options(methods) end
    return answers.nowhere(request, methods[1] and 405 or 404, methods)
  end
  if not takes_json(request.headers["accept"]) then return answers.nowhere(request, 406) end
  local body, refused
  if endpoint.body then
    body, refused = read_body(endpoint, request)
    if refused then return refused end
  end
  if endpoint.write and caller.unresolved then return answers.failure(500, UNRESOLVED:format(caller.name)) end
  if endpoint.write and not callers.may_write(caller) then return answers.failure(500) end
  return endpoint[3](parts, { request = request, caller = caller, id = id, body = body })
end

return endpoints
