--- What kind of failure ends the program, and with which exit code.

local failures = {}

-- A row fits when the error has each of its fields; the first that fits counts.
local rows = {
  { exit = 6, outcome = "unknown" },
  { exit = 4, code = "not_found" },
  { exit = 5, code = "not_active" },
  { exit = 5, code = "already_assigned" },
  { exit = 5, code = "not_assigned" },
  { exit = 5, code = "not_assignee" },
  { exit = 1, code = "unsupported" },
  { exit = 3, kind = "config" },
  { exit = 3, kind = "auth" },
  { exit = 1 },
}

local function fits(row, failure)
  for field, value in pairs(row) do
    if field ~= "exit" and failure[field] ~= value then return false end
  end
  return true
end

--- The exit code of a failure.
-- @param failure an error object of the module
-- @treturn integer
function failures.code(failure)
  for _, row in ipairs(rows) do
    if fits(row, failure) then return row.exit end
  end
end

--- The exit code of several: an unknown outcome before all others, because somebody has to look; else the one that all
-- have, or 1.
-- @tparam table codes by what failed
-- @treturn integer
function failures.of_all(codes)
  local first = codes[1] or 0
  for _, code in ipairs(codes) do
    if code == 6 then return 6 end
    if code ~= first then first = 1 end
  end
  return first
end

return failures
