--- The endpoints of v2 that write: claiming, releasing, completing and changing a task.
local answers = require "tasklist.sandbox.answers"
local closed = require "tasklist.sandbox.v2.closed"
local values = require "tasklist.sandbox.v2.values"
local working = require "tasklist.sandbox.v2.working"

local ASSIGNMENT = closed.object{ assignee = closed.text, allowOverride = closed.boolean, action = closed.text }
local texts = closed.list(closed.text)
local UPDATE = closed.object{ action = closed.text, changeset = closed.open{ dueDate = closed.text,
  followUpDate = closed.text, candidateUsers = texts, candidateGroups = texts, priority = closed.int } }

local COMPLETION = closed.object{ variables = values, action = closed.text }

local function write(operation)
  return working(operation, answers.done)
end

-- Without variables none are sent, and none are lost.
local function complete(parts, call)
  call.body.variables = call.body.variables or {}
  return write "complete"(parts, call)
end

local function unassign(parts, call)
  if call.request.body ~= "" then
    return answers.problem(call.request, 415, "Unsupported Media Type", "This request takes no body.")
  end
  return write "unassign"(parts, call)
end

--- The endpoints, as endpoints.lua has them.
return {
  { "POST", "^/user%-tasks/([^/]+)/assignment$", write "assign", body = ASSIGNMENT, required = true },
  { "DELETE", "^/user%-tasks/([^/]+)/assignee$", unassign },
  { "POST", "^/user%-tasks/([^/]+)/completion$", complete, body = COMPLETION },
  { "PATCH", "^/user%-tasks/([^/]+)$", write "update", body = UPDATE },
}
