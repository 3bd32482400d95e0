local settings = require "tasklist.settings"

local function resolve(environment, token_cache)
  local all = { ZEEBE_CLIENT_ID = "id", ZEEBE_CLIENT_SECRET = "secret",
    CAMUNDA_TASKLIST_BASE_URL = "https://t.example" }
  for name, value in pairs(environment) do all[name] = value end
  local arguments = { token_cache = token_cache }
  assert.is_nil(settings.problem_of(arguments))
  return assert(settings.resolve(arguments, function(name) return all[name] end))
end

describe("token_cache", function()
  -- Variables, the argument, and the folder (false: no token file).
  local rows = {
    { {}, nil, false },
    { { HOME = "/home/me" }, nil, false },
    { { HOME = "/home/me" }, true, "/home/me/.cache/tasklist" },
    { { HOME = "/home/me", XDG_CACHE_HOME = "/cache" }, true, "/cache/tasklist" },
    { { HOME = "/home/me", XDG_CACHE_HOME = "" }, true, "/home/me/.cache/tasklist" },
    { { HOME = "/home/me", XDG_CACHE_HOME = "cache" }, true, "/home/me/.cache/tasklist" },
    { {}, true, "" },
    { { HOME = "/home/me" }, "tokens", "tokens" },
    { { CAMUNDA_TOKEN_CACHE_DIR = "/t", HOME = "/home/me" }, nil, "/t" },
    { { CAMUNDA_TOKEN_CACHE_DIR = "/t", HOME = "/home/me" }, true, "/home/me/.cache/tasklist" },
    { { CAMUNDA_TOKEN_CACHE_DIR = "/t" }, "/u", "/u" },
    { { CAMUNDA_TOKEN_CACHE_DIR = "/t" }, false, false },
  }
  for index, row in ipairs(rows) do
    it("is a folder by argument, variable and default, row " .. index, function()
      assert.equal(row[3], resolve(row[1], row[2]).token_cache)
    end)
  end

  for shown, value in pairs { ['the string ""'] = "", ["the integer 1"] = 1, ["a table"] = {} } do
    it("must not be " .. shown, function()
      assert.equal('option "token_cache" must be true, false or the path of a folder, got ' .. shown,
        settings.problem_of { token_cache = value })
    end)
  end

  it("is for signing in with oauth", function()
    local _, problem = settings.resolve({ auth = "none", base_url = "https://t.example", token_cache = true,
      env = false }, os.getenv)
    assert.equal("config", problem.kind)
    assert.truthy(problem.message:find('"token_cache"', 1, true))
  end)
end)
