--- Variables as Tasklist stores and shows them: JSON text, cut to a preview when it is long.
local json = require "tasklist.sandbox.json"

local variables = {}

local PREVIEW = 8191
local CONTEXT = "taskContextDisplayName"

local search_item = json.shape{ "id", "name", "value", "isValueTruncated", "previewValue" }

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
-- @return table: id, name, value, preview, truncated
function variables.new(scope, name, value)
  local preview, truncated = cut(value, PREVIEW)
  return { id = scope .. "-" .. name, name = name, value = value, preview = preview, truncated = truncated }
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

local function by_name(a, b)
  return a.name < b.name
end

--- What an item of a search shows of its task's variables.
-- @param task a task of the store
-- @param include table: name -> the element of `includeVariables` that asks for it
-- @return array for the field `variables` (nil for null), and the text for `context` (or nil)
function variables.of_search_item(task, include)
  if not variables.visible(task) then return nil, nil end
  local items, context = json.array{}, nil
  local found = look_up(task, include)
  for _, variable in ipairs(found) do
    if variable.name == CONTEXT then
      context = context_of(variable)
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
  return items, context
end

return variables
