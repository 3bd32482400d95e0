--- A connection that shows its requests instead of sending them: `dry_run` of `tasklist.new`. It still sends messages
-- with `finds`, which find out what the server is, since the API that a client uses decides how a request looks.

local core = require "tasklist.core"
local errors = require "tasklist.errors"

-- What stands for the request that was not sent.
local Unsent = {}
Unsent.__index = Unsent

function Unsent:close() end

Unsent.finish = Unsent.close
Unsent.__close = Unsent.close

-- Hands a message to the user's function. The header lines stay here: they may hold a secret. The function is called
-- as a trace function is: what it raises comes out of the call, and it cannot yield.
local function show(self, message)
  local site = self.sites[message.site or self.main]
  local fine, problem = core.call(self.values.dry_run, { method = message.method, url = site.url .. message.path,
    body = message.body })
  if not fine then
    error(problem, 0)
  end
end

local function not_sent(message)
  return errors.failed(message, { kind = "config", code = "dry_run", message = "not sent, since dry_run is set" })
end

--- Makes the methods of such a connection.
-- @tparam table Connection the methods of one that sends
-- @treturn table
return function(Connection)
  local Dry = setmetatable({}, { __index = Connection })

  function Dry:start(message, background)
    if message.finds then
      return Connection.start(self, message, background)
    end
    show(self, message)
    return setmetatable({}, Unsent)
  end

  function Dry.collect(_, _, message)
    return not_sent(message)
  end

  function Dry:call(message)
    if message.finds then
      return Connection.call(self, message)
    end
    show(self, message)
    return not_sent(message)
  end

  Dry.exchange = Dry.call -- nothing that finds out anything comes this way

  return Dry
end
