local columns = require "tasklist.cli.output.columns"
local filters = require "tasklist.cli.filters"

return {
  description = "Shows the tasks that match, the newest first.",
  options = filters.options,
  mutex = filters.mutex,
  run = function(program, given)
    local output = program:output(columns.tasks)
    for task in filters.tasks(program:client(), given) do
      output:add(task)
    end
    output:close()
  end,
}
