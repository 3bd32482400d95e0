local filters = require "tasklist.cli.filters"

return {
  description = "Shows the tasks that match, the newest first.",
  options = filters.options,
  mutex = filters.mutex,
  run = function(program, given)
    local output = program:output { "id", "name", "assignee", "creationDate" }
    for task in filters.tasks(program:client(), given) do
      output:add(task)
    end
    output:close()
  end,
}
