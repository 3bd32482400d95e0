--- The forms of the sample tasks, in the form that tasklist.sandbox.forms takes.

-- A form with text fields; names are the keys of the variables that they show.
local function schema(...)
  local components = {}
  for i, key in ipairs{ ... } do
    components[i] = ('{"type":"textfield","key":"%s","label":"%s"}'):format(key, key)
  end
  return ('{"components":[%s],"type":"default"}'):format(table.concat(components, ","))
end

return {
  { id = "userTaskForm_approve", processDefinitionKey = "2251799813685101",
    schema = schema("invoiceNumber", "amount", "approved") },
  { id = "clarify-invoice", key = "2251799813685110", version = 2, schema = schema("note"), isDeleted = true },
  { id = "clarify-invoice", key = "2251799813685111", version = 3, schema = schema("note", "amount") },
  { id = "pack-goods", key = "2251799813685112", version = 1, schema = schema("items", "express") },
  { id = "leave", key = "2251799813685113", version = 2, schema = schema("days", "reason") },
}
