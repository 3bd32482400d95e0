--- A search for tasks, page by page, by whichever API the server has.

local core = require "tasklist.core"
local queries = require "tasklist.queries"
local v1 = require "tasklist.api.v1"

local Search = {} -- the methods
local metatable = { __index = Search }

local search = {}

local operation = v1.operations.search_tasks

--- Makes a search.
-- @tparam table server of the client
-- @tparam ?number timeout seconds, for each page
-- @treturn table with its `connection`, and the methods below
function search.new(server, timeout)
  return setmetatable({ server = server, connection = server.connection, timeout = timeout }, metatable)
end

local function with_tenant(self, query)
  return queries.with_tenant(query, operation.payload.tenants, self.connection.values.tenant_id)
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
  self.api = self.server.api -- by which the last page was asked for
  local made, failure = self.server:message("search_tasks", nil, with_tenant(self, query))
  if not made then
    return nil, failure
  end
  made.timeout = self.timeout
  if not background then
    made.timeout = math.max(self.deadline - core.now(), 1 / 1000)
  end
  return { query = query, message = made, request = self.connection:start(made, background) }
end

--- Waits for a page.
-- @tparam table sent from `start`
-- @tparam function peek gets the bytes of a success before they are decoded
-- @treturn table an array of tasks; or nil and an error object, or misuse as a text
function Search:collect(sent, peek)
  local answer, failure = self.connection:collect(sent.request, sent.message, peek)
  if answer == nil or not sent.message.site then
    return answer, failure
  end
  local newer = self.server:found().operations.search_tasks
  return self.server:exchange(self.server:deadline(self.timeout)):finish(newer, answer, nil, sent.query)
end

--- Whether a page that failed has to be asked for once more, because the server has the newer API.
-- @param failure what `collect` gave
-- @treturn boolean
-- @return what the page fails with otherwise: an error object, or misuse as a text
function Search:moved(failure)
  if self.api ~= "v1" then
    return false, failure
  end
  return self.server:moved(failure, self.deadline)
end

--- Reads the cursor of the next page out of an answer's text.
-- @param bytes of the answer
-- @tparam integer size of a full page, in tasks
-- @return a cursor; nil when the page is not full or has none
function Search:cursor_in(bytes, size)
  return self.server:found().cursor_in(bytes, size)
end

--- Whether a task leaves its state for a moment while somebody changes it.
-- @treturn boolean
function Search:has_passing_states()
  return self.server:found().has_passing_states
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
  return self.server:found().is_cursor(value)
end

return search
