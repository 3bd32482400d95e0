--- A client: the verbs a user calls.

local connection = require "tasklist.connection"
local core = require "tasklist.core"
local headers = require "tasklist.headers"
local json = require "tasklist.json"
local settings = require "tasklist.settings"
local v1 = require "tasklist.v1"

local Client = {} -- the methods
local metatable = { __index = Client, __name = "tasklist.client", __metatable = "tasklist.client" }

local client = {}

--- Makes a client. Does no network I/O.
-- @tparam table values from `settings.resolve`
-- @tparam table sources likewise
-- @treturn table; or nil and an error object
function client.new(values, sources)
  local made, failure = connection.new(values)
  if not made then
    return nil, failure
  end
  return setmetatable({ connection = made, values = values, sources = sources }, metatable)
end

-- Misuse is reported where the user called the verb: its helpers give a text, the verb raises it.
local function problem_of_options(self, options, known)
  if self.connection.engine:closed() then
    return "attempt to use a closed client"
  elseif options ~= nil and type(options) ~= "table" then
    return "options: table expected, got " .. type(options)
  end
  return options and settings.problem_of(options, known)
end

local function problem_of_cursors(query)
  local found
  for _, name in ipairs(v1.cursors) do
    if query[name] ~= nil then
      if found then
        return ("query: only one of %s and %s can be given"):format(found, name)
      end
      found = name
    end
  end
end

-- A page shorter than asked for marks the end in the direction of the walk.
local function page_of(tasks, query)
  local first, last = tasks[1], tasks[#tasks]
  if not first then
    return {}
  end
  local backwards = query.searchBefore or query.searchBeforeOrEqual
  local full = #tasks >= (query.pageSize or v1.page_size)
  local page = {}
  if full or backwards then
    page.after = last.sortValues
  end
  if not first.isFirst and (full or not backwards) then
    page.before = first.sortValues
  end
  return page
end

-- A search that names no tenants looks at the client's own.
local function with_tenant(query, tenant_id)
  if type(query) ~= "table" or query.tenantIds ~= nil or not tenant_id then
    return query
  end
  local own = { tenantIds = { tenant_id } }
  for name, value in pairs(query) do
    own[name] = value
  end
  return own
end

local call_options = { timeout = "seconds" }

--- Searches tasks: POST /v1/tasks/search, one page.
-- @tparam[opt] table query the fields of Camunda's TaskSearchRequest; unknown fields and wrong values
--   raise
-- @tparam[opt] table options `timeout`: seconds, instead of the client's
-- @treturn table an array of tasks as the server writes them, null absent; or nil and an error object
-- @treturn table page: opaque cursors `after` and `before` for the next query's `searchAfter` and
--   `searchBefore`, each nil when there is no such page
function Client:search_tasks(query, options)
  query = query == nil and {} or query
  local operation = v1.operations.search_tasks
  local problem = problem_of_options(self, options, call_options)
  if query == json.null then
    problem = problem or "query: table expected, got null"
  end
  local body
  if not problem then
    query = with_tenant(query, self.values.tenant_id)
    body, problem = json.encode(operation.body, query, "query")
  end
  problem = problem or problem_of_cursors(query)
  if problem then
    error("search_tasks: " .. problem, 2)
  end
  local tasks, failure = self.connection:call { method = operation.method, path = operation.path, body = body,
    read = operation.read, answer = operation.answer, timeout = options and options.timeout }
  if not tasks then
    return nil, failure
  end
  return tasks, page_of(tasks, query)
end

local function add_query(path, query)
  local parts = {}
  for name, value in pairs(query or {}) do
    if type(name) ~= "string" or (type(value) ~= "string" and math.type(value) ~= "integer") then
      return nil, ("query: %s must be a string or an integer with a name"):format(tostring(name))
    end
    parts[#parts + 1] = core.encode(name) .. "=" .. core.encode(tostring(value))
  end
  table.sort(parts) -- so that the same call makes the same URL
  local mark = path:find("?", 1, true) and "&" or "?"
  return #parts > 0 and path .. mark .. table.concat(parts, "&") or path
end

local function body_of(value)
  if type(value) == "table" then
    return json.encode_any(value)
  elseif value ~= nil and type(value) ~= "string" then
    return nil, "body: a table or JSON text expected, got " .. type(value)
  end
  return value
end

local reads = { GET = true, HEAD = true }

-- The message that a `request` sends, or nil and what is wrong with the arguments.
local function message_of(self, method, path, body, options)
  if type(method) ~= "string" or not method:find("^%u+$") then
    return nil, "method: upper-case letters expected"
  elseif type(path) ~= "string" or not path:find("^/[!-~]*$") or path:find("#", 1, true) then
    return nil, "path: \"/\" and then visible ASCII without \"#\" expected, anything else percent-encoded"
  end
  local message = { method = method, timeout = options.timeout }
  local problem
  message.path, problem = add_query(path, options.query)
  if problem then
    return nil, problem
  end
  message.body, problem = body_of(body)
  if problem then
    return nil, problem
  end
  message.read = reads[method] or options.idempotent
  message.headers, problem = self.connection.lines_of(message.body ~= nil, options.headers)
  if problem then
    return nil, problem
  end
  return message
end

local request_options = { timeout = "seconds", query = "table", headers = "table", idempotent = "boolean" }

--- Sends any request below the base URL, signed in as the client is.
-- @tparam string method
-- @tparam string path from "/" on, with what is special in it percent-encoded
-- @tparam[opt] table|string body a table to write as JSON, or JSON text as it is
-- @tparam[opt] table options `query`: name -> value, appended percent-encoded; `headers`: name -> value;
--   `idempotent`: true when sending it twice does no harm (GET and HEAD are taken for such); `timeout`:
--   seconds
-- @treturn integer status, for every answer; or nil and an error object when there was none
-- @treturn string body, as it came
-- @treturn table headers by lower-case name, without cookies and CSRF token
function Client:request(method, path, body, options)
  local problem = problem_of_options(self, options, request_options)
  local message
  if not problem then
    message, problem = message_of(self, method, path, body, options or {})
  end
  if problem then
    error("request: " .. problem, 2)
  end
  local answer, failure = self.connection:exchange(message)
  if not answer then
    return nil, failure
  end
  return answer.status, answer.body, headers.read(answer.block)
end

--- The settings that are in force.
-- @treturn table name -> `{ value =, source = }`; source is "argument", "default", or the environment
--   variable's name. Secrets are shown as "***".
function Client:settings()
  return settings.describe(self.values, self.sources)
end

--- Ends everything that is under way and closes the connections. Closing twice is fine.
function Client:close()
  self.connection.engine:close()
end

function metatable:__close()
  self.connection.engine:close()
end

function metatable:__tostring()
  return ("tasklist.client (%s)"):format(self.connection.engine:closed() and "closed" or self.values.base_url)
end

return client
