--- Numbers out of many noisy samples.

local statistics = {}

--- The value below which `part` of the samples lie.
-- @tparam table samples numbers
-- @tparam number part from 0 to 1
-- @treturn number
function statistics.quantile(samples, part)
  local sorted = table.move(samples, 1, #samples, 1, {})
  table.sort(sorted)
  local place = 1 + (#sorted - 1) * part
  local below = math.floor(place)
  local above = math.min(below + 1, #sorted)
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below)
end

--- The middle and what lies around it.
-- @tparam table samples numbers
-- @treturn table `median`, and `low` and `high`, between which the middle half lies
function statistics.summary(samples)
  return {
    median = statistics.quantile(samples, 0.5),
    low = statistics.quantile(samples, 0.25),
    high = statistics.quantile(samples, 0.75),
  }
end

--- One summary of what is made of each round.
-- @tparam table rounds
-- @tparam function pick gives a round's number
-- @treturn table as of `summary`
function statistics.of(rounds, pick)
  local samples = {}
  for index, round in ipairs(rounds) do
    samples[index] = pick(round)
  end
  return statistics.summary(samples)
end

--- A round that never was: of each sample the least of all rounds.
-- @tparam table rounds each a table of name -> number
-- @treturn table name -> number
function statistics.fastest(rounds)
  local least = {}
  for _, round in ipairs(rounds) do
    for name, number in pairs(round) do
      least[name] = math.min(least[name] or number, number)
    end
  end
  return least
end

return statistics
