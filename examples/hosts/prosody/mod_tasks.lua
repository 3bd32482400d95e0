-- A module of Prosody: ad-hoc commands by which the users of a host claim and complete the tasks of a group. While
-- Prosody waits for Camunda it serves everybody else; only what the same connection sends next has to wait.

module:depends "adhoc"
local adhoc = module:require "adhoc"
local dataforms = require "util.dataforms"
local jid = require "util.jid"
local new_command = require("util.adhoc").new_initial_data_form
local tasklist = require "tasklist"

local group = module:get_option_string("tasks_group")
local settings = {
  loop = require "tasklist.loop.prosody",
  env_file = module:get_option_string("tasks_env_file"),
  timeout = 10,
}

-- Prosody loads modules first and forks then, when it runs in the background (`prosody -D`). So the client is made at
-- its first use.
local connected
local function client()
  connected = connected or assert(tasklist.new(settings))
  return connected
end

function module.unload()
  if connected then
    connected:close() -- who waits for it gets an error
  end
end

-- Adds a command that offers tasks, and does something with the one that is chosen. Users of other servers don't see
-- it.
local function provide(node, name, query_of, act)
  local form = dataforms.new {
    title = name,
    { name = "task", type = "list-single", label = "Task", required = true },
  }

  local function offer(data)
    local tasks, err = client():search_tasks(query_of(jid.node(data.from)))
    if not tasks then
      return nil, tostring(err)
    end
    local options = {}
    for i, task in ipairs(tasks) do
      options[i] = { value = task.id, label = task.name or task.id }
    end
    return { task = options }
  end

  local function answer(fields, wrong, data)
    if wrong then
      return { status = "completed", error = { message = wrong.task or "Choose a task" } }
    end
    local task, err = act(fields.task, jid.node(data.from))
    if not task then
      return { status = "completed", error = { message = tostring(err) } }
    end
    return { status = "completed", info = ("%s: %s"):format(name, task.name or task.id) }
  end

  module:provides("adhoc", adhoc.new(name, node, new_command(form, offer, answer), "local_user"))
end

provide("tasks#claim", "Claim a task", function()
  return { state = "CREATED", candidateGroup = group, assigned = false, pageSize = 50 }
end, function(id, user)
  return client():assign_task(id, { assignee = user, allowOverrideAssignment = false })
end)

provide("tasks#complete", "Complete a task", function(user)
  return { state = "CREATED", candidateGroup = group, assignee = user, pageSize = 50 }
end, function(id, user)
  local task, err = client():get_task(id)
  if task and task.assignee ~= user then
    return nil, "this task is not yours"
  end
  return task and client():complete_task(task, { completedBy = user }), err
end)
