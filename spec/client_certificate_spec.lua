--- A server that talks only to clients whose certificate it knows: at the token endpoint and at the API alone.
local checkout = require "spec.support.checkout"
local connect = require "spec.support.client"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"

describe("a client certificate", function()
  local strict, plain
  setup(function()
    strict = sandbox.start { tls = "good", client_certificate = true }
    plain = sandbox.start()
  end)
  teardown(function()
    strict:stop()
    plain:stop()
  end)

  -- Each place in turn, so that the certificate is met first here, then there.
  local function search_everywhere(options, check)
    for _, token_url in ipairs { strict.token_url, plain.token_url } do
      local all = { base_url = strict.base_url, authorization_server_url = token_url, timeout = 10,
        client_id = strict.client_id, client_secret = strict.client_secret, ca_file = strict.ca_file }
      for name, value in pairs(options) do all[name] = value end
      local client <close> = assert(tasklist.new(all))
      check(client:search_tasks { pageSize = 1 })
    end
  end

  it("is shown to the token endpoint", function()
    local client <close> = connect.of(strict, { ca_file = strict.ca_file, client_cert = strict.cert_file,
      client_key = strict.key_file })
    assert(client:search_tasks())
  end)

  it("is shown to the API", function()
    -- A token of the strict server, for the API alone.
    local first <close> = connect.of(strict, { ca_file = strict.ca_file, client_cert = strict.cert_file,
      client_key = strict.encrypted_key_file, client_key_password = strict.passphrase })
    assert(first:search_tasks())
    local _, log = first:request("GET", "/sandbox/log")
    local token = log:match('"token":"([^"]+)"')
    local client <close> = connect.to(strict, { token = assert(token), ca_file = strict.ca_file,
      client_cert = strict.cert_file, client_key = strict.key_file })
    assert(client:search_tasks())
  end)

  it("may lie under a password", function()
    local client <close> = connect.of(strict, { ca_file = strict.ca_file, client_cert = strict.cert_file,
      client_key = strict.encrypted_key_file, client_key_password = strict.passphrase })
    assert(client:search_tasks())
  end)

  it("that is missing is asked for in the error", function()
    search_everywhere({}, function(tasks, failure)
      assert.is_nil(tasks)
      assert.equal("network", failure.kind)
      find(tostring(failure), "the server asked for a client certificate: set client_cert "
        .. "(CAMUNDA_CUSTOM_CERT_CHAIN_PATH)")
    end)
  end)

  -- Only the handshake tells: a new connection that ends without an answer may have ended for any reason.
  it("is not spoken of where the server did not ask for one", function()
    local server = sandbox.start { tls = "good" }
    finally(function() server:stop() end)
    for _, action in ipairs { "reset", "close" } do
      server:fault { path = "/v1/", action = action, times = 9 }
      local client <close> = connect.to(server, { token = "a", ca_file = server.ca_file, retries = 0 })
      local tasks, failure = client:search_tasks()
      assert.is_nil(tasks)
      assert.equal("network", failure.kind)
      assert.falsy(tostring(failure):find("certificate", 1, true), tostring(failure))
      server:clear()
    end
  end)

  -- What is set beside client_cert; the file that the error names.
  local unfit = {
    ["comes with the wrong password"] = function()
      return { client_key = strict.encrypted_key_file, client_key_password = "wrong-one" }, strict.encrypted_key_file
    end,
    ["comes without the password"] = function()
      return { client_key = strict.encrypted_key_file }, strict.encrypted_key_file
    end,
    ["has no key"] = function() return {}, strict.cert_file end,
    ["is no certificate"] = function()
      return { client_cert = "README.md", client_key = strict.key_file }, "README.md"
    end,
    ["has a key that is none"] = function() return { client_key = "README.md" }, "README.md" end,
  }

  local function other_key()
    local path = os.tmpname()
    local file <close> = assert(io.open(path, "w"))
    file:write(require("openssl.pkey").new({ type = "EC", curve = "prime256v1" }):toPEM("private"))
    return path
  end

  unfit["does not fit its key"] = function()
    local path = other_key()
    finally(function() os.remove(path) end)
    return { client_key = path }, path
  end

  for what, given in pairs(unfit) do
    it("that " .. what .. " is a config error before anything is sent", function()
      local options, file = given()
      options.client_cert = options.client_cert or strict.cert_file
      plain:clear()
      search_everywhere(options, function(tasks, failure)
        assert.is_nil(tasks)
        assert.equal("config", failure.kind)
        find(tostring(failure), "client_cert")
        find(tostring(failure), "client_key_password")
        find(tostring(failure), file)
        assert.falsy(tostring(failure):find("wrong-one", 1, true))
      end)
      for _, entry in ipairs(plain:log()) do assert.equal("/oauth/token", entry.path) end
    end)
  end

  -- The option, and what is given with it.
  local unreadable = { ca_file = {}, ca_path = {}, client_cert = {}, client_key = { client_cert = "README.md" } }
  for option, others in pairs(unreadable) do
    it("or another file that cannot be read is named by new: " .. option, function()
      for _, path in ipairs { "/nowhere/file", option == "ca_path" and "README.md" or "/" } do
        local options = { base_url = "https://h.example", token = "a", [option] = path }
        for name, value in pairs(others) do options[name] = value end
        local client, failure = tasklist.new(options)
        assert.is_nil(client)
        assert.equal("config", failure.kind)
        find(tostring(failure), ("option %q"):format(option))
        find(tostring(failure), "cannot be read: " .. path)
      end
    end)
  end

  it("needs more than its key", function()
    local _, failure = tasklist.new { base_url = "https://h.example", token = "a", client_key = "README.md" }
    assert.equal("config", failure.kind)
    find(tostring(failure), "needs a client_cert")
  end)
end)

describe("ca_path", function()
  it("is a folder of authorities in OpenSSL's form", function()
    local server = sandbox.start { tls = "good" }
    finally(function() server:stop() end)
    local folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir " .. folder))
    finally(function() os.execute("rm -r " .. folder) server:stop() end)
    local hash = io.popen("openssl x509 -hash -noout -in " .. server.ca_file):read("l")
    assert(os.execute(("cp %s %s/%s.0"):format(server.ca_file, folder, hash)))
    local client <close> = connect.of(server, { ca_path = folder })
    assert(client:search_tasks())
    local other <close> = connect.of(server, { ca_path = "/etc" })
    local _, failure = other:search_tasks()
    assert.equal("network", failure.kind)
    find(tostring(failure), "set ca_file")
  end)

  it("is not needed for a ca_file that is no certificate to be an error", function()
    local server = sandbox.start { tls = "good" }
    finally(function() server:stop() end)
    local client <close> = connect.of(server, { ca_file = "README.md" })
    local _, failure = client:search_tasks()
    assert.equal("config", failure.kind)
    find(tostring(failure), "README.md")
    find(tostring(failure), "ca_file")
  end)
end)

describe("a key under a password that nobody gave", function()
  it("makes nobody ask for it on the terminal", function()
    local server = sandbox.start { tls = "good", client_certificate = true }
    finally(function() server:stop() end)
    local path = os.tmpname()
    finally(function() os.remove(path) server:stop() end)
    local file = assert(io.open(path, "w"))
    file:write(("local client = require('tasklist').new { base_url = %q, token = 'a', ca_file = %q, client_cert = %q, "
      .. "client_key = %q, env = false } print(select(2, client:search_tasks()).kind)"):format(server.base_url,
      server.ca_file, server.cert_file, server.encrypted_key_file))
    file:close()
    -- In a terminal of its own.
    local output = io.popen(("timeout 20 script -qec \"%s lua5.4 %s\" /dev/null </dev/null")
      :format(checkout.environment, path)):read("a")
    assert.equal("config", output:match("^%s*(.-)%s*$"))
  end)
end)
