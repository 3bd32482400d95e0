--- A task's audit log by v2.

local core = require "tasklist.core"

local audit_log = {}

local oldest_first = core.array { { field = "timestamp", order = "ASC" } }

--- The body of a search for a page.
-- @tparam table query `pageSize` and `searchAfter`, as of a search for tasks
function audit_log.to(query)
  return { sort = oldest_first, page = { limit = query.pageSize, after = query.searchAfter } }
end

--- The page that was found.
-- @treturn table an array of entries
-- @treturn table the answer's `page`
function audit_log.page(value)
  return value.items, type(value.page) == "table" and value.page or {}
end

return audit_log
