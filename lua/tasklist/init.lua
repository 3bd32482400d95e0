--- tasklist: the user tasks of a Camunda 8 cluster as Lua tables.

local cjson = require "cjson"
local core = require "tasklist.core"
local json = require "tasklist.json"

local tasklist = {
  _NAME = "tasklist",
  _VERSION = require "tasklist.version",
  _LICENSE = "MIT",
  --- An explicit JSON null in what goes out, and in what comes in where absence would not do.
  null = json.null,
  --- Makes a JSON array: `array(t)` is a new table with the values of the sequence t, written as `[…]`
  -- even when it is empty. Raises when t has holes or other keys.
  array = core.array,
  --- Marks a text as JSON: `raw(text)` is an object that is written as that text, byte for byte.
  -- `tostring` gives the text back. Raises when the text is no JSON.
  raw = core.raw,
}

-- Loaded when first used: a host that only requires this module pays nothing for them.
local files = {
  encode = "tasklist.values", decode = "tasklist.values",
  time = "tasklist.dates", date = "tasklist.dates",
}

setmetatable(tasklist, { __index = function(_, name)
  local file = files[name]
  if file then
    tasklist[name] = require(file)[name]
    return tasklist[name]
  end
end })

--- Makes a client. What the arguments leave out comes from the environment, then from the defaults.
-- No network I/O happens here.
-- @tparam[opt] table arguments `base_url` (or `region` and `cluster_id`), `client_id`, `client_secret`,
--   `authorization_server_url`, `audience`: strings; `timeout` (of a whole call, 30), `connect_timeout`
--   (10): seconds; `retries` (3): how often a failed attempt goes out again, where that does no harm;
--   `ca_file`: a PEM file of the authorities to trust instead of the system's; `allow_insecure`
--   (false): lets secrets travel over http; `max_response` (16 MiB): bytes of one answer. Unknown
--   names and wrong types raise.
-- @treturn table a client; or nil and an error of kind "config"
function tasklist.new(arguments)
  if arguments ~= nil and type(arguments) ~= "table" then
    error("tasklist.new: a table of options expected, got " .. type(arguments), 2)
  end
  arguments = arguments or {}
  -- Loaded now: a host that only requires this module pays nothing for them.
  local client, settings = require "tasklist.client", require "tasklist.settings"
  local problem = settings.problem_of(arguments)
  if problem then
    error("tasklist.new: " .. problem, 2)
  end
  local values, sources = settings.resolve(arguments, os.getenv)
  if not values then
    return nil, sources -- the error
  end
  return client.new(values, sources)
end

--- What this runs on: the first thing to say in a report.
-- @treturn table versions of `tasklist`, `lua`, `libcurl` (the one that is running) and `cjson`
function tasklist.version()
  return {
    tasklist = tasklist._VERSION,
    lua = _VERSION,
    libcurl = core.curl_version(),
    cjson = cjson._VERSION,
  }
end

return tasklist
