--- The query that a walk lives from: which fields it may have, and the copies of it.

local core = require "tasklist.core"
local json = require "tasklist.json"
local message = require "tasklist.api.message"
local v1 = require "tasklist.api.v1"

local walk_query = {}

local function copy_of(value)
  if type(value) ~= "table" then
    return json.given(value)
  end
  local copy = {}
  for key, item in pairs(value) do
    copy[key] = copy_of(item)
  end
  return copy
end

-- The server takes a field that is null for absent, and so do the checks and cursors that follow.
local function without_nulls(query)
  for name, value in pairs(query) do
    if value == json.null then
      query[name] = nil
    end
  end
  return query
end

local forwards = " walks forwards only; search_tasks gives the page before a cursor"
local whole = "watch looks at all that matches; tasks and search_tasks begin at a cursor"
local free = "claim takes what is open and has no assignee"

-- The fields that a walk has for itself, and why.
local own_fields = {
  tasks = { searchBefore = "tasks" .. forwards, searchBeforeOrEqual = "tasks" .. forwards },
  watch = { sort = "watch gives the oldest first", searchAfter = whole, searchAfterOrEqual = whole,
    searchBefore = whole, searchBeforeOrEqual = whole },
  claim = { assignee = free, assignees = free, searchBefore = "claim" .. forwards,
    searchBeforeOrEqual = "claim" .. forwards },
}

-- The fields that a walk sets. A user may give them with the same values, because a query that is right for `tasks`
-- has them.
local set_fields = {
  claim = { state = { "CREATED", free }, assigned = { false, free } },
}

local function problem_of_own(query, verb)
  for name, why in pairs(own_fields[verb]) do
    if query[name] ~= nil then
      return ("query.%s: cannot be set here: %s"):format(name, why)
    end
  end
  for name, row in pairs(set_fields[verb] or {}) do
    if query[name] ~= nil and query[name] ~= row[1] then
      return ("query.%s: cannot be %s here: %s"):format(name, core.encode_value(query[name]), row[2])
    end
  end
end

local function set_own(query, verb)
  for name, row in pairs(set_fields[verb] or {}) do
    query[name] = row[1]
  end
  return query
end

--- What a walk needs of a user's query.
-- @param query what the user gave; it is checked and copied
-- @tparam string verb "tasks", "watch" or "claim"
-- @treturn function gives a new copy of the user's; or nil and a problem
function walk_query.read(query, verb)
  query = query == nil and {} or query
  local _, problem = message.of_operation(v1.operations.search_tasks, nil, query) -- for every server
  if problem then
    return nil, problem
  end
  local own = without_nulls(copy_of(query)) -- a table that is in itself was refused above: copying comes to an end
  problem = problem_of_own(own, verb)
  if problem then
    return nil, problem
  end
  set_own(own, verb)
  return function() return copy_of(own) end
end

return walk_query
