--- The hosts that are reached without the proxy. What libcurl understands of such lists differs from version to
-- version, and is less than people write. Therefore the URLs that are used are looked up here.

local core = require "tasklist.core"

local no_proxy = {}

local function split_port(entry)
  local host, port = entry:match("^([^:]*):(%d+)$")
  if not host then
    host, port = entry:match("^(%[.*%]):(%d+)$")
  end
  return host or entry, port and tonumber(port)
end

-- Whether the first bits of two addresses are the same.
local function same_network(one, other, bits)
  local whole, rest = bits // 8, 8 - bits % 8
  return #one == #other and bits <= 8 * #one and one:sub(1, whole) == other:sub(1, whole)
    and (rest == 8 or one:byte(whole + 1) >> rest == other:byte(whole + 1) >> rest)
end

local function covers_address(host, address)
  local network, bits = host:match("^(.*)/(%d+)$")
  local own = core.address(network or host)
  return own ~= nil and same_network(own, address, bits and tonumber(bits) or 8 * #own)
end

local function covers_name(host, name)
  host = host:gsub("^%.", ""):gsub("%.$", "")
  return host ~= "" and (name == host or name:sub(-#host - 1) == "." .. host)
end

local function covers_pattern(host, name)
  return name:find("^" .. host:gsub("[^A-Za-z0-9*]", "%%%0"):gsub("%*", ".*") .. "$") ~= nil
end

local function covers_entry(entry, url)
  local host, port = split_port(entry)
  host = host:gsub("[%[%]]", "")
  local name = core.lower(url.host):gsub("%.$", "")
  local address = core.address(name)
  if port and port ~= url.port then
    return false
  elseif host:find("*", 1, true) then
    return covers_pattern(host, name)
  elseif address then
    return covers_address(host, address)
  end
  return covers_name(host, name)
end

--- Whether a URL is reached without the proxy.
-- @tparam string list entries that are separated by commas, blanks or line breaks: a name, with or without a dot before
--   it, stands for that host and all below it; with `*` in it for all hosts that it fits; an address for itself; an
--   address, a slash and a number of bits for a network. Each may have a port behind it
-- @tparam table url from `core.url`
-- @treturn boolean
function no_proxy.covers(list, url)
  for entry in core.lower(list):gmatch("[^, \t\r\n]+") do
    if covers_entry(entry, url) then
      return true
    end
  end
  return false
end

return no_proxy
