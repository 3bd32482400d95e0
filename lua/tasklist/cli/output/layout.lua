--- Cells in columns: how wide each is, and lines that fit.

local terminal = require "tasklist.terminal"

local layout = {}

local GAP = "  "

-- In less than this nothing can be read that is cut.
local NARROWEST = 6

-- What is no use when a part of it is missing.
local WHOLE = { id = true }

local function width(text)
  local _, columns = terminal.fit(text, math.maxinteger)
  return columns
end

-- The widest that columns may be, so that all of them together take no more than `room`.
local function limit(widths, room)
  table.sort(widths)
  for i, one in ipairs(widths) do
    local share = room // (#widths - i + 1)
    if one > share then return math.max(share, 1) end
    room = room - one
  end
  return math.huge
end

--- @tparam table lines arrays of cells
-- @tparam table columns their names
-- @tparam ?integer room the terminal's width. The widest columns are narrowed until the lines fit, ids never
-- @treturn ?table the columns' widths; nil where there is no room for columns
function layout.widths(lines, columns, room)
  local widths, narrowed = {}, {}
  for i, column in ipairs(columns) do
    widths[i] = 0
    for _, line in ipairs(lines) do widths[i] = math.max(widths[i], width(line[i])) end
    if WHOLE[column] then
      room = room and room - widths[i]
    else
      narrowed[#narrowed + 1] = widths[i]
    end
  end
  if room then
    local widest = limit(narrowed, room - #GAP * (#columns - 1))
    if widest < NARROWEST then return nil end
    for i, column in ipairs(columns) do
      if not WHOLE[column] then widths[i] = math.min(widths[i], widest) end
    end
    widths.cut = true
  end
  return widths
end

-- A text in so many columns, and how many it takes of them.
local function cut(text, columns)
  local kept, taken = terminal.fit(text, columns)
  if #kept == #text then return text, taken end
  kept, taken = terminal.fit(text, columns - 1)
  return kept .. "…", taken + 1
end

--- @tparam table cells
-- @tparam table widths of `layout.widths`
-- @tparam table right true for each column whose cells stand at its right
-- @treturn string a line
function layout.line(cells, widths, right)
  local parts = {}
  for i, text in ipairs(cells) do
    local taken
    if widths.cut then
      text, taken = cut(text, widths[i])
    else
      taken = width(text)
    end
    local space = (" "):rep(widths[i] - taken)
    if right[i] then
      text = space .. text
    elseif i < #cells then
      text = text .. space
    end
    parts[i] = text
  end
  return table.concat(parts, GAP)
end

return layout
