--- What is written to tasks by v2, and what is known of a task after that.

local json = require "tasklist.json"
local records = require "tasklist.api.translation.records"

local writes = {}

local fields = { assignee = "assignee", allowOverrideAssignment = "allowOverride" } -- v1's name -> v2's

local names_users = { basic = true, cookie = true } -- ways of signing in by which a client is a user

--- An assignment as a client means it: one that signs in as a user and names nobody takes the task for itself. v1 knows
-- who that is, while v2 wants the name.
function writes.for_oneself(exchange, payload)
  local values = exchange.connection.values
  local assignee = payload and payload.assignee
  if not names_users[values.auth] or assignee ~= nil and assignee ~= json.null and assignee ~= "" then
    return payload
  end
  return { assignee = values.username, allowOverrideAssignment = payload and payload.allowOverrideAssignment }
end

--- The body of an assignment. What is not given is not sent.
function writes.assignment(payload, _, options)
  local body = { action = options and options.action }
  for name, value in pairs(payload or {}) do
    if value ~= json.null then
      body[fields[name]] = records.text(value)
    end
  end
  return body
end

--- The body of a completion.
function writes.completion(payload, _, options)
  return { variables = payload, action = options and options.action }
end

-- What the write has settled.
local function settled(task, assignee, state)
  local known = records.known(task)
  known.assignee, known.taskState = assignee, state
  return known
end

--- A task that was assigned.
function writes.assigned(_, payload, task)
  return settled(task, writes.assignment(payload).assignee, "CREATED")
end

--- A task that was taken from its assignee.
function writes.unassigned(_, _, task)
  return settled(task, nil, "CREATED")
end

--- A task that was completed.
function writes.completed(_, _, task)
  return settled(task, type(task) == "table" and task.assignee or nil, "COMPLETED")
end

return writes
