--- The options that choose tasks, and the query that they make.

local filters = {}

filters.options = {
  { name = "--group", argname = "GROUP", description = "of this candidate group" },
  { name = "--assignee", argname = "USER", description = "of this user" },
  { name = "--unassigned", flag = true, description = "that nobody has" },
  { name = "--state", argname = "STATE", default = "CREATED", description = "in this state; CREATED by default" },
}

filters.mutex = { { "--assignee", "--unassigned" } }

--- @tparam table given the command line
-- @treturn table for `client:tasks`
function filters.query(given)
  return {
    candidateGroup = given.group,
    assignee = given.assignee,
    assigned = given.unassigned and false or nil,
    state = given.state,
  }
end

return filters
