--- Plots as SVG: text stays text, and the colours follow whether the reader likes it light or dark.

local plot = {}

local width, height = 760, 400
local left, right, top, bottom = 64, 16, 84, 40 -- what is around the area of the bars
local bar_width, bar_gap = 52, 10

-- Text has a rim in the colour of the ground, so that no line runs through it. The series are in their order.
local style = [[
    text { font: 13px sans-serif; fill: #1f2328; stroke: #ffffff; stroke-width: 4px; paint-order: stroke }
    .title { font-size: 16px; font-weight: bold }
    .middle { text-anchor: middle }
    .end { text-anchor: end }
    .ground { fill: #ffffff }
    .line { stroke: #d1d9e0 }
    .base, .span { stroke: #1f2328; fill: none }
    .series1 { fill: #818b98 } .series2 { fill: #d4731c } .series3 { fill: #0b6bcb }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; stroke: #0d1117 }
      .ground { fill: #0d1117 }
      .line { stroke: #30363d }
      .base, .span { stroke: #e6edf3 }
      .series1 { fill: #7d8590 } .series2 { fill: #e38a3d } .series3 { fill: #4c9be8 }
    }
]]

local frame = [[
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d">
  <style>
%s  </style>
%s
</svg>
]]

local escapes = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }

local function text(x, y, class, words)
  return ('<text x="%.1f" y="%.1f" class="%s">%s</text>'):format(x, y, class, (words:gsub("[&<>]", escapes)))
end

local function rectangle(x, y, wide, high, class)
  return ('<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" class="%s"/>'):format(x, y, wide, high, class)
end

-- Lines that are drawn as in the `d` of SVG's paths.
local function path(class, form, ...)
  return ('<path d="%s" class="%s"/>'):format(form:format(...), class)
end

-- Where a value lies, for values up to `most`.
local function level(value, most)
  return height - bottom - value / most * (height - top - bottom)
end

-- The lowest whole number of halves that nothing is above.
local function most_of(series)
  local most = 0
  for _, one in ipairs(series) do
    for _, bar in ipairs(one.bars) do
      most = math.max(most, bar.high)
    end
  end
  return math.ceil(most * 2) / 2
end

local function add_axis(add, chart, most)
  for value = 0, most, 0.5 do
    local y = level(value, most)
    add(path(value == 0 and "base" or "line", "M%d %.1fH%d", left, y, width - right))
    add(text(left - 8, y + 4, "end", ("%.1f"):format(value)))
  end
  local middle = (top + height - bottom) / 2
  add(('<g transform="rotate(-90 18 %.1f)">%s</g>'):format(middle, text(18, middle, "middle", chart.axis)))
end

-- A bar, the middle half of its samples as a line with two ends, and its label above both.
local function add_bar(add, x, bar, class, most)
  local y, middle = level(bar.value, most), x + bar_width / 2
  local low, high = level(bar.low, most), level(bar.high, most)
  add(rectangle(x, y, bar_width, height - bottom - y, class))
  if low > high then
    add(path("span", "M%.1f %.1fh8m-4 0V%.1fm-4 0h8", middle - 4, low, high))
  end
  add(text(middle, high - 7, "middle", bar.label))
end

local function add_series(add, chart, most)
  local pitch = (width - left - right) / #chart.groups
  local start = left + (pitch - #chart.series * (bar_width + bar_gap) + bar_gap) / 2
  for place, one in ipairs(chart.series) do
    local class, x = "series" .. place, left + (place - 1) * (width - left - right) / #chart.series
    add(rectangle(x, 46, 12, 12, class))
    add(text(x + 18, 57, "", one.name))
    for group, bar in ipairs(one.bars) do
      add_bar(add, start + (group - 1) * pitch + (place - 1) * (bar_width + bar_gap), bar, class, most)
    end
  end
  for group, name in ipairs(chart.groups) do
    add(text(left + (group - 0.5) * pitch, height - bottom + 22, "middle", name))
  end
end

--- Groups of bars that stand beside each other, at most three in each.
-- @tparam table chart `title`; `axis`, what the height is; `groups`, their names; `series`, of each its `name` and
--   `bars`, one a group: `value`, the `low` and `high` ends of its spread, and `label`
-- @treturn string
function plot.bars(chart)
  local lines, most = {}, most_of(chart.series)
  local function add(line)
    lines[#lines + 1] = "  " .. line
  end
  add(rectangle(0, 0, width, height, "ground"))
  add(text(left, 26, "title", chart.title))
  add_axis(add, chart, most)
  add_series(add, chart, most)
  return frame:format(width, height, width, height, style, table.concat(lines, "\n"))
end

return plot
