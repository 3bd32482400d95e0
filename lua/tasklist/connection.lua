--- A connection: an engine, who signs in, and the way of one message to its answer. It knows nothing of the client's
-- verbs.

local core = require "tasklist.core"
local driver = require "tasklist.driver"
local errors = require "tasklist.errors"
local headers = require "tasklist.headers"
local settings = require "tasklist.settings"
local sites = require "tasklist.sites"
local version = require "tasklist.version"

local Connection = {} -- the methods
local connection = {}

local metatable = { __index = Connection }

local pausing = { read = true } -- stands for a message where there is none

local user_agent = ("tasklist/%s libcurl/%s"):format(version, core.curl_version())

local function new_engine(values)
  return core.engine {
    connect_timeout = values.connect_timeout,
    retries = values.retries,
    max_requests = values.max_requests,
    max_connections = values.max_connections,
    http1 = values.http_version == "1.1",
    user_agent = values.user_agent or user_agent,
    ca_file = values.ca_file,
    ca_path = values.ca_path,
    client_cert = values.client_cert,
    client_key = values.client_key,
    client_key_password = values.client_key_password,
    proxy = values.proxied and values.proxy or nil,
    proxy_user = values.proxy_user,
    proxy_password = values.proxy_password,
    no_proxy = values.direct,
    trace = values.trace ~= nil,
  }
end

-- The headers that every request has unless the user sets them: those with a body say what that is, too.
local accept = { Accept = "application/json" }
local media_types = { Accept = accept.Accept, ["Content-Type"] = "application/json" }

-- A function that gives the header lines of a request. Of a field that is set several times, the request's own goes
-- before the client's, and that before the usual one. The client's are kept in a closure, because they may be secrets,
-- and a dump of the connection's table would show them there.
local function line_writer(own)
  local with_body, without_body = headers.write(own, media_types), headers.write(own, accept)
  return function(has_body, given)
    if given then
      return headers.write(given, own, has_body and media_types or accept)
    end
    return has_body and with_body or without_body
  end
end

--- Makes a connection. Does no network I/O.
-- @tparam table values from `settings.resolve`; the secrets in it are blanked
-- @tparam table sources likewise
-- @treturn table with `engine`, `driver`, `values`, `sites` and `main` (see `tasklist.sites`; a message goes to the
--   site that its `site` names, or else to the main one), `accepted_at` (when an API last answered, and not with a
--   401; or nil), and `lines_of(has_body, given)`, which gives header lines for `exchange`, or nil and what is wrong
--   with `given` (name -> value); or nil and an error object when the system has no descriptor left
function connection.new(values, sources)
  local engine, failure = new_engine(values)
  if not engine then
    return nil, errors.new(failure)
  end
  local made, main, tokens = sites.new(engine, values, sources)
  local self = { engine = engine, driver = driver.new(engine, values.trace, tokens, values.loop), values = values,
    sites = made, main = main, lines_of = line_writer(values.headers) }
  settings.blank(values)
  if values.dry_run then
    return setmetatable(self, { __index = require("tasklist.dry_run")(Connection) })
  end
  return setmetatable(self, metatable)
end

--- Why a call cannot be made here, which has to be asked before one is.
-- @treturn ?string
function Connection:misuse()
  return self.driver:misuse()
end

--- Why a call that has sent a request cannot send its next one: the client was closed between the two, as by another
-- coroutine.
-- @treturn ?table an error object
function Connection:closing()
  return self.engine:closed() and errors.new(errors.of_closing { attempts = 0 }) or nil
end

local function failed(self, failure, message)
  return errors.failed(message, failure.kind == "closed" and errors.of_closing(failure, message.read)
    or errors.of_failure(failure, self.values))
end

--- Lets time pass.
-- @tparam number seconds
-- @return as `wait`
function Connection:pause(seconds)
  local pause <close> = self.engine:pause(seconds)
  return self:wait(pause)
end

--- Waits until a pause is over.
-- @param pause the engine's; `pause:finish()` ends it before its time
-- @return nil; or what ended the waiting: an error object, or misuse as a text
function Connection:wait(pause)
  local failure = self.driver:wait(pause)
  if type(failure) == "table" then
    local _, object = failed(self, failure, pausing)
    return object
  end
  return failure
end

--- Sends a message; `collect` waits for the answer.
-- @tparam table message
-- @tparam ?boolean background whether the caller goes on with other things meanwhile: `step` moves it on, and time in
--   which nobody drives the connection is not counted
-- @return what `collect` takes; `close` of it cancels, and so does letting go of it. With `finish`, whoever waits for
--   it goes on without an answer
function Connection:start(message, background)
  local values, site = self.values, self.sites[message.site or self.main]
  return self.engine:start(site.identity, message.method, site.url .. message.path,
    message.headers or self.lines_of(message.body ~= nil), message.body,
    message.timeout or values.timeout, values.max_response, message.read, background)
end

-- The answer to a message out of what `Driver:result` gave. That one is called by whoever calls this, not in here: a
-- coroutine that waits keeps the stack of all that have called.
local function finish(self, message, status, bytes, attempts, retry_after, outcome)
  if not status then
    local failure = bytes
    if type(failure) == "string" then
      return nil, failure
    elseif errors.is(failure.object) then
      return nil, failure.object -- a token function's, which may be the failure of another client
    end
    return failed(self, failure, message)
  end
  self.accepted_at = status ~= 401 and core.now() or self.accepted_at
  return { status = status, bytes = bytes, attempts = attempts, retry_after = retry_after, outcome = outcome }
end

--- One exchange.
-- @tparam table message see `message`
-- @treturn table `status`, `attempts`, `retry_after`, `outcome`, and `bytes`: `text()` gives the body, `headers()` the
--   header block; or nil and an error object when there was no answer, or misuse as a text, which is the caller's to
--   raise
function Connection:exchange(message)
  local request <close> = self:start(message)
  return finish(self, message, self.driver:result(request))
end

local function problem_of_array(value)
  for _, item in ipairs(value) do
    if type(item) ~= "table" then
      return "an array of objects expected"
    end
  end
end

-- What an answer must be, by the message's `answer`: each gives the value, or nil and a problem.
local readers = {}

-- A page, as of a web server at an address that is not the API's, must not look like a change that was made.
function readers.nothing(bytes)
  local _, problem = bytes:decode()
  if problem and bytes:text() ~= "" then
    return nil, "nothing, or JSON, expected"
  end
  return true
end

local function read_table(bytes, kind, expected)
  local value, problem = bytes:decode()
  if problem or bytes:kind() ~= kind then
    return nil, problem or expected
  end
  return value
end

function readers.object(bytes)
  return read_table(bytes, "object", "an object expected")
end

function readers.array(bytes)
  local value, problem = read_table(bytes, "array", "an array expected")
  problem = problem or problem_of_array(value)
  return not problem and value or nil, problem
end

-- Whether it was an array. An object without members cannot be told from one without elements.
local function is_list(value)
  return type(value) == "table" and (value[1] ~= nil or next(value) == nil)
end

-- A page of v2: an object with the items.
function readers.page(bytes)
  local value, problem = read_table(bytes, "object", "an object with an array items expected")
  if not problem and not is_list(value.items) then
    problem = "an array items expected"
  end
  problem = problem or problem_of_array(value.items)
  return not problem and value or nil, problem
end

-- What a task may have none of.
function readers.form(bytes, status)
  if status == 204 then
    return false
  end
  return readers.object(bytes)
end

-- The value in an answer. Gets what `finish` gave.
local function read(self, message, peek, answer, failure)
  if not answer then
    return nil, failure
  elseif answer.status < 200 or answer.status > 299 then
    local refusals = require "tasklist.refusals" -- loaded now, because most calls are not refused
    return errors.failed(message, refusals.of_answer(answer, message, self.sites[message.site or self.main]))
  end
  if peek then
    peek(answer.bytes)
  end
  local value, problem = readers[message.answer](answer.bytes, answer.status)
  if problem then
    answer.outcome = not message.read and "done" or nil
    return errors.failed(message, errors.of_body(answer, problem))
  end
  answer.bytes:close()
  return value
end

--- One exchange, to a decoded answer.
-- @tparam table message likewise; `answer` says what to make of it: "object", "array" (of objects),
--   "nothing"; of v2 also "page" (an object with an array of objects, `items`) and "form"
-- @return the answer as a table, true for "nothing", false for a form that is not there; or nil and an error object, or
--   misuse as a text
function Connection:call(message)
  local request <close> = self:start(message)
  return read(self, message, nil, finish(self, message, self.driver:result(request)))
end

--- Moves on what is under way, without waiting.
function Connection:step()
  self.driver:step()
end

--- Waits for what was sent.
-- @param request from `start`
-- @tparam table message the one that was sent
-- @tparam ?function peek gets the bytes of a success before they are decoded
-- @return as `call` does
function Connection:collect(request, message, peek)
  return read(self, message, peek, finish(self, message, self.driver:result(request)))
end

return connection
