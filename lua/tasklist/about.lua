--- What a client tells of itself.

local message = require "tasklist.api.message"
local settings = require "tasklist.settings"
local v1 = require "tasklist.api.v1"
local verbs = require "tasklist.verbs"

local about = {}

--- See `Client:server`.
function about.server(self)
  local problem = verbs.problem_of(self, nil, "server")
  if problem then
    error("server: " .. problem, 2)
  end
  local finding = require "tasklist.api.finding" -- loaded now, because `settings` needs none of it
  return verbs.give("server", finding.describe(self.remote))
end

-- What the settings tell of who signs in: a user's name, or a client's; or nothing.
local function told_by(values)
  if values.auth == "oauth" then
    return { client_id = values.client_id }
  elseif values.auth == "basic" or values.auth == "cookie" then
    return { username = values.username }
  end
end

-- What the server tells; where it cannot, what the settings do.
local function ask(remote, made)
  local found, failure = remote:call("whoami", made)
  if not found and type(failure) == "table" and failure.code == "unsupported" then
    return told_by(remote.connection.values), failure
  end
  return found, failure
end

--- See `Client:whoami`.
function about.whoami(self, options)
  local problem = verbs.problem_of(self, options, "whoami")
  if problem then
    error("whoami: " .. problem, 2)
  elseif self.values.auth == "oauth" then -- the server knows users by name, and refuses a token that is for none
    return told_by(self.values)
  end
  local made = message.of_operation(v1.operations.whoami, nil, nil, options and options.timeout)
  return verbs.give("whoami", ask(self.remote, made))
end

--- See `Client:settings`.
function about.settings(self)
  verbs.check_self(self, "settings")
  return settings.describe(self.values, self.sources)
end

return about
