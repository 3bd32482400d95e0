-- What a user's smallest script does: start, sign in, search once, end.
-- script.lua [FOLDER]: where the token file is, if there is to be one
local tasklist = require "tasklist"

local client <close> = assert(tasklist.new { token_cache = ... })
print(#assert(client:search_tasks { state = "CREATED", pageSize = 50 }))
