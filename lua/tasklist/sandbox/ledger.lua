--- What was executed: every write of the API that took effect, so that a test can count what was done, and not only
-- what was asked for.
local cqueues = require "cqueues"
local json = require "tasklist.sandbox.json"

local entry_shape = json.shape{ "operation", "task", "caller", "assignee", "variables", "at" }
local variable_shape = json.shape{ "name", "value" }

local Ledger = {}
Ledger.__index = Ledger

--- Notes a write that took effect.
-- @param operation "assign", "unassign", "complete", "save_drafts" or "update"
-- @param task string: its id
-- @param caller string, or nil for nobody in particular
-- @param details table: assignee (string) and variables (array of { name, value }), where the write has them
function Ledger:note(operation, task, caller, details)
  local list = details.variables and json.array{}
  for i, one in ipairs(details.variables or {}) do
    list[i] = variable_shape{ name = one.name, value = one.value }
  end
  self.entries[#self.entries + 1] = entry_shape{ operation = operation, task = task, caller = caller,
    assignee = details.assignee, variables = list, at = cqueues.monotime() }
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
-- @return object with `note`, `list`, `count`, `clear`
function ledger.new()
  return setmetatable({ entries = {} }, Ledger)
end

return ledger
