--- Moments in time as integers (milliseconds since 1970, UTC) and as the texts that Tasklist reads and writes.
local cqueues = require "cqueues"

local dates = {}

local DAY = 24 * 60 * 60 * 1000

-- Days between 1970-01-01 and a date of the Gregorian calendar. Years are counted from March, so that the leap day
-- comes last and every month's offset is the same in all years.
local function days_from_date(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 719469
end

local PATTERNS = {
  "^(%d%d%d%d)-(%d%d)-(%d%d)T(%d%d):(%d%d):(%d%d)(%.?%d*)(.*)$",
  "^(%d%d%d%d)-(%d%d)-(%d%d)T(%d%d):(%d%d)()()(.*)$",
  "^(%d%d%d%d)-(%d%d)-(%d%d)()()()()()$",
}

-- Offset from UTC in milliseconds; nil for a text that is none.
local function parse_offset(text)
  if text == "" or text == "Z" then return 0 end
  local sign, hours, minutes = text:match("^([+-])(%d%d):?(%d?%d?)$")
  if not sign then return nil end
  local offset = (tonumber(hours) * 60 + (tonumber(minutes) or 0)) * 60000
  return sign == "-" and -offset or offset
end

local function in_range(month, day, hour, minute, second)
  return month >= 1 and month <= 12 and day >= 1 and day <= 31 and hour < 24 and minute < 60 and second < 60
end

--- Reads an ISO 8601 date or date-time (offset `Z`, `+0200`, `+02:00` or none, which means UTC), or a text of digits,
-- which counts milliseconds.
-- @param text string
-- @return integer, or nil for a text that is no date
function dates.parse(text)
  if text:find("^-?%d%d%d%d%d+$") then return math.tointeger(tonumber(text)) end
  for _, pattern in ipairs(PATTERNS) do
    local year, month, day, hour, minute, second, fraction, rest = text:match(pattern)
    if year then
      local function number(part) return type(part) == "string" and math.tointeger(tonumber(part)) or 0 end
      month, day, hour, minute, second = number(month), number(day), number(hour), number(minute), number(second)
      local offset = parse_offset(type(rest) == "string" and rest or "")
      if not offset or not in_range(month, day, hour, minute, second) then return nil end
      local millis = type(fraction) == "string" and tonumber((fraction .. "000"):sub(2, 4)) or 0
      return days_from_date(number(year), month, day) * DAY + ((hour * 60 + minute) * 60 + second) * 1000
        + math.tointeger(millis) - offset
    end
  end
  return nil
end

--- Reads a date-time as RFC 3339 has it: with seconds, and with an offset, which is `Z` or has a colon.
-- @param text string
-- @return integer, or nil for any other text
function dates.parse_rfc3339(text)
  local whole = text:match("^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d(.*)$")
  local offset = whole and whole:gsub("^%.%d+", "")
  if offset == "Z" or offset and offset:find("^[+-]%d%d:%d%d$") then return dates.parse(text) end
  return nil
end

-- What has to be added to the monotonic clock.
local offset = -math.huge

--- The present moment, to the second that the system's clock shows, and never before an earlier one.
-- @return integer
function dates.now()
  local elapsed = math.floor(cqueues.monotime() * 1000)
  -- The clock of os.time knows whole seconds only: a look at it right after a second has begun says more than others.
  offset = math.max(offset, os.time() * 1000 - elapsed)
  return offset + elapsed
end

--- Writes a moment as Tasklist does: milliseconds always, offset without a colon.
-- @param millis integer
-- @return string such as "2023-02-20T18:37:19.214+0000"
function dates.format(millis)
  return os.date("!%Y-%m-%dT%H:%M:%S", millis // 1000) .. (".%03d+0000"):format(millis % 1000)
end

--- Writes a moment as v2 does.
-- @param millis integer
-- @return string such as "2023-02-20T18:37:19.214Z"
function dates.format_rfc3339(millis)
  return (dates.format(millis):gsub("%+0000$", "Z"))
end

return dates
