--- doc/connecting.md against the code.
local find = require "spec.support.find"
local names = require "tasklist.settings.names"
local settings = require "tasklist.settings"

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read("a")
end

local page = read "doc/connecting.md"

local function shown(default)
  if default == nil then
    return ""
  elseif type(default) == "function" then
    return "`base_url` .. `/api/login`"
  end
  return ("`%s`"):format(type(default) == "string" and ("%q"):format(default) or tostring(default))
end

describe("the page on connecting", function()
  it("has each setting with its names and its default", function()
    local lines, known = {}, {}
    for option, variables, default in page:gmatch("\n| `([%w_]+)` | ([^|\n]*) | ([^|\n]*) |") do
      lines[option] = { variables, default }
    end
    for _, row in ipairs(names) do
      known[row.name] = true
      assert.is_table(lines[row.name], row.name)
      assert.equal(shown(row.default), lines[row.name][2], row.name)
      local at = 0
      for _, variable in ipairs(row.env or {}) do
        at = assert(lines[row.name][1]:find("`" .. variable .. "`", at + 1, true), variable)
      end
    end
    for option in pairs(lines) do assert.is_true(known[option], option) end
  end)

  it("has each setting in the doc comment of tasklist.new, too", function()
    local comment = read("lua/tasklist/init.lua"):match("%-%-%- Makes a client.-\nfunction")
    for _, row in ipairs(names) do find(comment, "`" .. row.name .. "`") end
  end)

  -- Each block, as it is.
  local count = 0
  for block in page:gmatch("```lua\n(.-)```") do
    count = count + 1
    it("has a block that makes a client, number " .. count, function()
      local path, ca = os.tmpname(), os.tmpname()
      local file = assert(io.open(path, "w"))
      file:write("export CAMUNDA_CLIENT_ID='a'\nexport CAMUNDA_CLIENT_SECRET='b'\n"
        .. "export CAMUNDA_TASKLIST_BASE_URL='https://t.example'\n")
      file:close()
      finally(function() os.remove(path) os.remove(ca) end)
      local made
      local fake = { new = function(options)
        options.env_file = options.env_file and path
        options.ca_file = options.ca_file and ca
        assert.is_nil(settings.problem_of(options))
        made = assert(settings.resolve(options, function() end))
        return setmetatable({}, { __close = function() end })
      end }
      local environment = setmetatable({ tasklist = fake, os = { getenv = function() return "value" end },
        require = function() return fake end }, { __index = _G })
      assert(load(block, "block", "t", environment))()
      assert.is_table(made)
    end)
  end

  it("has a block for each place", function()
    for _, title in ipairs { "SaaS", "Keycloak", "C8 Run", "Microsoft Entra", "corporate proxy" } do
      assert.truthy(page:find("\n## [^\n]*" .. title), title)
    end
    assert.truthy(count >= 6)
  end)
end)
