local diagnosis = require "tasklist.cli.doctor.diagnosis"
local sorted = require "tasklist.cli.output.sorted"
local tasklist = require "tasklist"

local function line(...)
  io.stdout:write(("%-10s%s"):format(...), "\n")
end

local function show_settings(settings)
  for _, name in ipairs(sorted.keys(settings)) do
    local setting = settings[name]
    local value = type(setting.value) == "table" and tasklist.encode(setting.value) or tostring(setting.value)
    io.stdout:write(("  %-24s %s  (%s)\n"):format(name, value, setting.source))
  end
end

local NO_TASKS = "no tasks: there are none, or who signs in may see none (its permissions, groups and tenants)"

-- Each says in words what is fine; or gives nil and an error object. The first that fails is the last.
local steps = {
  { name = "server", try = function(client)
    local server, failure = client:server()
    if not server then return nil, failure end
    return ("API %s of %s, at %s"):format(server.api, server.version or "an unknown version", server.address)
  end },
  { name = "sign-in", try = function(client)
    local who, failure = client:whoami()
    if not who and failure.code ~= "unsupported" then return nil, failure end
    return who and (who.username or who.client_id) or "the server does not tell as whom"
  end },
  { name = "search", try = function(client)
    local tasks, failure = client:search_tasks { pageSize = 1 }
    return tasks and (tasks[1] and "there are tasks" or NO_TASKS), failure
  end },
}

local function tell_of(program, name, failure, settings)
  local cause, remedy, at_sign_in = diagnosis(failure, settings)
  line(at_sign_in and "sign-in" or name, "failed")
  io.stdout:write("  cause:  ", cause, "\n  remedy: ", remedy, "\n")
  io.stdout:flush()
  program:fail(failure)
end

local function try_steps(program, client, settings)
  for _, step in ipairs(steps) do
    local told, failure = step.try(client)
    if not told then
      return tell_of(program, step.name, failure, settings)
    end
    line(step.name, "ok, " .. told)
  end
end

return {
  description = "Looks at the settings and where they come from, finds the server, signs in and searches once. At the "
    .. "first thing that is wrong it says the cause and the remedy. It changes nothing.",
  run = function(program)
    local version = tasklist.version()
    line("versions", ("ok, tasklist %s, libcurl %s, %s"):format(version.tasklist, version.libcurl, version.lua))
    local fine, client = pcall(program.client, program)
    if not fine then
      if type(client) == "string" then error(client, 0) end
      return tell_of(program, "settings", client)
    end
    local settings = client:settings()
    line("settings", "ok")
    show_settings(settings)
    try_steps(program, client, settings)
  end,
}
