--- The verbs that call a function for each of many items: what they check first.

local json = require "tasklist.json"
local parallel = require "tasklist.parallel"
local verbs = require "tasklist.verbs"
local words = require "tasklist.words"

local function problem_of_work(items, fn)
  if type(items) ~= "table" and type(items) ~= "function" then
    return "items: an array or an iterator expected, got " .. words.kind(items)
  elseif type(fn) ~= "function" then
    return "fn: a function expected, got " .. words.kind(fn)
  end
end

-- The verb of a function of `parallel`.
local function verb(name)
  return function(self, items, fn, options)
    items = json.given(items)
    local problem = verbs.problem_of(self, options, name) or problem_of_work(items, fn)
    if problem then
      error(("%s: %s"):format(name, problem), 2)
    end
    return verbs.give(name, parallel[name](self.connection.driver, items, fn, options or {}))
  end
end

return {
  --- See `Client:map`.
  map = verb "map",
  --- See `Client:each`.
  each = verb "each",
}
