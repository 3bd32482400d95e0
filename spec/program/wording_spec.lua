--- What the program makes of the module's messages, which speak of Lua.
local program = require "spec.support.program"
local read = require("spec.support.public").read
local sandbox = require "spec.support.sandbox"
local wording = require "tasklist.cli.wording"

-- What the module says, and what the program says.
local ROWS = {
  { 'set CAMUNDA_REST_ADDRESS or ZEEBE_REST_ADDRESS (option "rest_url")',
    "set CAMUNDA_REST_ADDRESS or ZEEBE_REST_ADDRESS" },
  { 'option "env_file" cannot be read', "--env-file cannot be read" },
  { "check base_url (CAMUNDA_TASKLIST_BASE_URL)", "check CAMUNDA_TASKLIST_BASE_URL" },
  { 'sign in with auth = "cookie" (CAMUNDA_AUTH_STRATEGY=COOKIE), which',
    "sign in with CAMUNDA_AUTH_STRATEGY=COOKIE, which" },
  { "check that client_cert (/a.pem), client_key (/b.pem) and client_key_password fit together",
    "check that CAMUNDA_CUSTOM_CERT_CHAIN_PATH (/a.pem), CAMUNDA_CUSTOM_PRIVATE_KEY_PATH (/b.pem) and "
      .. "CAMUNDA_MTLS_KEY_PASSPHRASE fit together" },
  { "invalid_client (http)", "invalid_client (http)" },
}

describe("the program's words", function()
  for _, row in ipairs(ROWS) do
    it(("for %q"):format(row[1]), function() assert.equal(row[2], wording.of(row[1])) end)
  end

  it("replace what the module says", function()
    local paths <close> = assert(io.popen "find lua/tasklist -name '*.lua' -not -path '*/cli/*'")
    local texts = {}
    for path in paths:lines() do texts[#texts + 1] = read(path):gsub("[\"']%s*%.%.%s*[\"']", "") end
    local all = table.concat(texts):gsub('\\"', '"')
    for _, phrase in ipairs(wording.phrases) do assert.truthy(all:find(phrase[1], 1, true), phrase[1]) end
  end)

  it("tell once that the server is too old for a change of all tasks", function()
    local old <close> = sandbox.start { version = "8.7", tasks = { { id = "1" } } }
    local _, err, code = program.run({ "update", "1", "2", "3", "--priority", "7" }, { environment = {
      CAMUNDA_TASKLIST_BASE_URL = old.v1_url, ZEEBE_CLIENT_ID = old.client_id, ZEEBE_CLIENT_SECRET = old.client_secret,
      ZEEBE_AUTHORIZATION_SERVER_URL = old.token_url } })
    assert.matches("^tasklist: 1: [^\n]*too old[^\n]* 8%.8 [^\n]*CAMUNDA_REST_ADDRESS[^\n]*\n"
      .. "tasklist: 0 updated, 1 failed, 2 not tried\n$", err)
    assert.equal(1, code)
  end)
end)
