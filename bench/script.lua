-- What a user's smallest script does: start, sign in, search once, end.
local tasklist = require "tasklist"

local client <close> = assert(tasklist.new())
print(#assert(client:search_tasks { state = "CREATED", pageSize = 50 }))
