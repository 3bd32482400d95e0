--- Pages of a search, and the way from one to the next.

local v1 = require "tasklist.v1"

local pages = {}

--- The cursors of a page. One that is shorter than asked for marks the end in the direction of the walk.
-- @tparam table tasks what a search gave
-- @tparam table query what it was asked
-- @treturn table `after` and `before`, each nil when there is no such page
function pages.cursors(tasks, query)
  local first, last = tasks[1], tasks[#tasks]
  if not first then
    return {}
  end
  local backwards = query.searchBefore or query.searchBeforeOrEqual
  local full = #tasks >= (query.pageSize or v1.page_size)
  local page = {}
  if full or backwards then
    page.after = last.sortValues
  end
  if not first.isFirst and (full or not backwards) then
    page.before = first.sortValues
  end
  return page
end

return pages
