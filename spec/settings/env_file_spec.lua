--- The file that Camunda Console hands out.
local env_file = require "tasklist.settings.env_file"
local find = require "spec.support.find"
local settings = require "tasklist.settings"

local console = [[
export ZEEBE_ADDRESS='7f5a.bru-2.zeebe.camunda.io:443'
export ZEEBE_CLIENT_ID='file-id'
export ZEEBE_CLIENT_SECRET='file-secret'
export ZEEBE_AUTHORIZATION_SERVER_URL='https://login.cloud.camunda.io/oauth/token'
export ZEEBE_REST_ADDRESS='https://bru-2.zeebe.camunda.io/7f5a'
export ZEEBE_TOKEN_AUDIENCE='zeebe.camunda.io'
export CAMUNDA_CLUSTER_ID='7f5a'
export CAMUNDA_CLUSTER_REGION='bru-2'
export CAMUNDA_CREDENTIALS_SCOPES='Zeebe,Tasklist'
export CAMUNDA_TASKLIST_BASE_URL='https://bru-2.tasklist.camunda.io/7f5a'
export CAMUNDA_OAUTH_URL='https://login.cloud.camunda.io/oauth/token'
]]

describe("an env_file", function()
  local path
  before_each(function() path = os.tmpname() end)
  after_each(function() os.remove(path) end)

  local function write(text)
    local file <close> = assert(io.open(path, "wb"))
    file:write(text)
  end

  local function resolve(environment, arguments)
    arguments = arguments or {}
    arguments.env_file = arguments.env_file or path
    return settings.resolve(arguments, function(name) return environment[name] end)
  end

  it("as Console writes it is enough", function()
    write(console)
    local values, sources = assert(resolve {})
    assert.equal("file-id", values.client_id)
    assert.equal("file-secret", values.client_secret)
    assert.equal("https://bru-2.tasklist.camunda.io/7f5a", values.base_url)
    assert.equal("oauth", values.auth)
    assert.equal("ZEEBE_CLIENT_ID in " .. path, sources.client_id)
  end)

  it("goes before the environment and after arguments, also as to the way of signing in", function()
    write(console)
    local environment = { ZEEBE_CLIENT_ID = "env-id", CAMUNDA_OAUTH_TOKEN = "env-token",
      CAMUNDA_TOKEN_SCOPE = "env-scope" }
    local values = assert(resolve(environment))
    assert.equal("oauth", values.auth)
    assert.equal("file-id", values.client_id)
    assert.equal("env-scope", values.scope)
    values = assert(resolve(environment, { client_id = "own" }))
    assert.equal("own", values.client_id)
    assert.is_nil(assert(resolve(environment, { env = false })).scope)
  end)

  -- The text after "export A=", and the value.
  local values = {
    { "'b'", "b" }, { "b", "b" }, { '"b"', "b" }, { "", "" }, { "''", "" }, { "'a b'", "a b" },
    { "'$(touch x) `y` ${z} \\'", "$(touch x) `y` ${z} \\" }, { "'it'\\''s'", "it's" }, { "a'b'\"c\"d", "abcd" },
    { '"a\\"b\\\\c\\$d\\`e\\f"', 'a"b\\c$d`e\\f' }, { "a\\ b\\'c", "a b'c" }, { "'b' # a remark", "b" },
    { "b#c", "b#c" },
    { "b;", "b" }, { "'b';", "b" }, { "b ;", "b" }, { "b;  ", "b" }, { "b; # a remark", "b" }, { "b;# a remark", "b" },
    { ";", "" }, { "'b;c'", "b;c" }, { '"b;c&d|e"', "b;c&d|e" }, { "b\\;c", "b;c" }, { "b\\&", "b&" },
    { "'b'  ", "b" }, { "'b=c'", "b=c" }, { "b=c", "b=c" }, { "'ü'", "ü" },
  }
  for _, row in ipairs(values) do
    it(("gives %q for %s"):format(row[2], row[1]), function()
      for _, form in ipairs { "export A=%s", "A=%s", "  export\tA=%s", "\xEF\xBB\xBFexport A=%s\r",
        "# x\n\nA=%s\n\n" } do
        local variables, line, why = env_file.parse((form:gsub("%%s", (row[1]:gsub("%%", "%%%%")))))
        assert.is_table(variables, ("%s %s"):format(line, why))
        assert.equal(row[2], variables.A)
      end
    end)
  end

  for _, text in ipairs { "export A='b", 'A="b', "A=$B", 'A="$B"', "A=`b`", 'A="`b`"', "A=b c", "A=b\\", "A = b",
    "A=b;;", "A=b; ;", "A=b; export C=d", "A=b;c", "A=b&", "A=b &", "A=b&&c", "A=b && c", "A=b|c", "A=b||c", "A=b>c",
    "A=b <c", "A=(b)", "A=b(", "A=b)", "A=b C=d", "A='b'C=d E", "A+=b", "A=<(b)",
    "hello", "export A", "<html>", "source x", 'A="\\' } do
    it("refuses " .. text, function()
      write("B='hush'\n" .. text .. "\nC='hush'\n")
      local refused, problem = resolve {}
      assert.is_nil(refused)
      assert.equal("config", problem.kind)
      find(problem.message, "env_file")
      find(problem.message, "line 2 of " .. path)
      assert.falsy(tostring(problem):find("hush", 1, true))
    end)
  end

  it("that is missing, or no file, is an error", function()
    for _, name in ipairs { path .. ".not", "/" } do
      local _, problem = resolve({}, { env_file = name })
      assert.equal("config", problem.kind)
      find(problem.message, "env_file")
      find(problem.message, name)
    end
  end)
end)
