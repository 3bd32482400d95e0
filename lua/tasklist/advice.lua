--- What to do about a refusal: which settings to check, called as their user knows them, and which of them look as if
-- something came along by mistake. And what of an answer must not be shown, because it is a credential sent back.

local endings = require "tasklist.endings"
local names = require "tasklist.settings.names"
local naming = require "tasklist.settings.naming"

local Advice = {} -- the methods
local metatable = { __index = Advice }
local advice = {}

-- Whether a setting goes into a sign-in or a request as it was written, or is the URL of one.
local function is_sent(row, way)
  return (row.type == "string" or row.type == "token") and (row.auth == way or row.url)
end

local function percent_encoded(text)
  return (text:gsub("[^A-Za-z0-9._~-]", function(byte) return ("%%%02X"):format(byte:byte()) end))
end

-- A function that tells whether a text holds one of some. A closure, because these are secrets: no table shows them.
local function finder(parts)
  return function(text)
    for _, part in ipairs(parts) do
      if text:find(part, 1, true) or text:find(percent_encoded(part), 1, true) then
        return true
      end
    end
    return false
  end
end

-- Header fields of the caller's go to each endpoint too, and may be secrets. Shorter values than this do not count:
-- many texts have them ("1", "true") by chance, and would never be shown then.
local shortest_secret = 5

local function secrets_of(values)
  local list = {}
  for _, value in pairs(values.headers or {}) do
    if #value >= shortest_secret then
      list[#list + 1] = value
    end
  end
  return list
end

--- Makes the advice for one client.
-- @tparam table values from `settings.resolve`, before the secrets in it are blanked
-- @tparam[opt] table sources likewise
-- @tparam[opt] table instead name -> the setting to check in place of that one
-- @treturn table `odd`: a text that says which settings begin or end oddly, or nil; `has_secret(text)`,
--   `has_credential(text)`: whether a text holds a secret, or one of these or what goes with it; and the method below
function advice.new(values, sources, instead)
  local self, odd = { called = {} }, {}
  local secrets, credentials = secrets_of(values), secrets_of(values)
  for _, row in ipairs(names) do
    local value = values[row.name]
    if is_sent(row, values.auth) then
      self.called[row.name] = naming.called(row, sources and sources[row.name])
      if type(value) == "string" and value ~= "" then
        odd[#odd + 1] = endings(value) and ("%s %s"):format(self.called[row.name], endings(value))
        secrets[#secrets + 1] = row.secret and value or nil
        credentials[#credentials + 1] = row.required and value or nil
      end
    end
  end
  for name, other in pairs(instead or {}) do
    self.called[name] = self.called[other]
  end
  self.odd = odd[1] and table.concat(odd, "; ")
  self.has_secret, self.has_credential = finder(secrets), finder(credentials)
  return setmetatable(self, metatable)
end

--- Says what to check.
-- @tparam table list names of settings
-- @treturn string
function Advice:check(list)
  local called = {}
  for i, name in ipairs(list) do
    called[i] = self.called[name]
  end
  return "check " .. table.concat(called, " and ") .. (self.odd and "; " .. self.odd or "")
end

return advice
