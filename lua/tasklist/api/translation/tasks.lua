--- Tasks of v2 in v1's form.

local json = require "tasklist.json"
local records = require "tasklist.api.translation.records"

local tasks = {}

-- v1 has null where nobody is a candidate.
local function unless_empty(list)
  return type(list) == "table" and next(list) ~= nil and list or nil
end

local function of_linked_form(key)
  if key ~= nil then
    return false
  end
end

local rows = {
  { "id", "userTaskKey" },
  { "name", "name", "elementId" }, -- tasks made before 8.8 have no name
  { "taskDefinitionId", "elementId" },
  { "processName", "processName", "processDefinitionId" },
  { "taskState", "state" },
  { "candidateGroups", "candidateGroups", make = unless_empty },
  { "candidateUsers", "candidateUsers", make = unless_empty },
  { "isFormEmbedded", "formKey", make = of_linked_form },
  { "formKey", "externalFormReference", "formKey" },
  { "implementation", make = function() return "ZEEBE_USER_TASK" end },
}

--- A task.
-- @tparam table value as it was decoded; it is changed
-- @treturn table the same
function tasks.from(value)
  return records.fill(rows, value)
end

local function has(payload, name)
  return payload and payload[name] ~= nil and payload[name] ~= json.null
end

--- The page that a search gave. v1's scripts look for cursors in the first and in the last task, so they are put there.
-- @tparam table value `items` and `page`, as they were decoded; it is changed
-- @tparam ?table payload what was asked
-- @treturn table an array of tasks
-- @treturn table the answer's `page`
function tasks.page(value, payload)
  local items = value.items
  local page = type(value.page) == "table" and value.page or {}
  for i = 1, #items do
    tasks.from(items[i])
  end
  local first, last = items[1], items[#items]
  if first then
    first.isFirst = not has(payload, "searchAfter") and not has(payload, "searchBefore") or nil
    first.sortValues = page.startCursor
    last.sortValues = page.endCursor
  end
  return items, page
end

return tasks
