--- The servers that one script must run on unchanged.
local sandbox = require "spec.support.sandbox"

local both = { "base_url", "rest_url" }

--- Each: `name`; `sandbox`: its options; `addresses`: the options by which a client is told where it is;
-- `implementation`: that of the tasks that a client with a token may change there, where no others are.
local servers = {
  { name = "8.6", sandbox = { version = "8.6" }, addresses = { "base_url" }, implementation = "JOB_WORKER" },
  { name = "8.6 with both addresses", sandbox = { version = "8.6" }, addresses = both },
  { name = "8.7", sandbox = { version = "8.7" }, addresses = { "base_url" }, implementation = "JOB_WORKER" },
  { name = "8.8 in V1 mode", sandbox = { version = "8.8", v1 = true }, addresses = { "base_url" } },
  -- The last one without effective variables is 8.8.15.
  { name = "8.8.5", sandbox = { version = "8.8.5" }, addresses = both },
  { name = "8.8", sandbox = { version = "8.8" }, addresses = { "base_url" } },
  { name = "8.9", sandbox = { version = "8.9" }, addresses = both },
  { name = "8.10 by base_url", sandbox = { version = "8.10" }, addresses = { "base_url" } },
  { name = "8.10 by rest_url", sandbox = { version = "8.10" }, addresses = { "rest_url" } },
  { name = "8.10 that lags", sandbox = { version = "8.10", lag = 0.5 }, addresses = { "rest_url" } },
}

--- Starts one, and waits until it listens.
-- @param one of the list
-- @param options table: more options of the sandbox
-- @return as from spec.support.sandbox, and `addresses`
function servers.start(one, options)
  local all = {}
  for _, some in ipairs { options, one.sandbox } do
    for name, value in pairs(some) do all[name] = value end
  end
  local server = sandbox.start(all)
  server.addresses = one.addresses
  return server
end

return servers
