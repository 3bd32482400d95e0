--- The verbs that only servers with the newer API serve: see `tasklist.api.newer`.

local verbs = require "tasklist.verbs"

return {
  --- See `Client:update_task`.
  update_task = verbs.of_operation "update_task",
  --- See `Client:set_variables`.
  set_variables = verbs.of_operation "set_variables",
}
