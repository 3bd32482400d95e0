--- Where the cluster is: the address of each of its two APIs, as it was given, or made of the region and the id of a
-- SaaS cluster.
--
-- One place (the arguments, the env_file, the environment) decides alone, the first one that says anything: an address
-- from another place may be another cluster's, and a credential would go there.

local levels = require "tasklist.settings.levels"
local names = require "tasklist.settings.names"
local naming = require "tasklist.settings.naming"

local called, config_error = naming.called, naming.config_error

local addresses = {}

local by_name = {}
for _, row in ipairs(names) do
  by_name[row.name] = by_name[row.name] or row
end

-- Those that play a part, by the value of `api`.
local wanted = {
  auto = { "base_url", "rest_url" },
  v1 = { "base_url" },
  v2 = { "rest_url", "base_url" },
}

-- Camunda's own clients take the address of v2 with and without the version behind it.
local function tidy(name, url)
  url = url:gsub("/+$", "")
  return name == "rest_url" and url:gsub("/v2$", ""):gsub("/+$", "") or url
end

-- The addresses at a level, and their sources; nil when there is none.
local function given_at(level, list)
  local found, sources = {}, {}
  for _, name in ipairs(list) do
    local url, source = level.find(by_name[name])
    if url then
      found[name], sources[name] = tidy(name, url), source
    end
  end
  return next(found) and found, sources
end

local hosts = { base_url = "tasklist", rest_url = "api" }

local function part_of_address(list, name)
  local value = levels.find(list, by_name[name])
  if not value then
    return config_error("%s is missing: \"region\" and \"cluster_id\" go together", called(by_name[name]))
  elseif not value:find("^[A-Za-z0-9-]+$") then
    return config_error("%s may hold letters, digits and hyphens only", called(by_name[name]))
  end
  return value
end

local function make(list, of)
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

-- Those of a SaaS cluster that a level names, and their sources; nil when it names none; or nil and an error. A part
-- that the level does not have comes from the others.
local function made_at(level, list, of)
  for _, name in ipairs { "region", "cluster_id" } do
    local part, source = level.find(by_name[name])
    if part then
      local made, problem = make(list, of)
      return made, problem or { base_url = source, rest_url = source }
    end
  end
end

local function missing(api)
  local either = {}
  for i, name in ipairs(wanted[api]) do
    either[i] = called(by_name[name])
  end
  return config_error("the address of the cluster%s is missing: set %s; or %s and %s",
    api ~= "auto" and (" for api = %q"):format(api) or "", table.concat(either, ", or "), called(by_name.region),
    called(by_name.cluster_id))
end

-- A SaaS cluster has its newer API at one of two hosts, or at both: the older one serves up to 8.9, the newer one from
-- 8.9 on.
local other_host = { api = "zeebe", zeebe = "api" }

local function fallback_of(url)
  local region, host, rest = url:match("^https://([^./]+)%.([a-z]+)%.camunda%.io(:?%d*/[^/]+)$")
  return other_host[host] and ("https://%s.%s.camunda.io%s"):format(region, other_host[host], rest)
end

--- Chooses the addresses that are in force.
-- @tparam table list of levels
-- @tparam table values has `api`; gets `base_url` or `rest_url` or both, and where that is a SaaS cluster's
--   `rest_fallback`: where v2 may be if it is not at `rest_url`
-- @tparam table sources changed likewise
-- @treturn boolean true; or nil and an error of kind "config"
function addresses.choose(list, values, sources)
  local of = wanted[values.api]
  for _, level in ipairs(list) do
    local found, from = given_at(level, of)
    if not found then
      found, from = made_at(level, list, of)
    end
    if found then
      -- With v2 alone, what is v1's address can be a root that both share.
      for _, name in ipairs(values.api == "v2" and found.rest_url and { "rest_url" } or of) do
        values[name], sources[name] = found[name], from[name]
      end
      values.rest_fallback = values.rest_url and fallback_of(values.rest_url) or nil
      return true
    elseif from then
      return nil, from -- the error
    end
  end
  return missing(values.api)
end

return addresses
