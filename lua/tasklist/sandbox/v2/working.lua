--- Runs what v2's endpoints do with one task.
local answers = require "tasklist.sandbox.answers"
local keyed = require "tasklist.sandbox.v2.keyed"
local work = require "tasklist.sandbox.work"

--- Makes an endpoint that writes to a task, or only looks at it.
-- @param operation as for work.run
-- @param show function(task, parts, call) -> response, once it is done
-- @return function(parts, call) -> response, as endpoints.lua wants it
return function(operation, show)
  return keyed("userTaskKey", function(parts, call)
    local task, why = work.run("v2", operation, parts, call.caller, call.id, call.body)
    return task and show(task, parts, call) or answers.problem(call.request, why.status, why.title, why.message)
  end)
end
