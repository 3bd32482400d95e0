--- What v2's searches can be sorted by.
local closed = require "tasklist.sandbox.v2.closed"

local by = closed.object{ field = closed.text, order = closed.one_of("ASC", "DESC") }

--- Makes the type of the member `sort` of a search: an array of { field, order }.
-- @param fields table: name -> { since = the fact (versions.lua) with which it came, or nil }
-- @return type, as in closed.lua
return function(fields)
  return closed.list(function(value, path, facts)
    local one = by(value, path, facts)
    if not one.field then closed.bad_argument("Sort field must not be null.") end
    local known = fields[one.field]
    if not known or known.since and not facts[known.since] then closed.bad_argument("Unknown sortBy: %s", one.field) end
    return { field = one.field, order = one.order or "ASC" }
  end)
end
