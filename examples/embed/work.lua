-- Claims a task, if there is one, and completes it. A call blocks, as it may in a thread of its own.
local settings, host = ...
local tasklist = require "tasklist"

local client <close> = assert(tasklist.new(settings))
for task, failure in client:claim({ state = "CREATED" }, host.name, { limit = 1 }) do
  assert(task, failure)
  assert(client:complete_task(task.id, { done = true }))
  host.say(task.id .. "\t" .. task.name)
end
