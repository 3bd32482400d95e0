--- What only the newer API (v2) can do, as v1 has its operations: what the verb takes, so that misuse is told apart on
-- every server, and `newer`, why a server with v1 cannot do it. Loaded when such a verb is called.

local v1 = require "tasklist.api.v1"

local newer = {}

local text = { type = "string" }
local texts = { type = "array", of = text }
local date = { type = "date" }

local changes = { type = "object", needs = {}, exclusive = {}, fields = {
  dueDate = date, followUpDate = date, candidateUsers = texts, candidateGroups = texts,
  priority = { type = "integer", least = 0, most = 100 },
} }

--- The operations, by name. In `path` is what a message calls the verb's first argument.
newer.operations = {
  update_task = { path = "{task}",
    newer = "update_task: this server has the API v1, which changes no dates, candidates or priorities of a task; "
      .. "servers with v2 (8.8 and newer) do",
    payload = { name = "changes", shape = changes, as = "body", required = "a table such as { priority = 80 }" } },
  set_variables = { path = "{task}",
    newer = "set_variables: this server has the API v1, which sets no variables of an open task; save_draft_variables "
      .. "keeps some for it, and complete_task sends some to the process",
    payload = { name = "variables", shape = { type = "variables" }, as = "variables",
      required = "a table of names and values" } },
  audit_log = { path = "{task}",
    newer = "audit_log: this server has the API v1, which does not tell who changed a task; servers from 8.9 on do" },
  whoami = { path = "",
    newer = "whoami: this server has the API v1, which does not tell whom a token is for" },
}

for _, operation in pairs(newer.operations) do
  v1.apart(operation)
end

--- Why there is no option `action` with v1.
newer.action = "action: this server has the API v1, which tells task listeners of no action; servers with v2 (8.8 and "
  .. "newer) do"

return newer
