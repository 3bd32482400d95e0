local bulk = require "tasklist.cli.bulk"
local ids = require "tasklist.cli.ids"

return {
  description = "Assigns tasks to a user; with --steal also those that somebody else has.",
  arguments = { ids.argument },
  options = {
    { name = "--as", argname = "USER", count = 1, description = "who gets them" },
    { name = "--steal", flag = true, description = "take them from whoever has them" },
    table.unpack(bulk.options),
  },
  run = function(program, given)
    local assignment = { assignee = given.as, allowOverrideAssignment = given.steal or false }
    bulk.change(program, given.ID, "claimed", function(id)
      return program:client():assign_task(id, assignment)
    end)
  end,
}
