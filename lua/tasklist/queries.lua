--- Queries: the client's tenant in them, and the cursors that lead from a page to the next one.

local json = require "tasklist.json"
local v1 = require "tasklist.api.v1"

local queries = {}

--- A payload that names no tenants means the client's own.
-- @param payload what the user gave
-- @tparam string field where tenants stand in it
-- @tparam ?string tenant_id the client's
-- @return the payload, or a copy with the tenant
function queries.with_tenant(payload, field, tenant_id)
  if not tenant_id or payload ~= nil and (type(payload) ~= "table" or json.is_array(payload)
    or payload[field] ~= nil) then
    return payload
  end
  local own = { [field] = { tenant_id } }
  for name, value in pairs(payload or {}) do
    own[name] = value
  end
  return own
end

local function has(query, field)
  return query[field] ~= nil and query[field] ~= json.null
end

--- The cursors of a page. One that is shorter than asked for marks the end in the direction of the walk.
-- @tparam table tasks what a search gave
-- @tparam table query what it was asked
-- @tparam ?table found what v2 says of the page besides: `totalItems`, `hasMoreTotalItems`
-- @treturn table `after` and `before`, each nil when there is no such page; and the first two of `found`
function queries.cursors(tasks, query, found)
  local first, last = tasks[1], tasks[#tasks]
  local backwards = has(query, "searchBefore") or has(query, "searchBeforeOrEqual")
  local full = #tasks >= (math.tointeger(query.pageSize) or v1.page_size) -- a pageSize of null counts as none
  local page = {
    after = first and (full or backwards) and last.sortValues or nil,
    before = first and not first.isFirst and (full or not backwards) and first.sortValues or nil,
  }
  if found then
    page.totalItems, page.hasMoreTotalItems = found.totalItems, found.hasMoreTotalItems
  end
  return page
end

return queries
