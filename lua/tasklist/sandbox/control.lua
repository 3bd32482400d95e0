--- The side door for tests and demos: HTTP under /sandbox/, without authentication, neither logged nor spoilt.
--   GET    /sandbox/log            the requests seen, oldest first
--   DELETE /sandbox/log            forget them
--   GET    /sandbox/stats          { connections, open, requests }: accepted and still open (without those to the side
--                                  door itself), number of requests by path
--   POST   /sandbox/faults         a JSON array of faults (see faults.lua) for the coming requests
--   DELETE /sandbox/faults         forget them
--   POST   /sandbox/tokens/revoke  no token issued so far is good any more
--   POST   /sandbox/tasks          a JSON array of tasks (see tasks.lua) to hold instead of the present ones
--   GET    /sandbox/ledger         the writes that took effect, oldest first
--   DELETE /sandbox/ledger         forget them
local json = require "tasklist.sandbox.json"

local function answer(status, value)
  return { status = status, headers = { ["Content-Type"] = "application/json" }, body = value and json.encode(value) }
end

-- Hands a body's array to a function that raises where it does not like it.
local function with_list(request, use)
  local list, why = json.decode(request.body)
  if not json.is_array(list) then return answer(400, { error = why or "a JSON array is needed" }) end
  local ok, raised = pcall(use, list)
  if not ok then return answer(400, { error = raised }) end
  return answer(204)
end

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

--- Answers a request to the side door.
-- @param parts table: recorder, listener, faults, issuer, store, ledger
-- @param request as the HTTP server hands it over
-- @return response
function control.answer(parts, request)
  local route = ROUTES[request.method .. " " .. request.path]
  if not route then return answer(404, { error = "no such control: " .. request.method .. " " .. request.path }) end
  return route(parts, request)
end

return control
