--- Where the cluster is: the address of each of its two APIs, as it was given, or made of the region and the id of a
-- SaaS cluster.
--
-- One place (the arguments, the env_file, the environment) decides alone, the first one that says anything: an address
-- from another place may be another cluster's, and a credential would go there.

local levels = require "tasklist.settings.levels"
local naming = require "tasklist.settings.naming"

local called, config_error = naming.called, naming.config_error

local addresses = {}

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

-- Loaded when it is needed: a program that names Tasklist's address alone needs none of it.
local function cluster()
  return require "tasklist.settings.cluster"
end

-- The addresses at a level, and their sources; nil when there is none.
local function given_at(level, list)
  local found, sources = {}, {}
  for _, name in ipairs(list) do
    local url, source = level.find(levels.rows[name])
    if url then
      found[name], sources[name] = tidy(name, url), source
    end
  end
  return next(found) and found, sources
end

-- Those of a SaaS cluster that a level names, and their sources; nil when it names none; or nil and an error. A part
-- that the level does not have comes from the others.
local function made_at(level, list, of)
  for _, name in ipairs { "region", "cluster_id" } do
    local part, source = level.find(levels.rows[name])
    if part then
      local made, problem = cluster().addresses(list, of)
      return made, problem or { base_url = source, rest_url = source }
    end
  end
end

local function missing(api)
  local either = {}
  for i, name in ipairs(wanted[api]) do
    either[i] = called(levels.rows[name])
  end
  return config_error("the address of the cluster%s is missing: set %s; or %s and %s%s",
    api ~= "auto" and (" for api = %q"):format(api) or "", table.concat(either, ", or "), called(levels.rows.region),
    called(levels.rows.cluster_id), naming.without_variables())
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
      values.rest_fallback = values.rest_url and cluster().other_address(values.rest_url) or nil
      return true
    elseif from then
      return nil, from -- the error
    end
  end
  return missing(values.api)
end

return addresses
