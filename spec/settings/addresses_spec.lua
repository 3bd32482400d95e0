--- (h) of the mapping, the settings: where the cluster is, which address is in force, and where it comes from.
local find = require "spec.support.find"
local settings = require "tasklist.settings"

local credentials = { CAMUNDA_CLIENT_ID = "a", CAMUNDA_CLIENT_SECRET = "b" }

local function resolve(arguments, environment)
  return settings.resolve(arguments, function(name) return environment[name] or credentials[name] end)
end

local function with_file(lines, run)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(lines)
  file:close()
  local ok, problem = pcall(run, path)
  os.remove(path)
  assert(ok, problem)
end

local T, R = "https://t.example/tasklist", "https://r.example/core"
local both = { CAMUNDA_TASKLIST_BASE_URL = T, CAMUNDA_REST_ADDRESS = R }
local cluster = { CAMUNDA_CLUSTER_REGION = "bru-2", CAMUNDA_CLUSTER_ID = "7f5a-11" }
local saas = { tasklist = "https://bru-2.tasklist.camunda.io/7f5a-11", api = "https://bru-2.api.camunda.io/7f5a-11",
  zeebe = "https://bru-2.zeebe.camunda.io/7f5a-11" }

-- As Console hands it out.
local handed_out = { CAMUNDA_TASKLIST_BASE_URL = saas.tasklist, ZEEBE_REST_ADDRESS = saas.zeebe,
  CAMUNDA_CLUSTER_REGION = "bru-2", CAMUNDA_CLUSTER_ID = "7f5a-11" }

describe("the addresses that are in force", function()
  -- The arguments; the environment; base_url and rest_url; their sources.
  local rows = {
    { { base_url = T }, {}, T, nil, "argument" },
    { { rest_url = R }, {}, nil, R, nil, "argument" },
    { { base_url = T, rest_url = R }, {}, T, R, "argument", "argument" },
    { {}, both, T, R, "CAMUNDA_TASKLIST_BASE_URL", "CAMUNDA_REST_ADDRESS" },
    -- One place decides alone.
    { { base_url = T }, { CAMUNDA_REST_ADDRESS = R }, T, nil, "argument" },
    { { rest_url = R }, { CAMUNDA_TASKLIST_BASE_URL = T }, nil, R, nil, "argument" },
    { { base_url = T }, cluster, T, nil, "argument" },
    { { region = "bru-2", cluster_id = "7f5a-11" }, both, saas.tasklist, saas.api, "argument", "argument" },
    { { region = "bru-2" }, { CAMUNDA_REST_ADDRESS = R, CAMUNDA_CLUSTER_ID = "7f5a-11" }, saas.tasklist, saas.api,
      "argument", "argument" },
    -- In one place, what is given goes before what could be made.
    { {}, handed_out, saas.tasklist, saas.zeebe, "CAMUNDA_TASKLIST_BASE_URL", "ZEEBE_REST_ADDRESS" },
    { {}, cluster, saas.tasklist, saas.api, "CAMUNDA_CLUSTER_REGION", "CAMUNDA_CLUSTER_REGION" },
    { { rest_url = R, region = "bru-2", cluster_id = "7f5a-11" }, {}, nil, R, nil, "argument" },
    -- The API that is chosen leaves the other's address out.
    { { api = "v1" }, both, T, nil, "CAMUNDA_TASKLIST_BASE_URL" },
    { { api = "v1", rest_url = R }, { CAMUNDA_TASKLIST_BASE_URL = T }, T, nil, "CAMUNDA_TASKLIST_BASE_URL" },
    { { api = "v1" }, cluster, saas.tasklist, nil, "CAMUNDA_CLUSTER_REGION" },
    { { api = "v2" }, both, nil, R, nil, "CAMUNDA_REST_ADDRESS" },
    { { api = "v2", base_url = T }, {}, T, nil, "argument" },
    { { api = "v2", base_url = T }, { CAMUNDA_REST_ADDRESS = R }, T, nil, "argument" },
    { { api = "v2" }, cluster, nil, saas.api, nil, "CAMUNDA_CLUSTER_REGION" },
    { {}, { TASKLIST_API = "V2", CAMUNDA_TASKLIST_BASE_URL = T, CAMUNDA_REST_ADDRESS = R }, nil, R, nil,
      "CAMUNDA_REST_ADDRESS" },
  }
  for number, row in ipairs(rows) do
    it("are those of row " .. number, function()
      local values, sources = resolve(row[1], row[2])
      assert.is_table(values, tostring(sources))
      assert.same({ row[3] or "none", row[4] or "none" }, { values.base_url or "none", values.rest_url or "none" })
      assert.same({ row[5] or "none", row[6] or "none" }, { sources.base_url or "none", sources.rest_url or "none" })
      local shown = settings.describe(values, sources)
      assert.same({ row[3], row[4] }, { (shown.base_url or {}).value, (shown.rest_url or {}).value })
    end)
  end

  it("are those of the env_file, whatever the environment has", function()
    with_file("export ZEEBE_REST_ADDRESS='" .. R .. "'\n", function(path)
      local values, sources = assert(resolve({ env_file = path }, both))
      assert.is_nil(values.base_url)
      assert.equal(R, values.rest_url)
      assert.equal("ZEEBE_REST_ADDRESS in " .. path, sources.rest_url)
      values = assert(resolve({ env_file = path, api = "v1" }, both))
      assert.equal(T, values.base_url)
    end)
  end)

  -- As written, as it is used.
  for written, used in pairs {
    ["https://h.example/"] = "https://h.example", ["https://h.example/v2"] = "https://h.example",
    ["https://h.example/v2/"] = "https://h.example", ["https://h.example/a/v2//"] = "https://h.example/a",
    ["https://h.example/v2/v2"] = "https://h.example/v2", ["https://h.example/a//v2"] = "https://h.example/a",
    ["https://h.example/av2"] = "https://h.example/av2",
    ["https://h.example/v2/physical-tenants/b"] = "https://h.example/v2/physical-tenants/b",
    ["https://h.example/physical-tenants/b/"] = "https://h.example/physical-tenants/b",
  } do
    it("have rest_url without what a client adds: " .. written, function()
      assert.equal(used, assert(resolve({ rest_url = written }, {})).rest_url)
    end)
  end

  it("have base_url with all but slashes at its end", function()
    assert.equal("https://h.example/v2", assert(resolve({ base_url = "https://h.example/v2/" }, {})).base_url)
  end)

  -- rest_url, and where v2 may be instead.
  for url, other in pairs {
    [saas.api] = saas.zeebe, [saas.zeebe] = saas.api, [saas.tasklist] = false, [R] = false,
    ["https://bru-2.zeebe.camunda.io:443/c"] = "https://bru-2.api.camunda.io:443/c",
    ["https://bru-2.api.camunda.io/a/b"] = false, ["https://a.b.api.camunda.io/c"] = false,
    ["https://bru-2.api.camunda.io.example/c"] = false, ["https://bru-2.api.camunda.io"] = false,
  } do
    it("have the other host of a SaaS cluster beside them: " .. url, function()
      local values, sources = assert(resolve({ rest_url = url }, {}))
      assert.equal(other or nil, values.rest_fallback)
      assert.is_nil(settings.describe(values, sources).rest_fallback) -- no option
    end)
  end

  it("have no other host without rest_url", function()
    assert.is_nil(assert(resolve({ api = "v1" }, cluster)).rest_fallback)
    assert.is_nil(assert(resolve({ base_url = saas.tasklist }, {})).rest_fallback)
    assert.equal(saas.zeebe, assert(resolve({}, cluster)).rest_fallback)
  end)

  it("have the other host reached as the first one is, by way of a proxy or not", function()
    local values = assert(resolve({ rest_url = saas.api, authorization_server_url = "https://l.example/token",
      proxy = "http://p.example:1", no_proxy = "*.camunda.io" }, {}))
    assert.equal("bru-2.api.camunda.io,bru-2.zeebe.camunda.io", values.direct)
  end)

  -- What is wrong; arguments; environment; words of the message.
  local bad = {
    { "none", {}, {}, "address", 'CAMUNDA_TASKLIST_BASE_URL (option "base_url")',
      'CAMUNDA_REST_ADDRESS or ZEEBE_REST_ADDRESS (option "rest_url")', 'CAMUNDA_CLUSTER_REGION (option "region")',
      'CAMUNDA_CLUSTER_ID (option "cluster_id")' },
    { "none for v1", { api = "v1" }, { CAMUNDA_REST_ADDRESS = R }, 'for api = "v1" is missing',
      'CAMUNDA_TASKLIST_BASE_URL (option "base_url")' },
    { "none for v2", { api = "v2" }, {}, 'for api = "v2" is missing',
      'set CAMUNDA_REST_ADDRESS or ZEEBE_REST_ADDRESS (option "rest_url")', 'option "base_url"' },
    { "a region alone", { region = "bru-2" }, {}, "CAMUNDA_CLUSTER_ID", "go together" },
    { "a cluster alone", { api = "v2" }, { CAMUNDA_CLUSTER_ID = "a" }, "CAMUNDA_CLUSTER_REGION", "go together" },
    { "a region that changes the host", { region = "evil.example/", cluster_id = "a" }, {}, "region",
      "letters, digits and hyphens" },
    { "a rest_url that is none", { rest_url = "r.example" }, {}, 'option "rest_url"', "is no URL" },
    { "a variable that is none", {}, { ZEEBE_REST_ADDRESS = "r.example/v2" }, "ZEEBE_REST_ADDRESS", "is no URL" },
    { "gRPC", {}, { CAMUNDA_REST_ADDRESS = "grpcs://r.example:443" }, "CAMUNDA_REST_ADDRESS", "https://" },
    { "a secret over http", { base_url = T, rest_url = "http://r.example" }, {}, 'option "rest_url"', "must be https",
      "allow_insecure" },
    { "a query", { rest_url = R .. "?a=b" }, {}, 'option "rest_url"', "query" },
    { "a user name", { rest_url = "https://me@r.example" }, {}, 'option "rest_url"', "user name" },
    { "a host that is not ASCII", { rest_url = "https://münchen.example" }, {}, 'option "rest_url"', "xn--" },
    { "a wrong base_url beside a good rest_url", { base_url = "ftp://t.example", rest_url = R }, {},
      'option "base_url"', "https://" },
    { "an API that is none", {}, { TASKLIST_API = "v3", CAMUNDA_REST_ADDRESS = R }, 'TASKLIST_API (option "api")',
      'one of "auto", "v1", "v2"' },
  }
  for _, row in ipairs(bad) do
    it("cannot be: " .. row[1], function()
      local values, problem = resolve(row[2], row[3])
      assert.is_nil(values)
      assert.equal("config", problem.kind)
      for i = 4, #row do find(problem.message, row[i]) end
    end)
  end

  it("are not looked at where they play no part", function()
    assert(resolve({ api = "v1", base_url = T, rest_url = "nonsense" }, {}))
    assert(resolve({ api = "v2", base_url = "nonsense", rest_url = R }, {}))
    assert(resolve({ rest_url = R }, { CAMUNDA_TASKLIST_BASE_URL = "nonsense" }))
  end)

  it("may be http for this machine", function()
    assert(resolve({ rest_url = "http://localhost:8080" }, {}))
    assert(resolve({ rest_url = "http://r.example", allow_insecure = true }, {}))
  end)

  it("count for the proxy that the environment names", function()
    local proxies = { https_proxy = "http://s.example:1", http_proxy = "http://p.example:1" }
    local function proxy_of(arguments)
      arguments.auth, arguments.allow_insecure = "none", true
      return assert(resolve(arguments, proxies)).proxy
    end
    assert.equal("http://p.example:1", proxy_of { base_url = "http://t.example" })
    assert.equal("http://s.example:1", proxy_of { base_url = "http://t.example", rest_url = R })
    assert.equal("http://s.example:1", proxy_of { rest_url = R })
    assert.equal("http://p.example:1", proxy_of { rest_url = "http://r.example" })
  end)
end)

describe("the option api", function()
  it('is "auto" by default', function()
    local values, sources = assert(resolve({ base_url = T }, {}))
    assert.same({ value = "auto", source = "default" }, settings.describe(values, sources).api)
  end)

  for _, wrong in ipairs { "v3", "", "V1" } do
    it(("cannot be %q"):format(wrong), function()
      find(settings.problem_of { api = wrong }, 'option "api" must be one of "auto", "v1", "v2"')
    end)
  end
end)

describe("the audience of v2", function()
  -- Arguments, environment, and what comes of it.
  local rows = {
    { {}, {}, "zeebe.camunda.io", "default" },
    { { audience = "mine" }, {}, "mine", "default" },
    { { audience = "" }, {}, "", "default" },
    { {}, { CAMUNDA_TASKLIST_OAUTH_AUDIENCE = "mine" }, "mine", "default" },
    { { audience = "mine" }, { CAMUNDA_TOKEN_AUDIENCE = "theirs" }, "theirs", "CAMUNDA_TOKEN_AUDIENCE" },
    { { rest_audience = "" }, { CAMUNDA_TOKEN_AUDIENCE = "theirs" }, "", "argument" },
  }
  for number, row in ipairs(rows) do
    it("is that of row " .. number, function()
      for _, address in ipairs { { base_url = T }, { rest_url = R }, { base_url = T, rest_url = R } } do
        for name, value in pairs(row[1]) do address[name] = value end
        local values, sources = assert(resolve(address, row[2]))
        assert.equal(row[3], values.rest_audience)
        assert.equal(row[4], sources.rest_audience)
        assert.equal(row[1].audience or row[2].CAMUNDA_TASKLIST_OAUTH_AUDIENCE or "tasklist.camunda.io",
          values.audience)
      end
    end)
  end

  it("is none where v2 plays no part, and no option of other ways to sign in", function()
    assert.is_nil(assert(resolve({ api = "v1", base_url = T }, {})).rest_audience)
    assert.is_nil(assert(resolve({ auth = "none", base_url = T }, {})).rest_audience)
    local _, problem = resolve({ auth = "none", base_url = T, rest_audience = "a" }, {})
    find(problem.message, 'option "rest_audience" is of no use with auth = "none"')
  end)
end)

describe("the login's URL", function()
  -- Arguments, and the default.
  local rows = {
    { { base_url = T }, T .. "/api/login" },
    { { base_url = T, rest_url = R }, T .. "/api/login" },
    { { rest_url = R }, R .. "/login" },
    { { api = "v2", base_url = T }, T .. "/login" },
    { { api = "v2", base_url = T, rest_url = R }, R .. "/login" },
    { { api = "v1", base_url = T, rest_url = R }, T .. "/api/login" },
  }
  for number, row in ipairs(rows) do
    it("is by default that of row " .. number, function()
      row[1].auth, row[1].username, row[1].password = "cookie", "a", "b"
      assert.equal(row[2], assert(resolve(row[1], {})).login_url)
    end)
  end
end)
