-- Claims a task, if there is one, and completes it. A call blocks, as it may in a thread of its own.
local settings = ...
local tasklist = require "tasklist"

local client <close> = assert(tasklist.new(settings))
for task, failure in client:claim({ state = "CREATED" }, "robot", { limit = 1 }) do
  assert(task, failure)
  assert(client:complete_task(task.id, { done = true }))
  print(task.id, task.name)
end
