--- The newer API, v2: the endpoints that its parts give, and the words that it refuses in.
local answers = require "tasklist.sandbox.answers"
local audit_logs = require "tasklist.sandbox.v2.audit_logs"
local authentication = require "tasklist.sandbox.v2.authentication"
local closed = require "tasklist.sandbox.v2.closed"
local cluster = require "tasklist.sandbox.v2.cluster"
local elements = require "tasklist.sandbox.v2.elements"
local forms = require "tasklist.sandbox.v2.forms"
local tasks = require "tasklist.sandbox.v2.tasks"
local variables = require "tasklist.sandbox.v2.variables"
local work = require "tasklist.sandbox.v2.work"

local PARTS = { cluster, tasks, work, variables, forms, elements, audit_logs,
  authentication }

local NO_SIGN_IN = "An Authentication object was not found in the SecurityContext"

-- An API, as in endpoints.lua, with some endpoints.
local function api(routes)
  return { routes = routes, read_body = closed.read, nowhere = answers.missing,
    unauthorized = function(message, request)
      return answers.problem(request, 401, "Unauthorized", message ~= "" and message or NO_SIGN_IN)
    end,
    forbidden = function(request)
      return answers.problem(request, 403, "Forbidden", "Access denied due to invalid CSRF token.")
    end }
end

local routes = {}

--- The API with no endpoint at all: what is left of one that is gone.
routes.without_routes = api{}

--- The API of a version: an endpoint that names a fact in `needs` is there from the version on that has it.
-- @param facts as versions.lua has them
-- @return API, as in endpoints.lua
function routes.of(facts)
  local list = {}
  for _, part in ipairs(PARTS) do
    for _, endpoint in ipairs(part) do
      if not endpoint.needs or facts[endpoint.needs] then list[#list + 1] = endpoint end
    end
  end
  return api(list)
end

return routes
