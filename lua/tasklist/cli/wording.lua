--- The module's messages in the words of the program. The module speaks of its options and functions to who writes Lua;
-- somebody at a terminal has variables, and the program's options.

local variables = require "tasklist.cli.variables"

local wording = {}

--- Parts of messages, and what stands in their place.
wording.phrases = {
  { "update_task: this server has the API v1, which changes no dates, candidates or priorities of a task; servers with "
    .. "v2 (8.8 and newer) do", "this server's API v1 is too old to change dates, groups or the priority of a task; "
    .. "Camunda 8.8 and newer do that, and older ones where CAMUNDA_REST_ADDRESS is set" },
  { "; what comes nearest is set_variables: variables of the task's own scope, which its process sees at once",
    " any more; `complete` takes the variables" },
  { "; begin without a cursor", "; begin without --after" },
  { "; read such variables by client:variables", "" },
  { '; without, search with implementation = "JOB_WORKER"', "" },
  { "check tenant_id, and the tenantIds of the query: the client must be of these tenants",
    "check CAMUNDA_TENANT_ID and --tenant: who signs in must be of these tenants" },
  { 'and auth is "none"', "and nobody signs in" },
  { 'with auth = "cookie" (CAMUNDA_AUTH_STRATEGY=COOKIE)', "with CAMUNDA_AUTH_STRATEGY=COOKIE" },
}

-- The same as patterns: how settings are called, of which an option's name says nothing behind the variable; and where
-- a cursor stood.
local patterns = {
  { "query%.search%a+: ", "" },
  { ' %(option "[%l_]+"%)', "" },
  { 'option "([%l_]+)"', variables },
  { "%f[%w_][%l_]+ %((%u+_[%u_]+)%)", "%1" },
  { "%f[%w_]client_[%l_]+", variables },
}

--- @tparam string text of the module
-- @treturn string
function wording.of(text)
  for _, phrase in ipairs(wording.phrases) do
    text = text:gsub(phrase[1]:gsub("%p", "%%%0"), phrase[2])
  end
  for _, rule in ipairs(patterns) do text = text:gsub(rule[1], rule[2]) end
  return text
end

return wording
