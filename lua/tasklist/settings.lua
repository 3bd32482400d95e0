--- Settings: arguments over environment over defaults, checked, as one table.

local core = require "tasklist.core"
local errors = require "tasklist.errors"

local settings = {}

local default_token_url = "https://login.cloud.camunda.io/oauth/token"

-- In the order in which they are checked. `env`: where a value comes from when there is no argument.
local known = {
  { name = "base_url", type = "string", env = "CAMUNDA_TASKLIST_BASE_URL" },
  { name = "region", type = "string" },
  { name = "cluster_id", type = "string" },
  { name = "authorization_server_url", type = "string", env = "ZEEBE_AUTHORIZATION_SERVER_URL",
    default = default_token_url },
  { name = "client_id", type = "string", env = "ZEEBE_CLIENT_ID", required = true },
  { name = "client_secret", type = "string", env = "ZEEBE_CLIENT_SECRET", required = true },
  { name = "audience", type = "string", default = "tasklist.camunda.io" },
  { name = "timeout", type = "seconds", default = 30 },
  { name = "connect_timeout", type = "seconds", default = 10 },
  { name = "allow_insecure", type = "boolean", env = "TASKLIST_ALLOW_INSECURE", default = false },
  { name = "max_response", type = "bytes", default = 16 * 1024 * 1024 },
}

local by_name = {}
for _, setting in ipairs(known) do
  by_name[setting.name] = setting
end

local longest = 86400 * 365

local types = {}

function types.string(value)
  return type(value) == "string", "a string"
end

function types.boolean(value)
  return type(value) == "boolean", "a boolean"
end

function types.seconds(value)
  return type(value) == "number" and value > 0 and value <= longest, "a positive number of seconds, at most a year's"
end

function types.bytes(value)
  local bytes = type(value) == "number" and math.tointeger(value)
  return bytes and bytes > 0, "a positive whole number of bytes"
end

--- What is wrong with the arguments themselves, a mistake of the program.
-- @tparam table arguments
-- @treturn ?string nil when nothing is
function settings.misuse(arguments)
  for name, value in pairs(arguments) do
    local setting = by_name[name]
    if not setting then
      return ("unknown option %q"):format(tostring(name))
    end
    local right, what = types[setting.type](value)
    if not right then
      return ("option %q must be %s, got %s"):format(name, what, type(value) == "number" and value or type(value))
    end
  end
end

-- Variable and option, so that a reader finds the one to change wherever it was set.
local function called(setting)
  return setting.env and ("%s (option %q)"):format(setting.env, setting.name) or ("option %q"):format(setting.name)
end

local function config_error(...)
  return nil, errors.new { kind = "config", message = string.format(...) }
end

local booleans = { ["true"] = true, ["1"] = true, ["false"] = false, ["0"] = false }

local function read_variable(setting, text)
  if setting.type ~= "boolean" then
    return text
  end
  local value = booleans[text:lower()]
  if value == nil then
    return config_error("%s must be true or false", called(setting))
  end
  return value
end

-- An empty variable counts as not set, as it does for Camunda's own clients.
local function collect(arguments, environment)
  local values = {}
  for _, setting in ipairs(known) do
    local value = arguments[setting.name]
    local text = value == nil and setting.env and environment(setting.env)
    if text and text ~= "" then
      local problem
      value, problem = read_variable(setting, text)
      if problem then
        return nil, problem
      end
    end
    if value == nil then
      value = setting.default
    end
    values[setting.name] = value
  end
  return values
end

local function part_of_address(values, name)
  local value = values[name]
  if not value then
    return config_error("option %q is missing: \"region\" and \"cluster_id\" go together", name)
  elseif not value:find("^[%w-]+$") then
    return config_error("option %q may hold letters, digits and hyphens only", name)
  end
  return value
end

-- SaaS addresses are made of a region and a cluster. Given as arguments these go before the
-- environment's base URL.
local function choose_base_url(arguments, values)
  if arguments.base_url or not (values.region or values.cluster_id) then
    return values.base_url
  end
  local region, problem = part_of_address(values, "region")
  if not region then
    return nil, problem
  end
  local cluster_id
  cluster_id, problem = part_of_address(values, "cluster_id")
  return cluster_id and ("https://%s.tasklist.camunda.io/%s"):format(region, cluster_id), problem
end

-- What a URL that carries a credential must not be.
local faults = {
  { function(url) return not (url.http or url.https) end, "must begin with https:// (or http://)" },
  { function(url) return url.credentials end, "must not hold a user name or password" },
  { function(url) return url.fragment end, "must not have a fragment (#…)" },
}

local function check_url(setting, text, allow_insecure)
  local url = core.url(text)
  if not url or text:find("[%c%s]") then
    return config_error("%s is no URL: https://host[:port][/path] expected", called(setting))
  end
  for _, fault in ipairs(faults) do
    if fault[1](url) then
      return config_error("%s %s", called(setting), fault[2])
    end
  end
  if url.http and not url.loopback and not allow_insecure then
    return config_error("%s must be https, since a secret travels there; TASKLIST_ALLOW_INSECURE=true "
      .. "(option \"allow_insecure\") lifts this", called(setting))
  end
  return url
end

local function check_base_url(values)
  local setting = by_name.base_url
  if not values.base_url then
    return config_error("%s is missing; or give the options \"region\" and \"cluster_id\"", called(setting))
  end
  local url, problem = check_url(setting, values.base_url, values.allow_insecure)
  if not url then
    return nil, problem
  elseif url.query then
    return config_error("%s must not have a query (?…)", called(setting))
  end
  values.base_url = values.base_url:gsub("/+$", "")
  return true
end

local function check_texts(values)
  for _, setting in ipairs(known) do
    local value = values[setting.name]
    if setting.required and (value == nil or value == "") then
      return config_error("%s is missing", called(setting))
    elseif setting.type == "string" and value and value:find("\0", 1, true) then
      return config_error("%s must not hold a NUL", called(setting))
    end
  end
  return true
end

--- All settings that are in force.
-- @tparam table arguments checked by `misuse`
-- @tparam function environment gives a variable's value or nil, like os.getenv
-- @treturn table name -> value; or nil and an error of kind "config"
function settings.resolve(arguments, environment)
  local values, problem = collect(arguments, environment)
  if not values then
    return nil, problem
  end
  values.base_url, problem = choose_base_url(arguments, values)
  if problem then
    return nil, problem
  end
  for _, check in ipairs { check_base_url, check_texts } do
    local right
    right, problem = check(values)
    if not right then
      return nil, problem
    end
  end
  local url
  url, problem = check_url(by_name.authorization_server_url, values.authorization_server_url, values.allow_insecure)
  if not url then
    return nil, problem
  end
  return values
end

return settings
