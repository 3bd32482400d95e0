--- Settings in messages.

local errors = require "tasklist.errors"

local naming = {}

--- Variables and option, so that a reader finds the one to change wherever it was set.
-- @tparam table row of `names`
-- @treturn string
function naming.called(row)
  local variables = row.env and table.concat(row.env, " or ")
  return variables and ("%s (option %q)"):format(variables, row.name) or ("option %q"):format(row.name)
end

--- @param ... as for string.format
-- @return nil, and an error of kind "config"
function naming.config_error(...)
  return nil, errors.new { kind = "config", message = string.format(...) }
end

return naming
