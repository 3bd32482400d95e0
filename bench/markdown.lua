--- Rows of a table in Markdown.

local markdown = {}

--- A row.
-- @tparam string ... its cells
-- @treturn string
function markdown.row(...)
  return "| " .. table.concat({ ... }, " | ") .. " |"
end

--- The cell that says whether a limit was kept.
-- @tparam boolean met
-- @treturn string
function markdown.verdict(met)
  return met and "yes" or "**no**"
end

--- The cell for the middle half of all samples.
-- @tparam table summary of `bench.statistics`
-- @tparam string form for `string.format`, of one number
-- @treturn string
function markdown.spread(summary, form)
  return (form .. " … " .. form):format(summary.low, summary.high)
end

return markdown
