--- A client: the verbs a user calls.

local core = require "tasklist.core"
local decode_token = require "tasklist.token"
local errors = require "tasklist.errors"
local json = require "tasklist.json"
local v1 = require "tasklist.v1"
local version = require "tasklist.version"

local Client = {}
Client.__index = Client
Client.__name = "tasklist.client"

local client = {}

local user_agent = ("tasklist/%s libcurl/%s"):format(version, core.curl_version())

--- Makes a client. Does no network I/O.
-- @tparam table settings from `settings.resolve`
-- @treturn table
function client.new(settings)
  local engine = core.engine { connect_timeout = settings.connect_timeout, user_agent = user_agent }
  local identity = engine:oauth {
    url = settings.authorization_server_url,
    client_id = settings.client_id,
    client_secret = settings.client_secret,
    audience = settings.audience,
    timeout = settings.timeout,
    decode = decode_token,
  }
  return setmetatable({
    engine = engine,
    identity = identity,
    base_url = settings.base_url,
    timeout = settings.timeout,
    max_response = settings.max_response,
  }, Client)
end

-- A signal makes `wait` return early, so that a debug hook (Ctrl-C in stand-alone Lua) can run.
local function exchange(self, operation, body)
  local engine = self.engine
  local request <close> = engine:start(self.identity, operation.method, self.base_url .. operation.path, body,
    self.timeout, self.max_response, operation.read)
  while not engine:wait(request) do end
  return request:result()
end

local hints = {
  [301] = "redirects are not followed; check base_url (CAMUNDA_TASKLIST_BASE_URL)",
  [401] = "the API does not accept the token; check audience and the client's permissions",
  [404] = "check base_url (CAMUNDA_TASKLIST_BASE_URL)",
}
hints[302], hints[303], hints[307], hints[308] = hints[301], hints[301], hints[301], hints[301]

local function http_error(status, body, attempts, retry_after)
  local answer = json.decode(body)
  answer = type(answer) == "table" and answer or {}
  local said = type(answer.message) == "string" and answer.message ~= "" and answer.message or nil
  local message = ("the server answered %d"):format(status)
  if said then
    message = message .. ": " .. said
  elseif hints[status] then
    message = message .. "; " .. hints[status]
  end
  return {
    kind = status == 401 and "auth" or "http",
    message = message,
    status = status,
    title = type(answer.title) == "string" and answer.title or nil,
    instance = type(answer.instance) == "string" and answer.instance or nil,
    attempts = attempts,
    retry_after = retry_after,
    body = body,
  }
end

local function decode_error(status, body, attempts, problem)
  return { kind = "decode", message = ("the answer (%d) is no JSON as documented: %s"):format(status, problem),
    status = status, attempts = attempts, body = body }
end

-- One exchange, from a body to a decoded answer.
local function call(self, operation, body)
  local status, answer, _, attempts, retry_after = exchange(self, operation, body)
  local failure
  if not status then
    failure = answer
  elseif status < 200 or status > 299 then
    failure = http_error(status, answer, attempts, retry_after)
  else
    local value, problem = json.decode(answer)
    if type(value) == "table" then
      return value
    end
    failure = decode_error(status, answer, attempts, problem or "a table expected")
  end
  failure.method, failure.path = operation.method, operation.path
  return nil, errors.new(failure)
end

-- Misuse is reported where the user called: two levels above the verb's helper.
local function check_open(self)
  if self.engine:closed() then
    error("attempt to use a closed client", 3)
  end
end

local function two_cursors(query)
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

--- Searches tasks: POST /v1/tasks/search, one page.
-- @tparam[opt] table query the fields of Camunda's TaskSearchRequest; unknown fields and wrong values
--   raise
-- @treturn table an array of tasks as the server writes them, null absent; or nil and an error object
-- @treturn table page: opaque cursors `after` and `before` for the next query's `searchAfter` and
--   `searchBefore`, each nil when there is no such page
function Client:search_tasks(query)
  check_open(self)
  query = query == nil and {} or query
  local body, problem = json.encode(v1.operations.search_tasks.body, query, "query")
  problem = problem or two_cursors(query)
  if problem then
    error("search_tasks: " .. problem, 2)
  end
  local tasks, failure = call(self, v1.operations.search_tasks, body)
  if not tasks then
    return nil, failure
  end
  return tasks, page_of(tasks, query)
end

--- Ends everything that is under way and closes the connections. Closing twice is fine.
function Client:close()
  self.engine:close()
end

function Client:__close()
  self.engine:close()
end

function Client:__tostring()
  return ("tasklist.client (%s)"):format(self.engine:closed() and "closed" or self.base_url)
end

return client
