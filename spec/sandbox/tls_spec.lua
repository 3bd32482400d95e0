-- curl is the judge of the certificates: a client that is not ours.
local sandbox = require "spec.support.sandbox"

-- curl's exit codes.
local GOOD, NO_TLS, UNTRUSTED = 0, 35, 60

describe("the sandbox's TLS", function()
  local cases = {
    { "good", GOOD },
    { "wrong_host", UNTRUSTED, "no alternative certificate subject name matches" },
    { "expired", UNTRUSTED, "expired" },
    { "unknown_ca", UNTRUSTED, "unable to get local issuer" },
  }
  for _, case in ipairs(cases) do
    it("has a certificate that is " .. case[1], function()
      local server = sandbox.start{ tls = case[1] }
      local curl = assert(io.popen(("curl -sS -o /dev/null --cacert '%s' '%s' 2>&1"):format(server.ca_file,
        server.token_url)))
      local output = curl:read("a")
      local _, _, code = curl:close()
      server:stop()
      assert.equal(case[2], code or 0, output)
      assert.is_truthy(output:find(case[3] or "", 1, true), output)
    end)
  end

  describe("that asks for a client certificate", function()
    local server
    setup(function() server = sandbox.start{ tls = "good", client_certificate = true } end)
    teardown(function() server:stop() end)

    -- The status that curl got, "000" for none.
    local function status_of(options)
      local curl = assert(io.popen(("curl -s -o /dev/null -w '%%{http_code}' --cacert '%s' %s '%s'"):format(
        server.ca_file, options, server.token_url)))
      local status = curl:read("a")
      curl:close()
      return status
    end

    it("answers the client that it made one for", function()
      assert.equal("405", status_of(("--cert '%s' --key '%s'"):format(server.cert_file, server.key_file)))
    end)

    it("answers with the key under its passphrase too, and with the right one only", function()
      local key = ("--cert '%s' --key '%s' --pass "):format(server.cert_file, server.encrypted_key_file)
      assert.equal("405", status_of(key .. ("'%s'"):format(server.passphrase)))
      assert.equal("000", status_of(key .. "wrong"))
    end)

    it("does not answer without one, nor to one of another authority", function()
      assert.equal("000", status_of(""))
      local other = sandbox.start{ tls = "good", client_certificate = true }
      local status = status_of(("--cert '%s' --key '%s'"):format(other.cert_file, other.key_file))
      other:stop()
      assert.equal("000", status)
    end)
  end)

  it("can be good for nothing newer than 1.1, which a lenient client speaks", function()
    local server = sandbox.start{ tls = "good", tls_max_version = "1.1" }
    local function curl(options)
      local _, _, code = os.execute(("curl -s -o /dev/null --cacert '%s' %s '%s'"):format(server.ca_file, options,
        server.token_url))
      return code
    end
    local strict, lenient = curl("--tlsv1.2"), curl("--tlsv1.0 --ciphers DEFAULT@SECLEVEL=0")
    server:stop()
    assert.same({ NO_TLS, GOOD }, { strict, lenient })
  end)
end)
