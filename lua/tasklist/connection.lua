--- A connection: an engine, who signs in, and the way of one message to its answer. Knows no verb.

local core = require "tasklist.core"
local decode_token = require "tasklist.token"
local errors = require "tasklist.errors"
local headers = require "tasklist.headers"
local json = require "tasklist.json"
local settings = require "tasklist.settings"
local version = require "tasklist.version"

local Connection = {} -- the methods
local metatable = { __index = Connection }

local connection = {}

local user_agent = ("tasklist/%s libcurl/%s"):format(version, core.curl_version())

--- Makes a connection. Does no network I/O.
-- @tparam table values from `settings.resolve`; the secrets in it are blanked
-- @treturn table with `engine`, `values`
function connection.new(values)
  local engine = core.engine {
    connect_timeout = values.connect_timeout,
    retries = values.retries,
    user_agent = user_agent,
    ca_file = values.ca_file,
    no_proxy = settings.no_proxy(os.getenv),
  }
  local identity = engine:oauth {
    url = values.authorization_server_url,
    client_id = values.client_id,
    client_secret = values.client_secret,
    audience = values.audience,
    timeout = values.timeout,
    decode = decode_token,
  }
  values.client_secret = "***" -- the core has it: no dump of this table shows it
  return setmetatable({ engine = engine, identity = identity, values = values }, metatable)
end

--- What a JSON API is told, and what of it a request without a body still says.
connection.media_types = { Accept = "application/json", ["Content-Type"] = "application/json" }

connection.accept = { Accept = connection.media_types.Accept }

local with_body, without_body = headers.write(connection.media_types), headers.write(connection.accept)

-- A signal makes `wait` return early, so that a debug hook (Ctrl-C in stand-alone Lua) can run.
local function await(engine, request)
  while not engine:wait(request) do end
end

--- Lets time pass.
-- @tparam number seconds
function Connection:pause(seconds)
  local rest <close> = self.engine:pause(seconds)
  await(self.engine, rest)
end

--- One exchange.
-- @tparam table message see `message`
-- @treturn table `status`, `body`, `block` (the header block), `attempts`, `retry_after`, `outcome`; or
--   nil and an error object when there was no answer
function Connection:exchange(message)
  local engine, values = self.engine, self.values
  local request <close> = engine:start(self.identity, message.method, values.base_url .. message.path,
    message.headers or (message.body and with_body or without_body), message.body,
    message.timeout or values.timeout, values.max_response, message.read)
  await(engine, request)
  local status, body, block, attempts, retry_after, outcome = request:result()
  if not status then
    return connection.failed(message, errors.of_failure(body))
  end
  return { status = status, body = body, block = block, attempts = attempts, retry_after = retry_after,
    outcome = outcome }
end

--- An error about a message.
-- @tparam table message
-- @tparam table fields for `errors.new`
-- @return nil, and the error object
function connection.failed(message, fields)
  fields.method, fields.path = message.method, message.path
  return nil, errors.new(fields)
end

local function problem_of_array(value)
  if #value == 0 and next(value) ~= nil then
    return "an array expected"
  end
  for _, item in ipairs(value) do
    if type(item) ~= "table" then
      return "an array of objects expected"
    end
  end
end

-- What an answer must be, by the message's `answer`: each gives the value, or nil and a problem.
local readers = {}

function readers.nothing()
  return true
end

function readers.object(body)
  local value, problem = json.decode(body)
  if type(value) ~= "table" then
    return nil, problem or "a table expected"
  end
  return value
end

function readers.array(body)
  local value, problem = readers.object(body)
  problem = problem or problem_of_array(value)
  return not problem and value or nil, problem
end

--- One exchange, to a decoded answer.
-- @tparam table message likewise; `answer` says what to make of it: "object", "array" (of objects),
--   "nothing"
-- @return the answer as a table, or true for "nothing"; or nil and an error object
function Connection:call(message)
  local answer, failure = self:exchange(message)
  if not answer then
    return nil, failure
  elseif answer.status < 200 or answer.status > 299 then
    return connection.failed(message, errors.of_status(answer, message.read))
  end
  local value, problem = readers[message.answer](answer.body)
  if problem then
    answer.outcome = not message.read and "done" or nil
    return connection.failed(message, errors.of_body(answer, problem))
  end
  return value
end

return connection
