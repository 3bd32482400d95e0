-- A page of lighttpd (mod_magnet): lists the open tasks of a group, and claims and completes them for the user who is
-- logged in.
local tasklist = require "tasklist"

local group = "accounting"
local settings = {
  env_file = "/etc/lighttpd/camunda.env", -- as Camunda Console hands it out
  timeout = 5, -- seconds: nobody else is served by this worker while it waits for Camunda
}

local r, escape = lighty.r, lighty.c.xmlenc
local user = r.req_env["REMOTE_USER"]

-- What a script keeps in its own globals is gone when it ends; _G stays. lighttpd forks its workers before any script
-- runs, so that each makes a client of its own here, at its first request.
local function connect()
  if not _G.client then
    local client, err = tasklist.new(settings)
    if not client then
      return nil, err
    end
    _G.client = client
  end
  return _G.client
end

local function respond(status, body)
  r.resp_header["Content-Type"] = "text/html; charset=utf-8"
  r.resp_header["Cache-Control"] = "no-store"
  r.resp_body.set { "<!DOCTYPE html>\n<title>Tasks</title>\n", body }
  return status
end

local function fail(status, problem)
  return respond(status, ("<p>%s\n<p><a href='/tasks'>back</a>\n"):format(escape(tostring(problem))))
end

local function row(task)
  local action = task.assignee and "complete" or "claim"
  return ('<tr><td>%s<td><form method="post"><button name="%s" value="%s">%s</button></form>\n')
    :format(escape(task.name or task.id), action, escape(task.id), action)
end

-- What is nobody's, and what is the user's.
local function list(client)
  local tasks, err = client:search_tasks { state = "CREATED", candidateGroup = group, pageSize = 100 }
  if not tasks then
    return fail(502, err)
  end
  local rows = {}
  for _, task in ipairs(tasks) do
    if task.assignee == nil or task.assignee == user then
      rows[#rows + 1] = row(task)
    end
  end
  return respond(200, "<table>\n" .. table.concat(rows) .. "</table>\n")
end

local actions = {}

function actions.claim(client, id)
  return client:assign_task(id, { assignee = user, allowOverrideAssignment = false })
end

function actions.complete(client, id)
  local task, err = client:get_task(id)
  if task and task.assignee ~= user then
    return nil, "this task is not yours"
  end
  return task and client:complete_task(task, { completedBy = user }), err
end

-- Does what a button's name says with the task that is its value.
local function act(client)
  local origin = r.req_header["Origin"] or ""
  if origin:match "^https?://(.*)$" ~= r.req_attr["uri.authority"] then
    return fail(403, "the form comes from elsewhere") -- a page of somebody else must not act for the user
  end
  -- lighttpd 1.4.69 gives the request's headers before the body when both came at once.
  local form = r.req_body.get:sub(-math.max(r.req_body.len, 1))
  local name, id = next(lighty.c.urldec_query(form))
  local action = actions[name]
  if not action then
    return fail(400, "no such action")
  end
  local task, err = action(client, id)
  if not task then
    return fail(409, err)
  end
  r.resp_header["Location"] = "/tasks"
  return 303
end

local client, problem = connect()
if not client then
  return fail(500, problem)
elseif r.req_attr["request.method"] ~= "POST" then
  return list(client)
elseif r.req_body.collect then
  return act(client)
end -- else lighttpd waits for the rest of the form, and runs this once more
