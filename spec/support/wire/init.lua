--- The API that the specs of calls run against: how it writes what they look at. TASKLIST_SERVER names a version of
-- Camunda, whose newer API they have then; without it they have v1 of 8.6.
local samples = require "tasklist.sandbox.samples"
local sandbox = require "spec.support.sandbox"

local version = os.getenv "TASKLIST_SERVER"

--- Of the API: `api`, its name; `address`, the option by which it is found; `root`, `search` and `task` (of task 1),
-- which are paths; `implementation`, of tasks that it shows; `has_drafts`; `writes_answer`, whether the answer to a
-- write says anything; and the rest as v1.lua says.
local wire = require("spec.support.wire." .. (version and "v2" or "v1"))

--- Tasks as the API shows them.
-- @param list as in tasklist.sandbox.tasks
-- @return a copy, in which each is of a kind that it shows
function wire.tasks(list)
  local copies = {}
  for place, task in ipairs(list) do
    local copy = { implementation = wire.implementation }
    for name, value in pairs(task) do
      copy[name] = name == "implementation" and version and wire.implementation or value
    end
    copies[place] = copy
  end
  return copies
end

--- Starts a sandbox.
-- @param options of it; without `tasks` it has the sample tasks
-- @return as from spec.support.sandbox, and `addresses`
function wire.start(options)
  local all = { version = version }
  for name, value in pairs(options or {}) do all[name] = value end
  all.tasks = wire.tasks(all.tasks or samples)
  local server = sandbox.start(all)
  server.addresses = { wire.address }
  return server
end

return wire
