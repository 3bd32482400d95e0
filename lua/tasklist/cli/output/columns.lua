--- The fields of each kind of result that table, tsv and csv write unless `--columns` names others.

return {
  tasks = { "id", "name", "assignee", "dueDate", "creationDate" },
  variables = { "name", "value" },
  form = { "id", "title", "version", "schema" },
}
