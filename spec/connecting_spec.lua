--- doc/connecting.md against the code.
local find = require "spec.support.find"
local names = require "tasklist.settings.names"
local settings = require "tasklist.settings"

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read("a")
end

local page = read "doc/connecting.md"

-- Defaults that follow from other settings.
local described = {
  login_url = "`base_url` .. `/api/login`; for v2 `rest_url` .. `/login`",
  rest_audience = "`audience` where that was set, else `\"zeebe.camunda.io\"`",
}

local function shown(row)
  local default = row.default
  if default == nil then
    return ""
  elseif type(default) == "function" then
    return described[row.name]
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
      assert.equal(shown(row), lines[row.name][2], row.name)
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

  local address = "https://camunda.example"
  local cluster = "7f5a0000-0000-0000-0000-000000000000"
  local from_file = { base_url = "https://t.example", rest_url = "https://r.example" }

  -- The title of the part with the blocks, and for each block what comes of it.
  local parts = {
    { "Camunda SaaS, any version", from_file,
      { base_url = "https://bru-2.tasklist.camunda.io/" .. cluster,
        rest_url = "https://bru-2.api.camunda.io/" .. cluster,
        rest_fallback = "https://bru-2.zeebe.camunda.io/" .. cluster,
        audience = "tasklist.camunda.io", rest_audience = "zeebe.camunda.io" } },
    { "Camunda SaaS 8.9 and newer", { api = "v2", rest_url = "https://bru-2.api.camunda.io/" .. cluster } },
    { "Camunda SaaS 8.8", { rest_url = "https://bru-2.zeebe.camunda.io/" .. cluster } },
    { "Camunda SaaS by PrivateLink, or at another domain",
      { rest_url = "https://camunda.corp.example/" .. cluster, rest_audience = "zeebe.camunda.io" } },
    { "Self-Managed 8.8 and newer", { rest_url = address, rest_audience = "orchestration-api" } },
    { "Self-Managed 8.5 to 8.7 with Keycloak", { base_url = address .. "/tasklist", audience = "tasklist-api" } },
    { "Self-Managed 8.5 to 8.7 with Zeebe's address beside it", { base_url = address .. "/tasklist",
      rest_url = "https://zeebe.camunda.example", audience = "tasklist-api", rest_audience = "zeebe-api" } },
    { "C8 Run 8.8 and newer", { auth = "none", rest_url = "http://localhost:8080" },
      { auth = "basic", rest_url = "http://localhost:8080" } },
    { "C8 Run 8.6 and 8.7 with user and password", { auth = "cookie", base_url = "http://localhost:8080/tasklist",
      login_url = "http://localhost:8080/tasklist/api/login" } },
    { "Cookies from 8.8 on", { auth = "cookie", rest_url = address, login_url = address .. "/login" },
      { auth = "cookie", base_url = address, login_url = address .. "/login" } },
    { "Microsoft Entra", { base_url = address .. "/tasklist", audience = "", rest_audience = "" } },
    { "Behind a corporate proxy with its own authority", from_file },
    { "A token from elsewhere", { auth = "bearer", base_url = address .. "/tasklist" } },
  }

  -- What the settings of a block are, in the end.
  local function run(block)
    local path, ca = os.tmpname(), os.tmpname()
    finally(function() os.remove(path) os.remove(ca) end)
    local file <close> = assert(io.open(path, "w"))
    file:write("export CAMUNDA_CLIENT_ID='a'\nexport CAMUNDA_CLIENT_SECRET='b'\n"
      .. "export CAMUNDA_TASKLIST_BASE_URL='https://t.example'\nexport ZEEBE_REST_ADDRESS='https://r.example'\n")
    file:flush()
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
    return made
  end

  for _, part in ipairs(parts) do
    it("has blocks that make the clients of: " .. part[1], function()
      local text = assert(page:match("\n## " .. part[1]:gsub("%p", "%%%0") .. "\n(.-)\n## "), part[1])
      local at = 2
      for block in text:gmatch("```lua\n(.-)```") do
        local made, expected = run(block), assert(part[at], "a block that nobody expects")
        for _, name in ipairs { "base_url", "rest_url" } do assert.equal(expected[name], made[name]) end
        for name, value in pairs(expected) do assert.equal(value, made[name]) end
        at = at + 1
      end
      assert.equal(#part + 1, at)
    end)
  end

  it("has no other block", function()
    local count = 0
    for _, part in ipairs(parts) do count = count + #part - 1 end
    assert.equal(count, select(2, page:gsub("```lua\n", "")))
  end)
end)
