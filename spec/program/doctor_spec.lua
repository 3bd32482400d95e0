--- `tasklist doctor`, as a process: what may be wrong, and what it says of that.
local causes = require "tasklist.cli.doctor.causes"
local find = require "spec.support.find"
local gateways = require "spec.support.gateway"
local names = require "tasklist.settings.names"
local program = require "spec.support.program"
local proxies = require "spec.support.proxy"
local raw = require "spec.support.raw"
local sandbox = require "spec.support.sandbox"
local variables = require "tasklist.cli.variables"

local PAGE = "<html><head><title>Blocked</title></head></html>"
local PAGE_ANSWER = "HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s"

-- What the texts name besides settings.
local ROLES = { address = true, audience_of = true, who = true, message = true }

local function page_answer(status)
  return PAGE_ANSWER:format(status, #PAGE, PAGE)
end

describe("doctor", function()
  local server, secure
  setup(function()
    server, secure = sandbox.start(), sandbox.start { tls = "good" }
  end)
  teardown(function()
    server:stop()
    secure:stop()
  end)

  local function diagnose(environment, options)
    local words = { "doctor", "--timeout", options and options.timeout or "20" }
    return program.run(words, { server = options and options.server, environment = environment })
  end

  -- Runs it where something is wrong; all the texts must come in that order.
  local function expect(code, environment, options, texts)
    local out, err, exit = diagnose(environment, options)
    find(out, "failed")
    local cause, remedy = out:match "\n  cause:  ([^\n]+)\n  remedy: ([^\n]+)\n$"
    assert(cause, out)
    find(cause, texts.cause)
    for _, text in ipairs(texts) do find(remedy, text) end
    find(out, "\n" .. texts.step)
    assert.falsy(cause:find "[{}]" or remedy:find "[{}]")
    assert.falsy(out:find("sandbox-secret", 1, true))
    local _, lines = err:gsub("\n", "")
    assert.equal(1, lines)
    assert.equal(code, exit)
  end

  -- The program reads no tables of the module's own.
  it("calls each setting by a variable that sets it", function()
    local known = {}
    for _, row in ipairs(names) do
      for _, list in ipairs { row.env or {}, row.usual or {} } do
        for _, variable in ipairs(list) do known[row.name .. " " .. variable] = true end
      end
    end
    for name, variable in pairs(variables) do
      assert.is_true(known[name .. " " .. variable] or variable == "--" .. name:gsub("_", "-"), name)
    end
    for _, row in ipairs(causes) do
      for name in (row.cause .. row.remedy):gmatch "{([%w_]+)}" do
        assert.is_true(variables[name] ~= nil or ROLES[name], name)
      end
    end
  end)

  it("says that all is fine", function()
    local out, err, exit = diagnose({}, { server = server })
    find(out, "settings  ok\n")
    find(out, "client_secret            ***  (ZEEBE_CLIENT_SECRET)")
    find(out, "timeout                  20  (argument)")
    find(out, "server    ok, API v1 of 8.6.0, at " .. server.base_url)
    find(out, "sign-in   ok, sandbox-client\nsearch    ok, there are tasks\n")
    assert.same({ "", 0 }, { err, exit })
  end)

  it("says that an empty search may be for want of permission", function()
    local empty <close> = sandbox.start { tenants = { "nobody's" } }
    local out, _, exit = diagnose({}, { server = empty })
    find(out, "search    ok, no tasks: there are none, or who signs in may see none")
    assert.equal(0, exit)
  end)

  it("names what to set where nothing is set", function()
    expect(3, {}, nil, { step = "settings  failed", cause = "CAMUNDA_TASKLIST_BASE_URL", "--env-file" })
  end)

  it("knows a wrong secret", function()
    expect(3, { ZEEBE_CLIENT_SECRET = "wrong" }, { server = server }, { step = "sign-in   failed",
      cause = "its id or its secret is wrong", "ZEEBE_CLIENT_ID (sandbox-client)", "ZEEBE_CLIENT_SECRET (***)" })
  end)

  it("knows an audience for which the endpoint gives no token", function()
    expect(3, { CAMUNDA_TASKLIST_OAUTH_AUDIENCE = "other", TASKLIST_API = "v1" }, { server = server },
      { step = "sign-in   failed", cause = "CAMUNDA_TASKLIST_OAUTH_AUDIENCE (other)", "set the audience" })
  end)

  it("knows an audience whose tokens the API refuses", function()
    expect(3, { CAMUNDA_TASKLIST_OAUTH_AUDIENCE = "zeebe.camunda.io", TASKLIST_API = "v1" }, { server = server },
      { step = "server    failed", cause = "another audience", "CAMUNDA_TASKLIST_OAUTH_AUDIENCE (zeebe.camunda.io)" })
  end)

  it("knows a host that nothing listens on", function()
    local url = ("http://127.0.0.1:%d"):format(proxies.free_port())
    expect(1, { CAMUNDA_REST_ADDRESS = url, CAMUNDA_AUTH_STRATEGY = "NONE" }, nil,
      { step = "server    failed", cause = "nothing accepts connections at CAMUNDA_REST_ADDRESS (" .. url,
        "check host" })
  end)

  it("knows a host without an address", function()
    expect(1, { CAMUNDA_REST_ADDRESS = "https://nowhere.invalid", CAMUNDA_AUTH_STRATEGY = "NONE" }, nil,
      { step = "server    failed", cause = "nobody knows the host of CAMUNDA_REST_ADDRESS (https://nowhere.invalid)",
        "DNS" })
  end)

  it("knows a host that does not answer", function()
    server:fault { action = "silent", path = "/oauth/token" }
    finally(function() server:clear() end)
    expect(1, {}, { server = server, timeout = "0.5" },
      { step = "sign-in   failed", cause = "no answer came in time", "firewall" })
  end)

  -- A certificate of the sandbox's, what it says, the remedy.
  for kind, row in pairs {
    unknown_ca = { "no authority that is trusted", "CAMUNDA_CUSTOM_ROOT_CERT_PATH" },
    expired = { "has expired", "renew" },
    wrong_host = { "is for another host", "the host's name" },
  } do
    it("knows a certificate of the kind " .. kind, function()
      local one <close> = sandbox.start { tls = kind }
      expect(1, { CAMUNDA_CUSTOM_ROOT_CERT_PATH = one.ca_file }, { server = one },
        { step = "sign-in   failed", cause = row[1], row[2] })
    end)
  end

  it("knows a client certificate that is missing, and a key that does not fit", function()
    local strict <close> = sandbox.start { tls = "good", client_certificate = true }
    expect(3, { CAMUNDA_CUSTOM_ROOT_CERT_PATH = strict.ca_file }, { server = strict }, { step = "sign-in   failed",
      cause = "asks for a client certificate", "CAMUNDA_CUSTOM_CERT_CHAIN_PATH" })
    expect(3, { CAMUNDA_CUSTOM_ROOT_CERT_PATH = strict.ca_file, CAMUNDA_CUSTOM_CERT_CHAIN_PATH = strict.cert_file },
      { server = strict }, { step = "server    failed", cause = "do not fit together",
        "CAMUNDA_CUSTOM_CERT_CHAIN_PATH (" .. strict.cert_file })
  end)

  it("knows https to a port that speaks http", function()
    local url = server.base_url:gsub("^http:", "https:")
    expect(1, { CAMUNDA_REST_ADDRESS = url, CAMUNDA_AUTH_STRATEGY = "NONE" }, nil,
      { step = "server    failed", cause = "the server speaks plain HTTP: CAMUNDA_REST_ADDRESS", "http://" })
  end)

  it("knows http to an https port", function()
    local front = gateways.start("nginx", server)
    finally(function() front:stop() end)
    for _, base in ipairs { front.base_url, secure.base_url } do
      local url = base:gsub("^https:", "http:")
      for _, environment in ipairs {
        { CAMUNDA_TASKLIST_BASE_URL = url, TASKLIST_API = "v1", CAMUNDA_AUTH_STRATEGY = "NONE" },
        { CAMUNDA_REST_ADDRESS = url, CAMUNDA_AUTH_STRATEGY = "NONE" },
      } do
        expect(1, environment, nil,
        { step = "server    failed", cause = "begins with http://", "https:// instead", url })
      end
    end
  end)

  -- By way of a proxy to an https server of another name than this machine's.
  local function through(proxy)
    return { HTTPS_PROXY = proxy, CAMUNDA_REST_ADDRESS = "https://camunda.example", CAMUNDA_AUTH_STRATEGY = "NONE" }
  end

  it("knows a proxy that wants a password", function()
    local guarded = proxies.start "me s3cret"
    finally(function() guarded:stop() end)
    expect(1, through(guarded.url), nil, { step = "server    failed", cause = "407",
      "https://user:password@host:port", "HTTPS_PROXY (" .. guarded.url, "NO_PROXY" })
  end)

  it("knows a proxy that lets nothing through, and one that is down", function()
    local closed = raw.start "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    finally(function() closed:stop() end)
    for _, url in ipairs { closed.base_url, ("http://127.0.0.1:%d"):format(proxies.free_port()) } do
      expect(1, through(url), nil, { step = "server    failed", cause = "does not let us through: the proxy " .. url,
        "HTTPS_PROXY (" .. url, "NO_PROXY" })
    end
  end)

  for _, status in ipairs { "200 OK", "403 Forbidden", "404 Not Found" } do
    it("knows a page in place of the API's answer: " .. status, function()
      local page = raw.start(page_answer(status))
      finally(function() page:stop() end)
      expect(1, { CAMUNDA_TASKLIST_BASE_URL = page.base_url, CAMUNDA_AUTH_STRATEGY = "NONE", TASKLIST_API = "v1" }, nil,
        { step = "server    failed", cause = "a page has come", "CAMUNDA_TASKLIST_BASE_URL (" .. page.base_url })
    end)
  end

  it("knows a proxy's page in place of the API's answer", function()
    local page = raw.start(page_answer "403 Forbidden")
    finally(function() page:stop() end)
    expect(1, { CAMUNDA_TASKLIST_BASE_URL = "http://camunda.example", http_proxy = page.base_url,
      CAMUNDA_AUTH_STRATEGY = "NONE", TASKLIST_API = "v1", TASKLIST_ALLOW_INSECURE = "true" }, nil,
      { step = "server    failed", cause = "most likely the proxy's", "NO_PROXY" })
  end)

  it("knows a server without v1", function()
    local newest <close> = sandbox.start { version = "8.10" }
    expect(1, { CAMUNDA_TASKLIST_BASE_URL = newest.base_url, TASKLIST_API = "v1" }, { server = newest },
      { step = "server    failed", cause = "has no API v1", "TASKLIST_API (v1)" })
    -- By itself the client finds the newer API at the same address.
    local out, _, exit = diagnose({ CAMUNDA_TASKLIST_BASE_URL = newest.rest_url, CAMUNDA_REST_ADDRESS = "" },
      { server = newest })
    find(out, "API v2 of 8.10")
    assert.equal(0, exit)
  end)

  it("knows a token without permission", function()
    server:fault { action = "status", status = 403, path = "/v1/", times = 9,
      body = '{"status":403,"message":"Access is denied"}' }
    finally(function() server:clear() end)
    expect(1, { TASKLIST_API = "v1" }, { server = server },
      { step = "server    failed", cause = "may not read tasks", "ZEEBE_CLIENT_ID (sandbox-client)" })
  end)
end)
