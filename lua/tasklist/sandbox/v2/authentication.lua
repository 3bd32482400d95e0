--- What v2 says of its caller. It knows users only: a token of a client is refused here, however good it is.
local answers = require "tasklist.sandbox.answers"
local json = require "tasklist.sandbox.json"

local shown = json.shape{ "username", "displayName", "email", "authorizedComponents", "tenants", "groups", "roles",
  "salesPlanType", "c8Links", "canLogout" }

local function array(list)
  return json.array(table.move(list or {}, 1, #(list or {}), 1, {}))
end

local function me(_, call)
  local caller, tenants = call.caller, json.array{}
  if not caller.user then return { status = 401 } end
  for i, id in ipairs(caller.tenants or {}) do tenants[i] = { tenantId = id, name = id } end
  return answers.ok(shown{ username = caller.user, displayName = caller.user, authorizedComponents = json.array{ "*" },
    tenants = tenants, groups = array(caller.groups), roles = json.array{}, salesPlanType = "", c8Links = {},
    canLogout = true })
end

--- The endpoints, as endpoints.lua has them.
return {
  { "GET", "^/authentication/(me)$", me, needs = "reads" },
}
