--- Variables as Tasklist stores and shows them: JSON text, cut to a preview when it is long.
local json = require "tasklist.sandbox.json"

local variables = {}

local function by_name(a, b)
  return a.name < b.name
end

local PREVIEW = 8191
local CONTEXT = "taskContextDisplayName"

local search_item = json.shape{ "id", "name", "value", "isValueTruncated", "previewValue" }
local task_item = json.shape{ "id", "name", "value", "isValueTruncated", "previewValue", "draft" }
local draft_item = json.shape{ "value", "isValueTruncated", "previewValue" }
local whole_item = json.shape{ "id", "name", "value", "draft", "tenantId" }
local whole_draft = json.shape{ "value" }

-- The first `limit` UTF-16 units of a UTF-8 text, and whether anything was cut off. Half a surrogate pair cannot be
-- written in UTF-8, so a pair that would be split is left out.
local function cut(text, limit)
  if #text <= limit then return text, false end
  local units = 0
  for at, code in utf8.codes(text) do
    units = units + (code > 0xFFFF and 2 or 1)
    if units > limit then return text:sub(1, at - 1), true end
  end
  return text, false
end

--- Makes a stored variable.
-- @param scope string: what its id starts with (the process instance's key, or the task's id in a snapshot)
-- @param name string
-- @param value string, JSON text
-- @return table: id, scope, name, value, preview, truncated
function variables.new(scope, name, value)
  local preview, truncated = cut(value, PREVIEW)
  return { id = scope .. "-" .. name, scope = scope, name = name, value = value, preview = preview,
    truncated = truncated }
end

--- Puts variables that are kept by name in order.
-- @param by_names table: name -> variable
-- @return array, sorted by name
function variables.sorted(by_names)
  local list = {}
  for _, variable in pairs(by_names) do list[#list + 1] = variable end
  table.sort(list, by_name)
  return list
end

--- Lays lists of variables over each other: of the same name the later one wins, in the earlier one's place.
-- @param ... arrays of { name, value }
-- @return array of { name, value }
function variables.merge(...)
  local merged, places = {}, {}
  for _, list in ipairs{ ... } do
    for _, variable in ipairs(list) do
      local place = places[variable.name] or #merged + 1
      places[variable.name], merged[place] = place, variable
    end
  end
  return merged
end

--- Gives a completed task its own variables.
-- @param task a task of the store
-- @param list array of { name, value }
function variables.take_snapshot(task, list)
  task.variables = {}
  for i, variable in ipairs(list) do
    task.variables[i] = variables.new(task.id, variable.name, variable.value)
  end
end

--- Replaces a task's drafts. One that is like the value it would stand over is not kept.
-- @param task a task of the store
-- @param list array of { name, value }
function variables.save_drafts(task, list)
  local present, drafts = {}, {}
  for _, variable in ipairs(task.variables) do present[variable.name] = variable end
  for _, given in ipairs(variables.merge(list)) do
    local under = present[given.name]
    if not under or under.value ~= given.value then
      local draft = variables.new(task.id, given.name, given.value)
      draft.id = under and under.id or draft.id
      drafts[given.name] = draft
    end
  end
  task.drafts = drafts
end

--- Whether a search can see a task's variables: those of active tasks, and the snapshots of completed ones.
-- @param task a task of the store
-- @return boolean
function variables.visible(task)
  return task.taskState == "CREATED" or task.taskState == "COMPLETED"
end

-- The variables that a search looks up, as a list: those asked for, and the one that gives the context.
local function look_up(task, include)
  local found = {}
  for _, variable in ipairs(task.variables) do
    if include[variable.name] or variable.name == CONTEXT then found[#found + 1] = variable end
  end
  return found
end

local function context_of(variable)
  local text = variable.value:gsub('"', "")
  if text == "" or text == "null" then return nil end
  return text
end

-- The fields that show a stored variable, or a draft; all empty for none.
local function show(variable, full)
  if not variable then return { isValueTruncated = false } end
  return { value = (full or not variable.truncated) and variable.value or nil, isValueTruncated = variable.truncated,
    previewValue = variable.preview }
end

--- What a search for a task's variables gives: those of an active task with its drafts, the snapshot of a completed
-- one, sorted by name.
-- @param task a task of the store
-- @param wanted table: name -> { alwaysReturnFullValue }; or nil for all
-- @return array
function variables.of_task(task, wanted)
  local rows, items = {}, json.array{}
  if not variables.visible(task) then return items end
  for _, variable in ipairs(task.variables) do rows[variable.name] = { variable = variable } end
  for name, draft in pairs(task.drafts) do
    rows[name] = rows[name] or {}
    rows[name].draft = draft
  end
  for name, row in pairs(rows) do
    local how = not wanted and {} or wanted[name]
    if how then
      local item = show(row.variable, how.alwaysReturnFullValue)
      item.id, item.name = (row.variable or row.draft).id, name
      item.draft = row.draft and draft_item(show(row.draft, how.alwaysReturnFullValue))
      items[#items + 1] = task_item(item)
    end
  end
  table.sort(items, by_name)
  return items
end

--- What is shown of a single variable: all of it.
-- @param variable as stored, or nil where there is a draft only
-- @param draft as stored, or nil
-- @param task the task that has it
-- @return table
function variables.whole(variable, draft, task)
  local one = variable or draft
  return whole_item{ id = one.id, name = one.name, value = variable and variable.value,
    draft = draft and whole_draft{ value = draft.value }, tenantId = task.tenantId }
end

--- What an item of a search shows of its task's variables.
-- @param task a task of the store
-- @param include table: name -> the element of `includeVariables` that asks for it
-- @return array for the field `variables` (nil for null), the text for `context` (or nil), and whether the server
--   breaks over it: a context that is too long, and not asked for in full
function variables.of_search_item(task, include)
  if not variables.visible(task) then return nil, nil, false end
  local items, context, breaks = json.array{}, nil, false
  local found = look_up(task, include)
  for _, variable in ipairs(found) do
    if variable.name == CONTEXT then
      context = context_of(variable)
      local how = include[CONTEXT]
      breaks = variable.truncated and not (how and how.alwaysReturnFullValue)
    else
      local full = not variable.truncated or include[variable.name].alwaysReturnFullValue
      items[#items + 1] = search_item{ id = variable.id, name = variable.name, value = full and variable.value or nil,
        isValueTruncated = variable.truncated, previewValue = variable.preview }
    end
  end
  if task.taskState == "CREATED" then
    table.sort(items, by_name)
  elseif #found == 0 then
    items = nil
  end
  return items, context, breaks
end

return variables
