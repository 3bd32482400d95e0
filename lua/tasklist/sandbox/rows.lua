--- Rows in a sort order, and the pages in them: what the searches of both APIs do alike. A row is an array with a value
-- for each sort field, numbers or texts, and a key last, which is an integer. A cursor is such an array as well. A sort
-- is an array of { field, order }, the order being "ASC" or "DESC".
local rows = {}

--- The order of rows: by the sort's values, and then by key.
-- @param sort
-- @return function(row, row) -> boolean
function rows.less(sort)
  return function(a, b)
    for i, by in ipairs(sort) do
      if a[i] ~= b[i] then return (a[i] < b[i]) == (by.order == "ASC") end
    end
    return a[#sort + 1] < b[#sort + 1]
  end
end

--- The rows of all tasks, each with its `task` and the `sort` beside the values.
-- @param store the tasks
-- @param sort
-- @param value_of function(task, { field, order }) -> number or text
-- @param name string that tells this value_of from others; default one without a name
-- @return array of rows, and their order
function rows.of(store, sort, value_of, name)
  local names = { name }
  for _, by in ipairs(sort) do names[#names + 1] = by.field .. " " .. by.order end
  local function make(task)
    local row = { task = task, sort = sort }
    for i, by in ipairs(sort) do row[i] = value_of(task, by) end
    row[#sort + 1] = task.key
    return row
  end
  local less = rows.less(sort)
  return store:view(table.concat(names, ","), make, less), less
end

-- The place of the first row for which `reached(row)` holds, by halving; `reached` must stay true once it is.
local function first_place(list, reached)
  local low, high = 1, #list + 1
  while low < high do
    local middle = (low + high) // 2
    if reached(list[middle]) then high = middle else low = middle + 1 end
  end
  return low
end

-- Collects up to `count` rows that are accepted, from a place on, in steps of 1 or -1.
local function collect(list, place, step, count, accepts)
  local found = {}
  while list[place] and #found < count do
    if accepts(list[place]) then found[#found + 1] = list[place] end
    place = place + step
  end
  return found
end

local function reverse(list)
  for i = 1, #list // 2 do list[i], list[#list + 1 - i] = list[#list + 1 - i], list[i] end
end

--- The rows right before a cursor, in the usual order.
-- @param list of rows in their order
-- @param less their order
-- @param cursor
-- @param size integer
-- @param accepts function(row) -> boolean: which rows count
-- @return array, and whether it reaches the start of the list
function rows.before(list, less, cursor, size, accepts)
  local place = first_place(list, function(other) return not less(other, cursor) end)
  local page = collect(list, place - 1, -1, size + 1, accepts)
  local reaches_start = #page <= size
  page[size + 1] = nil
  reverse(page)
  return page, reaches_start
end

--- The rows right after a cursor, or the first ones.
-- @param list as for `before`
-- @param less likewise
-- @param cursor likewise; nil for the start of the list
-- @param size likewise
-- @param accepts likewise
-- @return array
function rows.after(list, less, cursor, size, accepts)
  local place = cursor and first_place(list, function(other) return less(cursor, other) end) or 1
  return collect(list, place, 1, size, accepts)
end

return rows
