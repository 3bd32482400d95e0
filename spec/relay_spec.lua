--- By way of a proxy that is met by https, and of one that speaks SOCKS 5.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local relay = require "spec.support.relay"
local sandbox = require "spec.support.sandbox"

local server
local files = {}

setup(function() server = sandbox.start { tls = "good" } end)
teardown(function()
  server:stop()
  for _, path in ipairs(files) do os.remove(path) end
end)

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

-- A file of authorities.
local function write(...)
  local path = os.tmpname()
  files[#files + 1] = path
  local file <close> = assert(io.open(path, "w"))
  file:write(table.concat({ ... }, "\n"))
  return path
end

-- This machine is reached directly unless told otherwise.
local function search(proxy, more)
  local options = { proxy = proxy, no_proxy = "", ca_file = server.ca_file, retries = 0 }
  for name, value in pairs(more or {}) do options[name] = value end
  local client <close> = connect.of(server, options)
  return client:search_tasks { pageSize = 1 }
end

-- The error of a proxy that lets nothing through.
local function refused(proxy, more)
  server:clear()
  local tasks, failure = search(proxy, more)
  assert.is_nil(tasks)
  assert.equal("network", failure.kind)
  assert.equal(0, #server:log())
  return failure
end

describe("an https proxy", function()
  local open, guarded
  setup(function()
    open = relay.start { scheme = "https" }
    guarded = relay.start { scheme = "https", credentials = "me:s3cr+et" }
  end)
  teardown(function()
    open:stop()
    guarded:stop()
  end)

  local function trusting(proxy)
    return { ca_file = write(read(server.ca_file), proxy.authority) }
  end

  it("carries calls and token requests when ca_file holds its authority, too", function()
    assert(search("https://" .. open.address, trusting(open)))
    local _, tunnels = open:log():gsub("CONNECT 127%.0%.0%.1:%d+ nobody\n", "")
    assert.truthy(tunnels >= 1)
  end)

  it("gets user and password", function()
    assert(search("https://me:s3cr%2Bet@" .. guarded.address, trusting(guarded)))
    find(guarded:log(), " me:s3cr+et\n")
  end)

  it("that does not get the right ones refuses, and is blamed", function()
    for _, user in ipairs { "", "me:wr0ng@" } do
      local failure = refused("https://" .. user .. guarded.address, trusting(guarded))
      find(failure.message, "the proxy https://" .. guarded.address)
      find(failure.message, "407")
      assert.falsy(tostring(failure):find("wr0ng", 1, true))
    end
  end)

  it("whose authority is unknown is blamed, and gets no password", function()
    local before = guarded:log()
    local failure = refused("https://me:s3cr%2Bet@" .. guarded.address)
    find(failure.message, "the proxy https://" .. guarded.address)
    find(failure.message, "set ca_file (CAMUNDA_CUSTOM_ROOT_CERT_PATH)")
    assert.equal(before, guarded:log())
  end)

  -- The kind of its certificate; words of the message.
  for kind, words in pairs { wrong_host = "check the host in the URL", expired = "renew it at the server" } do
    it(("whose certificate is of the kind %s is blamed"):format(kind), function()
      local bad = relay.start { scheme = "https", tls = kind }
      finally(function() bad:stop() end)
      local failure = refused("https://" .. bad.address, trusting(bad))
      find(failure.message, "the proxy https://" .. bad.address)
      find(failure.message, words)
      assert.equal("", bad:log())
    end)
  end

  it("is not blamed for the server behind it", function()
    local failure = refused("https://" .. open.address, { ca_file = write(open.authority) })
    assert.falsy(failure.message:find("the proxy", 1, true), failure.message)
  end)
end)

describe("a SOCKS proxy", function()
  local open, guarded
  setup(function()
    open = relay.start { scheme = "socks5" }
    guarded = relay.start { scheme = "socks5", credentials = "me:s3cr+et" }
  end)
  teardown(function()
    open:stop()
    guarded:stop()
  end)

  it("carries calls and token requests, and looks names up itself when it is socks5h", function()
    local by_name = { base_url = server.base_url:gsub("127%.0%.0%.1", "localhost"),
      authorization_server_url = server.token_url:gsub("127%.0%.0%.1", "localhost") }
    assert(search("socks5h://" .. open.address, by_name))
    find(open:log(), "name localhost\n")
    assert.falsy(open:log():find("address", 1, true))
    assert(search("socks5://" .. open.address, by_name))
    local log = open:log()
    assert.truthy(log:find("address 127.0.0.1\n", 1, true) or log:find("address 0:0:0:0:0:0:0:1\n", 1, true), log)
  end)

  it("gets user and password", function()
    assert(search("socks5h://me:s3cr%2Bet@" .. guarded.address))
    find(guarded:log(), "user me:s3cr+et\n")
  end)

  it("that does not get the right ones refuses, and is blamed", function()
    for _, user in ipairs { "", "me:wr0ng@" } do
      local failure = refused("socks5h://" .. user .. guarded.address)
      find(failure.message, "the proxy socks5h://" .. guarded.address)
      assert.falsy(tostring(failure):find("wr0ng", 1, true))
    end
  end)
end)
