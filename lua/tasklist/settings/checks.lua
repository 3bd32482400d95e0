--- What must hold for the settings that are in force. Each check takes a row of `names`, its value and all
-- values, and gives what is wrong, in words that follow the setting's name; or nil.

local core = require "tasklist.core"
local naming = require "tasklist.settings.naming"

local checks = {}

local function missing(_, value)
  return (value == nil or value == "") and "is missing" .. naming.without_variables() or nil
end

-- What stands at an end of a text is hard to see where it was written.
local function odd_end(value)
  local endings = require "tasklist.endings" -- loaded now, because most settings are well-formed
  local what = endings(value)
  return what and "; it " .. what or ""
end

local function ill_formed(row, value)
  if type(value) ~= "string" then
    return nil
  elseif value:find("\0", 1, true) then
    return "must not hold a NUL"
  elseif row.pattern and not value:find(row.pattern) then
    return "must hold " .. row.holds .. odd_end(value)
  end
end

local insecure = "must be https, since %s; TASKLIST_ALLOW_INSECURE=true (option \"allow_insecure\") lifts this"

local function exposes(url, values)
  return not (url.https or url.loopback or values.allow_insecure)
end

-- A header that the caller sets may be one, too.
local function has_credential(values)
  return values.auth ~= "none" or next(values.headers or {}) ~= nil
end

-- libcurl would translate it by the locale of the host, or not at all.
local function is_international(url)
  return url.host:find("[\x80-\xFF]")
end

local ascii_host = "must have its host in ASCII: the form that begins with xn-- (RFC 5890)"

-- What a URL that a credential travels to must not be.
local url_faults = {
  { function(url) return not (url.http or url.https) end, "must begin with https:// (or http://)" },
  { function(url) return url.credentials end, "must not hold a user name or password" },
  { is_international, ascii_host },
  { function(url, text) return url.fragment or text:find("#", 1, true) end, "must not have a fragment (#…)" },
  { function(url, text) return url.query or text:find("?", 1, true) end,
    "must not have a query (?…), since messages and traces show it" },
  { function(url, _, values) return has_credential(values) and exposes(url, values) end,
    insecure:format("a secret travels there") },
}

local function bad_url(_, value, values)
  if not value then
    return nil
  end
  local url = core.url(value)
  if not url or value:find("[\0-\32\127]") then
    return "is no URL: https://host[:port][/path] expected" .. odd_end(value)
  end
  for _, fault in ipairs(url_faults) do
    if fault[1](url, value, values) then
      return fault[2]
    end
  end
end

local function unreadable(row, value)
  if not value or value == "" then
    return nil
  end
  return require("tasklist.settings.readable")(row.reads, value) -- loaded now, because most programs name no file
end

local schemes = { http = true, https = true, socks5 = true, socks5h = true }

local function bad_proxy(_, value, values)
  if not values.proxied then
    return nil -- a proxy that nothing uses can expose nothing
  end
  local url = core.url(value)
  if not url or not schemes[value:match("^(.-):")] or not value:find("^[^/]+//[^/?#\0-\32\127]+$") then
    return "must be http://, https://, socks5h:// or socks5:// and then [user:password@]host:port"
  elseif is_international(url) then
    return ascii_host
  elseif values.proxy_user and exposes(url, values) then
    return insecure:format("it comes with a password")
  end
end

local function lonely(row, value, values)
  return value and not values[row.needs] and "needs a " .. row.needs or nil
end

--- In the order in which they are made. `of`: the field of the rows that a check is for.
checks.all = {
  { of = "required", problem_of = missing },
  { of = "name", problem_of = ill_formed },
  { of = "url", problem_of = bad_url },
  { of = "reads", problem_of = unreadable },
  { of = "carries", problem_of = bad_proxy },
  { of = "needs", problem_of = lonely },
}

return checks
