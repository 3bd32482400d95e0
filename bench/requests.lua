-- What bench/script.lua does, counted: prints how many requests go over the wire.
-- requests.lua [FOLDER]
local tasklist = require "tasklist"

local requests = 0
local client <close> = assert(tasklist.new { token_cache = ..., trace = function(event)
  requests = requests + (event.url and 1 or 0)
end })
assert(client:search_tasks { state = "CREATED", pageSize = 50 })
print(requests)
