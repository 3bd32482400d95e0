-- A program that uses all there is of the module, and looks at its process before and after. Its arguments: what the
-- program has done before, as Lua code; an array of options, one for each server, likewise; the file for its report. It
-- writes nothing else.
local manner, servers, report = ...
assert(load(manner))()
local noticed = require "spec.support.noticed"

local function failure_of(kind, given, failure)
  assert(given == nil and failure.kind == kind, kind .. " expected: " .. tostring(failure))
end

-- False takes an option away.
local function with(options, changes)
  local all = { env = false, timeout = 10 }
  for _, some in ipairs { options, changes } do
    for name, value in pairs(some) do all[name] = value or nil end
  end
  return all
end

-- Signs in, searches, walks, watches, claims, completes, and meets refusals.
local function work(tasklist, options)
  local client <close> = assert(tasklist.new(with(options, {})))
  local found = assert(client:search_tasks { state = "CREATED" })
  assert(#found == 6, #found)
  assert(client:server().api)
  for task in client:tasks { pageSize = 2 } do
    if task.id == found[2].id then break end
  end
  local seen = 0
  for _, again in client:watch({}, { interval = 0.001 }) do
    again()
    seen = seen + 1
    if seen > #found then break end
  end
  for task in client:claim({ pageSize = 3 }, "jane", { limit = 1 }) do
    local saved, failure = client:save_draft_variables(task.id, { b = tasklist.null, c = tasklist.array {} })
    assert(saved or failure.code == "unsupported", tostring(failure))
    assert(client:variables(task.id, nil, { drafts = true }).a == 1 / 2)
    assert(client:complete_task(task.id, { approved = true }))
    failure_of("http", client:complete_task(task.id))
  end
  assert(client:map(found, function(task) return client:get_task(task.id) end).n == #found)
  assert(not pcall(client.map, client, found, function() error "on purpose" end))
  assert(client:each(client:tasks { pageSize = 2 }, function() return nil, "none" end, { stop = true }) > 0)
  assert(not pcall(client.search_tasks, client, { nothing = 1 }))
  failure_of("http", client:get_task "404")
  failure_of("timeout", client:get_task("504", { timeout = 0.05 }))
  assert(client:request("GET", "/nowhere") == 404)
  assert(client:whoami() and client:settings().timeout)
  local walk = client:tasks { pageSize = 1 }
  assert(walk()) -- and the next page is under way when the client is closed
end

-- Connections that break wherever they can. A write to one that is over must not raise SIGPIPE.
local function break_connections(tasklist, options)
  local client <close> = assert(tasklist.new(with(options, { retries = 0 })))
  for _ = 1, 4 do failure_of("network", client:get_task "503") end
  failure_of("network", client:complete_task("503", { long = ("x"):rep(4000000) }))
end

-- Servers that are not there, certificates that nobody trusts, secrets that are wrong, settings that are missing.
local function fail(tasklist, options)
  local function try(kind, changes)
    local client <close> = assert(tasklist.new(with(options, changes)))
    failure_of(kind, client:search_tasks())
  end
  local none = "http://localhost:1"
  try("network", { authorization_server_url = none, retries = 0 })
  if options.ca_file then try("network", { ca_file = false, retries = 0 }) end
  try("auth", { client_secret = "wrong" })
  assert(not pcall(tasklist.new, { nothing = true }))
  failure_of("config", tasklist.new { env = false })
  failure_of("config", tasklist.new(with(options, { ca_file = "nowhere.pem" })))
end

local before = noticed.look()
do
  local tasklist = require "tasklist"
  for _, options in ipairs(assert(load("return " .. servers))()) do
    work(tasklist, options)
    break_connections(tasklist, options)
    fail(tasklist, options)
    tasklist.new(with(options, {})):search_tasks() -- and nobody closes it
  end
end
collectgarbage() -- finalizers
collectgarbage()
noticed.wait_for_threads(before)
local differences = noticed.differences(before, noticed.look())
local file <close> = assert(io.open(report, "w"))
for _, line in ipairs(differences) do file:write(line, "\n") end
file:write "fine\n"
