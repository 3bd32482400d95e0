--- The options that choose tasks, and the query that they make.

local numbers = require "tasklist.cli.numbers"
local tasklist = require "tasklist"
local values = require "tasklist.cli.values"

local filters = {}

local STATES = { CREATED = true, COMPLETED = true, CANCELED = true, FAILED = true, ALL = true }

local function state_of(word)
  local state = word:upper()
  if STATES[state] then return state end
  return nil, ("must be created, completed, canceled, failed or all, and is '%s'"):format(word)
end

local UNITS = { s = 1, m = 60, h = 3600, d = 86400, w = 604800 }

local function seconds_of(word)
  local number, unit = word:match "^(%d+)(%a)$"
  if UNITS[unit] and #number < 7 then return tonumber(number) * UNITS[unit] end
  return nil, ("must be up to six digits and s, m, h, d or w, such as 3d, and is '%s'"):format(word)
end

local SORTS = { due = "dueDate", ["follow-up"] = "followUpDate", creation = "creationTime",
  completion = "completionTime", priority = "priority" }
local ORDERS = { [""] = "ASC", [":asc"] = "ASC", [":desc"] = "DESC" }

local function sort_of(word)
  local name, order = word:match "^([^:]+)(.*)$"
  if SORTS[name] and ORDERS[order] then return { { field = SORTS[name], order = ORDERS[order] } } end
  return nil, ("must be due, follow-up, creation, completion or priority, or one with :desc, and is '%s'"):format(word)
end

local function as_text(value)
  return tasklist.raw(require("tasklist.cli.output.sorted").encode(value))
end

-- A query takes scalars, or JSON text: the server compares texts.
local function variables_of(words)
  local found, problem = values.parse(words)
  if not found then error({ usage = problem }, 0) end
  for name, value in pairs(found) do
    if type(value) == "table" then found[name] = as_text(value) end
  end
  return next(found) and found or nil
end

--- The options: the parser's properties, the `field` of the query that an option sets, and `as` where the field's value
-- is made of what was written.
filters.options = {
  { name = "--group", argname = "GROUP", field = "candidateGroup", description = "of this candidate group" },
  { name = "--assignee", argname = "USER", field = "assignee", description = "of this user" },
  { name = "--unassigned", flag = true, field = "assigned", as = function() return false end,
    description = "that nobody has" },
  { name = "--state", argname = "STATE", default = "created", convert = state_of, field = "state",
    as = function(state) return state ~= "ALL" and state or nil end,
    description = "created (by default), completed, canceled or failed; all: any of them but canceled" },
  { name = "--overdue", flag = true, field = "dueDate", as = function() return { to = os.time() } end,
    description = "whose due date is past" },
  { name = "--older", argname = "AGE", convert = seconds_of,
    description = "created longer ago than this, such as 90s, 30m, 12h, 3d or 2w; the oldest first" },
  { name = "--var", argname = "NAME=JSON", count = "*", field = "taskVariables", as = variables_of,
    description = "whose variable has this value; several times: all of them. " .. values.description },
  { name = "--tenant", argname = "TENANT", field = "tenantIds", as = function(tenant) return { tenant } end,
    description = "of this tenant" },
  { name = "--sort", argname = "ORDER", convert = sort_of, field = "sort",
    description = "due, follow-up, creation, completion or priority, the lowest first; due:desc: the highest first" },
  { name = "--limit", argname = "N", convert = numbers.whole(1), description = "this many tasks at most" },
}

--- The options with others after them.
-- @tparam table more
-- @treturn table
function filters.with(more)
  return table.move(more, 1, #more, #filters.options + 1, { table.unpack(filters.options) })
end

--- The options but some, with others after them.
-- @tparam table names of those that are left out: name -> true
-- @tparam table more
-- @treturn table
function filters.without(names, more)
  local options = {}
  for _, option in ipairs(filters.with(more)) do
    if not names[option.name] then options[#options + 1] = option end
  end
  return options
end

filters.mutex = { { "--assignee", "--unassigned" } }

--- @tparam table given the command line
-- @treturn table for `client:tasks`; all that was asked for but `--older` and `--limit`
function filters.query(given)
  local query = {}
  for _, option in ipairs(filters.options) do
    local value = given[option.name:sub(3)]
    if option.field and value ~= nil then
      if option.as then value = option.as(value) end
      query[option.field] = value
    end
  end
  return query
end

--- Whether a task is as old as `--older` says: no query of API v1 can ask for that.
-- @tparam table given the command line
-- @tparam table task
-- @treturn boolean true without `--older`
function filters.old_enough(given, task)
  return not given.older or tasklist.time(task.creationDate) <= os.time() - given.older
end

--- What a query has besides for the tasks to come in the order in which they were created.
filters.oldest_first = { sort = sort_of "creation" }

--- Walks over the tasks that match.
-- @param client
-- @tparam table given the command line
-- @tparam ?table more fields of the query
-- @return as `client:tasks`
function filters.tasks(client, given, more)
  local query = filters.query(given)
  for name, value in pairs(more or {}) do query[name] = value end
  if not given.older then return client:tasks(query, { limit = given.limit }) end
  -- From the oldest on, the walk may end at the first that is too young.
  query.sort = query.sort or filters.oldest_first.sort
  local by_age = query.sort[1].field == "creationTime" and query.sort[1].order == "ASC"
  local each, _, _, closing = client:tasks(query)
  local left = given.limit or math.huge
  local function next_task()
    if left == 0 then return nil end
    for task, after in each do
      if filters.old_enough(given, task) then
        left = left - 1
        return task, after
      elseif by_age then
        return nil
      end
    end
  end
  return next_task, nil, nil, closing
end

return filters
