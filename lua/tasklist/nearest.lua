--- Which of the known names somebody may have meant who wrote another one.

local core = require "tasklist.core"

local nearest = {}

local longest = 40 -- bytes: comparing takes time with the square of the length, and no known name is so long

-- Spellings that differ in capitals, underscores and hyphens alone become one: pageSize, page_size, PAGE-SIZE.
local function fold(name)
  return core.lower((name:gsub("[_-]", "")))
end

-- How many letters must be put in, left out, replaced or swapped with their neighbour to get from one text to the
-- other (the restricted Damerau-Levenshtein distance). Row i, column j: from the first i letters to the first j.
local function distance(one, other)
  local before, last = {}, {}
  for j = 0, #other do
    last[j] = j
  end
  for i = 1, #one do
    local row = { [0] = i }
    for j = 1, #other do
      local replaced = one:byte(i) == other:byte(j) and 0 or 1
      row[j] = math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + replaced)
      if i > 1 and j > 1 and one:byte(i) == other:byte(j - 1) and one:byte(i - 1) == other:byte(j) then
        row[j] = math.min(row[j], before[j - 2] + 1)
      end
    end
    before, last = last, row
  end
  return last[#other]
end

--- The known names that are nearest to another one, when they are near: one letter in three may be wrong, but no
-- more than two.
-- @tparam string name
-- @tparam table known name -> anything
-- @treturn table an array of names in alphabetical order; empty when none is near
function nearest.of(name, known)
  local found, best = {}, math.min(2, #name // 3)
  if #name > longest then
    return found
  end
  local folded = fold(name)
  for other in pairs(known) do
    local far = distance(folded, fold(other))
    if far < best then
      found, best = {}, far
    end
    if far == best then
      found[#found + 1] = other
    end
  end
  table.sort(found, core.before)
  return found
end

return nearest
