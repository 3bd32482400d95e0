-- Completes a task with the variables given:
--   lua5.4 examples/complete.lua TASK [NAME=VALUE…]
-- A VALUE is JSON where it can be, and text otherwise: approved=true amount=12.5 'lines=[1,2]' note=fine
-- The environment names the cluster (see README.md).
local tasklist = require "tasklist"

local id = arg[1]
if not id then
  io.stderr:write "usage: lua5.4 examples/complete.lua TASK [NAME=VALUE…]\n"
  return os.exit(2)
end

local variables = {}
for i = 2, #arg do
  local name, text = arg[i]:match("^([^=]+)=(.*)$")
  if not (name and text) then
    io.stderr:write(("%s: NAME=VALUE expected\n"):format(arg[i]))
    return os.exit(2)
  end
  local value, problem = tasklist.decode(text, { keep_null = true })
  if problem then
    value = text
  end
  variables[name] = value
end

local client <close> = assert(tasklist.new())
local task = assert(client:complete_task(id, variables, { verify = true }))
print(task.id, task.name, task.taskState)
