local bulk = require "tasklist.cli.bulk"
local ids = require "tasklist.cli.ids"

return {
  description = "Takes tasks from their assignees.",
  arguments = { ids.argument },
  options = bulk.options,
  run = function(program, given)
    bulk.change(program, given.ID, "unclaimed", function(id)
      return program:client():unassign_task(id)
    end)
  end,
}
