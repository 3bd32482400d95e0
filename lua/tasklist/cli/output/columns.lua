--- The fields of each kind of result that table, tsv and csv write unless `--columns` names others.

local columns = {}

-- The client reads an empty list of an answer as a plain empty table: which fields are lists, this says.
local LISTS = { candidateGroups = true, candidateUsers = true, sortValues = true, tags = true, variables = true }

--- Columns of tasks, whose empty lists are written as lists.
-- @tparam table names of fields
-- @treturn table the same, for `program:output`
function columns.of_tasks(names)
  names.lists = LISTS
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

columns.form = { "id", "title", "version", "schema" }

return columns
