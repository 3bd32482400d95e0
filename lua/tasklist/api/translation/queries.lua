--- A query in v1's words, as the body of a search of v2.

local core = require "tasklist.core"
local json = require "tasklist.json"
local records = require "tasklist.api.translation.records"
local v1 = require "tasklist.api.v1"

local queries = {}

local text, texts, instant = records.text, records.texts, records.instant

local plain = {} -- in place of an operator: the field takes a value only

local function same(value)
  return value
end

local function int32(value)
  local integer = math.tointeger(value)
  if integer and integer >= -2147483648 and integer <= 2147483647 then
    return integer
  end
  return nil, "query.priority: this server takes whole numbers of 32 bits only"
end

local function variable_values(filters)
  local found = {}
  for _, filter in ipairs(require("tasklist.variables").filters(filters)) do
    found[#found + 1] = { name = text(filter.name), value = { ["$eq"] = filter.text } }
  end
  return found[1] and core.array(found) or nil
end

-- v1's field -> v2's field, its operator (or `plain`; or, for a table, the operator of each of its fields), and what
-- makes the one's value of the other's. Operators of one field stand in one table, and all of them must hold. Fields
-- that are not here are the page's, the order's, or have a reason in `refused`.
local filters = {
  state = { "state", "$eq", same },
  assigned = { "assignee", "$exists", same },
  assignee = { "assignee", "$eq", text },
  assignees = { "assignee", "$in", texts },
  candidateGroup = { "candidateGroup", "$eq", text },
  candidateGroups = { "candidateGroup", "$in", texts },
  candidateUser = { "candidateUser", "$eq", text },
  candidateUsers = { "candidateUser", "$in", texts },
  taskDefinitionId = { "elementId", plain, text },
  processDefinitionKey = { "processDefinitionKey", plain, text },
  processInstanceKey = { "processInstanceKey", plain, text },
  tenantIds = { "tenantId", "$in", texts },
  followUpDate = { "followUpDate", { from = "$gte", to = "$lte" }, instant },
  dueDate = { "dueDate", { from = "$gte", to = "$lte" }, instant },
  priority = { "priority", { eq = "$eq", gt = "$gt", gte = "$gte", lt = "$lt", lte = "$lte" }, int32 },
  taskVariables = { "processInstanceVariables", plain, variable_values },
}

local sort_fields = {
  completionTime = "completionDate", creationTime = "creationDate", followUpDate = "followUpDate", dueDate = "dueDate",
  priority = "priority",
}

local function foreign_cursor(value, name)
  return type(value) ~= "string" and ("query.%s: a cursor that is an array comes from the API v1, and this server has "
    .. "the newer one (v2): cursors of the one do not serve the other; begin without a cursor"):format(name)
end

local function inclusive(_, name)
  return ("query.%s: this server (API v2) has no page that begins with its cursor; use %s"):format(name,
    (name:gsub("OrEqual$", "")))
end

-- What no server with v2 can do: v1's field -> a function that gives why, or nothing where the value can be had.
local refused = {
  searchAfter = foreign_cursor,
  searchBefore = foreign_cursor,
  searchAfterOrEqual = inclusive,
  searchBeforeOrEqual = inclusive,
  implementation = function(value)
    return value == "JOB_WORKER" and 'query.implementation: this server (API v2) does not show the tasks of job '
      .. 'workers; a client with api = "v1" finds them, where the server has that API'
  end,
}

local function put(filter, field, operator, value)
  if operator == plain then
    filter[field] = value
    return
  end
  local conditions = filter[field] or {}
  filter[field] = conditions
  conditions[operator] = value
  if operator == "$in" and #value == 0 then -- v1 finds nothing then, and v2 would leave the condition out
    conditions["$in"], conditions["$neq"] = core.array { "" }, ""
  end
end

-- Adds the conditions of one field of v1's. Gives why there are none, where v2 has none like it.
local function add(filter, row, value)
  local field, operator, make = row[1], row[2], row[3]
  if operator == plain or type(operator) == "string" then
    put(filter, field, operator, (make(value)))
    return
  end
  for name, of_part in pairs(operator) do
    local part = value[name]
    if part ~= nil and part ~= json.null then
      local made, problem = make(part)
      if problem then
        return problem
      end
      put(filter, field, of_part, made)
    end
  end
end

local function filter_of(payload)
  local filter = {}
  for name, value in pairs(payload) do
    if value ~= json.null then
      local problem = refused[name] and refused[name](value, name)
        or filters[name] and add(filter, filters[name], value)
      if problem then
        return nil, problem
      end
    end
  end
  filter.state = filter.state or { ["$neq"] = "CANCELED" } -- v1 shows these only to who asks for them
  for name, value in pairs(payload.filter ~= json.null and payload.filter or {}) do
    if value ~= json.null then
      filter[name] = value
    end
  end
  return filter
end

local ends = { COMPLETED = true, CANCELED = true }

-- v2's own order, where none is given, is by key.
local function order_of(payload)
  local given = json.given(payload.sort)
  if given == nil or given == json.null then
    return core.array { { field = ends[payload.state] and "completionDate" or "creationDate", order = "DESC" } }
  end
  local sort = {}
  for _, part in ipairs(given) do
    if part ~= json.null then
      sort[#sort + 1] = { field = sort_fields[part.field], order = part.order }
    end
  end
  return core.array(sort)
end

local function cursor(value)
  return value ~= json.null and value or nil
end

--- The body of a search.
-- @tparam ?table payload as v1's shapes take it
-- @treturn table for `core.encode_value`; or nil and why v2 cannot do it
function queries.to(payload)
  payload = payload or {}
  local filter, problem = filter_of(payload)
  if not filter then
    return nil, problem
  end
  return {
    filter = filter,
    sort = order_of(payload),
    page = {
      limit = math.tointeger(payload.pageSize) or v1.page_size, -- a pageSize of null counts as none
      after = cursor(payload.searchAfter),
      before = cursor(payload.searchBefore),
    },
  }
end

return queries
