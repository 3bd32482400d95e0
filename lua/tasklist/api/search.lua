--- A search for tasks, or for what else comes in pages, by whichever API the server has.

local errors = require "tasklist.errors"
local queries = require "tasklist.queries"
local v1 = require "tasklist.api.v1"

local Search = {} -- the methods
local metatable = { __index = Search }

local search = {}

local tenants = v1.operations.search_tasks.payload.tenants

--- Makes a search.
-- @tparam table server of the client
-- @tparam ?number timeout seconds, for each page
-- @tparam ?string name of the operation that gives a page; "search_tasks" by default
-- @param id of the task that the operation is about, where it is about one
-- @treturn table with its `connection`, and the methods below
function search.new(server, timeout, name, id)
  return setmetatable({ server = server, connection = server.connection, timeout = timeout,
    name = name or "search_tasks", id = id }, metatable)
end

local function with_tenant(self, query)
  return self.id and query or queries.with_tenant(query, tenants, self.connection.values.tenant_id)
end

--- Has it known which API there is, before a page is waited for. The time of the page begins.
-- @return nil; or why that cannot be told: an error object, or misuse as a text
function Search:prepare()
  self.deadline = self.server:deadline(self.timeout)
  return self.server:prepare(self.deadline)
end

--- Asks for a page.
-- @tparam table query without problems
-- @tparam ?boolean background whether the caller goes on with other things meanwhile; otherwise `prepare` was called
-- @treturn table `query`, `message`, and the `request`, which the caller has to close; or nil and an error object
function Search:start(query, background)
  local problem = self.connection:closing()
  if problem then
    return nil, problem
  end
  self.api = self.api or self.server.api -- one API has all pages: a cursor of the one does not serve the other
  local made, failure = self.server:message(self.name, self.id, with_tenant(self, query), self.api)
  if not made then
    return nil, failure
  end
  made.timeout = self.timeout
  if not background then
    made.timeout = self.server:left(self.deadline)
  end
  return { query = query, message = made, request = self.connection:start(made, background) }
end

-- The failure, in words where it means that the server's version has no such operation.
local function without(operation, failure)
  if operation.absent and type(failure) == "table" and failure.code == "no_endpoint" then
    return select(2, errors.unsupported(operation.absent))
  end
  return failure
end

--- Waits for a page.
-- @tparam table sent from `start`
-- @tparam function peek gets the bytes of a success before they are decoded
-- @treturn table an array of tasks, or of what else the operation gives; or nil and an error object, or misuse as a
--   text
-- @return the cursor of the page after it, or nil
function Search:collect(sent, peek)
  local answer, failure = self.connection:collect(sent.request, sent.message, peek)
  if sent.message.site ~= "v2" then
    return answer, failure or answer and answer[1] and answer[#answer].sortValues
  end
  local newer = self.server:found("v2").operations[self.name]
  if answer == nil then
    return nil, without(newer, failure)
  end
  local found, page = self.server:exchange(self.server:deadline(self.timeout)):finish(newer, answer, nil, sent.query)
  if not found then
    return nil, page -- which is the failure
  end
  return found, page.endCursor
end

--- Whether a page that failed has to be asked for once more, because the server has the newer API.
-- @param failure what `collect` gave
-- @treturn boolean
-- @return what the page fails with otherwise: an error object, or misuse as a text
function Search:moved(failure)
  if self.api ~= "v1" then
    return false, failure
  end
  local moved, other = self.server:moved(failure, self.deadline)
  self.api = moved and "v2" or self.api
  return moved, other
end

--- Reads the cursor of the next page out of an answer's text.
-- @param bytes of the answer
-- @tparam integer size of a full page, in tasks
-- @return a cursor; nil when the page is not full or has none
function Search:cursor_in(bytes, size)
  return self.server:found(self.api).cursor_in(bytes, size)
end

--- Whether a task leaves its state for a moment while somebody changes it.
-- @treturn boolean
function Search:has_passing_states()
  return self.server:found(self.api).has_passing_states
end

--- Whether one who has a task may claim it once more.
-- @treturn boolean
function Search:lets_claim_again()
  return self.server:found().lets_claim_again
end

--- Whether a value can be sent as a cursor.
-- @param value what an answer has in the place of one
-- @treturn boolean
function Search:is_cursor(value)
  return self.server:found(self.api).is_cursor(value)
end

return search
