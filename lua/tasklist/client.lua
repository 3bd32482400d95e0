--- A client: the verbs a user calls.
--
-- Each takes its required arguments, then one table that is the payload or the query, then one table of
-- options; `timeout` (seconds, instead of the client's) is one of every verb's. Each gives its result,
-- or nil and an error object (see `errors`). Misuse raises at the caller's line. Ids are strings or
-- integers, or the task itself.
-- @module tasklist.client

local connection = require "tasklist.connection"
local queries = require "tasklist.queries"
local server = require "tasklist.api.server"
local verbs = require "tasklist.verbs"

local Client = {} -- the methods
local metatable = { __index = Client, __name = "tasklist.client", __metatable = "tasklist.client" }

local client = {}

--- Makes a client. Does no network I/O.
-- @tparam table values from `settings.resolve`
-- @tparam table sources likewise
-- @treturn table; or nil and an error object
-- @local
function client.new(values, sources)
  local made, failure = connection.new(values, sources)
  if not made then
    return nil, failure
  end
  return setmetatable({ connection = made, remote = server.new(made), values = values, sources = sources }, metatable)
end

local verb = verbs.of_operation

-- A verb of a file that is loaded when it is called, because a program that searches once needs none of them. The tail
-- call leaves misuse to be reported where the user called the verb.
local function late(file, name)
  return function(...)
    return require(file)[name](...)
  end
end

--- Searches tasks: POST /v1/tasks/search, one page.
-- @function Client:search_tasks
-- @tparam[opt] table query the fields of Camunda's TaskSearchRequest; unknown fields and wrong values
--   raise
-- @tparam[opt] table options
-- @treturn table an array of tasks as the server writes them, null absent
-- @treturn table page: opaque cursors `after` and `before` for the next query's `searchAfter` and
--   `searchBefore`, each nil when there is no such page
Client.search_tasks = verb("search_tasks", function(self, made, _, query)
  local tasks, page = self.remote:call("search_tasks", made, nil, query)
  if not tasks then
    return nil, page -- which is the failure
  end
  return tasks, queries.cursors(tasks, query or {}, page)
end)

--- Walks over all tasks that match, page by page, in the order of the query. The next page is fetched while
-- the caller works. A caller may take any time between two tasks.
--
-- The list may move meanwhile, and a walk never goes back. So it misses a task that appears, or is moved by a
-- change of what the query sorts by, to a place that it has passed, and one that matches only for a time. A task
-- that moves to a place ahead is given again, unless that is within two pages that follow each other. Tasks
-- that leave the result, such as those that the caller completes, shift no other. A task is as it was when its
-- page was fetched. By default the newest come first, so what appears during a walk is not in it; with
-- `sort = { { field = "creationTime", order = "ASC" } }` it is, and no task moves.
-- @function Client:tasks
-- @tparam[opt] table query as for `search_tasks`, without `searchBefore` and `searchBeforeOrEqual`; it
--   is copied. `pageSize` is 200 by default
-- @tparam[opt] table options `limit`: how many tasks at most; `timeout`: seconds, of each page
-- @treturn function for a generic `for`; it raises the error object of a failure. With the last task of a page that
--   another follows it gives the cursor of that, so that a later walk of the same query goes on there: `searchAfter`
-- @return nil
-- @return nil
-- @treturn table the closing value: `close()` ends the walk and cancels what is under way. A generic `for` calls it
--   when the loop is left
Client.tasks = late("tasklist.walks", "tasks")

--- Watches for tasks that match: gives each as it appears, the oldest first, and once for as long as it
-- stays in the result. Goes on over failures that may pass; one that cannot raises.
-- @function Client:watch
-- @tparam[opt] table query as for `search_tasks`, without cursors and `sort`; it is copied
-- @tparam[opt] table options `interval` (5): seconds between two looks at the whole result; `on_error`: a
--   function that gets the error object of each failure that may pass; `sign_in_patience` (300): for how many
--   seconds a refused sign-in counts as one, once the API has answered; `timeout`: seconds, of each page
-- @treturn function for a generic `for`; it does not end by itself. With each task it gives a function, `again()`: the
--   next round gives this task once more, if it still matches
-- @return nil
-- @return nil
-- @treturn table the closing value, as of `tasks`
Client.watch = late("tasklist.walks", "watch")

--- Claims tasks that nobody has, and gives each once it is the assignee's: walks over the open tasks without an
-- assignee and assigns them, one each time the loop asks for the next. So leaving the loop leaves no task claimed that
-- was not given. Under `map` and `each` each coroutine claims its own, several at a time. What another was quicker
-- with, what is over and what is gone by then ("already_assigned", "not_active", "not_found") is passed over. Any other
-- failure raises its error object, and the iterator may be called again for the tasks after that.
--
-- Within a page the order is random, and after some refusals the list is read anew, so that several that claim from
-- one list seldom try the same task. Each must claim for a name of its own: a newer server lets one who has a task
-- claim it once more.
--
-- Where the answer to a claim is lost, the task is read: it is given when it is the assignee's by now, passed over when
-- it is another's, and claimed once more when it is nobody's, which is refused if the first claim takes effect
-- meanwhile. When this does not tell within `timeout`, the claim's error raises, with `outcome` "unknown": the task may
-- be the assignee's, and `held` finds it later. So does a claim that is broken off, as by Ctrl-C.
-- @function Client:claim
-- @tparam[opt] table query as for `search_tasks`, without `assignee`, `assignees`, `searchBefore` and
--   `searchBeforeOrEqual`; it is copied. `state` is "CREATED" and `assigned` false: other values raise. `pageSize` is
--   200 by default
-- @tparam string assignee a user's name
-- @tparam[opt] table options `limit`: how many tasks at most; `held` (false): give first what is open, matches the
--   query and is the assignee's already, as after an earlier run that broke off; `timeout`: seconds, of each page, and
--   of each claim with the look that may follow
-- @treturn function for a generic `for`. A task is as its page has it, with the fields that the answer to the claim has
--   laid over
-- @return nil
-- @return nil
-- @treturn table the closing value, as of `tasks`; what was given stays claimed
Client.claim = late("tasklist.walks", "claim")

--- Calls a function for each of many items, several at a time over the same connections, and waits until all are done.
--
-- Each call of it runs in a coroutine, which is suspended while the client waits. Besides the client, nothing may
-- suspend it, unless the client works in a loop. What the function raises ends all others (their to-be-closed variables
-- run, and what they wait for is given up) and is raised here, unchanged; so is what the iterator raises. In a loop
-- (`loop` of `tasklist.new`) the caller is suspended meanwhile.
-- @function Client:map
-- @tparam table|function items an array, which ends at its first nil; or an iterator: a function that is called with
--   nil and the item before, and gives the next item or nil at the end. One of this module's (`client:tasks`,
--   `client:watch`, `client:claim`) is closed at the end. One coroutine at a time calls it, and no more is taken than
--   is needed
-- @tparam function fn gets an item, its index, and the iterator's second value, such as a watch's `again`. nil and
--   something behind it is an error
-- @tparam[opt] table options `concurrency` (16): how many at a time; `stop` (false): start nothing new after the first
--   error
-- @treturn table index -> the first result of `fn`; `n`: how many items there were
-- @treturn table index -> the error, for those where `fn` gave one
Client.map = late("tasklist.many", "map")

--- Does what `map` does and keeps no results: for sources without an end.
-- @function Client:each
-- @tparam table|function items as for `map`
-- @tparam function fn as for `map`
-- @tparam[opt] table options `concurrency` (16), `stop` (false): as for `map`
-- @treturn integer how many items there were
-- @return the first error that `fn` gave, or nil
Client.each = late("tasklist.many", "each")

--- Reads one task: GET /v1/tasks/{id}.
-- @function Client:get_task
-- @tparam string|integer|table id
-- @tparam[opt] table options
-- @treturn table the task
Client.get_task = verb "get_task"

--- Assigns a task: PATCH /v1/tasks/{id}/assign.
-- @function Client:assign_task
-- @tparam string|integer|table id
-- @tparam[opt] table assignment `assignee`: a user's name, which a client that signs in with a token must give (others
--   take the task for themselves); `allowOverrideAssignment` (true): false refuses a task that is assigned already
--   (`err.code` "already_assigned")
-- @tparam[opt] table options `action`: a word for task listeners, instead of "assign"
-- @treturn table the task: a copy of the one that was given, as the change leaves it. With an id what the server says
--   of it: v1 all but `dueDate` and `followUpDate`, v2 nothing, so that `id`, `assignee` and `taskState` are there
Client.assign_task = verb "assign_task"

--- Takes a task from its assignee: PATCH /v1/tasks/{id}/unassign.
-- @function Client:unassign_task
-- @tparam string|integer|table id
-- @tparam[opt] table options
-- @treturn table the task, as `assign_task` gives it
Client.unassign_task = verb "unassign_task"

--- Completes a task: PATCH /v1/tasks/{id}/complete.
-- @function Client:complete_task
-- @tparam string|integer|table id
-- @tparam[opt] table variables name -> value, for the process
-- @tparam[opt] table options `verify` (false): when it stays open whether the task was completed
--   (`err.outcome`), read the task until it is COMPLETED or the call's deadline ends; `drafts` (false): send the task's
--   drafts, too, under the variables; `action`: a word for task listeners, instead of "complete"
-- @treturn table the task, as `assign_task` gives it. With `verify` it may have been read: then its
--   `outcome` is "completed", by this call or by another's (the API cannot tell)
Client.complete_task = verb("complete_task", function(self, made, id, payload, options)
  if options.verify or options.drafts then
    local completion = require "tasklist.completion" -- loaded now, because most completions are one request
    return completion.complete(self.remote, made, id, payload, options)
  end
  return self.remote:call("complete_task", made, id, payload, options)
end)

--- Changes what a task says of itself. Servers with v1 cannot: the error's `code` is "unsupported".
-- @function Client:update_task
-- @tparam string|integer|table task its id, or the task itself
-- @tparam table changes `dueDate`, `followUpDate`: seconds, or a date as text; `candidateUsers`, `candidateGroups`:
--   arrays of names; `priority`: 0 to 100. `tasklist.null` takes away what the task has there, and sets the priority to
--   50. What is absent stays
-- @tparam[opt] table options `action`: a word for task listeners, instead of "update"
-- @treturn table a copy of the task with the changes; where an id was given, only `id` and the changes
Client.update_task = late("tasklist.newer", "update_task")

--- Sets variables while a task is open; its process sees them at once. Servers with v1 cannot: the error's `code` is
-- "unsupported".
-- @function Client:set_variables
-- @tparam string|integer|table task its id, or the task itself, which saves a request
-- @tparam table variables name -> value
-- @tparam[opt] table options `scope` ("task"): "task" sets them for the task alone; "process" sets each where there is
--   one of its name already, or else in the process instance
-- @treturn boolean true
Client.set_variables = late("tasklist.newer", "set_variables")

--- Reads a task again and again until it is as wanted: what was written may show later. A task that is not found counts
-- as one that is not there yet, and failures that may pass are passed over.
-- @function Client:wait_for
-- @tparam string|integer|table id the task's, or the task itself
-- @tparam function predicate gets the task as it was read; gives whether it is as wanted. It may call the client. What
--   it raises is raised here
-- @tparam[opt] table options
-- @treturn table the task; or nil and an error object, of kind "timeout" when it was not as wanted in time
Client.wait_for = late("tasklist.waiting", "wait_for")

--- Walks over what was done to a task, the oldest first. Servers before 8.9 do not tell: the iterator raises an error
-- object with the `code` "unsupported".
-- @function Client:audit_log
-- @tparam string|integer|table task its id, or the task itself
-- @tparam[opt] table options `limit`: how many entries at most; `timeout`: seconds, of each page
-- @treturn function for a generic `for`, as of `tasks`; it gives entries
-- @return nil
-- @return nil
-- @treturn table the closing value, as of `tasks`
Client.audit_log = late("tasklist.walks", "audit_log")

--- Keeps variables as drafts of a task, instead of all drafts it had: POST /v1/tasks/{id}/variables.
-- @function Client:save_draft_variables
-- @tparam string|integer|table id
-- @tparam table variables name -> value; an empty table clears the drafts
-- @tparam[opt] table options
-- @treturn boolean true
Client.save_draft_variables = verb "save_draft_variables"

--- Searches the variables of a task: POST /v1/tasks/{id}/variables/search.
-- @function Client:search_task_variables
-- @tparam string|integer|table id
-- @tparam[opt] table query `variableNames`: names; or `includeVariables`: an array of `{ name =,
--   alwaysReturnFullValue = }`. All variables when neither is given
-- @tparam[opt] table options
-- @treturn table an array of variables, by name. `value` is JSON text; it is absent where
--   `isValueTruncated`, and for a name that has only a `draft`
Client.search_task_variables = verb "search_task_variables"

--- Reads the values of a task's variables, long ones in full. Takes one exchange, or two when there are
-- long values and no names were given.
-- @function Client:variables
-- @tparam string|integer|table id
-- @tparam[opt] table names an array; all variables by default
-- @tparam[opt] table options `drafts` (false): lay the task's drafts over them; a name that has only a
--   draft is absent otherwise. `keep_null` (false): null is `tasklist.null`, instead of absent
-- @treturn table name -> value
Client.variables = verb("variables", function(self, made, id, names, options)
  if names and #names == 0 then
    return {} -- to the server an empty list means all variables
  end
  local variables = require "tasklist.variables" -- loaded now, because most calls read no variables
  return variables.of_task(self.remote, made, id, names, options)
end)

--- Reads one variable with its whole value: GET /v1/variables/{id}.
-- @function Client:get_variable
-- @tparam string|integer id
-- @tparam[opt] table options
-- @treturn table the variable; `value` is JSON text
Client.get_variable = verb "get_variable"

--- Reads a form: GET /v1/forms/{id}.
-- @function Client:get_form
-- @tparam string|integer form_id a task's `formId`; for an embedded form its `formKey` without
--   "camunda-forms:bpmn:"
-- @tparam table query `processDefinitionKey`, and `version`: an integer, the latest by default; none for
--   an embedded form
-- @tparam[opt] table options
-- @treturn table the form; `schema` is JSON text
Client.get_form = verb "get_form"

--- Reads the form of a task, on every server.
-- @function Client:get_task_form
-- @tparam string|integer|table task its id, or the task itself, which saves a request to a server with v1
-- @tparam[opt] table options
-- @treturn table|boolean the form, as `get_form` gives it; false when the task has none
Client.get_task_form = verb "get_task_form"

--- Sends any request, signed in as the client is: with a path that begins with "/v2/" below `rest_url` where there is
-- one, with any other below `base_url`; a client that has one address sends all there.
-- @function Client:request
-- @tparam string method
-- @tparam string path from "/" on, with what is special in it percent-encoded
-- @tparam[opt] table|userdata|string body a table, null or `tasklist.raw` to write as JSON, or JSON text as it is
-- @tparam[opt] table options `query`: name -> value, appended percent-encoded; `headers`: name -> value;
--   `idempotent`: true when sending it twice does no harm (GET and HEAD are taken for such); `timeout`:
--   seconds
-- @treturn integer status, for every answer; or nil and an error object when there was none
-- @treturn string body, as it came
-- @treturn table headers by lower-case name, without cookies and CSRF token
Client.request = late("tasklist.request", "request")

--- What the server is. Asks it where that is not known yet.
-- @function Client:server
-- @treturn table `api`: "v1" or "v2"; `version`: such as "8.10.0", nil where the server does not tell; `address`: the
--   URL below which that API lies; or nil and an error object
Client.server = late("tasklist.about", "server")

--- Who signs in: what the server says of the user; of a client with a token, and of a user where the server has v1,
-- what the settings say.
-- @function Client:whoami
-- @tparam[opt] table options
-- @treturn table `username` of a user, and what else the server has of him; or `client_id` of a client; or nil and an
--   error object, with the `code` "unsupported" where nobody can tell
Client.whoami = late("tasklist.about", "whoami")

--- The settings that are in force.
-- @function Client:settings
-- @treturn table name -> `{ value =, source = }`; source is "argument", "default", or the environment
--   variable's name. Secrets are shown as "***".
Client.settings = late("tasklist.about", "settings")

--- Ends everything that is under way and closes the connections. Closing twice is fine. Calls that wait in other
-- coroutines fail with an error of kind "closed".
function Client:close()
  verbs.check_self(self, "close")
  self.connection.driver:close()
end

function metatable:__close()
  self.connection.driver:close()
end

function metatable:__tostring()
  local made = self.connection
  return ("tasklist.client (%s)"):format(made.engine:closed() and "closed" or made.sites[made.main].url)
end

return client
