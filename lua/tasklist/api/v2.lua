--- The Orchestration Cluster API (v2, Camunda 8.8 and newer) as data: what v1's operations are there, by the same
-- names.
--
-- An operation has `method`; `path`, in which "{id}" is the verb's first argument; `read`: true when doing it twice
-- does no harm; `answer`: "object", "page" (an object with an array of objects, `items`), "form" (an object, or false
-- for a 204) or "nothing"; and
--
-- - `before(exchange, payload)`: the payload as this client means it.
-- - `to(payload, id, options)`: the body, of the payload in v1's form; or nil and why this API cannot do it. Without
--   `to` the request has no body.
-- - `from(value, payload, id)`: the results in v1's form, of the decoded answer, which it may change.
-- - `after(exchange, result, payload)`: asks for what else belongs to the result, and gives it; or nil and a failure.
-- - `run(exchange, payload, id, options)`: all of it, in place of the others, where one request is not enough.
-- - `changes_task`: true for a write to a task. Its 404 may mean a task that has ended: see `tasklist.api.changes`.
-- - `absent`: for a walk, why a server that has no such path cannot do it, where not all versions have it.
-- - `unsupported`: in place of the rest, why this API cannot do it, and what can.
--
-- Payloads have been found right by v1's shapes. A field that is null counts as absent. `id` is a string or an integer,
-- or a task where the verb takes one. `tasklist.api.exchange` has what an exchange can do.

local v1 = require "tasklist.api.v1"

local v2 = {}

-- A function of a file that is loaded when it is needed, since a script that searches needs no forms.
local function of(file, name)
  return function(...)
    return require("tasklist.api.translation." .. file)[name](...)
  end
end

local operations = {
  search_tasks = { method = "POST", path = "/v2/user-tasks/search", read = true, answer = "page",
    to = of("queries", "to"), from = of("tasks", "page"), after = of("variables", "include") },
  get_task = { method = "GET", path = "/v2/user-tasks/{id}", read = true, answer = "object",
    from = of("tasks", "from") },
  assign_task = { method = "POST", path = "/v2/user-tasks/{id}/assignment", answer = "nothing",
    changes_task = true, before = of("writes", "for_oneself"), to = of("writes", "assignment"),
    from = of("writes", "assigned") },
  unassign_task = { method = "DELETE", path = "/v2/user-tasks/{id}/assignee", answer = "nothing",
    changes_task = true, from = of("writes", "unassigned") },
  complete_task = { method = "POST", path = "/v2/user-tasks/{id}/completion", answer = "nothing",
    changes_task = true, to = of("writes", "completion"), from = of("writes", "completed") },
  save_draft_variables = { unsupported = "this server (API v2) keeps no drafts; what comes nearest is set_variables: "
    .. "variables of the task's own scope, which its process sees at once" },
  update_task = { method = "PATCH", path = "/v2/user-tasks/{id}", answer = "nothing",
    changes_task = true, to = of("updates", "to"), from = of("updates", "from") },
  set_variables = { run = of("updates", "set_variables") },
  audit_log = { method = "POST", path = "/v2/user-tasks/{id}/audit-logs/search", read = true, answer = "page",
    to = of("audit_log", "to"), from = of("audit_log", "page"),
    absent = "audit_log: servers have one from 8.9 on" },
  whoami = { method = "GET", path = "/v2/authentication/me", read = true, answer = "object" },
  search_task_variables = { run = of("variables", "search") },
  variables = { run = of("variables", "whole") },
  get_variable = { method = "GET", path = "/v2/variables/{id}", read = true, answer = "object",
    from = of("variables", "from") },
  get_form = { run = of("forms", "get") },
  get_task_form = { method = "GET", path = "/v2/user-tasks/{id}/form", read = true, answer = "form",
    from = of("forms", "of_task") },
}

for _, operation in pairs(operations) do
  operation.site = "v2"
  if operation.path then
    v1.apart(operation)
  end
end

v2.operations = operations

--- Whether a task leaves its state for a moment while somebody changes it: see `Search:has_passing_states`.
v2.has_passing_states = true

--- Whether one who has a task may claim it once more: see `Search:lets_claim_again`.
v2.lets_claim_again = true

--- Whether a value can be sent as a cursor.
function v2.is_cursor(value)
  return type(value) == "string" and value ~= ""
end

local longest_cursor = 512 -- bytes, with what surrounds it

--- The cursor of the next page, read out of an answer's text before it is decoded: see `Search:cursor_in`.
function v2.cursor_in(bytes, size)
  if bytes:seek('"userTaskKey"', 0) < size then
    return nil
  end
  local _, rest = bytes:seek('"endCursor"', longest_cursor)
  return rest and rest:match '^[ \t\r\n]*:[ \t\r\n]*"([A-Za-z0-9+/=]+)"'
end

return v2
