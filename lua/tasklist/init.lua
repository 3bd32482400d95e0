--- tasklist: the user tasks of a Camunda 8 cluster as Lua tables.

local client = require "tasklist.client"
local json = require "tasklist.json"
local settings = require "tasklist.settings"

local tasklist = {
  _NAME = "tasklist",
  _VERSION = require "tasklist.version",
  _LICENSE = "MIT",
  --- An explicit JSON null in what goes out.
  null = json.null,
}

--- Makes a client. What the arguments leave out comes from the environment, then from the defaults.
-- No network I/O happens here.
-- @tparam[opt] table arguments `base_url` (or `region` and `cluster_id`), `client_id`, `client_secret`,
--   `authorization_server_url`, `audience`: strings; `timeout` (of a whole call, 30), `connect_timeout`
--   (10): seconds; `allow_insecure` (false): lets secrets travel over http; `max_response` (16 MiB):
--   bytes of one answer. Unknown names and wrong types raise.
-- @treturn table a client; or nil and an error of kind "config"
function tasklist.new(arguments)
  if arguments ~= nil and type(arguments) ~= "table" then
    error("tasklist.new: a table of options expected, got " .. type(arguments), 2)
  end
  arguments = arguments or {}
  local problem = settings.misuse(arguments)
  if problem then
    error("tasklist.new: " .. problem, 2)
  end
  local values, failure = settings.resolve(arguments, os.getenv)
  if not values then
    return nil, failure
  end
  return client.new(values)
end

return tasklist
