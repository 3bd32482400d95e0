--- Pieces of a page in Markdown.

local markdown = {}

--- The cell for the middle half of all samples.
-- @tparam table summary of `bench.statistics`
-- @tparam string form for `string.format`, of one number
-- @treturn string
function markdown.spread(summary, form)
  return (form .. " … " .. form):format(summary.low, summary.high)
end

local function row(cells)
  return "| " .. table.concat(cells, " | ") .. " |"
end

--- A table.
-- @tparam table head names of its columns
-- @tparam table rows each a table of cells
-- @treturn table lines
function markdown.table(head, rows)
  local lines = { row(head), "|" .. ("---|"):rep(#head) }
  for _, cells in ipairs(rows) do
    lines[#lines + 1] = row(cells)
  end
  return lines
end

--- A whole number with commas between the thousands.
-- @tparam integer count
-- @treturn string
function markdown.thousands(count)
  return (("%d"):format(count):reverse():gsub("%d%d%d", "%0,"):reverse():gsub("^,", ""))
end

return markdown
