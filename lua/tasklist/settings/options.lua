--- Tables of options, of `tasklist.new` and of verbs: what is wrong with them.

local names = require "tasklist.settings.names"
local types = require "tasklist.settings.types"

local options = {}

-- How to speak of mistakes: loaded when there is one.
local function words()
  return require "tasklist.words"
end

local type_of, secret = {}, {}
for _, row in ipairs(names) do
  type_of[row.name] = row.type
  secret[row.name] = row.secret
end

--- What is wrong with a table of options, a mistake of the program.
-- @param given
-- @tparam[opt] table expected name -> one of `tasklist.settings.types`; those of `tasklist.new` by default
-- @treturn ?string nil when nothing is
function options.problem_of(given, expected)
  expected = expected or type_of
  if type(given) ~= "table" then
    return "options: table expected, got " .. words().kind(given)
  end
  for name, value in pairs(given) do
    if not expected[name] then
      return words().unknown("option", name, expected)
    end
    local right, what = types[expected[name]](value)
    if not right then
      local show = secret[name] and words().kind or words().shown
      return ("option %q must be %s, got %s"):format(name, what, show(value))
    end
  end
end

return options
