--- What the server has in the specs of verbs.
local cases = {}

cases.long = '"' .. ("x"):rep(9000) .. '"' -- more than the 8191 characters that a search shows

cases.tasks = {
  { id = "1", name = "Pay", assignee = "demo", dueDate = "2024-03-08T12:00:00Z", processInstanceKey = "77",
    processDefinitionKey = "9", formId = "pay", formKey = "12", isFormEmbedded = false,
    candidateGroups = { "treasury" },
    variables = { { name = "amount", value = "9007199254740993" }, { name = "report", value = cases.long } } },
  { id = "2" },
  { id = "3", taskState = "COMPLETED" },
  { id = "4", taskState = "FAILED", assignee = "demo" },
  { id = "5", implementation = "ZEEBE_USER_TASK", assignee = "demo" },
}

cases.forms = { { id = "pay", version = 1, schema = '{"a":1}', key = "11" }, { id = "pay", version = 2, key = "12" },
  { id = "userTask: 1", processDefinitionKey = "9" } }

return cases
