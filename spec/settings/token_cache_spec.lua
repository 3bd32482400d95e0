local find = require "spec.support.find"
local settings = require "tasklist.settings"

local function resolve(environment, token_cache)
  local all = { ZEEBE_CLIENT_ID = "id", ZEEBE_CLIENT_SECRET = "secret",
    CAMUNDA_TASKLIST_BASE_URL = "https://t.example" }
  for name, value in pairs(environment) do all[name] = value end
  local arguments = { token_cache = token_cache }
  assert.is_nil(settings.problem_of(arguments))
  return settings.resolve(arguments, function(name) return all[name] end)
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
    { { CAMUNDA_TOKEN_CACHE_DIR = "false", HOME = "/home/me" }, nil, false },
    { { CAMUNDA_TOKEN_CACHE_DIR = "False" }, nil, false },
    { { CAMUNDA_TOKEN_CACHE_DIR = "0" }, nil, false },
    { { CAMUNDA_TOKEN_CACHE_DIR = "" }, nil, false },
    { { CAMUNDA_TOKEN_CACHE_DIR = "true", HOME = "/home/me" }, nil, "/home/me/.cache/tasklist" },
    { { CAMUNDA_TOKEN_CACHE_DIR = "TRUE", XDG_CACHE_HOME = "/cache" }, nil, "/cache/tasklist" },
    { { CAMUNDA_TOKEN_CACHE_DIR = "1", HOME = "/home/me" }, nil, "/home/me/.cache/tasklist" },
    { { CAMUNDA_TOKEN_CACHE_DIR = "~/t", HOME = "/home/me" }, nil, "/home/me/t" },
    { { CAMUNDA_TOKEN_CACHE_DIR = "~", HOME = "/home/me" }, nil, "/home/me" },
    { { CAMUNDA_TOKEN_CACHE_DIR = "./false" }, nil, "./false" },
    { { HOME = "/home/me" }, "~/t", "/home/me/t" },
    { { HOME = "/home/me" }, "true", "/home/me/.cache/tasklist" },
    { { HOME = "/home/me" }, "false", false },
    { { CAMUNDA_TOKEN_CACHE_DIR = "/t", CAMUNDA_TOKEN_DISK_CACHE_DISABLE = "true" }, nil, false },
    { { CAMUNDA_TOKEN_CACHE_DIR = "/t", CAMUNDA_TOKEN_DISK_CACHE_DISABLE = "0" }, nil, "/t" },
    { { CAMUNDA_TOKEN_CACHE_DIR = "/t", CAMUNDA_TOKEN_DISK_CACHE_DISABLE = "" }, nil, "/t" },
    { { CAMUNDA_TOKEN_DISK_CACHE_DISABLE = "1" }, "/t", "/t" },
  }
  for index, row in ipairs(rows) do
    it("is a folder by argument, variable and default, row " .. index, function()
      assert.equal(row[3], assert(resolve(row[1], row[2])).token_cache)
    end)
  end

  -- Variables, the argument, and words of the message. Taken for a folder's name each would put a token where nobody
  -- looks for one.
  local unclear = {
    { { CAMUNDA_TOKEN_CACHE_DIR = "off" }, nil, "CAMUNDA_TOKEN_CACHE_DIR", "true, false or", '"off"' },
    { { CAMUNDA_TOKEN_CACHE_DIR = "No" }, nil, "CAMUNDA_TOKEN_CACHE_DIR", "true, false or" },
    { {}, "yes", 'option "token_cache"', "true, false or" },
    { { CAMUNDA_TOKEN_CACHE_DIR = "~/t" }, nil, "CAMUNDA_TOKEN_CACHE_DIR", "HOME" },
    { { CAMUNDA_TOKEN_CACHE_DIR = "~me/t", HOME = "/home/me" }, nil, "CAMUNDA_TOKEN_CACHE_DIR", "~ and a name" },
    { { CAMUNDA_TOKEN_CACHE_DIR = "/t", CAMUNDA_TOKEN_DISK_CACHE_DISABLE = "perhaps" }, nil,
      "CAMUNDA_TOKEN_DISK_CACHE_DISABLE", "true, false, 1 or 0" },
  }
  for index, row in ipairs(unclear) do
    it("is refused when it is not clear what is meant, row " .. index, function()
      local values, problem = resolve(row[1], row[2])
      assert.is_nil(values)
      assert.equal("config", problem.kind)
      for i = 3, #row do find(problem.message, row[i]) end
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
