--- The side door for tests and demos: HTTP under /sandbox/, without authentication, neither logged nor spoilt.
-- doc/sandbox.md has the requests.
local encodings = require "tasklist.sandbox.encodings"
local instances = require "tasklist.sandbox.instances"
local json = require "tasklist.sandbox.json"

local function answer(status, value)
  return { status = status, headers = { ["Content-Type"] = "application/json" }, body = value and json.encode(value) }
end

-- Hands a body to a function that raises where it does not like it; gives what that returns.
local function with_body(request, use, is_array)
  local value, why = json.decode(encodings.decode(request.body) or "")
  if type(value) ~= "table" or value == json.null or json.is_array(value) ~= is_array then
    return answer(400, { error = why or ("a JSON %s is needed"):format(is_array and "array" or "object") })
  end
  local ok, result = pcall(use, value)
  if not ok then return answer(400, { error = result }) end
  return result and answer(200, result) or answer(204)
end

local function with_list(request, use) return with_body(request, use, true) end
local function with_object(request, use) return with_body(request, use, false) end

local ROUTES = {
  ["GET /sandbox/log"] = function(parts)
    return answer(200, parts.recorder:log())
  end,
  ["DELETE /sandbox/log"] = function(parts)
    parts.recorder:clear()
    return answer(204)
  end,
  ["GET /sandbox/stats"] = function(parts)
    return answer(200, { connections = parts.listener.accepted - parts.recorder.side_doors,
      open = parts.listener.open - 1, requests = parts.recorder.counts })
  end,
  ["POST /sandbox/faults"] = function(parts, request)
    return with_list(request, function(list) parts.faults:add(list) end)
  end,
  ["DELETE /sandbox/faults"] = function(parts)
    parts.faults:clear()
    return answer(204)
  end,
  ["POST /sandbox/tokens/revoke"] = function(parts)
    parts.issuer:revoke()
    return answer(204)
  end,
  ["POST /sandbox/instances"] = function(parts, request)
    return with_object(request, function(instance)
      local key, ids = instances.start(parts.store, parts.forms, instance)
      return { processInstanceKey = key, tasks = json.array(ids) }
    end)
  end,
  ["POST /sandbox/tasks/state"] = function(parts, request)
    return with_object(request, function(change) parts.store:set_state(change.id, change.taskState) end)
  end,
  ["POST /sandbox/variables"] = function(parts, request)
    return with_object(request, function(change) parts.store:set_variables(change.key, change.variables) end)
  end,
  ["POST /sandbox/forms"] = function(parts, request)
    return with_list(request, function(list) parts.forms:add(list) end)
  end,
  ["POST /sandbox/sessions/expire"] = function(parts)
    parts.sessions:expire()
    return answer(204)
  end,
  ["GET /sandbox/ledger"] = function(parts)
    return answer(200, parts.ledger:list())
  end,
  ["DELETE /sandbox/ledger"] = function(parts)
    parts.ledger:clear()
    return answer(204)
  end,
  ["POST /sandbox/tasks"] = function(parts, request)
    return with_list(request, function(list) parts.store:replace(list) end)
  end,
}

local control = {}

--- The routes by method and path. The manual is checked against them.
control.routes = ROUTES

--- Answers a request to the side door.
-- @param parts table: recorder, listener, faults, issuer, store, forms, sessions, ledger
-- @param request as the HTTP server hands it over
-- @return response
function control.answer(parts, request)
  local route = ROUTES[request.method .. " " .. request.path]
  if not route then return answer(404, { error = "no such control: " .. request.method .. " " .. request.path }) end
  return route(parts, request)
end

return control
