--- From a request to the endpoint that it asks for, in whichever API. An API is a table:
--   routes     array of endpoints: method, a pattern for the path below the API's own part, in which the capture is an
--              id, what answers: function(parts, call { request, caller, id, body }) -> response; and, where it takes a
--              body, `body`, its type
--   read_body  function(endpoint, request, facts) -> the body; or nil and a response
--   nowhere    function(request, status, methods) -> response for what is not there: 404, 405, 406
--   unauthorized, forbidden  what gate.lua says of a caller that it does not let in
local answers = require "tasklist.sandbox.answers"
local urls = require "tasklist.sandbox.urls"

local endpoints = {}

-- Finds the endpoint of a request; gives it and the id in the path, or nil, nil and the methods that the path has.
local function find(routes, request, path)
  local method = request.method == "HEAD" and "GET" or request.method
  local methods = {}
  for _, endpoint in ipairs(routes) do
    local id = path:match(endpoint[2])
    if id and endpoint[1] == method then return endpoint, urls.decode(id) end
    if id then methods[#methods + 1] = endpoint[1] end
  end
  return nil, nil, methods
end

-- Whether a caller takes JSON: no Accept header takes anything.
local function takes_json(accept)
  for range in (accept or "*/*"):gmatch("[^,%s]+") do
    local kind = range:match("^[^;]*")
    if kind == "*/*" or kind == "application/*" or kind == "application/json" then return true end
  end
  return false
end

--- Answers a request of a caller who is known.
-- @param api as above
-- @param parts table: store, forms, ledger, facts
-- @param request
-- @param path string: the request's, below the API's own part of it
-- @param caller as in callers.lua
-- @return response
function endpoints.answer(api, parts, request, path, caller)
  local endpoint, id, methods = find(api.routes, request, path)
  if not endpoint then
    if request.method == "OPTIONS" and methods[1] then return answers.options(methods) end
    return api.nowhere(request, methods[1] and 405 or 404, methods)
  end
  if not takes_json(request.headers["accept"]) then return api.nowhere(request, 406) end
  local body, refused
  if endpoint.body then
    body, refused = api.read_body(endpoint, request, parts.facts)
    if refused then return refused end
  end
  return endpoint[3](parts, { request = request, caller = caller, id = id, body = body })
end

return endpoints
