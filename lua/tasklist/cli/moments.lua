--- Points in time on the command line.

local tasklist = require "tasklist"

local moments = {}

--- What help says of them.
moments.description = "2026-12-31, 2026-12-31T17:00:00+01:00, or from now on +30m, +8h, +3d, +2w"

local SECONDS = { m = 60, h = 3600, d = 86400, w = 7 * 86400 }

-- What a date can be: years have four digits.
local FIRST, LAST = tasklist.time "0000-01-01T00:00:00Z", tasklist.time "9999-12-31T23:59:59Z"

local function seconds_of(text, time)
  local count, unit = text:match "^%+(%d+)([mhdw])$"
  if count and #count < 7 then return os.time() + math.tointeger(tonumber(count)) * SECONDS[unit] end
  if text:find "^%d%d%d%d%-%d%d%-%d%d$" and tasklist.time(text .. "T00:00:00Z") then
    local year, month, day = text:match "(%d+)-(%d+)-(%d+)"
    local hour, minute, second = time:match "(%d+):(%d+):(%d+)"
    return os.time { year = year, month = month, day = day, hour = hour, min = minute, sec = second }
  end
  return tasklist.time(text)
end

--- Reads one.
-- @tparam string text
-- @tparam string time of the day, in this machine's zone, that a date alone means, such as "23:59:59"
-- @treturn ?number seconds since 1970
-- @treturn ?string what is wrong with it
function moments.parse(text, time)
  local seconds = seconds_of(text, time)
  if seconds and seconds >= FIRST and seconds <= LAST then return seconds end
  return nil, ("must be a date: %s; and is '%s'"):format(moments.description, text)
end

return moments
