--- What the client's verbs have in common: what is checked first, and how most of them become messages.
--
-- Misuse is reported where the user called the verb: helpers give a text, the verb itself raises it.

local json = require "tasklist.json"
local message = require "tasklist.api.message"
local queries = require "tasklist.queries"
local settings = require "tasklist.settings"
local v1 = require "tasklist.api.v1"

local verbs = {}

local none = {} -- options: one table for all calls that have none, since a call that waits keeps it
local usual = { timeout = "seconds" }
local acting = { timeout = "seconds", action = "string" }
local many = { concurrency = "at_once", stop = "boolean" }

--- The options of each verb that takes some: name -> one of `tasklist.settings.types`. The manual and the
-- types are checked against them.
verbs.options = {
  search_tasks = usual,
  tasks = { timeout = "seconds", limit = "limit" },
  watch = { timeout = "seconds", interval = "seconds", on_error = "function", sign_in_patience = "limit" },
  claim = { timeout = "seconds", limit = "limit", held = "boolean" },
  get_task = usual,
  assign_task = acting,
  unassign_task = usual,
  complete_task = { timeout = "seconds", verify = "boolean", drafts = "boolean", action = "string" },
  update_task = acting,
  set_variables = { timeout = "seconds", scope = "scope" },
  wait_for = usual,
  audit_log = { timeout = "seconds", limit = "limit" },
  save_draft_variables = usual,
  search_task_variables = usual,
  variables = { timeout = "seconds", drafts = "boolean", keep_null = "boolean" },
  get_variable = usual,
  get_form = usual,
  get_task_form = usual,
  whoami = usual,
  map = many,
  each = many,
  request = { timeout = "seconds", query = "table", headers = "table", idempotent = "boolean" },
}

--- What is wrong with what a verb was called on.
-- @param self
-- @tparam string name the verb's
-- @treturn ?string
function verbs.problem_of_self(self, name)
  if type(self) ~= "table" or not self.connection then
    return ("call it with a colon: client:%s(…)"):format(name)
  end
end

--- Raises at the caller of a verb that takes no options, unless a client is what it is called with.
-- @param self
-- @tparam string name the verb's
function verbs.check_self(self, name)
  local problem = verbs.problem_of_self(self, name)
  if problem then
    error(("%s: %s"):format(name, problem), 3)
  end
end

--- What is wrong with the options of a verb.
-- @param options what the user gave
-- @tparam string name the verb's
-- @treturn ?string
function verbs.problem_of_options(options, name)
  return settings.problem_of(options, verbs.options[name])
end

--- What is wrong with the call of a verb so far.
-- @param self
-- @param options what the user gave
-- @tparam string name the verb's
-- @treturn ?string
function verbs.problem_of(self, options, name)
  local problem = verbs.problem_of_self(self, name) or self.connection:misuse()
  if not problem and options ~= nil then
    problem = verbs.problem_of_options(options, name)
  end
  return problem
end

--- What a verb gives. Misuse that shows while it waits is raised here, where the user called the verb.
-- @tparam string name the verb's
-- @param ... a result, or nil and an error object, or nil and misuse as a text
-- @return the same
function verbs.give(name, ...)
  local result, failure = ...
  if result == nil and type(failure) == "string" then
    error(("%s: %s"):format(name, failure), 2) -- as in verbs.of_operation
  end
  return ...
end

--- The verb of an operation of `v1`.
-- @tparam string name of both
-- @tparam ?function run gets self, the operation's message for v1, id, payload (with the client's tenant) and
--   options, and gives the results; by default they are what the server gives
-- @treturn function
function verbs.of_operation(name, run)
  local operation = v1.operations[name]
  local tenants = operation.payload and operation.payload.tenants
  run = run or function(self, made, id, payload, options)
    return self.remote:call(name, made, id, payload, options)
  end
  local function perform(self, id, payload, options)
    payload = json.given(payload)
    local problem = verbs.problem_of(self, options, name)
    local made
    if not problem then
      payload = tenants and queries.with_tenant(payload, tenants, self.values.tenant_id) or payload
      made, problem = message.of_operation(operation, id, payload, options and options.timeout)
    end
    if problem then
      error(("%s: %s"):format(name, problem), 2) -- the verb's own level is gone, since it ended with this call
    end
    return verbs.give(name, run(self, made, id, payload, options or none))
  end
  if not operation.payload then
    return function(self, id, options) return perform(self, id, nil, options) end
  elseif not operation.id then
    return function(self, payload, options) return perform(self, nil, payload, options) end
  end
  return perform
end

return verbs
