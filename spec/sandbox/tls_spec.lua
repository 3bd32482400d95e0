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
