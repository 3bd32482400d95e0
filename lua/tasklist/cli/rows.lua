--- Rows of a table that says what holds in which case.

local function fits(when, facts)
  for field, value in pairs(when) do
    if (facts[field] or false) ~= value then return false end
  end
  return true
end

--- Finds the row for a case.
-- @tparam table rows the first counts whose `when` fits; false in it means that there is no such fact
-- @tparam table facts
-- @treturn ?table the row
return function(rows, facts)
  for _, row in ipairs(rows) do
    if fits(row.when, facts) then return row end
  end
end
