--- Task search: which tasks a query finds, in which order, and the page that a cursor points at.
local callers = require "tasklist.sandbox.callers"
local json = require "tasklist.sandbox.json"
local rows = require "tasklist.sandbox.rows"
local variables = require "tasklist.sandbox.variables"

local search = {}

local WINDOW = 10000
local CURSORS = {
  { name = "searchAfter" },
  { name = "searchAfterOrEqual", or_equal = true },
  { name = "searchBefore", backward = true },
  { name = "searchBeforeOrEqual", backward = true, or_equal = true },
}

-- Filters ----------------------------------------------------------------------------------------------------

local function contains(list, wanted)
  for _, one in ipairs(list or {}) do
    if one == wanted then return true end
  end
  return false
end

local function contains_any(list, wanted)
  for _, one in ipairs(wanted) do
    if contains(list, one) then return true end
  end
  return false
end

local function equals(field)
  return function(task, wanted) return task[field] == wanted end
end

local function within(time)
  return function(task, range)
    local at = task.times[time]
    return at ~= nil and at >= (range.from or at) and at <= (range.to or at)
  end
end

local function has_priority(task, wanted)
  local priority = task.stored_priority
  if not priority then return next(wanted) == nil end
  if wanted.eq then return priority == wanted.eq end
  return priority >= (wanted.gte or priority) and priority > (wanted.gt or -math.huge)
    and priority <= (wanted.lte or priority) and priority < (wanted.lt or math.huge)
end

-- Only the stored preview is compared, as text: a longer value never matches in full.
local function has_variables(task, wanted)
  if #wanted == 0 then return true end
  if not variables.visible(task) then return false end
  local values = {}
  for _, variable in ipairs(task.variables) do values[variable.name] = variable.preview end
  for _, one in ipairs(wanted) do
    if not one.value or values[one.name] ~= one.value then return false end
  end
  return true
end

-- `own`: a filter that only the first query of a search applies, not the second one that looks up a cursor's own task
-- or the first task of the list.
local FILTERS = {
  { name = "state", test = equals("taskState") },
  { name = "assigned", test = function(task, wanted) return (task.assignee ~= nil) == wanted end },
  { name = "assignee", test = equals("assignee") },
  { name = "assignees", test = function(task, wanted) return contains(wanted, task.assignee) end },
  { name = "taskDefinitionId", test = equals("taskDefinitionId") },
  { name = "candidateGroup", test = function(task, wanted) return contains(task.candidateGroups, wanted) end },
  { name = "candidateGroups", test = function(task, wanted) return contains_any(task.candidateGroups, wanted) end },
  { name = "candidateUser", test = function(task, wanted) return contains(task.candidateUsers, wanted) end,
    own = true },
  { name = "candidateUsers", test = function(task, wanted) return contains_any(task.candidateUsers, wanted) end },
  { name = "processDefinitionKey", test = equals("processDefinitionKey"), own = true },
  { name = "processInstanceKey", test = equals("processInstanceKey"), own = true },
  { name = "followUpDate", test = within("followUpDate"), own = true },
  { name = "dueDate", test = within("dueDate"), own = true },
  { name = "implementation", test = equals("implementation") },
  { name = "priority", test = has_priority },
  { name = "taskVariables", test = has_variables },
}

local function not_canceled(task)
  return task.taskState ~= "CANCELED"
end

-- Gives one function that says whether a query takes the task of a row that the caller sees.
local function filter_of(query, caller, second)
  local active = {}
  if caller then active[1] = { test = function(task) return callers.sees(caller, task) end } end
  if caller and caller.tenants and query.tenantIds then
    active[2] = { test = function(task) return contains(query.tenantIds, task.tenantId) end }
  end
  if not query.state then active[#active + 1] = { test = not_canceled } end
  for _, filter in ipairs(FILTERS) do
    local wanted = query[filter.name]
    if wanted ~= nil and not (second and filter.own) then
      active[#active + 1] = { test = filter.test, wanted = wanted }
    end
  end
  return function(row)
    for _, filter in ipairs(active) do
      if not filter.test(row.task, filter.wanted) then return false end
    end
    return true
  end
end

-- Order ------------------------------------------------------------------------------------------------------

-- Absent dates sort last in both directions: they count as the first day of 1900 or the last of 2099.
local MISSING = { ASC = 4102358400000, DESC = -2208988800000 }

local function sort_of(query)
  if query.sort then return query.sort end
  local ended = query.state == "COMPLETED" or query.state == "CANCELED"
  return { { field = ended and "completionTime" or "creationTime", order = "DESC" } }
end

local function sort_number(task, by)
  if by.field == "priority" then return task.priority end
  return task.times[by.field] or MISSING[by.order]
end

-- Cursors ----------------------------------------------------------------------------------------------------

-- Reads a cursor's texts as numbers; nil where one is no number or their count is not that of the sort values.
local function read_cursor(texts, sort)
  if #texts ~= #sort + 1 then return nil end
  local row = {}
  for i, text in ipairs(texts) do
    row[i] = text:find("^-?%d+%.?%d*$") and tonumber(text)
    if not row[i] then return nil end
  end
  return row
end

-- What the second query gives: its first row in default order, of the task with a given id where there is one.
local function second_query(store, query, caller, id)
  local accepts = filter_of(query, caller, true)
  local sorted, less = rows.of(store, sort_of{ state = query.state }, sort_number)
  return rows.after(sorted, less, nil, 1, function(row)
    return (not id or row.task.id == id) and accepts(row)
  end)[1]
end

-- Puts the cursor's own task at the cursor's end of a page; a full page loses its item at the other end.
local function add_equal(page, own, backward, size)
  if #page == size then table.remove(page, backward and 1 or #page) end
  table.insert(page, backward and #page + 1 or 1, own)
end

-- The page and whether its first row is the first of the whole list.
local function page_of(store, query, caller, cursor, row, sort)
  local sorted, less = rows.of(store, sort, sort_number)
  local accepts, size = filter_of(query, caller), query.pageSize
  if not cursor then return rows.after(sorted, less, nil, size, accepts), true end
  local page, is_first
  if cursor.backward then
    page, is_first = rows.before(sorted, less, row, size, accepts)
  else
    page = rows.after(sorted, less, row, size, accepts)
  end
  local own = cursor.or_equal and second_query(store, query, caller, query[cursor.name][2])
  if own then add_equal(page, own, cursor.backward, size) end
  if not cursor.backward and page[1] then
    is_first = page[1].task == second_query(store, query, caller).task
  end
  return page, is_first
end

-- Checks -----------------------------------------------------------------------------------------------------

local DISTINCT = {
  taskVariables = function(element) return element.name end,
  includeVariables = function(element) return element.name end,
  tenantIds = function(element) return element end,
}

local function repeats(list, name_of)
  local seen = {}
  for _, element in ipairs(list or {}) do
    local name = name_of(element) or false
    if seen[name] then return true end
    seen[name] = true
  end
  return false
end

-- What the server only notices when it runs the query, and then answers with a failure that says nothing.
local function breaks(query)
  for name, name_of in pairs(DISTINCT) do
    if repeats(query[name], name_of) then return true end
  end
  for _, by in ipairs(query.sort or {}) do
    if not by.field or not by.order then return true end
  end
  for _, bound in pairs(query.priority or {}) do
    if type(bound) ~= "number" then return true end
  end
  return false
end

local function find_cursor(query)
  local found, count = nil, 0
  for _, cursor in ipairs(CURSORS) do
    if query[cursor.name] then found, count = cursor, count + 1 end
  end
  return found, count
end

local function texts_of(row)
  local texts = json.array{}
  for i, number in ipairs(row) do
    local by = row.sort[i]
    local format = by and by.field == "priority" and "%.1f" or "%d"
    texts[i] = format:format(number)
  end
  return texts
end

--- Runs a search.
-- @param store the tasks
-- @param query a bound TaskSearchRequest, with pageSize
-- @param caller who asks (as in callers.lua), or nil for one who sees everything
-- @return array of { task, sort_values (array of texts), is_first (boolean) }; or nil, a status (400 or 500), and
--   for 400 a message
function search.run(store, query, caller)
  local cursor, count = find_cursor(query)
  if count > 1 then
    return nil, 400, "Only one of [searchAfter, searchAfterOrEqual, searchBefore, searchBeforeOrEqual] must be present "
      .. "in request."
  end
  if query.pageSize <= 0 then return nil, 400, "Page size should be a positive number" end
  local sort = sort_of(query)
  local asked = query.pageSize + (cursor and cursor.backward and 1 or 0)
  if asked > WINDOW or breaks(query) then return nil, 500 end
  local row = cursor and read_cursor(query[cursor.name], sort)
  if cursor and not (row and (row[2] or not cursor.or_equal)) then return nil, 500 end
  local page, is_first = page_of(store, query, caller, cursor, row, sort)
  local found = {}
  for i, one in ipairs(page) do
    found[i] = { task = one.task, sort_values = texts_of(one), is_first = i == 1 and is_first }
  end
  return found
end

return search
