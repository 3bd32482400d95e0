--- What a user's values become in a path.

local core = require "tasklist.core"
local words = require "tasklist.words"

local paths = {}

--- An id as one path segment (RFC 3986 3.3).
-- @param id a string, an integer, or a task, which stands for its id
-- @tparam string name what to call it in a message
-- @treturn string; or nil and what is wrong with the id
function paths.segment(id, name)
  local given = id
  if type(id) == "table" then
    id = id.id
  end
  if math.type(id) == "integer" then
    return ("%d"):format(id)
  elseif type(id) ~= "string" then
    return words.expected(name, "a string, an integer or a task with its id", given)
  elseif id == "" or id == "." or id == ".." then -- what lies between resolves the dots
    return nil, ("%s: %s is no id"):format(name, words.name(id))
  end
  return core.encode(id)
end

--- A path with a query behind it.
-- @tparam string path may have one already
-- @tparam ?table query name -> string or integer
-- @treturn string; or nil and what is wrong with the query
function paths.with_query(path, query)
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

--- A path with a payload as its query.
-- @tparam string path
-- @tparam table value checked by its shape, for which 2.0 is an integer: in a query it has to look like one
-- @treturn string; or nil and what is wrong with the payload
function paths.with_payload(path, value)
  local fields = {}
  for name, item in pairs(value) do
    fields[name] = type(item) == "number" and math.tointeger(item) or item
  end
  return paths.with_query(path, fields)
end

return paths
