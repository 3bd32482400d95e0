--- Measurements as a page of Markdown.

local marks = require "bench.marks"

local report = {}

local function marks_of(parts, measured)
  local all = {}
  for index, part in ipairs(parts) do
    local some = part.marks(measured[index])
    table.move(some, 1, #some, #all + 1, all)
  end
  return marks.lines(all)
end

local function facts(machine)
  local lines = {}
  for index, fact in ipairs(machine) do
    lines[index] = ("- %s: %s"):format(fact[1], fact[2])
  end
  return lines
end

--- The page.
-- @tparam table machine pairs of name and text
-- @tparam table parts the modules in bench/parts/ that were run
-- @tparam table measured what each of them gave, in the same order
-- @treturn string
function report.write(machine, parts, measured)
  local blocks = {
    { "# Measurements" }, { "Written by `make bench`." }, facts(machine),
    { "## Marks" }, marks_of(parts, measured),
    { "The floor is a bare libcurl loop in C over one easy handle plus `cjson.decode` alone. Each ratio is taken",
      "within one round; shown are the median of the rounds and the span of their middle half, then the ratio of",
      "the fastest samples of all rounds. A limit inside the span is a draw: run again on a quiet machine." },
  }
  for index, part in ipairs(parts) do
    local sections = part.sections(measured[index])
    table.move(sections, 1, #sections, #blocks + 1, blocks)
  end
  for index, lines in ipairs(blocks) do
    blocks[index] = table.concat(lines, "\n")
  end
  return table.concat(blocks, "\n\n") .. "\n"
end

return report
