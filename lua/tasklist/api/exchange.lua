--- What one call of a verb exchanges with the server where that is more than v1's one message: the operations of the
-- newer API, and those that take several requests. All of them share the call's deadline.

local changes = require "tasklist.api.changes"
local core = require "tasklist.core"
local errors = require "tasklist.errors"
local finding = require "tasklist.api.finding"
local message = require "tasklist.api.message"

local Exchange = {} -- the methods
local metatable = { __index = Exchange }

local exchange = {}

--- Makes an exchange.
-- @tparam table server of the client
-- @tparam number deadline of `core.now`
-- @treturn table `known`: what was found out about this server by earlier calls; and the methods below
function exchange.new(server, deadline)
  return setmetatable({ server = server, connection = server.connection, known = server.known, deadline = deadline },
    metatable)
end

-- The message of an operation of v2, whose body is not in the form that the user wrote; or nil and what is wrong.
local function of_body(operation, id, body)
  local path, problem = message.path_of(operation, id)
  local text
  if path and body then
    text, problem = core.encode_value(body, "body")
  end
  if problem then
    return nil, problem
  end
  return { method = operation.method, path = path, body = text, read = operation.read, answer = operation.answer,
    site = "v2" }
end

--- The message of an operation of either API.
-- @tparam table operation
-- @param id for its path, when that has a place for one
-- @param body of v2: what the JSON says, or nil for none; of v1: the payload
-- @treturn table; or nil and what is wrong with these
function exchange.of(operation, id, body)
  return (operation.site and of_body or message.of_operation)(operation, id, body)
end

--- The message of an operation of v2.
-- @tparam table operation
-- @param id of the task, or what else the path has a place for
-- @param payload what the user gave, checked
-- @tparam ?table options likewise
-- @treturn table; or nil and an error object, where this server cannot do it
function exchange.message(operation, id, payload, options)
  local body, problem = nil, operation.unsupported
  if operation.to then
    body, problem = operation.to(payload, id, options)
  end
  if problem then
    return errors.unsupported(problem)
  end
  return of_body(operation, id, body)
end

-- Sends a message. Gives the request; or nil and an error object.
local function start(self, made)
  local problem = self.connection:closing()
  if problem then
    return nil, problem
  end
  made.timeout = self.server:left(self.deadline)
  return self.connection:start(made)
end

-- Sends a message and waits for what comes of it.
local function ask(self, made)
  local sent, problem = start(self, made)
  if not sent then
    return nil, problem
  end
  local request <close> = sent
  return self.connection:collect(request, made)
end

--- One request.
-- @tparam table operation of v1 or v2
-- @param id
-- @tparam ?table body of v2: what the JSON says; of v1: the payload
-- @return the decoded answer; or nil and an error object, or misuse as a text
function Exchange:call(operation, id, body)
  local made, problem = exchange.of(operation, id, body)
  if not made then
    return nil, problem
  end
  return ask(self, made)
end

-- Requests that are on their way: whatever ends the waiting for them cancels those that are left.
local Requests = {}

function Requests:__close()
  for _, sent in pairs(self) do
    sent.request:close()
  end
end

--- Several requests, some of them at a time.
-- @tparam table list of `{ operation, id, body }`
-- @tparam integer at_once
-- @treturn table their decoded answers, in the same order; or nil and the first failure, as `call` gives it
function Exchange:many(list, at_once)
  local sent <close> = setmetatable({}, Requests)
  local answers = {}
  local function send(index)
    local one = list[index]
    local request
    local made, problem = exchange.of(one[1], one[2], one[3])
    if made then
      request, problem = start(self, made)
    end
    sent[index] = request and { message = made, request = request }
    return problem
  end
  local next_one, problem = 1, nil
  for index = 1, #list do
    while next_one <= #list and next_one < index + at_once and not problem do
      problem = send(next_one)
      next_one = next_one + 1
    end
    if problem then
      return nil, problem
    end
    answers[index], problem = self.connection:collect(sent[index].request, sent[index].message)
    if answers[index] == nil then
      return nil, problem
    end
    sent[index].request:close()
    sent[index], problem = nil, nil
  end
  return answers
end

--- Which version the server has.
-- @treturn table such as { 8, 10 }; or nil and an error object, or misuse as a text
function Exchange:version()
  local problem = finding.version(self.server, self.deadline)
  if problem then
    return nil, problem
  end
  return self.server.version
end

--- What a verb gives for an answer.
-- @tparam table operation of v2
-- @param answer decoded
-- @param id
-- @param payload what the user gave
-- @return the results; or nil and a failure
function Exchange:finish(operation, answer, id, payload)
  if not operation.from then
    return answer
  end
  local result, page = operation.from(answer, payload, id)
  if operation.after then
    local failure
    result, failure = operation.after(self, result, payload)
    if result == nil then
      return nil, failure
    end
  end
  return result, page
end

--- An operation of v2, from what a verb was given to what it gives.
-- @tparam table operation
-- @param id
-- @param payload what the user gave, checked
-- @tparam ?table options likewise
-- @return the results; or nil and an error object, or misuse as a text
function Exchange:perform(operation, id, payload, options)
  if operation.run then
    return operation.run(self, payload, id, options)
  end
  if operation.before then
    payload = operation.before(self, payload)
  end
  local made, failure = exchange.message(operation, id, payload, options)
  if not made then
    return nil, failure
  end
  local answer
  answer, failure = ask(self, made)
  if answer == nil then
    return nil, operation.changes_task and changes.tell_apart(self, id, failure) or failure
  end
  return self:finish(operation, answer, id, payload)
end

return exchange
