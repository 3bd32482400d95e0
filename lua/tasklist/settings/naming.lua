--- Settings in messages.

local errors = require "tasklist.errors"

local naming = {}

--- The variable that was set and the option, or all variables, so that a reader finds the one to change.
-- @tparam table row of `names`
-- @tparam[opt] string source "argument", "default", or else what names the variable
-- @treturn string
function naming.called(row, source)
  local set = source ~= "argument" and source ~= "default" and source
  local variables = set or row.env and table.concat(row.env, " or ")
  return variables and ("%s (option %q)"):format(variables, row.name) or ("option %q"):format(row.name)
end

--- Why a variable does not count that may be set nonetheless.
-- @treturn string to follow what says that a setting is missing; "" where variables count
function naming.without_variables()
  return os and os.getenv and "" or "; this Lua state has no os.getenv, so that only options count"
end

--- @param ... as for string.format
-- @return nil, and an error of kind "config"
function naming.config_error(...)
  return nil, errors.new { kind = "config", message = string.format(...) }
end

return naming
