local columns = require "tasklist.cli.output.columns"
local ids = require "tasklist.cli.ids"

return {
  description = "Shows tasks by their ids.",
  arguments = { ids.argument },
  run = function(program, given)
    local output = program:output(columns.tasks)
    for id in ids.each(given.ID) do
      local task, failure = program:client():get_task(id)
      if task then
        output:add(task)
      else
        program:fail(failure, id)
      end
    end
    output:close()
  end,
}
