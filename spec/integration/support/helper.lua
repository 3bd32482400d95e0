-- Loaded before all specs, so that they share one Keycloak: busted gives each file modules of its own.
local busted = require "busted"
local keycloak = require "spec.integration.support.keycloak"

busted.subscribe({ "suite", "end" }, function()
  keycloak:stop()
end)
