local ids = require "tasklist.cli.ids"
local values = require "tasklist.cli.values"

return {
  description = "Keeps variables as drafts of a task, instead of all drafts it had. " .. values.description .. ".",
  arguments = {
    ids.single,
    { name = "variables", argname = "name=JSON", many = true, description = "a variable" },
  },
  run = function(program, given)
    local variables, problem = values.parse(given.variables)
    if not variables then error({ usage = problem }, 0) end
    local saved, failure = program:client():save_draft_variables(given.ID, variables)
    if not saved then program:fail(failure, given.ID) end
  end,
}
