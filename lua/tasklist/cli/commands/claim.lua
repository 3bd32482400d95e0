local ids = require "tasklist.cli.ids"

return {
  description = "Assigns tasks to a user; with --steal also those that somebody else has.",
  arguments = { ids.argument },
  options = {
    { name = "--as", argname = "USER", count = 1, description = "who gets them" },
    { name = "--steal", flag = true, description = "take them from whoever has them" },
  },
  run = function(program, given)
    local client = program:client()
    for id in ids.each(given.ID) do
      local task, failure = client:assign_task(id, { assignee = given.as, allowOverrideAssignment = given.steal or false })
      if not task then program:fail(failure, id) end
    end
  end,
}
