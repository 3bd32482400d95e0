local connect = require "spec.support.client"
local sandbox = require "spec.support.sandbox"

local function search(options, server)
  local client <close> = connect.of(server, options)
  return client:search_tasks { pageSize = 1 }
end

describe("https", function()
  local http
  setup(function() http = sandbox.start() end)
  teardown(function() http:stop() end)

  it("serves when ca_file holds the authority", function()
    local server = sandbox.start { tls = "good" }
    finally(function() server:stop() end)
    assert(search({ ca_file = server.ca_file }, server))
  end)

  -- The sandbox's fault, the ca_file that is set, what the message says to do, the code.
  local refused = {
    { "good", false, "set ca_file (CAMUNDA_CUSTOM_ROOT_CERT_PATH)", "untrusted_certificate" },
    { "unknown_ca", true, "set ca_file (CAMUNDA_CUSTOM_ROOT_CERT_PATH)", "untrusted_certificate" },
    { "wrong_host", true, "check the host in the URL", "wrong_host" },
    { "expired", true, "has expired", "expired_certificate" },
  }
  for _, row in ipairs(refused) do
    it(("refuses %s %s the authority"):format(row[1], row[2] and "with" or "without"), function()
      local server = sandbox.start { tls = row[1] }
      finally(function() server:stop() end)
      local ca_file = row[2] and server.ca_file or nil
      -- At the token endpoint, and at the API alone.
      for _, options in ipairs {
        { ca_file = ca_file },
        { ca_file = ca_file, authorization_server_url = http.token_url },
      } do
        local tasks, failure = search(options, server)
        assert.is_nil(tasks)
        assert.equal("network", failure.kind)
        assert.truthy(failure.message:find(row[3], 1, true), failure.message)
        assert.equal(row[4], failure.code)
      end
    end)
  end

  it("refuses TLS 1.1", function()
    local server = sandbox.start { tls = "good", tls_max_version = "1.1" }
    finally(function() server:stop() end)
    local tasks, failure = search({ ca_file = server.ca_file }, server)
    assert.is_nil(tasks)
    assert.equal("network", failure.kind)
  end)

  it("to a port that speaks plain HTTP says so", function()
    local base_url = http.base_url:gsub("^http:", "https:")
    local tasks, failure = search({ base_url = base_url, retries = 0 }, http)
    assert.is_nil(tasks)
    assert.equal("network", failure.kind)
    assert.truthy(failure.message:find("speaks no TLS there, but plain HTTP", 1, true), failure.message)
    assert.equal("no_tls", failure.code)
  end)

  it("to a host without an address, and to a port where nobody listens, says which", function()
    local nobody = "https://127.0.0.1:" .. require("spec.support.proxy").free_port()
    for url, code in pairs { ["https://nowhere.invalid"] = "unknown_host", [nobody] = "unreachable" } do
      local tasks, failure = search({ base_url = url, retries = 0 }, http)
      assert.is_nil(tasks)
      assert.equal(code, failure.code)
    end
  end)

  it("is said at once when the file is missing", function()
    local client, failure = require("tasklist").new { base_url = "https://h.example", client_id = "a",
      client_secret = "b", ca_file = "/nowhere/ca.pem" }
    assert.is_nil(client)
    assert.equal("config", failure.kind)
    assert.truthy(failure.message:find("CAMUNDA_CUSTOM_ROOT_CERT_PATH or CAMUNDA_MTLS_CA_PATH (option \"ca_file\") "
      .. "cannot be read: /nowhere", 1, true), failure.message)
  end)

  it("survives a peer that resets the connection, without a signal", function()
    local server = sandbox.start { tls = "good" }
    finally(function() server:stop() end)
    local client <close> = connect.of(server, { ca_file = server.ca_file })
    assert(client:search_tasks { pageSize = 1 })
    server:fault { path = "/v1", action = "reset", times = 2 }
    assert(client:search_tasks { pageSize = 1 })
  end)
end)
