--- The fields of each kind of result: those that table, tsv and csv write unless `--columns` names others, and those
-- that it may name.

local slips = require "tasklist.cli.slips"
local sorted = require "tasklist.cli.output.sorted"

local columns = {}

local function set(names)
  local found = {}
  for name in names:gmatch "%S+" do found[name] = true end
  return found
end

-- The fields of tasks, as doc/records.md has them. The client reads an empty list of an answer as a plain empty table:
-- which of them are lists, this says.
local LISTS = set "candidateGroups candidateUsers sortValues tags variables"
local OTHERS = set [[
  id name taskDefinitionId processName processDefinitionKey processInstanceKey taskState assignee creationDate
  completionDate dueDate followUpDate priority implementation tenantId formKey formId formVersion isFormEmbedded
  context isFirst outcome userTaskKey elementId state elementInstanceKey processDefinitionId processDefinitionVersion
  externalFormReference customHeaders rootProcessInstanceKey businessId]]

--- Columns of tasks, whose empty lists are written as lists.
-- @tparam table names of fields
-- @treturn table the same, for `program:output`
function columns.of_tasks(names)
  names.lists, names.others = LISTS, OTHERS
  return names
end

columns.tasks = columns.of_tasks { "id", "name", "assignee", "dueDate", "creationDate" }

--- Of tasks that a command has changed.
columns.changed = columns.of_tasks { "id", "name", "assignee", "taskState" }

--- Of an export: all that tells one task from another.
columns.exported = columns.of_tasks { "id", "name", "taskDefinitionId", "processName", "processInstanceKey",
  "taskState", "assignee", "candidateGroups", "candidateUsers", "creationDate", "completionDate", "dueDate",
  "followUpDate", "priority", "tenantId" }

columns.variables = { "name", "value" }

columns.form = { "id", "title", "version", "schema",
  others = set "processDefinitionKey tenantId isDeleted formKey formId" }

--- @tparam table of one of the above
-- @treturn table true by the name of each field that may be a column
function columns.known(of)
  local known = {}
  for _, name in ipairs(of) do known[name] = true end
  for _, more in ipairs { of.lists or {}, of.others or {} } do
    for name in pairs(more) do known[name] = true end
  end
  return known
end

--- Raises, as a usage error, for a field that cannot be a column.
-- @tparam table of one of the above
-- @tparam ?table chosen the names that `--columns` has
function columns.check(of, chosen)
  local known = chosen and columns.known(of)
  for _, name in ipairs(chosen or {}) do
    if not known[name] then
      local meant = slips(name, known)
      local all = meant == "" and "; it takes " .. table.concat(sorted.keys(known), ", ") or ""
      error({ usage = ("--columns: unknown field '%s'%s%s"):format(name, meant, all) }, 0)
    end
  end
end

return columns
