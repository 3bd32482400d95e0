--- Tasklist's REST API v1 (Camunda 8.6) as data: where each operation lives, what its body takes.
--
-- A shape says what a value is: `{ type = "string" }`, "boolean", "number", `{ type = "integer", least =,
-- most = }`, `{ type = "enum", values = {…} }`, `{ type = "array", of = shape }`, `{ type = "object",
-- fields = { name = shape } }`. Keys are strings in this API; a Lua integer does as well.

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
  return { type = "object", fields = fields }
end

local texts = array(text)
local date_range = object { from = text, to = text }

local task_search = object {
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
  taskVariables = array(object { name = text, value = text, operator = enum("eq") }),
  tenantIds = texts,
  sort = array(object {
    field = enum("completionTime", "creationTime", "followUpDate", "dueDate", "priority"),
    order = enum("ASC", "DESC"),
  }),
  searchAfter = texts,
  searchAfterOrEqual = texts,
  searchBefore = texts,
  searchBeforeOrEqual = texts,
  includeVariables = array(object { name = text, alwaysReturnFullValue = truth }),
  implementation = enum("JOB_WORKER", "ZEEBE_USER_TASK"),
  -- The published document calls the bounds objects; the server takes numbers.
  priority = object { eq = number, gte = number, gt = number, lte = number, lt = number },
}

return {
  --- The fields of a search of which the server takes only one at a time.
  cursors = { "searchAfter", "searchAfterOrEqual", "searchBefore", "searchBeforeOrEqual" },
  --- How many tasks a page has when the query does not say.
  page_size = 50,
  operations = {
    search_tasks = { method = "POST", path = "/v1/tasks/search", body = task_search, read = true,
      answer = "array" },
  },
}
