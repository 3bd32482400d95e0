local bulk = require "tasklist.cli.bulk"
local ids = require "tasklist.cli.ids"
local moments = require "tasklist.cli.moments"
local numbers = require "tasklist.cli.numbers"
local tasklist = require "tasklist"

local function moment(time)
  return function(text) return moments.parse(text, time) end
end

-- What each option changes. "none" takes away what the task has there.
local changes = {
  { name = "--due", as = "due", field = "dueDate", argname = "DATE", read = moment "23:59:59",
    description = "when it must be done: " .. moments.description
      .. "; a date alone is the end of that day; none: no date" },
  { name = "--follow-up", as = "follow_up", field = "followUpDate", argname = "DATE", read = moment "00:00:00",
    description = "when to look at it again, likewise; a date alone is the beginning of that day; none: no date" },
  { name = "--priority", as = "priority", field = "priority", argname = "N", read = numbers.whole(0, 100),
    description = "0 to 100; none: 50, as if the process said nothing" },
  { name = "--group", as = "group", field = "candidateGroups", argname = "GROUP", count = "*",
    read = function(groups) return groups end, description = "a candidate group, instead of those it has; may be "
      .. "given again; none: no group" },
}

local options = { table.unpack(bulk.options) }
for place, change in ipairs(changes) do
  table.insert(options, place, { name = change.name, argname = change.argname, description = change.description,
    count = change.count })
end

local function is_none(text)
  return text == "none" or type(text) == "table" and #text == 1 and text[1] == "none"
end

local function read(given)
  local wanted = {}
  for _, change in ipairs(changes) do
    local text = given[change.as]
    if text and (type(text) == "string" or #text > 0) then
      local value, problem = tasklist.null, nil
      if not is_none(text) then value, problem = change.read(text) end
      if problem then error({ usage = ("%s %s"):format(change.name, problem) }, 0) end
      wanted[change.field] = value
    end
  end
  if next(wanted) == nil then
    error({ usage = "update: say what to change: --due, --follow-up, --priority or --group" }, 0)
  end
  return wanted
end

return {
  description = "Changes what tasks say of themselves. Servers with the newer API only, from 8.8 on.",
  arguments = { ids.argument },
  options = options,
  run = function(program, given)
    local wanted = read(given)
    bulk.change(program, given.ID, "updated", function(id)
      return program:client():update_task(id, wanted)
    end)
  end,
}
