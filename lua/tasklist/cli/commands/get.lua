local bulk = require "tasklist.cli.bulk"
local columns = require "tasklist.cli.output.columns"
local ids = require "tasklist.cli.ids"

return {
  description = "Shows tasks by their ids; with -j as they arrive.",
  arguments = { ids.argument },
  run = function(program, given)
    local client = program:client()
    bulk.read(program, given.ID, program:output(columns.tasks), function(id)
      return client:get_task(id)
    end)
  end,
}
