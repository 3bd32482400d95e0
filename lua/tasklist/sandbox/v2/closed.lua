--- The bodies of v2's requests, which are closed: a member that the server does not know is refused, not ignored.
-- A type is a function(value, path, facts) -> bound value, called for everything but null. It raises what `refuse` and
-- `bad_argument` raise.
local answers = require "tasklist.sandbox.answers"
local encodings = require "tasklist.sandbox.encodings"
local json = require "tasklist.sandbox.json"

local closed = {}

--- Ends the reading: the member at this path cannot be read.
function closed.refuse(path)
  error({ path = path }, 0)
end

--- Ends the reading: a value can be read, but means nothing.
-- @param detail string, a format for the rest
function closed.bad_argument(detail, ...)
  error({ argument = detail:format(...) }, 0)
end

local refuse = closed.refuse

local function below(path, name)
  return path == "" and name or path .. "." .. name
end

--- Texts.
function closed.text(value, path)
  return type(value) == "string" and value or refuse(path)
end

--- Booleans.
function closed.boolean(value, path)
  if type(value) ~= "boolean" then refuse(path) end
  return value
end

local MIN_INT, MAX_INT = -2147483648, 2147483647

--- Integers of 32 bits.
function closed.int(value, path)
  local int = math.type(value) and math.tointeger(value)
  return int and int >= MIN_INT and int <= MAX_INT and int or refuse(path)
end

--- Keys: integers of 64 bits as text.
function closed.key(value, path)
  return type(value) == "string" and value:find("^-?%d+$") and math.tointeger(tonumber(value)) and value or refuse(path)
end

--- Objects that take any members, such as variables.
function closed.any_object(value, path)
  return type(value) == "table" and not json.is_array(value) and value or refuse(path)
end

--- One of some texts.
function closed.one_of(...)
  local allowed = {}
  for _, one in ipairs{ ... } do allowed[one] = true end
  return function(value, path) return allowed[value] and value or refuse(path) end
end

--- Arrays.
function closed.list(element)
  return function(value, path, facts)
    if not json.is_array(value) then refuse(path) end
    local list = json.array{}
    for i, one in ipairs(value) do
      list[i] = one ~= json.null and element(one, path, facts) or refuse(path)
    end
    return list
  end
end

-- Objects with members; `other` is the type of those that are not named.
local function object(members, other)
  return function(value, path, facts)
    closed.any_object(value, path)
    local result = {}
    for name, one in pairs(value) do
      local member = members[name] or other or refuse(below(path, name))
      if one ~= json.null then result[name] = member(one, below(path, name), facts) end
    end
    return result
  end
end

--- Objects with these members only. A null is as absent.
-- @param members table: name -> type
function closed.object(members)
  return object(members)
end

--- Objects of which only these members are read, and the others ignored.
-- @param members table: name -> type
function closed.open(members)
  return object(members, function() end)
end

--- A type that only versions with a fact (versions.lua) have.
-- @param fact string
-- @param kind the type there
-- @param before the type of the others; none where these do not know the member at all
function closed.since(fact, kind, before)
  return function(value, path, facts)
    local known = facts[fact] and kind or before or refuse(path)
    return known(value, path, facts)
  end
end

--- Reads the body of a request.
-- @param endpoint table: body, its type; `required` is true where there must be one
-- @param request
-- @param facts of the version
-- @return the bound body; or nil and a response
function closed.read(endpoint, request, facts)
  local function bad(detail, status, title)
    return nil, answers.problem(request, status or 400, title or "Bad Request", detail)
  end
  if request.body == "" then
    if endpoint.required then return bad("Required request body is missing") end
    return {}
  end
  local content_type = request.headers["content-type"] or ""
  if not content_type:lower():find("^application/json") then
    return bad(("Content-Type '%s' is not supported."):format(content_type), 415, "Unsupported Media Type")
  end
  local value = json.decode(encodings.decode(request.body) or "")
  if value == nil or value == json.null then return bad("Failed to read request") end
  local ok, result = pcall(endpoint.body, value, "", facts)
  if ok then return result end
  if type(result) ~= "table" then error(result, 0) end
  if result.argument then return bad(result.argument, 400, "INVALID_ARGUMENT") end
  return bad(result.path == "" and "Failed to read request"
    or ("Request property [%s] cannot be parsed"):format(result.path))
end

return closed
