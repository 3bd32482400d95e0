--- Dates as Tasklist writes and reads them, and seconds since 1970.
-- @module tasklist.dates

local errors = require "tasklist.errors"
local words = require "tasklist.words"

local dates = {}

local day_seconds = 86400

-- Days from 1970-01-01 to a date of the Gregorian calendar. The year begins in March here, so that the
-- leap day is its last.
local function days_of(year, month, day)
  if month < 3 then
    year, month = year - 1, month + 12
  end
  return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month - 457) // 5 + day - 719469
end

local function month_length(year, month)
  return days_of(year, month + 1, 1) - days_of(year, month, 1)
end

-- Seconds east of Greenwich, or nil for what is no zone.
local function offset_of(zone)
  if zone == "Z" then
    return 0
  end
  local sign, hours, minutes = zone:match("^([+-])(%d%d):?(%d%d)$")
  hours, minutes = math.tointeger(hours), math.tointeger(minutes)
  if not sign or hours > 18 or minutes > 59 then
    return nil
  end
  local offset = hours * 3600 + minutes * 60
  return sign == "-" and -offset or offset
end

local function refuse(text)
  return nil, errors.new { kind = "decode", message = ("%s is no date such as 2024-03-01T08:00:00.000+0000")
    :format(words.name(text)) }
end

--- Reads a date: `2024-03-01T08:00:00.000+0000`, with or without a fraction of any length, the zone
-- written `+0100`, `+01:00` or `Z`.
-- @tparam string text anything else raises
-- @treturn number seconds since 1970, an integer when there is no fraction; or nil and an error of kind
--   "decode". The server's dates have milliseconds, and `os.date` raises for a fraction: give it `math.floor` of them
function dates.time(text)
  if type(text) ~= "string" then
    error(words.wrong("time", "string", text), 2)
  end
  local date, clock, fraction, zone = text:match("^(%d%d%d%d%-%d%d%-%d%d)T(%d%d:%d%d:%d%d)(%.?%d*)(.+)$")
  local offset = zone and offset_of(zone)
  if not offset or fraction == "." or (fraction ~= "" and fraction:sub(1, 1) ~= ".") then
    return refuse(text)
  end
  local year, month, day = date:match("(%d+)-(%d+)-(%d+)")
  local hour, minute, second = clock:match("(%d+):(%d+):(%d+)")
  year, month, day = math.tointeger(year), math.tointeger(month), math.tointeger(day)
  hour, minute, second = math.tointeger(hour), math.tointeger(minute), math.tointeger(second)
  if month < 1 or month > 12 or day < 1 or day > month_length(year, month) or hour > 23 or minute > 59
    or second > 59 then
    return refuse(text)
  end
  local time = days_of(year, month, day) * day_seconds + hour * 3600 + minute * 60 + second - offset
  local part = fraction:find("[1-9]") and require("tasklist.core").decode_value("0" .. fraction)
  return part and time + part or time
end

local first, after = days_of(0, 1, 1) * day_seconds, days_of(10000, 1, 1) * day_seconds

-- The date that lies so many days after 1970-01-01.
local function date_of(days)
  local year = 1969 + days * 400 // 146097 -- not too late: 400 years have so many days
  while days_of(year + 1, 1, 1) <= days do
    year = year + 1
  end
  local month = 1
  while month < 12 and days_of(year, month + 1, 1) <= days do
    month = month + 1
  end
  return year, month, days - days_of(year, month, 1) + 1
end

--- Whether there is a date for these seconds: one with a year of four digits.
-- @tparam number seconds since 1970
-- @treturn boolean
-- @local
function dates.has_date(seconds)
  return seconds >= first and seconds < after
end

--- Writes a date as the server does, in UTC and to the millisecond: `2024-03-01T08:00:00.000+0000`.
-- @tparam number seconds since 1970; raises for what is no number or outside of the years 0 to 9999
-- @treturn string
function dates.date(seconds)
  if type(seconds) ~= "number" then
    error(words.wrong("date", "number", seconds), 2)
  elseif not dates.has_date(seconds) then
    error(words.wrong("date", "seconds in the years 0 to 9999", seconds), 2)
  end
  local whole = math.floor(seconds)
  local milliseconds = math.floor((seconds - whole) * 1000 + 1 / 2)
  if milliseconds == 1000 and whole + 1 < after then
    whole, milliseconds = whole + 1, 0
  end
  milliseconds = math.min(milliseconds, 999)
  local year, month, day = date_of(whole // day_seconds)
  local rest = whole % day_seconds
  return ("%04d-%02d-%02dT%02d:%02d:%02d.%03d+0000"):format(year, month, day, rest // 3600, rest % 3600 // 60,
    rest % 60, milliseconds)
end

return dates
