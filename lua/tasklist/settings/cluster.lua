--- The addresses of a cluster in Camunda's cloud (SaaS), which are made of its region and its id.

local levels = require "tasklist.settings.levels"
local naming = require "tasklist.settings.naming"

local called, config_error = naming.called, naming.config_error

local cluster = {}

local hosts = { base_url = "tasklist", rest_url = "api" }

local function part_of_address(list, name)
  local value = levels.find(list, levels.rows[name])
  if not value then
    return config_error("%s is missing: \"region\" and \"cluster_id\" go together", called(levels.rows[name]))
  elseif not value:find("^[A-Za-z0-9-]+$") then
    return config_error("%s may hold letters, digits and hyphens only", called(levels.rows[name]))
  end
  return value
end

--- The addresses of a cluster.
-- @tparam table list of levels
-- @tparam table of names of settings: "base_url", "rest_url"
-- @treturn table name -> URL; or nil and an error of kind "config"
function cluster.addresses(list, of)
  local parts = {}
  for i, name in ipairs { "region", "cluster_id" } do
    local part, problem = part_of_address(list, name)
    if not part then
      return nil, problem
    end
    parts[i] = part
  end
  local made = {}
  for _, name in ipairs(of) do
    made[name] = ("https://%s.%s.camunda.io/%s"):format(parts[1], hosts[name], parts[2])
  end
  return made
end

-- Its newer API is at one of two hosts, or at both: the older one serves up to 8.9, the newer one from 8.9 on.
local other_host = { api = "zeebe", zeebe = "api" }

--- Where the newer API of a cluster may be instead.
-- @tparam string url
-- @treturn ?string nil where the URL is no such cluster's
function cluster.other_address(url)
  local region, host, rest = url:match("^https://([^./]+)%.([a-z]+)%.camunda%.io(:?%d*/[^/]+)$")
  return other_host[host] and ("https://%s.%s.camunda.io%s"):format(region, other_host[host], rest) or nil
end

return cluster
