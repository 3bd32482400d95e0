--- By way of a proxy: a real one.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local proxies = require "spec.support.proxy"
local sandbox = require "spec.support.sandbox"

local function search(server, options)
  local client <close> = connect.of(server, options)
  return client:search_tasks { pageSize = 1 }
end

local function tunnels(proxy)
  local _, count = proxy:log():gsub("Request %(file descriptor %d+%): CONNECT", "")
  return count
end

describe("a proxy", function()
  local server, plain, open, guarded
  setup(function()
    server = sandbox.start { tls = "good" }
    plain = sandbox.start()
    open, guarded = proxies.start(), proxies.start "me s3cret"
  end)
  teardown(function()
    for _, each in ipairs { server, plain, open, guarded } do each:stop() end
  end)

  -- This machine is reached directly unless told otherwise.
  local function through(proxy, more)
    local options = { proxy = proxy, no_proxy = "", ca_file = server.ca_file }
    for name, value in pairs(more or {}) do options[name] = value end
    return options
  end

  it("carries calls and token requests", function()
    local before = tunnels(open)
    assert(search(server, through(open.url)))
    assert.truthy(tunnels(open) > before)
  end)

  it("that asks for user and password gets them", function()
    local before = tunnels(guarded)
    assert(search(server, through(("http://me:s3cr%%65t@127.0.0.1:%d"):format(guarded.port))))
    assert.truthy(tunnels(guarded) > before)
  end)

  it("that does not get them refuses, and the error says that it was the proxy", function()
    -- Nothing, or the wrong password; tinyproxy's answers.
    local answers = { [guarded.url] = "407", [("http://me:wrong@127.0.0.1:%d"):format(guarded.port)] = "401" }
    for url, answer in pairs(answers) do
      server:clear()
      local tasks, failure = search(server, through(url))
      assert.is_nil(tasks)
      assert.equal("network", failure.kind)
      find(tostring(failure), "the proxy " .. guarded.url)
      find(tostring(failure), answer)
      assert.equal("proxy", failure.code)
      assert.falsy(tostring(failure):find("wrong", 1, true))
      assert.equal(0, #server:log())
    end
  end)

  it("that refuses a plain request is named as well", function()
    -- 0.0.0.0 is this machine, but no loopback address: what goes there by http may go by way of a proxy.
    local elsewhere = plain.base_url:gsub("127%.0%.0%.1", "0.0.0.0")
    local tasks, failure = search(plain, { base_url = elsewhere, allow_insecure = true, proxy = guarded.url,
      authorization_server_url = elsewhere .. "/oauth/token" })
    assert.is_nil(tasks)
    assert.equal("network", failure.kind)
    find(tostring(failure), "the proxy " .. guarded.url)
    find(tostring(failure), "407")
    assert.equal("proxy", failure.code)
    local direct = connect.of(plain, { base_url = elsewhere, allow_insecure = true, proxy = open.url,
      authorization_server_url = elsewhere .. "/oauth/token" })
    assert(direct:search_tasks())
    direct:close()
    find(open:log(), "POST " .. elsewhere)
  end)

  it("that is down is named", function()
    for _, scheme in ipairs { "http", "https", "socks5h" } do
      local url = ("%s://127.0.0.1:%d"):format(scheme, proxies.free_port())
      local tasks, failure = search(server, through(url))
      assert.is_nil(tasks)
      assert.equal("network", failure.kind)
      find(tostring(failure), "the proxy " .. url)
      find(tostring(failure), "onnect")
      assert.equal("proxy", failure.code)
    end
  end)

  it("whose name is unknown is named", function()
    local _, failure = search(server, through "http://proxy.invalid:3128")
    assert.equal("network", failure.kind)
    find(tostring(failure), "the proxy http://proxy.invalid:3128")
  end)

  it("is not blamed for the server behind it, nor for one that is reached directly", function()
    local _, failure = search(server, through(open.url, { ca_file = "" }))
    assert.equal("network", failure.kind)
    assert.falsy(failure.message:find("the proxy", 1, true), failure.message)
    find(failure.message, "set ca_file")
    assert.equal("untrusted_certificate", failure.code)
    local nobody = "https://127.0.0.1:" .. proxies.free_port()
    _, failure = search(server, through(open.url, { no_proxy = "127.0.0.1", base_url = nobody,
      authorization_server_url = nobody .. "/token" }))
    assert.equal("network", failure.kind)
    assert.falsy(failure.message:find("the proxy", 1, true), failure.message)
  end)

  it("is left aside for the hosts in no_proxy, and for this machine by default", function()
    local before = tunnels(open)
    assert(search(server, through(open.url, { no_proxy = "127.0.0.1" })))
    assert(search(server, { proxy = open.url, ca_file = server.ca_file }))
    local port = server.base_url:match ":(%d+)"
    for _, list in ipairs { "127.0.0.*", "*.0.0.1", "127.0.0.1:" .. port,
      "a.example\n127.0.0.1", "127.0.0.0/8:" .. port } do
      assert(search(server, through(open.url, { no_proxy = list })))
    end
    -- A secret that goes to this machine by http reaches no proxy, whatever no_proxy says.
    assert(search(plain, { proxy = open.url, no_proxy = "" }))
    assert.equal(before, tunnels(open))
    assert.falsy(open:log():find("POST http://127", 1, true))
  end)

  it("that asks for a password, and that nothing uses, is asked nothing", function()
    local nobody = "http://me:hush@p.invalid:" .. proxies.free_port()
    assert(search(server, through(nobody, { no_proxy = "127.0.0.1" })))
  end)

  it("comes from the environment, unless it is false", function()
    local script = ([[
      local tasklist = require "tasklist"
      local client <close> = assert(tasklist.new { base_url = %q, authorization_server_url = %q, client_id = %q,
        client_secret = %q, ca_file = %q, no_proxy = "", %%s })
      assert(client:search_tasks())
      print(client:settings().proxy.value, client:settings().proxy.source)
    ]]):format(server.base_url, server.token_url, server.client_id, server.client_secret, server.ca_file)
    local variable = "https_proxy=" .. open.url
    local before = tunnels(open)
    assert.equal("false\targument\n", (connect.run_script(script:format("proxy = false"), variable)))
    assert.equal("false\tdefault\n", (connect.run_script(script:format("env = false"), variable)))
    assert.equal(before, tunnels(open))
    assert.equal(open.url .. "\thttps_proxy\n", (connect.run_script(script:format(""), variable)))
    assert.truthy(tunnels(open) > before)
  end)

  it("shows no user and no password", function()
    local client <close> = connect.of(server, through(("http://me:s3cr%%65t@127.0.0.1:%d"):format(guarded.port)))
    assert.equal(guarded.url, client:settings().proxy.value)
  end)
end)

describe("the setting proxy", function()
  local settings = require "tasklist.settings"

  local function resolve(proxy, more)
    local arguments = { base_url = "https://t.example", token = "a", proxy = proxy }
    for name, value in pairs(more or {}) do arguments[name] = value end
    return settings.resolve(arguments, function() end)
  end

  -- As given; the URL, user and password that the core gets.
  local good = {
    { "http://p.example:3128", "http://p.example:3128" },
    { "p.example:3128", "http://p.example:3128" },
    { "http://p.example", "http://p.example:1080" },
    { "https://p.example/", "https://p.example:443" },
    { "socks5h://[::1]:9050", "socks5h://[::1]:9050" },
    { "socks5://p.example", "socks5://p.example:1080" },
    { "HTTP://P.example:3128", "http://P.example:3128" },
    { "Https://me:Hush@p.example", "https://p.example:443", "me", "Hush" },
    { "https://me:a%40b%3Ac@p.example:1", "https://p.example:1", "me", "a@b:c" },
    { "https://me:a@b@p.example:1", "https://p.example:1", "me", "a@b" },
    { "https://me@p.example:1", "https://p.example:1", "me", "" },
    { "http://me:secret@localhost:1", "http://localhost:1", "me", "secret" },
    { "socks5h://me:secret@127.0.0.1:1", "socks5h://127.0.0.1:1", "me", "secret" },
  }
  for _, row in ipairs(good) do
    it("takes " .. row[1], function()
      local values, problem = resolve(row[1])
      assert.is_table(values, tostring(problem))
      assert.same({ row[2], row[3], row[4] }, { values.proxy, values.proxy_user, values.proxy_password })
    end)
  end

  it("must have its host in ASCII", function()
    local _, problem = resolve "http://pröxy.example:3128"
    find(tostring(problem), "xn--")
  end)

  for _, text in ipairs { "", "ftp://p.example:1", "socks4://p.example:1", "http://", "http://p.example:1/path",
    "http://p.example:1?x", "http://p.example:99999", "http://p. example:1", "http://p.example:1\r\n" } do
    it("refuses " .. text:gsub("%c", "?"), function()
      local values, problem = resolve(text)
      assert.is_nil(values)
      assert.equal("config", problem.kind)
      find(tostring(problem), 'option "proxy"')
    end)
  end

  -- Variables and base URL; the proxy, or words of the message.
  local environments = {
    { { all_proxy = "socks5://p.example:1080/" }, "https://t.example", "socks5://p.example:1080" },
    { { ALL_PROXY = "SOCKS5H://p.example:1" }, "https://t.example", "socks5h://p.example:1" },
    { { https_proxy = "http://a.example:1", http_proxy = "http://b.example:1" }, "HTTPS://t.example",
      "http://a.example:1" },
    { { https_proxy = "http://a.example:1", http_proxy = "http://b.example:1" }, "HTTP://t.example",
      "http://b.example:1" },
    { { all_proxy = "socks4://p.example:1" }, "https://t.example", nil, '^all_proxy %(option "proxy"%) must be ' },
    { { HTTPS_PROXY = "nonsense://" }, "https://t.example", nil, '^HTTPS_PROXY %(option "proxy"%) must be ' },
  }
  for i, row in ipairs(environments) do
    it("is read from the environment, row " .. i, function()
      local values, problem = settings.resolve({ base_url = row[2], token = "a", allow_insecure = true },
        function(name) return row[1][name] end)
      assert.equal(row[3], values and values.proxy)
      assert.truthy(row[3] or problem.message:find(row[4]), tostring(problem))
    end)
  end

  it("leaves this machine alone however http is written", function()
    local values = assert(resolve("http://p.example:1", { base_url = "HTTP://localhost:1", no_proxy = "a.example" }))
    find(values.no_proxy, "localhost")
  end)

  it("with a password must be https, unless told so", function()
    for _, url in ipairs { "http://me:hush@p.example:1", "socks5h://me:hush@p.example:1", "me:hush@p.example:1" } do
      local values, problem = resolve(url)
      assert.is_nil(values)
      find(tostring(problem), "must be https")
      assert.falsy(tostring(problem):find("hush", 1, true))
      assert(resolve(url, { allow_insecure = true }))
    end
  end)
end)
