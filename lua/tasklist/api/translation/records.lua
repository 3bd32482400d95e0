--- What the translations have in common: how a record of v2 becomes one in v1's form, by rows; and texts.

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

return records
