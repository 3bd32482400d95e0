--- The options of a sandbox: their types and defaults.
local sample_forms = require "tasklist.sandbox.sample_forms"
local samples = require "tasklist.sandbox.samples"
local users = require "tasklist.sandbox.users"
local versions = require "tasklist.sandbox.versions"

local options = {}

-- Each check gives whether a value is right, and what would be: words, or an array of choices.
local function is(type_name)
  local words = "of type " .. type_name
  return function(value) return type(value) == type_name or math.type(value) == type_name, words end
end

local function one_of(...)
  local choices, allowed = { ... }, {}
  for _, value in ipairs(choices) do allowed[value] = true end
  return function(value) return allowed[value], choices end
end

local function is_version(value)
  return versions.known(value), 'a version from "8.5" to "8.10", such as "8.8" or "8.8.5"'
end

local role = one_of("OWNER", "OPERATOR", "READER")

local OPTIONS = {
  host = { is "string", default = "127.0.0.1" },
  port = { is "integer", default = 0 },
  base_path = { is "string", default = "" },
  tls = { one_of("good", "wrong_host", "expired", "unknown_ca") },
  tls_max_version = { one_of "1.1" },
  client_certificate = { is "boolean", default = false },
  gzip = { is "boolean", default = false },
  version = { is_version, default = "8.6" },
  v1 = { is "boolean" },
  authentication = { one_of("jwt", "cookie", "basic", "none"), default = "jwt" },
  client_id = { is "string", default = "sandbox-client" },
  client_secret = { is "string", default = "sandbox-secret" },
  check_client = { is "boolean", default = true },
  audience = { is "string", default = "tasklist.camunda.io" },
  rest_audience = { is "string", default = "zeebe.camunda.io" },
  check_audience = { is "boolean", default = true },
  token_life = { is "number", default = 300 },
  token_delay = { is "number", default = 0 },
  verify = { is "function" },
  client_role = { role, default = "OWNER" },
  tenants = { is "table" },
  users = { is "table", default = users.default },
  session_life = { is "number", default = 1800 },
  csrf = { is "boolean", default = true },
  lag = { is "number", default = 0 },
  tasks = { is "table", default = samples },
  forms = { is "table", default = sample_forms },
}

--- The options by name: { check, default = }. The manual is checked against them.
options.known = OPTIONS

-- What is wrong with an option, or nil. The words are loaded for a complaint only: they need the C module, without
-- which a sandbox runs otherwise.
local function problem_of(name, value)
  if not OPTIONS[name] then return require("tasklist.words").unknown("option", name, OPTIONS) end
  local right, what = OPTIONS[name][1](value)
  if right then return nil end
  local words = require "tasklist.words"
  what = type(what) == "table" and words.one_of(what) or what
  return ("option %q must be %s, got %s"):format(name, what, words.shown(value))
end

--- Checks options and puts the defaults beside them.
-- @param given table or nil
-- @return a new table. Raises for an unknown option or a bad value, naming it, at the line that called the caller.
function options.check(given)
  local result = {}
  if given ~= nil and type(given) ~= "table" then error("options: table expected, got a " .. type(given), 3) end
  for name, value in pairs(given or {}) do
    local problem = problem_of(name, value)
    if problem then error(problem, 3) end
    result[name] = value
  end
  for name, option in pairs(OPTIONS) do
    if result[name] == nil then result[name] = option.default end
  end
  if result.client_certificate and not result.tls then error('option "client_certificate" needs option "tls"', 3) end
  if result.v1 and versions.of(result.version).v1_is_gone then
    error(('option "v1" cannot be true: %s has no v1 any more'):format(result.version), 3)
  end
  return result
end

return options
