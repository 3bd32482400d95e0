--- What the core needs to know of the proxy.

local names = require "tasklist.settings.names"

local proxies = {}

local ports = { https = 443 } -- libcurl's; 1080 for all others

local function unescape(text)
  return (text:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

--- A proxy's user and password travel apart: no message of libcurl's can quote them. Its port is written
-- out, because messages name it.
-- @tparam table values changed in place
function proxies.take_apart(values)
  local proxy = values.proxy
  if not proxy then
    return
  end
  proxy = proxy:find("://", 1, true) and proxy:gsub("^%a[^:]*", string.lower) or "http://" .. proxy
  local scheme, user_info, host = proxy:match("^([^:]+)://(.*)@([^@]*)$")
  if user_info then
    local user, password = user_info:match("^([^:]*):?(.*)$")
    values.proxy_user, values.proxy_password = unescape(user), unescape(password)
    proxy = scheme .. "://" .. host
  end
  proxy = proxy:gsub("/+$", "")
  if not proxy:find(":%d+$") then
    proxy = ("%s:%d"):format(proxy, ports[proxy:match("^%a+")] or 1080)
  end
  values.proxy = proxy
end

local here = "localhost,127.0.0.0/8,::1/128"

--- Secrets may travel to this machine over http, and never by way of a proxy then. A list that the caller
-- gives is kept as it is when all goes by https.
-- @tparam table values changed in place
-- @tparam table sources
function proxies.keep_this_machine_direct(values, sources)
  local no_proxy = values.no_proxy or ""
  local exposed
  for _, row in ipairs(names) do
    exposed = exposed or (row.url and (values[row.name] or ""):lower():find("^http:")) and true
  end
  if no_proxy ~= "*" and (exposed or sources.no_proxy ~= "argument") then
    no_proxy = no_proxy == "" and here or no_proxy .. "," .. here
  end
  values.no_proxy = no_proxy
end

return proxies
