--- What goes over the wire, for people to read: `--dry-run` and `-v`.

local wire = {}

local function nothing() end

--- What results go to while requests are shown instead.
wire.no_output = { add = nothing, flush = nothing, close = nothing }

-- The parts of a line about an attempt, in their order: a field of the event, and how it is said.
local parts = {
  { "status", "%d" },
  { "error", "%s" },
  { "outcome", "outcome %s" },
  { "total", "%.0f ms", function(seconds) return seconds * 1000 end },
  { "sent", "%d bytes sent" },
  { "received", "%d received" },
}

-- A line about an attempt.
local function line_of(event)
  if event.token_file then
    return "token file: " .. event.token_file
  end
  local said = {}
  for _, part in ipairs(parts) do
    local value = event[part[1]]
    if value then said[#said + 1] = part[2]:format(part[3] and part[3](value) or value) end
  end
  return ("%s%s %s%s: %s"):format(event.sign_in and "sign-in " or "", event.method, event.url,
    event.attempt > 1 and (" (attempt %d)"):format(event.attempt) or "", table.concat(said, ", "))
end

--- Makes what writes a line about each attempt to stderr.
-- @tparam table program
-- @treturn function for `trace` of `tasklist.new`
function wire.teller(program)
  return function(event)
    program:write(line_of(event))
  end
end

--- Makes what writes requests to stdout that are not sent, with an empty line between them.
-- @treturn function for `dry_run` of `tasklist.new`
function wire.shower()
  local pretty, between = require "tasklist.cli.output.pretty", ""
  local stream = require("tasklist.cli.output").stream(io.stdout)
  return function(request)
    stream:write(between, request.method, " ", request.url, "\n")
    if request.body then stream:write(pretty(request.body), "\n") end
    between = "\n"
  end
end

return wire
