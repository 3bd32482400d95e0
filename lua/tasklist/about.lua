--- What a client tells of itself.

local settings = require "tasklist.settings"
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

--- See `Client:settings`.
function about.settings(self)
  verbs.check_self(self, "settings")
  return settings.describe(self.values, self.sources)
end

return about
