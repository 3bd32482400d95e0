--- Tasklist's REST API: from a request to the answer that Camunda Tasklist 8.6 gives, errors included.
local rand = require "openssl.rand"
local json = require "tasklist.sandbox.json"
local request_body = require "tasklist.sandbox.request"
local search = require "tasklist.sandbox.search"
local tasks = require "tasklist.sandbox.tasks"
local variables = require "tasklist.sandbox.variables"

local UNEXPECTED = "Unexpected server error occurred."

local problem_body = json.shape{ "status", "message", "instance" }
local refusal_body = json.shape{ "message" }
local detail_body = json.shape{ "type", "title", "status", "detail", "instance" }

-- Answers ----------------------------------------------------------------------------------------------------

local function ok(value)
  return { status = 200, body = json.encode(value), headers = { ["Content-Type"] = "application/json" } }
end

local function uuid()
  local hex = rand.bytes(16):gsub(".", function(byte) return ("%02x"):format(byte:byte()) end)
  return (hex:gsub("^(%x%x%x%x%x%x%x%x)(%x%x%x%x)%x(%x%x%x)%x(%x%x%x)(%x+)$", "%1-%2-4%3-8%4-%5"))
end

local function problem(status, message, instance)
  return { status = status, headers = { ["Content-Type"] = "application/problem+json" },
    body = json.encode(problem_body{ status = status, message = message, instance = instance }) }
end

-- A request that the rules of an endpoint refuse: such answers alone carry an id.
local function invalid(message)
  return problem(400, message, uuid())
end

local function unauthorized(message)
  return { status = 401, headers = { ["Content-Type"] = "application/json;charset=UTF-8" },
    body = json.encode(refusal_body{ message = message }) }
end

-- What is not there, by path, by method or by what the caller accepts, is an empty 404; only a path whose end has
-- other characters than those of words gets a description.
local function nowhere(request)
  if request.path:find("/[%w_-]+$") then return { status = 404 } end
  return { status = 404, headers = { ["Content-Type"] = "application/problem+json" },
    body = json.encode(detail_body{ type = "about:blank", title = "Not Found", status = 404,
      detail = ("No static resource %s."):format(request.path:sub(2)), instance = request.path }) }
end

-- Reads a body as the given type; gives nil and an answer where it cannot be read.
local function read_body(kind, request)
  local content_type = (request.headers["content-type"] or ""):lower()
  local is_json = content_type:find("^application/json") or content_type:find("^application/.*%+json")
  if request.body ~= "" and not is_json then return nil, problem(500, UNEXPECTED) end
  local body, why = request_body.read(kind, request.body)
  if not body then return nil, problem(400, why) end
  return body
end

-- Endpoints --------------------------------------------------------------------------------------------------

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

local search_item = json.shape(item_fields())

local function item_of(found, include)
  local item = {}
  for _, name in ipairs(tasks.fields) do item[name] = found.task[name] end
  item.sortValues, item.isFirst = found.sort_values, found.is_first
  item.variables, item.context = variables.of_search_item(found.task, include)
  return search_item(item)
end

local function search_tasks(self, request)
  local query, refused = read_body(request_body.task_search, request)
  if not query then return refused end
  local found, status, message = search.run(self.store, query)
  if not found then return status == 400 and invalid(message) or problem(status, UNEXPECTED) end
  local include, items = {}, json.array{}
  for _, one in ipairs(query.includeVariables or {}) do
    if one.name then include[one.name] = one end
  end
  for i, one in ipairs(found) do items[i] = item_of(one, include) end
  return ok(items)
end

-- Each endpoint: its method, a pattern for the path whose captures follow the request as arguments, what answers.
local ROUTES = {
  { "POST", "^/v1/tasks/search$", search_tasks },
}

-- Whether a caller takes JSON: no Accept header takes anything.
local function takes_json(accept)
  for range in (accept or "*/*"):gmatch("[^,%s]+") do
    local kind = range:match("^[^;]*")
    if kind == "*/*" or kind == "application/*" or kind == "application/json" then return true end
  end
  return false
end

local function endpoint_of(request)
  if not takes_json(request.headers["accept"]) then return nil end
  for _, route in ipairs(ROUTES) do
    local captures = table.pack(request.path:match(route[2]))
    if captures[1] and route[1] == request.method then return route[3], captures end
  end
end

local Api = {}
Api.__index = Api

--- Answers a request.
-- @param request as the HTTP server hands it over, its path without the server's base path
-- @return response
function Api:answer(request)
  if not request.path:find("^/v1/") then return { status = 404 } end
  local message = self.issuer:refusal(request.headers["authorization"])
  if message then return unauthorized(message) end
  local endpoint, captures = endpoint_of(request)
  if not endpoint then return nowhere(request) end
  return endpoint(self, request, table.unpack(captures))
end

local api = {}

--- Makes the API.
-- @param store the tasks
-- @param issuer the token endpoint, whose tokens are accepted
-- @return object with `answer`
function api.new(store, issuer)
  return setmetatable({ store = store, issuer = issuer }, Api)
end

return api
