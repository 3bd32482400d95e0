--- An exchange whose server is a function: what operations that `run` are driven with.
local core = require "tasklist.core"
local json = require "tasklist.json"

local exchange = {}

-- As the server reads a body, and as the client reads an answer: nothing of the one's tables is the other's.
local function copy(value)
  return value and json.decode(assert(core.encode_value(value)))
end

--- Makes an exchange.
-- @param answer function: gets path and body of each request, and the index of the request; gives the decoded answer,
--   or nil and a failure
-- @param version array such as { 8, 10 }; or nil
-- @return table with `sent`, an array of { method, path, body, read }; and `at_once`, the last argument of `many`
function exchange.new(answer, version)
  local made = { known = {}, sent = {} }
  function made:call(operation, id, body)
    local path = operation.path:gsub("{[^}]*}", tostring(id))
    self.sent[#self.sent + 1] = { method = operation.method, path = path, body = copy(body), read = operation.read }
    local value, failure = answer(path, copy(body), #self.sent)
    if value then return copy(value) end
    return value, failure
  end
  function made:many(list, at_once)
    self.at_once = at_once
    local answers = {}
    for index, one in ipairs(list) do
      local failure
      answers[index], failure = self:call(one[1], one[2], one[3])
      if answers[index] == nil then return nil, failure end
    end
    return answers
  end
  function made.version()
    if version then return version end
    return nil, "no version"
  end
  return made
end

return exchange
