-- What `tasklist list --limit 50 -o tsv` does, as a script that somebody writes by hand.
local tasklist = require "tasklist"

local client <close> = assert(tasklist.new())
for task in client:tasks({ state = "CREATED" }, { limit = 50 }) do
  print(task.id, task.name, task.assignee or "", task.dueDate or "", task.creationDate)
end
