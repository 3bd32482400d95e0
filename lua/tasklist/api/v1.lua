--- Tasklist's REST API v1 (Camunda 8.6) as data: where each operation lives, what it takes and gives.
--
-- An operation has `method`; `path`, in which "{…}" is the verb's first argument, and its parts; `read`: true
-- when doing it twice does no harm; `answer`: "object", "array" or "nothing"; and where it takes more,
-- `payload`: the verb's next argument, with its `name` in messages, its `shape`, where it goes (`as`:
-- "body", "query", or the name of the body's one field), what is `required`, in words, where it must be
-- there, and which field of it the client's own tenant fills (`tenants`).
--
-- A shape says what a value is, by its `type`:
--
-- | type | value, and the shape's other fields |
-- |---|---|
-- | "string", "boolean", "number" | keys are strings in this API; an integer does as well |
-- | "integer" | from `least` to `most` |
-- | "enum" | one of `values` |
-- | "date" | the server's text, or seconds since 1970 |
-- | "array" | each is like `of` |
-- | "object" | `fields`: name -> shape; `needs`: must be there; `one_of`: only one may; `exclusive`: these as a set |
-- | "variables" | a table of name -> value |
-- | "filters" | the same of scalars, or a list of the API's own filters, which are like `of` |
-- | "filter_value" | in one of these |
-- | "names" | of variables to show in full |
-- | "cursor" | an array of texts; or a text, which only a newer server gives |
-- | "json" | a table, for a newer server as it is |
--
-- Where the newer API (v2) can do what this one cannot, `newer` of a shape says why such a value is of no use here.

local json = require "tasklist.json"

local text = { type = "string" }
local truth = { type = "boolean" }
local number = { type = "number" }

local function enum(...)
  return { type = "enum", values = { ... } }
end

local function array(of)
  return { type = "array", of = of }
end

local function object(fields)
  return { type = "object", fields = fields, needs = {}, exclusive = {} }
end

local function needing(names, shape)
  shape.needs = names
  return shape
end

local function one_of(names, shape)
  shape.one_of = names
  for _, name in ipairs(names) do
    shape.exclusive[name] = true
  end
  return shape
end

local texts = array(text)
local date = { type = "date" }
local date_range = object { from = date, to = date }

local include_variables = array(needing({ "name" }, object { name = text, alwaysReturnFullValue = truth }))
local cursor = { type = "cursor", newer = "this server has the API v1, and a cursor that is a text comes from the "
  .. "newer one (v2): cursors of the one do not serve the other; begin without a cursor" }
local own_filter = { type = "json", newer = "query.filter: its fields are those of the newer API (v2), and this server "
  .. "has v1; the other fields of a query serve on both" }
local filter = needing({ "name", "value" },
  object { name = text, value = { type = "filter_value" }, operator = enum("eq") })
local cursors = { "searchAfter", "searchAfterOrEqual", "searchBefore", "searchBeforeOrEqual" }

local task_search = one_of(cursors, object {
  state = enum("CREATED", "COMPLETED", "CANCELED", "FAILED"),
  assigned = truth,
  assignee = text,
  assignees = texts,
  taskDefinitionId = text,
  candidateGroup = text,
  candidateGroups = texts,
  candidateUser = text,
  candidateUsers = texts,
  processDefinitionKey = text,
  processInstanceKey = text,
  pageSize = { type = "integer", least = 1, most = 2147483647 },
  followUpDate = date_range,
  dueDate = date_range,
  taskVariables = { type = "filters", of = filter },
  tenantIds = texts,
  sort = array(needing({ "field", "order" }, object {
    field = enum("completionTime", "creationTime", "followUpDate", "dueDate", "priority"),
    order = enum("ASC", "DESC"),
  })),
  searchAfter = cursor,
  searchAfterOrEqual = cursor,
  searchBefore = cursor,
  searchBeforeOrEqual = cursor,
  includeVariables = include_variables,
  implementation = enum("JOB_WORKER", "ZEEBE_USER_TASK"),
  -- The published document calls the bounds objects; the server takes numbers.
  priority = object { eq = number, gte = number, gt = number, lte = number, lt = number },
  filter = own_filter,
})

local variables_search = one_of({ "variableNames", "includeVariables" },
  object { variableNames = texts, includeVariables = include_variables })

local assignment = object { assignee = text, allowOverrideAssignment = truth }

local form_query = needing({ "processDefinitionKey" },
  object { processDefinitionKey = text, version = { type = "integer", least = 0, most = math.maxinteger } })

local variables = { type = "variables" }

local function variables_search_with(payload)
  return { method = "POST", path = "/v1/tasks/{id}/variables/search", read = true, answer = "array", payload = payload }
end

local operations = {
  search_tasks = { method = "POST", path = "/v1/tasks/search", read = true, answer = "array",
    payload = { name = "query", shape = task_search, as = "body", tenants = "tenantIds" } },
  get_task = { method = "GET", path = "/v1/tasks/{id}", read = true, answer = "object" },
  assign_task = { method = "PATCH", path = "/v1/tasks/{id}/assign", answer = "object",
    payload = { name = "assignment", shape = assignment, as = "body" } },
  unassign_task = { method = "PATCH", path = "/v1/tasks/{id}/unassign", answer = "object" },
  complete_task = { method = "PATCH", path = "/v1/tasks/{id}/complete", answer = "object",
    payload = { name = "variables", shape = variables, as = "variables" } },
  save_draft_variables = { method = "POST", path = "/v1/tasks/{id}/variables", answer = "nothing",
    payload = { name = "variables", shape = variables, as = "variables",
      required = "a table of names and values ({} clears the drafts)" } },
  search_task_variables = variables_search_with { name = "query", shape = variables_search, as = "body" },
  variables = variables_search_with { name = "names", shape = { type = "names" }, as = "includeVariables" },
  get_variable = { method = "GET", path = "/v1/variables/{id}", read = true, answer = "object" },
  get_form = { method = "GET", path = "/v1/forms/{form_id}", read = true, answer = "object",
    payload = { name = "query", shape = form_query, as = "query",
      required = "a table such as { processDefinitionKey = task.processDefinitionKey }" } },
  get_task_form = { method = "GET", path = "/v1/tasks/{task}", read = true, answer = "object",
    run = function(...) return require("tasklist.api.task_forms").get(...) end },
}

-- Paths are taken apart once and not with each call: `head` and `tail` stand around the place for `id`, which is
-- that argument's name.
local function apart(operation)
  operation.head, operation.id, operation.tail = operation.path:match("^([^{]*){([^}]*)}(.*)$")
  return operation
end

for _, operation in pairs(operations) do
  apart(operation)
end

-- What only v2 can do is loaded when it is asked for.
setmetatable(operations, { __index = function(_, name) return require("tasklist.api.newer").operations[name] end })

-- A cursor is of use only if it can be sent exactly as it came. A null in it has left a hole, and the server's spelling
-- of a fraction is not known any more.
local function is_cursor(value)
  if type(value) ~= "table" then
    return false
  end
  local count = 0
  for _, part in pairs(value) do
    if type(part) ~= "string" and math.type(part) ~= "integer" then
      return false
    end
    count = count + 1
  end
  return count > 0 and count == #value
end

local mark_of_cursor = 'sortValues"' -- within a string the quote would have a backslash before it
local longest_cursor = 4096 -- bytes, with what surrounds it; a longer one is only read when the page is decoded

local function cursor_in(bytes, size)
  local count, rest = bytes:seek(mark_of_cursor, longest_cursor)
  local found = count >= size and rest:match "^[ \t\r\n]*:[ \t\r\n]*(%b[])"
  local value = found and json.decode(found)
  return is_cursor(value) and value or nil
end

return {
  --- The cursor of the next page, read out of an answer's text before it is decoded: see `Search:cursor_in`.
  cursor_in = cursor_in,
  --- Whether a value can be sent as a cursor.
  is_cursor = is_cursor,
  --- How many tasks a page has when the query does not say.
  page_size = 50,
  --- How many tasks a walk asks for at a time when the query does not say.
  walk_size = 200,
  operations = operations,
  --- Takes the path of an operation apart, also of one of v2.
  apart = apart,
}
