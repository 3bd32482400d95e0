--- What the translations have in common: how a record of v2 becomes one in v1's form, by rows; and texts.

local core = require "tasklist.core"
local json = require "tasklist.json"

local records = {}

--- Gives a record v1's fields. Its own fields stay beside them, but for one of the same name.
--
-- A row has the name in v1's form, and the names of v2's fields that it comes from: the first that is there counts.
-- `make` gets what was found, or nil, and the record, and gives what v1 has; nil is absent. Rows come one after the
-- other, so that one may read what a later one replaces.
-- @tparam table rows
-- @tparam table record as it was decoded; it is changed
-- @treturn table the same
function records.fill(rows, record)
  for i = 1, #rows do
    local row = rows[i]
    local value = record[row[2]]
    if value == nil then
      value = record[row[3]]
    end
    if row.make then
      value = row.make(value, record)
    end
    record[row[1]] = value
  end
  return record
end

--- A string of v1's: keys may be integers in Lua, and are strings on the wire.
function records.text(value)
  return math.type(value) == "integer" and ("%d"):format(value) or value
end

--- An array of such strings.
function records.texts(list)
  local found = {}
  for _, item in ipairs(json.given(list)) do
    if item ~= json.null then
      found[#found + 1] = records.text(item)
    end
  end
  return core.array(found)
end

--- A date: v2 reads RFC 3339, in which a zone has a colon or is "Z".
-- @tparam number|string value seconds, or a text
function records.instant(value)
  if type(value) == "number" then
    value = require("tasklist.dates").date(value)
    return (value:gsub("%+0000$", "Z"))
  end
  return (value:gsub("([+-]%d%d)(%d%d)$", "%1:%2"))
end

--- What is known of a task that was written to: the answer says nothing of it, and a read may show it as it was.
-- @param task the task, or its id
-- @treturn table a copy of the task where the caller handed one in
function records.known(task)
  if type(task) ~= "table" then
    return { id = records.text(task) }
  end
  local known = {}
  for name, value in next, task do -- not `pairs`, since code of the caller's that raises would hide what was done
    known[name] = value
  end
  known.id = records.text(task.id)
  return known
end

return records
