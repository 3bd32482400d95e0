--- What the core needs to know of the proxy, where there is one.

local core = require "tasklist.core"
local levels = require "tasklist.settings.levels"
local names = require "tasklist.settings.names"
local naming = require "tasklist.settings.naming"
local no_proxy = require "tasklist.settings.no_proxy"

local called, config_error = naming.called, naming.config_error

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
  proxy = proxy:find("://", 1, true) and proxy:gsub("^[A-Za-z][^:]*", core.lower) or "http://" .. proxy
  local scheme, user_info, host = proxy:match("^([^:]+)://(.*)@([^@]*)$")
  if user_info then
    local user, password = user_info:match("^([^:]*):?(.*)$")
    values.proxy_user, values.proxy_password = unescape(user), unescape(password)
    proxy = scheme .. "://" .. host
  end
  proxy = proxy:gsub("/+$", "")
  if not proxy:find(":%d+$") then
    proxy = ("%s:%d"):format(proxy, ports[proxy:match("^[a-z]+")] or 1080)
  end
  values.proxy = proxy
end

local here = "localhost,127.0.0.0/8,::1/128"

-- Secrets may travel to this machine over http, and never by way of a proxy then. A list that the caller
-- gives is kept as it is when all goes by https.
local function keep_this_machine_direct(values, sources, urls)
  local list = values.no_proxy or ""
  local exposed = false
  for _, url in ipairs(urls) do
    exposed = exposed or url.http
  end
  if list ~= "*" and (exposed or sources.no_proxy ~= "argument") then
    list = list == "" and here or list .. "," .. here
  end
  values.no_proxy = list
end

-- Those that requests go to, or may go to. What is no URL is left to the checks.
local function urls_in_use(values)
  local urls = {}
  for _, row in ipairs(names) do
    urls[#urls + 1] = row.url and values[row.name] and core.url(values[row.name]) or nil
  end
  urls[#urls + 1] = values.rest_fallback and core.url(values.rest_fallback)
  return urls
end

-- The direct hosts go to libcurl as names without ports, and it goes directly to all hosts below them as well. A URL
-- that needs the proxy and has such a host would not get it. Gives that host, or nil.
local function clash(direct, proxied)
  for _, host in ipairs(direct) do
    for _, url in ipairs(proxied) do
      if no_proxy.covers(host, url) then
        return host
      end
    end
  end
end

--- Decides which of the URLs in use are reached by way of the proxy.
-- @tparam table values changed in place: `no_proxy` has this machine in it, where that belongs there; `proxied` is
--   whether anything uses the proxy; `direct` are the hosts that do not, in libcurl's form
-- @tparam table sources
-- @treturn boolean true; or nil and an error of kind "config"
function proxies.choose(values, sources)
  local urls = urls_in_use(values)
  keep_this_machine_direct(values, sources, urls)
  local direct, proxied = {}, {}
  for _, url in ipairs(urls) do
    if no_proxy.covers(values.no_proxy, url) then
      direct[#direct + 1] = url.host
    else
      proxied[#proxied + 1] = url
    end
  end
  local host = clash(direct, proxied)
  if host then
    return config_error("%s: %s cannot be reached directly by some of its ports or names and through the proxy by "
      .. "others; leave the port or the * out", called(levels.rows.no_proxy, sources.no_proxy), host)
  end
  values.proxied, values.direct = #proxied > 0, table.concat(direct, ",")
  return true
end

return proxies
