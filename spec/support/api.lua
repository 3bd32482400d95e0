--- The sandbox's API without its HTTP server: for specs of its rules.
local api = require "tasklist.sandbox.api"
local forms = require "tasklist.sandbox.forms"
local json = require "tasklist.sandbox.json"
local ledger = require "tasklist.sandbox.ledger"
local tasks = require "tasklist.sandbox.tasks"
local versions = require "tasklist.sandbox.versions"

local support = {}

--- Callers of both kinds.
support.client = { name = "client", role = "OWNER" }
support.demo = { name = "demo", user = "demo", role = "OWNER" }

--- Makes an API.
-- @param list array of tasks
-- @param options table or nil: forms, version, v1, lag; gate in place of one that takes everybody for the request's
--   `caller`
-- @return function(method, path, body, changes) -> status, decoded body (or "" where there is none), response; a body
--   may be a table or JSON text; `changes` go into the request. And the API's parts.
function support.new(list, options)
  options = options or {}
  local parts = { store = tasks.new(list, options.lag), forms = forms.new(options.forms or {}), ledger = ledger.new(),
    facts = versions.of(options.version or "8.6", options.v1) }
  local gate = options.gate or { admit = function(_, request) return request.caller end }
  local made = api.new(gate, parts)
  return function(method, path, body, changes)
    local path_only, query = path:match("^([^?]*)%??(.*)$")
    local request = { method = method, path = path_only, query = query, caller = support.client,
      body = type(body) == "table" and json.encode(body) or body or "",
      headers = { ["content-type"] = "application/json" } }
    for name, value in pairs(changes or {}) do request[name] = value end
    local response = made:answer(request)
    local text = response.body or ""
    return response.status, text ~= "" and json.decode(text) or text, response
  end, parts
end

return support
