--- Samples that are compared with each other, taken one after the other in rounds, so that whatever slows the machine
-- for a while slows all of a round.

local rounds = {}

--- One round; every second goes backwards, so that nobody always comes first.
-- @tparam integer number of the round
-- @tparam table samples pairs of a name and a function that gives a number
-- @treturn table name -> number
function rounds.one(number, samples)
  local round = {}
  for place = 1, #samples do
    local sample = samples[number % 2 == 0 and #samples + 1 - place or place]
    round[sample[1]] = sample[2]()
  end
  return round
end

--- Many rounds of the same samples.
-- @tparam integer count
-- @tparam table samples as of `one`
-- @treturn table rounds
function rounds.take(count, samples)
  local taken = {}
  for number = 1, count do
    taken[number] = rounds.one(number, samples)
  end
  return taken
end

return rounds
