--- The shapes of Tasklist's answers: bodies, their types, and the errors, each as the server writes them.
local rand = require "openssl.rand"
local json = require "tasklist.sandbox.json"

local answers = {}

local UNEXPECTED = "Unexpected server error occurred."
local UTF8 = "application/json;charset=UTF-8"

local problem_body = json.shape{ "status", "message", "instance" }
local refusal_body = json.shape{ "message" }
local detail_body = json.shape{ "type", "title", "status", "detail", "instance" }

--- A random UUID.
-- @return string
function answers.uuid()
  local hex = rand.bytes(16):gsub(".", function(byte) return ("%02x"):format(byte:byte()) end)
  return (hex:gsub("^(%x%x%x%x%x%x%x%x)(%x%x%x%x)%x(%x%x%x)%x(%x%x%x)(%x+)$", "%1-%2-4%3-8%4-%5"))
end

--- A value, as JSON.
function answers.ok(value)
  return { status = 200, body = json.encode(value), headers = { ["Content-Type"] = "application/json" } }
end

--- Done, and nothing to say.
function answers.done()
  return { status = 204 }
end

--- An error of the API that carries no id: a body that cannot be read, or a failure inside the server.
-- @param status integer
-- @param message string; default what the server says of a failure that it does not know
function answers.failure(status, message)
  return { status = status, headers = { ["Content-Type"] = "application/problem+json" },
    body = json.encode(problem_body{ status = status, message = message or UNEXPECTED }) }
end

--- A request that the rules of an endpoint refuse: such answers alone carry an id.
-- @param status integer
-- @param message string
function answers.refusal(status, message)
  return { status = status, headers = { ["Content-Type"] = "application/problem+json" },
    body = json.encode(problem_body{ status = status, message = message, instance = answers.uuid() }) }
end

--- A caller who is not known.
-- @param message string
function answers.unauthorized(message)
  return { status = 401, headers = { ["Content-Type"] = UTF8 }, body = json.encode(refusal_body{ message = message }) }
end

--- A request without the token that shows where it comes from.
function answers.forbidden()
  return { status = 403, headers = { ["Content-Type"] = UTF8 },
    body = '{"error": "Access denied due to invalid CSRF token."}' }
end

--- What is wrong, as RFC 9457 has it: v2's errors, and those of the framework.
-- @param request
-- @param status integer
-- @param title string: "Not Found" and the like are the framework's, titles in capital letters the service's
-- @param detail string
-- @param headers table, or nil
function answers.problem(request, status, title, detail, headers)
  local all = { ["Content-Type"] = "application/problem+json" }
  for name, value in pairs(headers or {}) do all[name] = value end
  return { status = status, headers = all, body = json.encode(detail_body{ type = "about:blank", title = title,
    status = status, detail = detail, instance = request.path }) }
end

-- What the framework says of a request that no endpoint takes.
local DETAILS = {
  [404] = { "Not Found", function(request) return ("No static resource %s."):format(request.path:sub(2)) end },
  [405] = { "Method Not Allowed", function(request)
    return ("Method '%s' is not supported."):format(request.method)
  end },
  [406] = { "Not Acceptable", function() return "Acceptable representations: [application/json]." end },
}

--- What is not there, by path, by method or by what the caller accepts, in the framework's words.
-- @param request
-- @param status 404, 405 or 406
-- @param methods array of strings, for a 405: those that the path has
function answers.missing(request, status, methods)
  local title, detail = table.unpack(DETAILS[status])
  return answers.problem(request, status, title, detail(request),
    { Allow = status == 405 and table.concat(methods, ",") or nil })
end

--- The same from v1: an empty 404. Only a path whose end has other characters than those of words gets a description.
function answers.nowhere(request, status, methods)
  if request.path:find("/[%w_-]+$") then return { status = 404 } end
  return answers.missing(request, status, methods)
end

--- The methods that a path has, for a request with OPTIONS.
-- @param methods array of strings, without HEAD and OPTIONS
function answers.options(methods)
  local allowed = table.concat(methods, ","):gsub("GET", "GET,HEAD")
  return { status = 200, headers = { Allow = allowed .. ",OPTIONS" } }
end

return answers
