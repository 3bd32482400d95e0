--- Numbers on the command line, for an option's `convert`. They are written with decimal digits alone: Lua would take
-- 0x10 and 1e3, too.

local numbers = {}

--- @tparam integer least
-- @tparam ?integer most
-- @treturn function for whole numbers from the one to the other
function numbers.whole(least, most)
  local wanted = "from " .. least .. (most and " to " .. most or "")
  return function(text)
    local number = text:find "^%d+$" and math.tointeger(tonumber(text))
    if number and number >= least and number <= (most or math.maxinteger) then return number end
    return nil, ("must be a whole number %s, and is '%s'"):format(wanted, text)
  end
end

local LONGEST = 365 * 86400 -- seconds; the module takes no longer time

--- A number of seconds.
function numbers.seconds(text)
  local number = (text:find "^%d+%.?%d*$" or text:find "^%.%d+$") and tonumber(text)
  if number and number > 0 and number <= LONGEST then return number end
  return nil, ("must be a number of seconds above 0, at most %d (a year), and is '%s'"):format(LONGEST, text)
end

return numbers
