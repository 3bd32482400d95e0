--- Whole programs, from the start of the process to its end.

local starter = {}

--- Starts programs in turn.
-- @tparam table setting of `bench/run.lua`
-- @tparam integer count how often
-- @param ... the programs with their arguments, one after the other with "--" between them
-- @treturn table rounds: the milliseconds of each program
function starter.rounds(setting, count, ...)
  local rounds = {}
  for line in setting.read(setting.build .. "/starter", count, ...):gmatch("[^\n]+") do
    local round = {}
    for nanoseconds in line:gmatch("%d+") do
      round[#round + 1] = tonumber(nanoseconds) / 1e6
    end
    rounds[#rounds + 1] = round
  end
  return rounds
end

return starter
