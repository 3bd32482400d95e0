--- A task's variables, read from v2: what the task sees, which is one variable of each name.

local core = require "tasklist.core"
local errors = require "tasklist.errors"
local json = require "tasklist.json"
local records = require "tasklist.api.translation.records"
local v1 = require "tasklist.api.v1"

local variables = {}

local page_size = 1000
local at_once = 8 -- requests

-- An answer cuts a long value off, unless it is asked not to.
local function unless_cut(value, record)
  return not record.isTruncated and value or nil
end

local function is_true(value)
  return value == true
end

local rows = {
  { "id", "variableKey" },
  { "previewValue", "value" },
  { "value", "value", make = unless_cut },
  { "isValueTruncated", "isTruncated", make = is_true },
}

local rows_of_one = { { "id", "variableKey" } } -- its value is whole

--- A variable that was read by itself.
-- @tparam table value as it was decoded; it is changed
-- @treturn table the same
function variables.from(value)
  return records.fill(rows_of_one, value)
end

local function operation(path)
  return v1.apart { method = "POST", path = "/v2/user-tasks/{id}/" .. path, read = true, answer = "page", site = "v2" }
end

-- Of one name the server has chosen the innermost scope's. These pages are asked for by how many come before.
local effective = {
  cut = operation "effective-variables/search",
  whole = operation "effective-variables/search?truncateValues=false",
  first = { from = 0, limit = page_size },
}

local most = 10000 -- that the server shows in pages of this kind

function effective.after(page)
  local from = page.from + page_size
  if from + page_size <= most then
    return { from = from, limit = page_size }
  end
  return nil, { kind = "limit", message = ("the task has %d variables or more, and the server shows no others: name "
    .. "those that are wanted"):format(most) }
end

function effective.choose(list)
  return list
end

-- Older servers of 8.8 give the variables of all scopes. These pages are asked for by cursor.
local scopes = {
  cut = operation "variables/search",
  whole = operation "variables/search?truncateValues=false",
  first = { limit = page_size },
}

function scopes.after(page, answer)
  local found = type(answer.page) == "table" and answer.page.endCursor
  if type(found) ~= "string" or found == page.after then
    return nil, { kind = "decode", message = "a full page of variables has no endCursor, or that of the page before, "
      .. "so that the next page cannot be asked for" }
  end
  return { limit = page_size, after = found }
end

-- Whether a key is greater than another one. The keys of inner scopes are, because they came later.
local function is_greater(one, other)
  one, other = tostring(one or ""), tostring(other or "")
  if #one ~= #other then
    return #one > #other
  end
  return core.before(other, one)
end

function scopes.choose(list)
  local chosen, places = {}, {}
  for _, variable in ipairs(list) do
    local name = variable.name or variable -- what has no name is no variable, and whoever decodes its value says so
    local place = places[name] or #chosen + 1
    if not chosen[place] or is_greater(variable.scopeKey, chosen[place].scopeKey) then
      places[name], chosen[place] = place, variable
    end
  end
  return chosen
end

local function request(way, id, wanted, page)
  local body = { sort = core.array { { field = "name", order = "ASC" } }, page = page }
  body.filter = wanted.names and { name = { ["$in"] = core.array(wanted.names) } }
  return { wanted.whole and way.whole or way.cut, id, body }
end

-- All that a task has, from the first answer on.
local function to_the_end(exchange, way, id, wanted, answer)
  local found, page = {}, way.first
  while true do
    table.move(answer.items, 1, #answer.items, #found + 1, found)
    if #answer.items < page_size then
      return found
    end
    local problem
    page, problem = way.after(page, answer)
    if not page then
      return nil, errors.new(problem)
    end
    answer, problem = exchange:call(table.unpack(request(way, id, wanted, page), 1, 3))
    if not answer then
      return nil, problem
    end
  end
end

local function first_answers(exchange, way, ids, wanted)
  local requests = {}
  for index, id in ipairs(ids) do
    requests[index] = request(way, id, wanted, way.first)
  end
  return exchange:many(requests, at_once)
end

local function is_missing(failure)
  return type(failure) == "table" and failure.code == "no_endpoint"
end

-- The variables of each of these tasks in v1's form; or nil and a failure.
local function lists(exchange, ids, wanted)
  local way = exchange.known.only_scopes and scopes or effective
  local answers, failure = first_answers(exchange, way, ids, wanted)
  if not answers and way == effective and is_missing(failure) then
    exchange.known.only_scopes = true
    return lists(exchange, ids, wanted)
  elseif not answers then
    return nil, failure
  end
  for index, answer in ipairs(answers) do
    local list
    list, failure = to_the_end(exchange, way, ids[index], wanted, answer)
    if not list then
      return nil, failure
    end
    answers[index] = way.choose(list)
    for _, variable in ipairs(answers[index]) do
      records.fill(rows, variable)
    end
  end
  return answers
end

local function of_one(exchange, id, wanted)
  local found, failure = lists(exchange, { id }, wanted)
  return found and found[1], failure
end

local function elements(list)
  return list ~= nil and list ~= json.null and json.given(list) or {}
end

-- Which variables v1's fields ask for; `names` is nil for all.
local function wanted_of(payload)
  local names, whole = {}, false
  for _, name in ipairs(elements(payload.variableNames)) do
    names[#names + 1] = name ~= json.null and records.text(name) or nil
  end
  for _, one in ipairs(elements(payload.includeVariables)) do
    if one ~= json.null then
      names[#names + 1] = records.text(one.name)
      whole = whole or one.alwaysReturnFullValue == true
    end
  end
  return { names = names[1] and names, whole = whole }
end

--- Searches the variables of a task.
-- @treturn table an array in v1's form
function variables.search(exchange, payload, id)
  return of_one(exchange, id, wanted_of(payload or {}))
end

--- Reads the variables of a task in full.
-- @treturn table an array in v1's form
function variables.whole(exchange, names, id)
  return of_one(exchange, id, { names = names and names[1] and names, whole = true })
end

local function found_in_search(list)
  local found = {}
  for index, variable in ipairs(list) do
    found[index] = { id = variable.id, name = variable.name, value = variable.value,
      previewValue = variable.previewValue, isValueTruncated = variable.isValueTruncated }
  end
  return found
end

--- Puts into each task of a page the variables that the search asked for.
-- @tparam table exchange
-- @tparam table tasks in v1's form
-- @tparam ?table payload of the search
-- @treturn table the tasks; or nil and a failure
function variables.include(exchange, tasks, payload)
  local wanted = wanted_of { includeVariables = payload and payload.includeVariables }
  if not wanted.names then
    return tasks
  end
  local ids, asked = {}, {}
  for _, task in ipairs(tasks) do
    if type(task.id) == "string" then -- else it is no task as documented
      ids[#ids + 1], asked[#asked + 1] = task.id, task
    end
  end
  local found, failure = lists(exchange, ids, wanted)
  if not found then
    return nil, failure
  end
  for index, task in ipairs(asked) do
    task.variables = found_in_search(found[index])
  end
  return tasks
end

return variables
