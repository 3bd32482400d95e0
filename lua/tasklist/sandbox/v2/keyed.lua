--- What v2 asks of the keys in its paths: integers of 64 bits.
local answers = require "tasklist.sandbox.answers"

--- Makes an endpoint that answers only where the id in the path is a key.
-- @param name string: what the server calls it
-- @param answer function(parts, call) -> response
-- @return function(parts, call) -> response
return function(name, answer)
  return function(parts, call)
    if call.id:find("^-?%d+$") and math.tointeger(tonumber(call.id)) then return answer(parts, call) end
    return answers.problem(call.request, 400, "Bad Request", ("Failed to convert '%s' with value: '%s'")
      :format(name, call.id))
  end
end
