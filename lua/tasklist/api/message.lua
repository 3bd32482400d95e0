--- From a verb's arguments to the message that carries them.
--
-- A message is what a connection sends: `method`, `path`, `body` (JSON text or nil), `read`, `answer`,
-- `headers` (lines, or nil for the usual ones), `timeout` (seconds, or nil for the settings'), `site` ("v2", or nil for
-- the client's main address), `newer` (why only a server with v2 can do it, or nil).

local core = require "tasklist.core"
local json = require "tasklist.json"
local shapes = require "tasklist.api.shapes"
local words = require "tasklist.words"

local message = {}

-- An id as one path segment (RFC 3986 3.3). `.` and `..` can't be one: what lies between resolves them.
local function segment(id, name)
  if type(id) == "table" then
    id = id.id -- a task stands for its id
  end
  if math.type(id) == "integer" then
    return ("%d"):format(id)
  elseif type(id) ~= "string" then
    return words.expected(name, "a string or an integer", id)
  elseif id == "" or id == "." or id == ".." then
    return nil, ("%s: %s is no id"):format(name, words.name(id))
  end
  return core.encode(id)
end

local function add_query(path, query)
  local parts = {}
  for name, value in pairs(query or {}) do
    if type(name) ~= "string" then
      return words.expected("query", "a name", name)
    elseif type(value) ~= "string" and math.type(value) ~= "integer" then
      return words.expected(core.place("query", name), "a string or an integer", value)
    end
    parts[#parts + 1] = core.encode(name) .. "=" .. core.encode(tostring(value))
  end
  table.sort(parts, core.before) -- so that the same call makes the same URL
  local mark = path:find("?", 1, true) and "&" or "?"
  return #parts > 0 and path .. mark .. table.concat(parts, "&") or path
end

-- A checked payload as the fields of a query: 2.0 is an integer for its shape, and has to look like one.
local function as_query(value)
  local fields = {}
  for name, item in pairs(value) do
    fields[name] = type(item) == "number" and math.tointeger(item) or item
  end
  return fields
end

-- The path of an operation, or nil and what is wrong with the id.
local function path_of(operation, id)
  if not operation.id then
    return operation.path
  end
  local part, problem = segment(id, operation.id)
  return part and operation.head .. part .. operation.tail, problem
end

-- Path and body with the payload in the one or the other, nil, and why only v2 can do it; or nil, nil and what is wrong
-- with it.
local function add_payload(path, payload, value)
  if value == nil and not payload.required then
    return path, payload.as ~= "query" and "{}" or nil
  elseif value == nil or value == json.null then
    return nil, nil, words.wrong(payload.name, payload.required or "table", value)
  end
  local text, other = shapes.write(payload.shape, value, payload.name)
  if not text then
    return nil, nil, other
  elseif payload.as == "query" then
    local problem
    path, problem = add_query(path, as_query(value))
    return path, nil, problem
  end
  return path, payload.as == "body" and text or ("{%q:%s}"):format(payload.as, text), nil, other
end

--- The message of an operation.
-- @tparam table operation of `v1`
-- @param id for its path, when that has a place for one
-- @param value its payload, or nil
-- @tparam ?number timeout seconds
-- @treturn table a message; or nil and what is wrong with the arguments
function message.of_operation(operation, id, value, timeout)
  local path, problem = path_of(operation, id)
  local body, newer
  if path and operation.payload then
    path, body, problem, newer = add_payload(path, operation.payload, value)
  end
  if not path then
    return nil, problem
  end
  local made = { method = operation.method, path = path, body = body, read = operation.read, answer = operation.answer,
    timeout = timeout }
  if newer then -- to set a field to nothing takes time, too
    made.newer = newer
  end
  return made
end

--- The message of an operation of v2, whose body is not in the form that the user wrote.
-- @tparam table operation of `v2`
-- @param id for its path, when that has a place for one
-- @tparam ?table body what its JSON says, or nil for none
-- @treturn table a message; or nil and what is wrong
function message.of_body(operation, id, body)
  local path, problem = path_of(operation, id)
  local text
  if path and body then
    text, problem = core.encode_value(body, "body")
  end
  if problem then
    return nil, problem
  end
  return { method = operation.method, path = path, body = text, read = operation.read, answer = operation.answer,
    site = "v2" }
end

--- The message of an operation of either API.
-- @tparam table operation
-- @param id likewise
-- @param body of v2, or the payload of v1
-- @treturn table a message; or nil and what is wrong
function message.of(operation, id, body)
  return (operation.site and message.of_body or message.of_operation)(operation, id, body)
end

local function body_of(value)
  if type(value) == "table" or type(value) == "userdata" then
    return core.encode_value(value, "body")
  elseif value ~= nil and type(value) ~= "string" then
    return words.expected("body", "a table or JSON text", value)
  end
  return value
end

local reads = { GET = true, HEAD = true }

--- The message of any request.
-- @tparam function lines_of the connection's: writes headers
-- @tparam string method
-- @tparam string path
-- @tparam ?table|userdata|string body
-- @tparam table options `query`, `headers`, `idempotent`
-- @treturn table a message; or nil and what is wrong with the arguments
function message.of_request(lines_of, method, path, body, options)
  if type(method) ~= "string" or not method:find("^[A-Z]+$") then
    return words.expected("method", "upper-case letters", method)
  elseif type(path) ~= "string" or not path:find("^/[!-~]*$") or path:find("#", 1, true) then
    return words.expected("path", '"/" and then visible ASCII without "#", anything else percent-encoded,', path)
  end
  local made = { method = method, read = reads[method] or options.idempotent }
  local problem
  made.path, problem = add_query(path, options.query)
  if problem then
    return nil, problem
  end
  made.body, problem = body_of(body)
  if problem then
    return nil, problem
  end
  made.headers, problem = lines_of(made.body ~= nil, options.headers)
  if problem then
    return nil, problem
  end
  return made
end

return message
