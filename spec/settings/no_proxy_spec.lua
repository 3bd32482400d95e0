--- Which of the hosts in use are reached without the proxy.
local core = require "tasklist.core"
local find = require "spec.support.find"
local no_proxy = require "tasklist.settings.no_proxy"
local settings = require "tasklist.settings"

describe("the list no_proxy", function()
  -- The list, what it covers, what it does not.
  local lists = {
    { "", {}, { "https://a.example" } },
    { "*", { "https://a.example", "http://10.1.2.3", "https://[::2]" }, {} },
    { "corp.example", { "https://corp.example", "https://a.b.corp.example:8443/x", "https://CORP.example." },
      { "https://notcorp.example", "https://corp.example.org", "https://example" } },
    { "CORP.Example", { "https://a.corp.example" }, {} },
    { "corp.example.", { "https://a.corp.example" }, {} },
    { ".corp.example", { "https://corp.example", "https://a.corp.example" }, { "https://acorp.example" } },
    { "*.corp.example", { "https://a.corp.example", "https://a.b.corp.example" },
      { "https://corp.example", "https://acorp.example", "https://a-corp.example" } },
    { "camunda-*.corp.example", { "https://camunda-1.corp.example" }, { "https://camunda.corp.example" } },
    { "10.0.*", { "https://10.0.1.2" }, { "https://10.1.1.2", "https://10.00.example" } },
    { "corp.example:443", { "https://corp.example", "https://a.corp.example:443" },
      { "https://corp.example:8443", "http://corp.example" } },
    { "corp.example:80", { "http://corp.example" }, { "https://corp.example" } },
    { "*.corp.example:8443", { "https://a.corp.example:8443" }, { "https://a.corp.example" } },
    { "*:8443", { "https://a.example:8443" }, { "https://a.example" } },
    { "a.example,b.example", { "https://a.example", "https://b.example" }, { "https://c.example" } },
    { " a.example , b.example ", { "https://a.example", "https://b.example" }, { "https://c.example" } },
    { "a.example\nb.example\r\nc.example\td.example", { "https://a.example", "https://b.example", "https://c.example",
      "https://d.example" }, { "https://e.example" } },
    { "a.example,*", { "https://c.example" }, {} },
    { "10.1.2.3", { "https://10.1.2.3" }, { "https://10.1.2.30", "https://110.1.2.3" } },
    { "2.3", {}, { "https://10.1.2.3" } },
    { "10.1.2.3:8443", { "https://10.1.2.3:8443" }, { "https://10.1.2.3" } },
    { "10.0.0.0/8", { "https://10.255.2.3" }, { "https://11.0.0.1", "https://10.example", "https://[::1]" } },
    { "192.168.4.0/22", { "https://192.168.7.255" }, { "https://192.168.8.0", "https://192.168.3.255" } },
    { "192.168.4.0/32", { "https://192.168.4.0" }, { "https://192.168.4.1" } },
    { "0.0.0.0/0", { "https://1.2.3.4" }, { "https://[::1]", "https://a.example" } },
    { "10.0.0.0/33", {}, { "https://10.0.0.0" } },
    { "2001:db8::1", { "https://[2001:db8::1]", "https://[2001:db8:0::1]:8443" }, { "https://[2001:db8::2]" } },
    { "[2001:db8::1]", { "https://[2001:db8::1]" }, { "https://[2001:db8::2]" } },
    { "[2001:db8::1]:443", { "https://[2001:db8::1]" }, { "https://[2001:db8::1]:8443" } },
    { "2001:db8::/33", { "https://[2001:db8:7fff::1]" }, { "https://[2001:db8:8000::1]", "https://32.1.13.184" } },
    { ",, ;,(a", {}, { "https://a.example" } },
  }
  for _, row in ipairs(lists) do
    it(("covers what %q says, and no more"):format(row[1]), function()
      for _, url in ipairs(row[2]) do
        assert.is_true(no_proxy.covers(row[1], assert(core.url(url))), url)
      end
      for _, url in ipairs(row[3]) do
        assert.is_false(no_proxy.covers(row[1], assert(core.url(url))), url)
      end
    end)
  end
end)

describe("a proxy", function()
  local function resolve(arguments, environment)
    for name, value in pairs { base_url = "https://t.corp.example", client_id = "a", client_secret = "b",
      authorization_server_url = "https://login.corp.example/token" } do
      if arguments[name] == nil then
        arguments[name] = value
      end
    end
    return settings.resolve(arguments, function(name) return (environment or {})[name] end)
  end

  it("with a password that nothing uses is no error, and is not shown with it", function()
    local proxy = { https_proxy = "http://me:hush@p.example:3128" }
    local values, problem = resolve({}, proxy)
    assert.is_nil(values)
    find(problem.message, "must be https")
    for _, list in ipairs { "corp.example", "t.corp.example,login.corp.example", "*.corp.example:443", "*" } do
      local sources
      proxy.no_proxy = list
      values, sources = assert(resolve({}, proxy))
      assert.is_false(values.proxied)
      assert.same({ value = "http://p.example:3128", source = "https_proxy" },
        settings.describe(values, sources).proxy)
    end
    for _, list in ipairs { "t.corp.example", "login.corp.example" } do -- one of the two is left
      proxy.no_proxy = list
      values, problem = resolve({}, proxy)
      assert.is_nil(values)
      find(problem.message, "must be https")
    end
  end)

  it("that nothing uses may be of any kind", function()
    assert(resolve({}, { all_proxy = "socks4://p.example:1", no_proxy = "corp.example" }))
    assert(resolve({ no_proxy = "*" }, { HTTPS_PROXY = "nonsense://" }))
    local values, problem = resolve({}, { all_proxy = "socks4://p.example:1" })
    assert.is_nil(values)
    find(problem.message, "all_proxy")
  end)

  it("is for the URLs that the way of signing in has", function()
    local environment = { https_proxy = "http://me:hush@p.example:3128", no_proxy = "t.corp.example" }
    local function url_of(arguments)
      return settings.resolve(arguments, function(name) return environment[name] end)
    end
    assert(url_of { base_url = "https://t.corp.example", token = "a" })
    assert(url_of { base_url = "https://t.corp.example", auth = "cookie", username = "a", password = "b" })
    local values = url_of { base_url = "https://t.corp.example", auth = "cookie", username = "a", password = "b",
      login_url = "https://login.corp.example/login" }
    assert.is_nil(values)
  end)

  it("is told to the core with the hosts that do without it, whatever form the list has", function()
    local values = assert(resolve { proxy = "http://p.example:1", no_proxy = "*.corp.example:443\nx",
      base_url = "https://t.corp.example", authorization_server_url = "https://login.example/token" })
    assert.is_true(values.proxied)
    assert.equal("t.corp.example", values.direct)
    values = assert(resolve { proxy = "http://p.example:1", no_proxy = "", base_url = "https://[::2]" })
    assert.equal("", values.direct)
    assert.equal("::2", assert(resolve { proxy = "http://p.example:1", no_proxy = "[::2]:443",
      base_url = "https://[::2]" }).direct)
  end)

  it("cannot be for one port of a host only", function()
    local values, problem = resolve { proxy = "http://p.example:1", no_proxy = "corp.example:443",
      authorization_server_url = "https://t.corp.example:8443/token" }
    assert.is_nil(values)
    assert.equal("config", problem.kind)
    find(problem.message, 'option "no_proxy"')
    find(problem.message, "t.corp.example")
    values, problem = resolve({ authorization_server_url = "https://a.t.corp.example:8443/token" },
      { https_proxy = "http://p.example:1", no_proxy = "corp.example:443" })
    assert.is_nil(values)
    find(problem.message, "no_proxy (option")
    assert(resolve { proxy = false, no_proxy = "corp.example:443",
      authorization_server_url = "https://t.corp.example:8443/token" })
  end)
end)
