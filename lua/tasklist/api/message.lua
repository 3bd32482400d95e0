--- From a verb's arguments to the message that carries them.
--
-- A message is what a connection sends: `method`, `path`, `body` (JSON text or nil), `read`, `answer`,
-- `headers` (lines, or nil for the usual ones), `timeout` (seconds, or nil for the settings'), `site` ("v2", or nil for
-- the client's main address), `newer` (why only a server with v2 can do it, or nil), `finds` (whether it finds out what
-- the server is, so that a client with `dry_run` sends it).

local json = require "tasklist.json"
local shapes = require "tasklist.api.shapes"

local message = {}

--- The path of an operation.
-- @tparam table operation of `v1` or `v2`
-- @param id for its path, when that has a place for one
-- @treturn string; or nil and what is wrong with the id
function message.path_of(operation, id)
  if not operation.id then
    return operation.path
  end
  local paths = require "tasklist.api.paths" -- loaded now, because a search needs none of it
  local part, problem = paths.segment(id, operation.id)
  return part and operation.head .. part .. operation.tail, problem
end

-- Path and body with the payload in the one or the other, nil, and why only v2 can do it; or nil, nil and what is wrong
-- with it.
local function add_payload(path, payload, value)
  if value == nil and not payload.required then
    return path, payload.as ~= "query" and "{}" or nil
  elseif value == nil or value == json.null then
    local words = require "tasklist.words" -- loaded now, because most programs have no such mistake
    return nil, nil, words.wrong(payload.name, payload.required or "table", value)
  end
  local text, other = shapes.write(payload.shape, value, payload.name)
  if not text then
    return nil, nil, other
  elseif payload.as == "query" then
    path, other = require("tasklist.api.paths").with_payload(path, value)
    return path, nil, other
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
  local path, body, problem, newer = operation.path, nil, nil, nil
  if operation.id then
    path, problem = message.path_of(operation, id)
  end
  if path and operation.payload then
    path, body, problem, newer = add_payload(path, operation.payload, value)
  end
  if not path then
    return nil, problem
  end
  local made = { method = operation.method, path = path, body = body, read = operation.read, answer = operation.answer,
    timeout = timeout }
  newer = newer or operation.newer
  if newer then -- to set a field to nothing takes time, too
    made.newer = newer
  end
  return made
end

return message
