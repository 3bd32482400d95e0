--- Whom to trust when nobody says so: what curl and OpenSSL are told.
local connect = require "spec.support.client"
local sandbox = require "spec.support.sandbox"
local settings = require "tasklist.settings"

describe("the settings ca_file and ca_path", function()
  -- Variables and arguments; ca_file and ca_path. As with curl, SSL_CERT_… count when nothing else says whom to trust;
  -- they never add to what somebody has narrowed down.
  local trust = {
    { { SSL_CERT_FILE = "README.md", SSL_CERT_DIR = "spec" }, {}, "README.md", "spec" },
    { { CURL_CA_BUNDLE = "Makefile", SSL_CERT_FILE = "README.md", SSL_CERT_DIR = "spec" }, {}, "Makefile" },
    { { CAMUNDA_MTLS_CA_PATH = "LICENSE", CURL_CA_BUNDLE = "README.md", SSL_CERT_DIR = "spec" }, {}, "LICENSE" },
    { { SSL_CERT_FILE = "README.md", SSL_CERT_DIR = "spec" }, { ca_file = "LICENSE" }, "LICENSE" },
    { { SSL_CERT_FILE = "README.md", SSL_CERT_DIR = "spec" }, { ca_path = "doc" }, nil, "doc" },
    { { CURL_CA_BUNDLE = "README.md" }, { ca_path = "doc" }, nil, "doc" },
    { { SSL_CERT_FILE = "README.md", SSL_CERT_DIR = "spec" }, { ca_path = "doc", ca_file = "LICENSE" }, "LICENSE",
      "doc" },
    { { SSL_CERT_FILE = "README.md" }, { env = false } },
    { { SSL_CERT_FILE = "", SSL_CERT_DIR = "" }, {} },
  }
  for index, row in ipairs(trust) do
    it("says whom to trust, row " .. index, function()
      local arguments = { base_url = "https://t.example", token = "a" }
      for name, value in pairs(row[2]) do arguments[name] = value end
      local values = assert(settings.resolve(arguments, function(name) return row[1][name] end))
      assert.equal(row[3], values.ca_file)
      assert.equal(row[4], values.ca_path)
    end)
  end
end)

describe("a server with an authority of its own", function()
  local server
  setup(function() server = sandbox.start { tls = "good" } end)
  teardown(function() server:stop() end)

  -- What a script with these options prints, and with a variable that names the authority; the machine may have set
  -- others of its kind.
  local function run(variable, options)
    local script = ([[
      local tasklist = require "tasklist"
      local client <close> = assert(tasklist.new { base_url = %q, authorization_server_url = %q, client_id = %q,
        client_secret = %q, %s })
      local tasks = client:search_tasks()
      local ca_file = client:settings().ca_file or {}
      print(tasks and "trusted" or "refused", ca_file.value, ca_file.source)
    ]]):format(server.base_url, server.token_url, server.client_id, server.client_secret, options)
    return (connect.run_script(script, ("CURL_CA_BUNDLE= SSL_CERT_FILE= SSL_CERT_DIR= %s=%s"):format(variable,
      server.ca_file)))
  end

  for _, variable in ipairs { "SSL_CERT_FILE", "CURL_CA_BUNDLE", "ZEEBE_CA_CERTIFICATE_PATH" } do
    it("is trusted by " .. variable, function()
      assert.equal(("trusted\t%s\t%s\n"):format(server.ca_file, variable), run(variable, ""))
    end)
  end

  it("is not trusted without it, nor when a program says so", function()
    assert.equal("refused\tnil\tnil\n", run("SSL_CERT_FILE", "env = false"))
    assert.equal("refused\t\targument\n", run("SSL_CERT_FILE", 'ca_file = ""'))
    assert.equal("refused\tnil\tnil\n", run("NODE_EXTRA_CA_CERTS", ""))
  end)
end)
