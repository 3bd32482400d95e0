--- Iterators of a generic `for` over what gives its values one by one: a walk, a watch, claims.

local core = require "tasklist.core"

local iterating = {}

-- iterator -> what it takes from. Whoever gets the iterator alone can close the walk by this.
local sources = setmetatable({}, { __mode = "k" })

--- What an iterator of `iterate` takes from.
-- @tparam function iterator
-- @treturn ?table with `close`; nil for an iterator of another kind
function iterating.source_of(iterator)
  return sources[iterator]
end

local during, running = core.during, coroutine.running -- asked for each task

local in_use = "this iterator is at work in another coroutine: give each coroutine one of its own"

--- What a generic `for` takes (Lua manual 3.3.5).
-- @tparam table source it is the closing value and has its `connection`. Its `take` gives the next value, and
--   maybe another for the loop; or nil, and what to raise when that is no good end: an error object, or a text
--   for misuse
-- @tparam string name the verb's, for misuse
-- @tparam ?function take instead of the source's
-- @treturn function the iterator
-- @return nil
-- @return nil
-- @treturn table source
function iterating.iterate(source, name, take)
  take = take or source.take
  -- `by`: the coroutine whose call is at work. It may be suspended in the call, and a second call would find the walk
  -- between two pages. A coroutine that was closed in its call stays here, but is dead.
  local use = {}
  local function iterator()
    local problem = source.connection:misuse() or use.by and coroutine.status(use.by) ~= "dead" and in_use
    if problem then
      error(("%s: %s"):format(name, problem), 2)
    end
    local value, other = during(use, "by", running(), take, source)
    if value ~= nil or other == nil then
      return value, other
    elseif type(other) == "string" then
      error(("%s: %s"):format(name, other), 2)
    end
    error(other, 0)
  end
  sources[iterator] = source
  return iterator, nil, nil, source
end

return iterating
