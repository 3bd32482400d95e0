--- The people who know a password.
local base64 = require "tasklist.sandbox.base64"
local inputs = require "tasklist.sandbox.inputs"

local users = {}

--- Those that a Tasklist with users of its own starts with.
users.default = {
  { name = "demo", password = "demo", role = "OWNER" },
  { name = "act", password = "act", role = "OPERATOR" },
  { name = "view", password = "view", role = "READER" },
}

local INPUT = {
  name = { inputs.text, needed = true },
  password = { inputs.text, needed = true },
  role = { inputs.one_of("OWNER", "OPERATOR", "READER"), default = "OWNER" },
  groups = { inputs.names },
  tenants = { inputs.names },
}

local Users = {}
Users.__index = Users

--- Finds a user by name and password.
-- @return caller, as in callers.lua; nil where they do not fit
function Users:find(name, password)
  local user = self.by_name[name]
  if not user or user.password ~= password then return nil end
  return { name = user.name, user = user.name, role = user.role, groups = user.groups, tenants = user.tenants }
end

--- Finds the user whom a header of HTTP's Basic scheme names.
-- @param header string or nil
-- @return caller, or nil
function Users:of_header(header)
  local coded = (header or ""):match("^[Bb][Aa][Ss][Ii][Cc] +(.*)$")
  local name, password = (coded and base64.decode(coded) or ""):match("^([^:]*):(.*)$")
  return name and self:find(name, password)
end

--- Makes the users.
-- @param list array of { name, password, role, groups, tenants }: role is "OWNER" (the default), "OPERATOR" or
--   "READER"; one with `groups`, even an empty array, only sees the tasks that are meant for him or those; with
--   `tenants` only those of these tenants. Raises for a bad one.
-- @return object with `find` and `of_header`
function users.new(list)
  local by_name = {}
  for place, given in ipairs(list) do
    local user = inputs.check(given, INPUT, ("user %d"):format(place))
    by_name[user.name] = user
  end
  return setmetatable({ by_name = by_name }, Users)
end

return users
