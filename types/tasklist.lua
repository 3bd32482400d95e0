---@meta tasklist

-- Types for the Lua language server. In .luarc.json: { "workspace.library": ["path/to/types"] }.
-- The manual (doc/README.md) says what everything is for. The error that a verb gives is nil when it gives its
-- result: it is declared without that, since no type can say that one of the two is there.
--
-- A class of what is given to the module has, besides its fields, a table of their names for its base: a checker takes
-- any further field in a table's constructor for right otherwise.

---@class (exact) tasklist.options: table<"timeout", any>
---@field timeout? number seconds, of the whole call

---@class (exact) tasklist.tasks_options: table<"timeout"|"limit", any>
---@field timeout? number seconds, of each page
---@field limit? integer

---@class (exact) tasklist.watch_options: table<"timeout"|"interval"|"on_error"|"sign_in_patience", any>
---@field timeout? number seconds, of each page
---@field interval? number seconds
---@field on_error? fun(failure: tasklist.error)
---@field sign_in_patience? integer seconds

---@class (exact) tasklist.claim_options: table<"timeout"|"limit"|"held", any>
---@field timeout? number seconds, of each page and of each claim
---@field limit? integer how many tasks at most
---@field held? boolean give first what the assignee has already

--- What `fn` gave for each item of `map`, by the item's index.
---@class tasklist.results
---@field n integer how many items there were
---@field [integer] any

---@class (exact) tasklist.map_options: table<"concurrency"|"stop", any>
---@field concurrency? integer how many calls of the function at a time, 1 to 10000
---@field stop? boolean start nothing new after the first error

---@class (exact) tasklist.action_options: table<"timeout"|"action", any>
---@field timeout? number seconds, of the whole call
---@field action? string for task listeners

---@class (exact) tasklist.complete_options: table<"timeout"|"verify"|"drafts"|"action", any>
---@field timeout? number seconds, of the whole call
---@field verify? boolean
---@field drafts? boolean send the task's drafts, too
---@field action? string for task listeners

---@class (exact) tasklist.set_variables_options: table<"timeout"|"scope", any>
---@field timeout? number seconds, of the whole call
---@field scope? "task"|"process"

---@class (exact) tasklist.variables_options: table<"timeout"|"drafts"|"keep_null", any>
---@field timeout? number seconds, of the whole call
---@field drafts? boolean
---@field keep_null? boolean

---@class (exact) tasklist.request_options: table<"timeout"|"query"|"headers"|"idempotent", any>
---@field timeout? number seconds, of the whole call
---@field query? table<string, string|integer>
---@field headers? table<string, string>
---@field idempotent? boolean

---@class (exact) tasklist.decode_options: table<"keep_null", any>
---@field keep_null? boolean

--- What a `trace` function gets for each attempt on the wire. Times are seconds from its start.
---@class tasklist.trace
---@field method string
---@field url string
---@field attempt integer from 1
---@field sign_in? "token"|"session"
---@field status? integer
---@field error? string
---@field outcome? "unknown"|"done" of a write that came to no good answer
---@field lookup? number
---@field connect? number
---@field tls? number
---@field first_byte? number
---@field total? number
---@field sent integer bytes
---@field received integer bytes
---@field token_file? string what is wrong with the token file; then there is no other field

--- What a `dry_run` function gets instead of the server.
---@class tasklist.unsent
---@field method string
---@field url string with the query
---@field body? string

--- The adapter of an event loop.
---@class tasklist.loop
---@field may_park fun(): any, string? the identity of the loop that runs; or nil and why not
---@field watch fun(fd: integer, on_ready: fun(), idle: fun(): boolean): fun() gives what stops it
---@field park fun() suspends the running coroutine until wake
---@field wake fun(co: thread) has the loop resume it
---@field spawn fun(fn: fun()) calls it in a coroutine that may park

---@alias tasklist.auth "oauth"|"cookie"|"basic"|"bearer"|"none"

---@alias tasklist.arguments_field "env"|"env_file"|"allow_insecure"|"region"|"cluster_id"|"api"|"base_url"|"rest_url"|"auth"|"client_id"|"client_secret"|"authorization_server_url"|"audience"|"rest_audience"|"scope"|"resource"|"client_auth"|"token_cache"|"username"|"password"|"login_url"|"token"|"tenant_id"|"timeout"|"connect_timeout"|"retries"|"max_requests"|"max_connections"|"max_response"|"http_version"|"user_agent"|"headers"|"ca_file"|"ca_path"|"client_cert"|"client_key"|"client_key_password"|"proxy"|"no_proxy"|"trace"|"dry_run"|"loop"

---@class (exact) tasklist.arguments: table<tasklist.arguments_field, any>
---@field env? boolean
---@field env_file? string
---@field allow_insecure? boolean
---@field region? string
---@field cluster_id? string
---@field api? "auto"|"v1"|"v2"
---@field base_url? string of Tasklist's API, v1
---@field rest_url? string of the Orchestration Cluster API, v2
---@field auth? tasklist.auth
---@field client_id? string
---@field client_secret? string
---@field authorization_server_url? string
---@field audience? string
---@field rest_audience? string of tokens for v2
---@field scope? string
---@field resource? string
---@field client_auth? "form"|"basic"
---@field token_cache? boolean|string
---@field username? string
---@field password? string
---@field login_url? string
---@field token? string|fun(): string?, number|string?
---@field tenant_id? string
---@field timeout? number seconds
---@field connect_timeout? number seconds
---@field retries? integer
---@field max_requests? integer
---@field max_connections? integer
---@field max_response? integer bytes
---@field http_version? "1.1"|"2"
---@field user_agent? string
---@field headers? table<string, string>
---@field ca_file? string
---@field ca_path? string
---@field client_cert? string
---@field client_key? string
---@field client_key_password? string
---@field proxy? string|false
---@field no_proxy? string
---@field trace? fun(attempt: tasklist.trace)
---@field dry_run? fun(request: tasklist.unsent)
---@field loop? tasklist.loop

---@class tasklist.setting
---@field value any
---@field source string

--- A task stands for its id.
---@alias tasklist.id string|integer|tasklist.task

--- Which API the client uses.
---@class tasklist.server
---@field api "v1"|"v2"
---@field version? string of the server; nil where it does not tell
---@field address string the URL below which that API is

---@class tasklist.versions
---@field tasklist string
---@field lua string
---@field libcurl string
---@field cjson? string

--- The closing value of an iterator: a generic `for` closes it when the loop ends; `close` ends the iterator earlier.
---@class tasklist.closing
local Closing = {}

function Closing:close() end

---@class tasklist.client
local Client = {}

---@param query? tasklist.task_query
---@param options? tasklist.options
---@return tasklist.task[]? tasks
---@return tasklist.page|tasklist.error page
function Client:search_tasks(query, options) end

---@param query? tasklist.task_query
---@param options? tasklist.tasks_options
---@return fun(): tasklist.task?, tasklist.cursor? # a task, and with the last one of a page the cursor of the next page
---@return nil
---@return nil
---@return tasklist.closing closing
function Client:tasks(query, options) end

---@param query? tasklist.task_query
---@param options? tasklist.watch_options
---@return fun(): tasklist.task?, fun()? # a task, and `again`: the next round gives it once more
---@return nil
---@return nil
---@return tasklist.closing closing
function Client:watch(query, options) end

---@param query? tasklist.task_query
---@param assignee string
---@param options? tasklist.claim_options
---@return fun(): tasklist.task?
---@return nil
---@return nil
---@return tasklist.closing closing
function Client:claim(query, assignee, options) end

---@generic T
---@param items T[]|fun(): T?
---@param fn fun(item: T, index: integer, ...): any, any
---@param options? tasklist.map_options
---@return tasklist.results results
---@return table<integer, any> errors
function Client:map(items, fn, options) end

---@generic T
---@param items T[]|fun(): T?
---@param fn fun(item: T, index: integer, ...): any, any
---@param options? tasklist.map_options
---@return integer count
---@return any failure the first error
function Client:each(items, fn, options) end

---@param id tasklist.id
---@param options? tasklist.options
---@return tasklist.task? task
---@return tasklist.error failure
function Client:get_task(id, options) end

---@param id tasklist.id
---@param assignment? tasklist.assignment
---@param options? tasklist.action_options
---@return tasklist.task? task
---@return tasklist.error failure
function Client:assign_task(id, assignment, options) end

---@param id tasklist.id
---@param options? tasklist.options
---@return tasklist.task? task
---@return tasklist.error failure
function Client:unassign_task(id, options) end

---@param id tasklist.id
---@param variables? table<string, tasklist.value>
---@param options? tasklist.complete_options
---@return tasklist.task? task
---@return tasklist.error failure
function Client:complete_task(id, variables, options) end

---@param id tasklist.id
---@param variables table<string, tasklist.value>
---@param options? tasklist.options
---@return true? done
---@return tasklist.error failure
function Client:save_draft_variables(id, variables, options) end

---@param task string|integer|tasklist.task
---@param changes tasklist.changes
---@param options? tasklist.action_options
---@return tasklist.task? changed
---@return tasklist.error failure
function Client:update_task(task, changes, options) end

---@param task string|integer|tasklist.task
---@param variables table<string, tasklist.value>
---@param options? tasklist.set_variables_options
---@return true? done
---@return tasklist.error failure
function Client:set_variables(task, variables, options) end

---@param id string|integer|tasklist.task
---@param predicate fun(task: tasklist.task): any
---@param options? tasklist.options
---@return tasklist.task? found
---@return tasklist.error failure
function Client:wait_for(id, predicate, options) end

---@param task string|integer|tasklist.task
---@param options? tasklist.tasks_options
---@return fun(): tasklist.audit_entry?
---@return nil
---@return nil
---@return tasklist.closing closing
function Client:audit_log(task, options) end

---@param options? tasklist.options
---@return tasklist.owner? owner
---@return tasklist.error failure
function Client:whoami(options) end

---@param id tasklist.id
---@param query? tasklist.variables_query
---@param options? tasklist.options
---@return tasklist.found_variable[]? found
---@return tasklist.error failure
function Client:search_task_variables(id, query, options) end

---@param id tasklist.id
---@param names? string[]
---@param options? tasklist.variables_options
---@return table<string, tasklist.value>? values
---@return tasklist.error failure
function Client:variables(id, names, options) end

---@param id string|integer
---@param options? tasklist.options
---@return tasklist.variable? variable
---@return tasklist.error failure
function Client:get_variable(id, options) end

---@param form_id string|integer
---@param query tasklist.form_query
---@param options? tasklist.options
---@return tasklist.form? form
---@return tasklist.error failure
function Client:get_form(form_id, query, options) end

---@param task tasklist.id
---@param options? tasklist.options
---@return tasklist.form|false? form false when the task has none
---@return tasklist.error failure
function Client:get_task_form(task, options) end

---@param method string
---@param path string
---@param body? table|userdata|lightuserdata|string a table, null or raw text to write as JSON, or JSON text
---@param options? tasklist.request_options
---@return integer? status
---@return any body a string; or, without a status, a tasklist.error
---@return table<string, string> headers nil without a status
function Client:request(method, path, body, options) end

---@return tasklist.server? server
---@return tasklist.error failure
function Client:server() end

---@return table<string, tasklist.setting>
function Client:settings() end

function Client:close() end

---@class tasklist
---@field _NAME string
---@field _VERSION string
---@field _LICENSE string
---@field null lightuserdata
local tasklist = {}

---@param arguments? tasklist.arguments
---@return tasklist.client? client
---@return tasklist.error failure
function tasklist.new(arguments) end

---@generic T
---@param t T[]
---@return T[]
function tasklist.array(t) end

---@param text string
---@return userdata
function tasklist.raw(text) end

---@param value tasklist.value
---@return string
function tasklist.encode(value) end

---@param text string
---@param options? tasklist.decode_options
---@return tasklist.value value
---@return tasklist.error? failure nil unless the text is no JSON
function tasklist.decode(text, options) end

--- The server's dates have milliseconds, and `os.date` raises for a fraction: `os.date("%F", math.floor(seconds))`.
---@param text string
---@return number? seconds
---@return tasklist.error failure
function tasklist.time(text) end

---@param seconds number
---@return string
function tasklist.date(seconds) end

---@return tasklist.versions
function tasklist.version() end

return tasklist
