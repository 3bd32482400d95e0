--- Who calls, and what he may do. A caller is a table:
--   name    string for the ledger, or nil for nobody in particular
--   user    the same name where he is a user, who acts for himself; nil for a client, which acts for others
--   role    "OWNER", "OPERATOR" or "READER"
--   groups  array of strings for a user who only sees the tasks that are meant for him, or nil
--   unresolved  true for a client where the server only knows users
--   tenants array of strings where there are several tenants, or nil
local callers = {}

local WRITERS = { OWNER = true, OPERATOR = true }

local function contains(list, wanted)
  for _, one in ipairs(list or {}) do
    if one == wanted then return true end
  end
  return false
end

--- Whether a caller has the permission to write.
function callers.may_write(caller)
  return WRITERS[caller.role] == true
end

--- Whether a task belongs to a tenant of the caller's: the others do not exist for him.
function callers.knows(caller, task)
  return not caller.tenants or contains(caller.tenants, task.tenantId)
end

--- Whether a task is meant for the caller: it is his, he or one of his groups is a candidate, or it has none.
function callers.permitted(caller, task)
  if not caller.groups or task.assignee == caller.user then return true end
  if not task.candidateGroups and not task.candidateUsers then return true end
  if contains(task.candidateUsers, caller.user) then return true end
  for _, group in ipairs(caller.groups) do
    if contains(task.candidateGroups, group) then return true end
  end
  return false
end

--- Whether a search shows a task to the caller.
function callers.sees(caller, task)
  return callers.knows(caller, task) and callers.permitted(caller, task)
end

return callers
