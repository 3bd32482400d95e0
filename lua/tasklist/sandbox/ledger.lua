--- What was executed: every write of the API that took effect, so that a test can count what was done, and not only
-- what was asked for.
local cqueues = require "cqueues"
local dates = require "tasklist.sandbox.dates"
local json = require "tasklist.sandbox.json"

local entry_shape = json.shape{ "operation", "task", "caller", "assignee", "variables", "at" }
local variable_shape = json.shape{ "name", "value" }

local Ledger = {}
Ledger.__index = Ledger

--- Notes a write that took effect.
-- @param operation "assign", "unassign", "complete", "save_drafts", "update" or "set_variables"
-- @param task string: its id
-- @param caller as in callers.lua
-- @param details table: assignee (string) and variables (array of { name, value }), where the write has them
function Ledger:note(operation, task, caller, details)
  local list = details.variables and json.array{}
  for i, one in ipairs(details.variables or {}) do
    list[i] = variable_shape{ name = one.name, value = one.value }
  end
  local entry = entry_shape{ operation = operation, task = task, caller = caller.name,
    assignee = details.assignee, variables = list, at = cqueues.monotime() }
  self.entries[#self.entries + 1] = entry
  self.actors[entry] = caller.user and "USER" or caller.name and "CLIENT" or "ANONYMOUS"
end

--- The entries of a task as its audit log has them, oldest first.
-- @param task string: its id
-- @return array of { key, operation, caller, actor ("USER", "CLIENT" or "ANONYMOUS"), time (milliseconds since 1970) }
function Ledger:audit(task)
  local found = {}
  for key, entry in ipairs(self.entries) do
    if entry.task == task then
      found[#found + 1] = { key = key, operation = entry.operation, caller = entry.caller, actor = self.actors[entry],
        time = self.began + math.floor(entry.at * 1000) }
    end
  end
  return found
end

--- The entries, oldest first.
-- @return array of { operation, task, caller, assignee, variables, at }; `at` is monotonic, in seconds
function Ledger:list()
  return json.array(table.move(self.entries, 1, #self.entries, 1, {}))
end

--- Counts entries.
-- @param operation string, or nil for any
-- @param task string, or nil for any
-- @return integer
function Ledger:count(operation, task)
  local count = 0
  for _, entry in ipairs(self.entries) do
    if (not operation or entry.operation == operation) and (not task or entry.task == task) then count = count + 1 end
  end
  return count
end

--- Forgets all entries.
function Ledger:clear()
  self.entries = {}
end

local ledger = {}

--- Makes an empty ledger.
-- @return object with `note`, `audit`, `list`, `count`, `clear`
function ledger.new()
  return setmetatable({ entries = {}, actors = setmetatable({}, { __mode = "k" }),
    began = dates.now() - math.floor(cqueues.monotime() * 1000) }, Ledger)
end

return ledger
