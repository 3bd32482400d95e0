local assert = require "luassert" -- the plain one is all that a required file sees

--- Asserts that a text holds a part, and shows the text when it does not.
-- @tparam string text
-- @tparam string part taken as it is, no pattern
return function(text, part)
  assert.truthy(text:find(part, 1, true), text)
end
