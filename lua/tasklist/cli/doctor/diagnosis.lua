--- From a failure to its cause and its remedy.

local causes = require "tasklist.cli.doctor.causes"
local row_for = require "tasklist.cli.rows"
local tasklist = require "tasklist"
local variables = require "tasklist.cli.variables"
local wording = require "tasklist.cli.wording"

local sign_in_urls = { oauth = "authorization_server_url", cookie = "login_url" }
local who_signs_in = { oauth = "client_id", cookie = "username", basic = "username", bearer = "token" }

-- A call that was never sent has failed with its sign-in, also where that has found no server.
local function at_sign_in(failure, auth)
  return failure.sign_in or not failure.attempts and failure.kind ~= "config" and sign_in_urls[auth] ~= nil
end

-- Which setting has the URL that was asked, which the audience of its tokens, and who signs in.
local function roles(failure, settings, auth)
  local newer = (failure.path or ""):find "^/v2/" or not settings.base_url
  local api = newer and settings.rest_url and "rest_url" or "base_url"
  return { address = at_sign_in(failure, auth) and sign_in_urls[auth] or api, who = who_signs_in[auth] or "auth",
    audience_of = newer and "rest_audience" or "audience" }
end

local function value_of(settings, name)
  return settings[name] and settings[name].value
end

local function is_page(body)
  local _, problem = tasklist.decode(body or "")
  return body ~= nil and body ~= "" and problem ~= nil
end

-- All that the rows of `causes` ask for.
local function known(failure, settings, role)
  local facts = { page = is_page(failure.body), auth = value_of(settings, "auth"), api = value_of(settings, "api"),
    plain = (value_of(settings, role.address) or ""):find "^http:" ~= nil,
    proxied = (value_of(settings, "proxy") or false) ~= false }
  for _, field in ipairs { "kind", "code", "status", "error", "sign_in" } do
    facts[field] = failure[field]
  end
  return facts
end

-- A setting as its user knows it: what it comes from, and what it says.
local function called(name, settings)
  local setting = settings[name]
  local source = setting and setting.source
  if not source or source == "default" then
    local value = setting and setting.value
    return variables[name] .. ((value == nil or value == false) and " (not set)"
      or (" (not set; it is %s)"):format(value))
  end
  return ("%s (%s)"):format(source == "argument" and variables[name] or source, setting.value)
end

--- Finds the cause of a failure.
-- @param failure an error object of the module
-- @tparam ?table settings of `client:settings()`; nil where they are what is wrong
-- @treturn string the cause
-- @treturn string the remedy
-- @treturn boolean whether it is the sign-in that failed
return function(failure, settings)
  settings = settings or {}
  local auth = value_of(settings, "auth")
  local role = roles(failure, settings, auth)
  local row = row_for(causes, known(failure, settings, role))
  local function fill(text)
    return (text:gsub("{([%w_]+)}", function(name)
      return name == "message" and wording.of(failure.message) or called(role[name] or name, settings)
    end))
  end
  return fill(row.cause), fill(row.remedy), at_sign_in(failure, auth)
end
