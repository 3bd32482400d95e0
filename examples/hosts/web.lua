--- What the web servers in this folder answer, whichever loop they have:
--   GET /tasks    POST /tasks/ID/claim    POST /tasks/ID/complete    GET /health
local tasklist = require "tasklist"

local web = {}

local function list(client)
  local tasks, failure = client:search_tasks { state = "CREATED", pageSize = 100 }
  if not tasks then
    return nil, failure
  end
  local lines = {}
  for i, task in ipairs(tasks) do
    lines[i] = ("%s %s\n"):format(task.id, task.name or "-")
  end
  return table.concat(lines)
end

local function line_of(task, failure)
  return task and ("%s %s\n"):format(task.id, task.taskState), failure
end

local actions = {}

function actions.claim(client, id, worker)
  return line_of(client:assign_task(id, { assignee = worker, allowOverrideAssignment = false }))
end

function actions.complete(client, id, worker)
  return line_of(client:complete_task(id, { completedBy = worker }, { verify = true }))
end

-- What a request asks of a client, and the task's id.
local function route(method, path)
  if method == "GET" then
    return path == "/tasks" and list
  end
  local id, action = path:match "^/tasks/(%d+)/(%l+)$"
  return method == "POST" and actions[action], id
end

--- Makes a function that answers requests by a client, which it makes at the first of them: many a server forks after
-- it has loaded its scripts.
-- @tparam table settings of the client
-- @tparam string worker who claims
-- @treturn function gets a method, a path, and the header `Origin` or nil; gives a status and a text
-- @treturn function closes the client: what waits for it is answered with an error
function web.new(settings, worker)
  local client
  local function answer(method, path, origin)
    if method == "POST" and origin then -- browsers send it with each POST of a page, and no page is served here
      return 403, "a web page must not act for the user\n"
    end
    if path == "/health" then
      return 200, "fine\n"
    end
    local ask, id = route(method, path)
    if not ask then
      return 404, "not found\n"
    end
    local text, failure
    if not client then
      client, failure = tasklist.new(settings)
    end
    if client then
      text, failure = ask(client, id, worker)
    end
    return text and 200 or 502, text or tostring(failure) .. "\n"
  end
  return answer, function()
    if client then
      client:close()
    end
  end
end

return web
