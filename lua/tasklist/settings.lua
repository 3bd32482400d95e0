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
  { name = "client_secret", type = "string", env = "ZEEBE_CLIENT_SECRET", required = true, secret = true },
  { name = "audience", type = "string", default = "tasklist.camunda.io" },
  { name = "timeout", type = "seconds", default = 30 },
  { name = "connect_timeout", type = "seconds", default = 10 },
  { name = "retries", type = "count", default = 3 },
  { name = "allow_insecure", type = "boolean", env = "TASKLIST_ALLOW_INSECURE", default = false },
  { name = "ca_file", type = "string", env = "CAMUNDA_CUSTOM_ROOT_CERT_PATH", file = true, default = "" },
  { name = "max_response", type = "bytes", default = 16 * 1024 * 1024 },
}

local by_name, type_of = {}, {}
for _, setting in ipairs(known) do
  by_name[setting.name] = setting
  type_of[setting.name] = setting.type
end

local longest = 86400 * 365

local types = {}

function types.string(value)
  return type(value) == "string", "a string"
end

function types.boolean(value)
  return type(value) == "boolean", "a boolean"
end

function types.table(value)
  return type(value) == "table", "a table"
end

function types.seconds(value)
  return type(value) == "number" and value > 0 and value <= longest, "a positive number of seconds, at most a year's"
end

function types.bytes(value)
  local bytes = type(value) == "number" and math.tointeger(value)
  return bytes and bytes > 0, "a positive whole number of bytes"
end

function types.count(value)
  local count = type(value) == "number" and math.tointeger(value)
  return count and count >= 0 and count <= 1000, "a whole number from 0 to 1000"
end

--- What is wrong with a table of options, a mistake of the program.
-- @tparam table options
-- @tparam[opt] table expected name -> "string", "boolean", "table", "seconds", "bytes" or "count"; those of
--   `tasklist.new` by default
-- @treturn ?string nil when nothing is
function settings.problem_of(options, expected)
  expected = expected or type_of
  for name, value in pairs(options) do
    if not expected[name] then
      return ("unknown option %q"):format(tostring(name))
    end
    local right, what = types[expected[name]](value)
    if not right then
      local shown = expected[name] ~= "string" and type(value) == "number" and value or type(value)
      return ("option %q must be %s, got %s"):format(name, what, shown)
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

-- Where a setting comes from. An empty variable counts as not set, as it does for Camunda's own clients.
local function find(setting, arguments, environment)
  local argument = arguments[setting.name]
  if argument ~= nil then
    return argument, "argument"
  end
  local text = setting.env and environment(setting.env)
  if text and text ~= "" then
    local value, problem = read_variable(setting, text)
    return value, setting.env, problem
  end
  return setting.default, "default"
end

local function collect(arguments, environment)
  local values, sources = {}, {}
  for _, setting in ipairs(known) do
    local value, source, problem = find(setting, arguments, environment)
    if problem then
      return nil, problem
    end
    values[setting.name], sources[setting.name] = value, source
  end
  return values, sources
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
local function choose_base_url(values, sources)
  if sources.base_url == "argument" or not (values.region or values.cluster_id) then
    return values.base_url
  end
  local region, problem = part_of_address(values, "region")
  if not region then
    return nil, problem
  end
  local cluster_id
  cluster_id, problem = part_of_address(values, "cluster_id")
  sources.base_url = sources.region
  return cluster_id and ("https://%s.tasklist.camunda.io/%s"):format(region, cluster_id), problem
end

-- What a URL that carries a credential must not be.
local faults = {
  { function(url) return not (url.http or url.https) end, "must begin with https:// (or http://)" },
  { function(url) return url.credentials end, "must not hold a user name or password" },
  { function(url, text) return url.fragment or text:find("#", 1, true) end, "must not have a fragment (#…)" },
}

local function check_url(setting, text, allow_insecure)
  local url = core.url(text)
  if not url or text:find("[%c%s]") then
    return config_error("%s is no URL: https://host[:port][/path] expected", called(setting))
  end
  for _, fault in ipairs(faults) do
    if fault[1](url, text) then
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

local function check_files(values)
  for _, setting in ipairs(known) do
    local path = values[setting.name]
    if setting.file and path ~= "" then
      local file, problem = io.open(path)
      if not file then
        return config_error("%s cannot be read: %s", called(setting), problem)
      end
      file:close()
    end
  end
  return true
end

local function check_token_url(values)
  return check_url(by_name.authorization_server_url, values.authorization_server_url, values.allow_insecure)
end

local checks = { check_base_url, check_texts, check_token_url, check_files }

--- All settings that are in force.
-- @tparam table arguments without problems
-- @tparam function environment gives a variable's value or nil, like os.getenv
-- @treturn table values: name -> value; or nil and an error of kind "config"
-- @treturn table sources: name -> "argument", "default" or the variable's name
function settings.resolve(arguments, environment)
  local values, sources = collect(arguments, environment)
  if not values then
    return nil, sources
  end
  local problem
  values.base_url, problem = choose_base_url(values, sources)
  if problem then
    return nil, problem
  end
  for _, check in ipairs(checks) do
    local right
    right, problem = check(values)
    if not right then
      return nil, problem
    end
  end
  return values, sources
end

--- The hosts that no proxy of the environment may stand before: those that it names, and this machine,
-- to which secrets may travel over http.
-- @tparam function environment like os.getenv
-- @treturn string in libcurl's form
function settings.no_proxy(environment)
  local named = environment "no_proxy" or environment "NO_PROXY" or ""
  return named == "*" and named or named .. ",localhost,127.0.0.0/8,::1/128"
end

--- Settings as they may be shown.
-- @tparam table values from `resolve`
-- @tparam table sources likewise
-- @treturn table name -> `{ value =, source = }`, secrets as "***"
function settings.describe(values, sources)
  local shown = {}
  for _, setting in ipairs(known) do
    local value = values[setting.name]
    if value ~= nil then
      shown[setting.name] = { value = setting.secret and "***" or value, source = sources[setting.name] }
    end
  end
  return shown
end

return settings
