--- The server of a client: which generation of the API it has, and how a verb's call gets there.
--
-- Most clients have one address and find v1 there. So with `base_url` alone nothing is asked beforehand: v1 is taken
-- for granted until the server answers a 404 that is not Tasklist's own (`api` "v1", not `settled`). With two addresses
-- `tasklist.api.finding` asks at the first call (`api` is nil until then). What a newer server needs is loaded when one
-- was found, because a program that talks to v1 starts faster without.

local core = require "tasklist.core"
local errors = require "tasklist.errors"
local message = require "tasklist.api.message"
local v1 = require "tasklist.api.v1"

local Server = {} -- the methods
local metatable = { __index = Server }

local server = {}

-- What the settings alone tell: the API, or nil, and whether that holds for good. With `dry_run` no call is sent that
-- could show whether v1 is there.
local function told_by(values)
  if values.api ~= "auto" then
    return values.api, true
  elseif not values.base_url then
    return "v2", true
  end
  return not (values.rest_url or values.dry_run) and "v1" or nil, false
end

--- Makes the server of a client. Does no network I/O.
-- @tparam table connection
-- @treturn table `api`: "v1", "v2", or nil while that is not known; `settled`: whether it is known for good;
--   `version`: such as { 8, 10 }, or nil while nobody asked; `beside`: true where v2 was found below the address of v1,
--   which may be there, too; `known`: what operations find out about the server for later calls; and the methods below
function server.new(connection)
  local api, settled = told_by(connection.values)
  return setmetatable({ connection = connection, api = api, settled = settled, known = {} }, metatable)
end

--- When a call has to be over.
-- @tparam ?number timeout seconds, of the call; the client's by default
-- @treturn number of `core.now`
function Server:deadline(timeout)
  return core.now() + (timeout or self.connection.values.timeout)
end

--- What is left of a call, for its next request: at least a millisecond, because a request cannot have no time.
-- @tparam number deadline of the call
-- @treturn number seconds
function Server:left(deadline)
  return math.max(deadline - core.now(), 1 / 1000)
end

--- The API that was found, or the one that is named.
-- @tparam ?string api "v1" or "v2"
-- @treturn table `tasklist.api.v1` or `tasklist.api.v2`
function Server:found(api)
  return (api or self.api) == "v2" and require "tasklist.api.v2" or v1
end

--- Finds out which API there is, unless that is known. Calls that come meanwhile in other coroutines wait for it.
-- @tparam number deadline of the call
-- @return nil; or why it cannot be told: an error object, or misuse as a text
function Server:prepare(deadline)
  if not self.api then
    return require("tasklist.api.finding").find(self, deadline)
  end
end

--- Whether a call to v1 that failed has to be made once more by the newer API: the server has it instead, or beside v1,
-- which cannot do this. A 404 has executed nothing, so that holds for writes too. Another coroutine's call may have
-- found the newer API meanwhile.
-- @param failure what the call gave
-- @tparam number deadline of the call
-- @treturn boolean
-- @return what the call fails with otherwise: an error object, or misuse as a text
function Server:moved(failure, deadline)
  if self.settled and self.api == "v1" or type(failure) ~= "table" then
    return false, failure
  end
  return require("tasklist.api.finding").moved(self, failure, deadline)
end

--- What belongs to one call.
-- @tparam number deadline
-- @treturn table of `tasklist.api.exchange`
function Server:exchange(deadline)
  return require("tasklist.api.exchange").new(self, deadline)
end

--- The message of an operation, for the API that was found.
-- @tparam string name of the operation
-- @param id what the verb was given
-- @param payload likewise, without problems
-- @tparam ?string api "v1" or "v2", where it is for another one than that
-- @treturn table; or nil and an error object, where this server cannot do it
function Server:message(name, id, payload, api)
  local operation = self:found(api).operations[name]
  if operation.site then
    return require("tasklist.api.exchange").message(operation, id, payload)
  end
  local made = message.of_operation(operation, id, payload)
  if made.newer then
    return errors.unsupported(made.newer)
  elseif self.api == "v2" then -- which has become the main site
    made.site = "v1"
  end
  return made
end

-- What a change has given, and what else was known of the task that was handed in: v1 answers without some.
local function laid_over(task, answer)
  for name, value in next, task do -- not `pairs`, since code of the caller's that raises would hide what was done
    if answer[name] == nil and name ~= "assignee" then -- of whom the answer says that there is none
      answer[name] = value
    end
  end
  return answer
end

local function call_v1(self, name, made, id, payload, options)
  local operation = v1.operations[name]
  local newer = made.newer or options and options.action and require("tasklist.api.newer").action
  if newer then
    return errors.unsupported(newer)
  elseif operation.run then
    return operation.run(self:exchange(made.deadline), payload, id)
  end
  if type(id) ~= "table" or operation.read then
    return self.connection:call(made)
  end
  local answer, failure = self.connection:call(made)
  return type(answer) == "table" and laid_over(id, answer) or answer, failure
end

-- Whether v2 is to do what v1 does not, as that said itself or as is known of it: nothing was executed then. In the
-- second case v2 was looked for a moment ago, and if in vain, the failure says so.
local function is_for_v2(self, failure)
  return self.connection.values.rest_url and type(failure) == "table" and failure.code == "unsupported"
    and (failure.status or not self.doubt)
end

-- What becomes of a call that v1 has not done.
local function go_on_without_v1(self, name, made, id, payload, options, failure)
  local moved
  moved, failure = self:moved(failure, made.deadline)
  local exchange = self:exchange(made.deadline)
  if moved then
    return exchange:perform(self:found("v2").operations[name], id, payload, options)
  elseif is_for_v2(self, failure) then
    return require("tasklist.api.changes").hand_on(exchange, name, id, payload, options, failure)
  end
  return nil, failure
end

--- Makes one call of a verb.
-- @tparam string name of the operation
-- @tparam table made its message for v1, which the verb has made to check what it was given
-- @param id what the verb was given
-- @param payload likewise
-- @tparam ?table options likewise
-- @return what the operation gives; or nil and an error object, or misuse as a text
function Server:call(name, made, id, payload, options)
  made.deadline = self:deadline(made.timeout)
  if not self.api then
    local failure = self:prepare(made.deadline)
    if failure then
      return nil, failure
    end
    made.timeout = self:left(made.deadline)
  end
  if self.api == "v1" then
    -- A coroutine that waits in here keeps this function's registers, so the rest of it is in another one.
    local value, failure = call_v1(self, name, made, id, payload, options)
    if value ~= nil then
      return value
    end
    return go_on_without_v1(self, name, made, id, payload, options, failure)
  end
  return self:exchange(made.deadline):perform(self:found().operations[name], id, payload, options)
end

return server
