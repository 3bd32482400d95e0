--- What kind of failure ends the program, and with which exit code.

local row_for = require "tasklist.cli.rows"

local failures = {}

-- By the fields of the error. `for_all`: it would come for every other task, too.
local rows = {
  { exit = 0, when = { code = "dry_run" } }, -- not sent, as it was wanted
  { exit = 6, when = { outcome = "unknown" } },
  { exit = 4, when = { code = "not_found" } },
  { exit = 5, when = { code = "not_active" } },
  { exit = 5, when = { code = "already_assigned" } },
  { exit = 5, when = { code = "not_assigned" } },
  { exit = 5, when = { code = "not_assignee" } },
  { exit = 1, when = { code = "unsupported", kind = "config" }, for_all = true },
  { exit = 1, when = { code = "unsupported" } },
  { exit = 2, when = { kind = "usage" } },
  { exit = 3, when = { kind = "config" }, for_all = true },
  { exit = 3, when = { kind = "auth" }, for_all = true },
  { exit = 3, when = { code = "no_client_certificate" }, for_all = true },
  { exit = 1, when = {} },
}

-- Every task's id is a number. Where one is no number, API v1 finds nothing, and the newer one and what stands before
-- either answer with a 400: what it means is the same.
local function names_no_task(failure, id)
  return id and not id:find "^%d+$" and (failure.status == 400 or failure.status == 404)
end

--- The exit code of a failure.
-- @param failure an error object of the module
-- @tparam ?string id of the task
-- @treturn integer
function failures.code(failure, id)
  return row_for(rows, names_no_task(failure, id) and { code = "not_found" } or failure).exit
end

-- What ends the program at once has a code of its own, whatever has failed before.
local USAGE, INTERRUPTED, NO_READER = 2, 130, 141

-- What the module raises where a verb is called with what it cannot take, such as an id that is none: the place, which
-- may be missing, the verb, and what is wrong.
local MISUSE = { "^[^\n]-:%d+: %l[%l_]*: ([^\n]+)$", "^%l[%l_]*: ([^\n]+)$" }

local function misuse_in(text)
  return text:match(MISUSE[1]) or text:match(MISUSE[2])
end

local EPIPE, EINTR = 32, 4 -- of <errno.h>; the same on all systems

--- A text that was raised, as a table: stand-alone Lua raises "interrupted!" at Ctrl-C, which require and others put
-- into texts of their own; the module raises misuse, which comes from the command line. All else is a mistake in the
-- program, of which the first line tells.
-- @tparam string text
-- @treturn table as `Program:break_off` takes it
function failures.of_lua(text)
  if text:find("interrupted!", 1, true) then
    return { kind = "interrupted" }
  end
  local misuse = misuse_in(text)
  if misuse then return { usage = misuse } end
  return { kind = "internal", message = "a mistake in this program: " .. text:match "^[^\n]*" }
end

--- The code with which something ends the program, whatever failed before: Ctrl-C, a wrong command line, or an output
-- that nobody reads any more. A write that is broken off by Ctrl-C says so by the system's number.
-- @param problem what was raised, a table
-- @treturn ?integer nil for all other failures
function failures.ending(problem)
  if problem.usage then
    return USAGE
  elseif problem.kind == "interrupted" or problem.errno == EINTR then
    return INTERRUPTED
  elseif problem.errno == EPIPE then
    return NO_READER
  end
end

--- Whether a failure would come for every other task, too, so that to go on makes no sense: who signs in is refused,
-- the settings are wrong, or the server cannot do such a thing.
-- @param failure an error object of the module
-- @treturn boolean
function failures.comes_for_all(failure)
  return row_for(rows, failure).for_all or false
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
