--- Marks: what was measured beside the limit that it has to keep.
--
-- A mark is a table: `name`; `limit`, a text with the limit in it as `string.format` writes it; `most` or `least`, the
-- limit; `rounds`, and `pick`, which makes the number that is compared out of a round (without it the rounds are
-- numbers); `form`, how that number is written, "%.2f" if nothing is given.

local markdown = require "bench.markdown"
local statistics = require "bench.statistics"

local marks = {}

local function itself(round)
  return round
end

local function is_met(mark, value)
  return value <= (mark.most or math.huge) and value >= (mark.least or -math.huge)
end

-- The median, the middle half, and what comes out of the fastest samples.
local function cells(mark)
  local form, summary = mark.form or "%.2f", statistics.of(mark.rounds, mark.pick or itself)
  return { mark.name, mark.limit:format(mark.most or mark.least), form:format(summary.median),
    #mark.rounds > 1 and markdown.spread(summary, form) or "",
    mark.pick and form:format(mark.pick(statistics.fastest(mark.rounds))) or "",
    is_met(mark, summary.median) and "yes" or "**no**" }
end

--- The table of marks.
-- @tparam table list of marks
-- @treturn table lines
function marks.lines(list)
  local rows = {}
  for index, mark in ipairs(list) do
    rows[index] = cells(mark)
  end
  return markdown.table({ "mark", "limit", "measured", "spread", "of the fastest", "met" }, rows)
end

return marks
