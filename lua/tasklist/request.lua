--- Any request: a method, a path and a body that the user names, and an answer as it came.

local core = require "tasklist.core"
local headers_in = require "tasklist.header_block"
local paths = require "tasklist.api.paths"
local verbs = require "tasklist.verbs"
local words = require "tasklist.words"

local request = {}

local function body_of(value)
  if type(value) == "table" or type(value) == "userdata" then
    return core.encode_value(value, "body")
  elseif value ~= nil and type(value) ~= "string" then
    return words.expected("body", "a table or JSON text", value)
  end
  return value
end

local reads = { GET = true, HEAD = true }

-- The message; or nil and what is wrong with the arguments.
local function message_of(connection, method, path, body, options)
  if type(method) ~= "string" or not method:find("^[A-Z]+$") then
    return words.expected("method", "upper-case letters", method)
  elseif type(path) ~= "string" or not path:find("^/[!-~]*$") or path:find("#", 1, true) then
    return words.expected("path", '"/" and then visible ASCII without "#", anything else percent-encoded,', path)
  end
  local made = { method = method, read = reads[method] or options.idempotent, timeout = options.timeout }
  local problem
  made.path, problem = paths.with_query(path, options.query)
  if problem then
    return nil, problem
  end
  made.body, problem = body_of(body)
  if problem then
    return nil, problem
  end
  made.headers, problem = connection.lines_of(made.body ~= nil, options.headers)
  if problem then
    return nil, problem
  end
  return made
end

-- The site that has a path. Where all has one address, it is that of the API that is there, since who signs in for the
-- other one may be refused.
local function site_of(self, path)
  local values = self.connection.values
  if not (values.base_url and values.rest_url) then
    return self.remote.api
  end
  return path:find("^/v2/") and "v2" or "v1"
end

--- See `Client:request`.
function request.request(self, method, path, body, options)
  local problem = verbs.problem_of(self, options, "request")
  local made
  if not problem then
    made, problem = message_of(self.connection, method, path, body, options or {})
  end
  if problem then
    error("request: " .. problem, 2)
  end
  made.site = site_of(self, path)
  local answer, failure = self.connection:exchange(made)
  if not answer then
    return verbs.give("request", nil, failure)
  end
  return answer.status, answer.bytes:text(), headers_in(answer.bytes:headers())
end

return request
