--- Variables on the command line: `name=JSON`.

local tasklist = require "tasklist"

local values = {}

--- What help says of such words; the quotes of the last are for the shell.
values.description = "Variables are written as name=JSON; what is no JSON is a string: amount=5 is a number, "
  .. [[city=Bonn and 'zip="5"' are strings]]

-- The value of a text, or nil and what is wrong with it. `{1,` is JSON with a mistake, and `Bonn` a word.
local function value_of(text)
  local value, failure = tasklist.decode(text, { keep_null = true })
  if not failure then return value end
  if text:find '^%s*[{["]' then return nil, failure.message end
  return text
end

--- Reads words.
-- @tparam table words such as `amount=5`
-- @treturn ?table name -> value, as `tasklist.decode` gives it; null is `tasklist.null`. nil where a word is wrong
-- @treturn ?string what is wrong with it
function values.parse(words)
  local found = {}
  for _, word in ipairs(words) do
    local name, text = word:match "^([^=]+)=(.*)$"
    if not name then return nil, ("'%s' is not name=JSON"):format(word) end
    if found[name] ~= nil then return nil, ("variable '%s' is given twice"):format(name) end
    local value, problem = value_of(text)
    if problem then return nil, ("variable '%s': %s"):format(name, problem) end
    found[name] = value
  end
  return found
end

return values
