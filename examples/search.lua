-- Prints the open tasks of the cluster that the environment names (see README.md).
local tasklist = require "tasklist"

local client <close> = assert(tasklist.new())
local tasks = assert(client:search_tasks { state = "CREATED" })
for _, task in ipairs(tasks) do
  print(task.id, task.name, task.assignee or "-", task.creationDate)
end
