--- The tables of variables in doc/settings.md against the code: what they say is read is read as that setting, what the
-- code reads stands in them, and no name is in both.
local names = require "tasklist.settings.names"
local settings = require "tasklist.settings"

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read("a")
end

local page = read "doc/settings.md"

-- The rows of a table, each an array of its cells.
local function rows_behind(mark)
  local rows = {}
  local text = assert(page:match("<!%-%- " .. mark .. ":[^\n]*\n|[^\n]*\n|[^\n]*\n(.-)<!%-%- end"))
  for line in text:gmatch("[^\n]+") do
    local row = {}
    for cell in line:gmatch("| ([^|]*) ") do row[#row + 1] = cell end
    rows[#rows + 1] = row
  end
  return rows
end

local function quoted_in(cell)
  local list = {}
  for name in cell:gmatch("`([^`]+)`") do list[#list + 1] = name end
  return list
end

local read_rows, unread_rows = rows_behind "read", rows_behind "not read"

-- Every name that is said not to be read, and what a pattern like GRPC_* may stand for.
local unread = {}
for _, row in ipairs(unread_rows) do
  for _, name in ipairs(quoted_in(row[1])) do unread[#unread + 1] = name end
end

local function said_unread(name)
  for _, each in ipairs(unread) do
    if name:find("^" .. each:gsub("%*$", ".*") .. "$") then return each end
  end
end

-- Option -> its variables, in the order in which they count.
local known, options = {}, {}
for _, setting in ipairs(names) do
  for _, list in ipairs { "off", "env", "also", "usual" } do
    for _, name in ipairs(setting[list] or {}) do
      local here = known[setting.name] or {}
      if not known[setting.name] then
        known[setting.name], options[#options + 1] = here, setting.name
      end
      if not here[name] then
        here[#here + 1], here[name] = name, true
      end
    end
  end
end

describe("the page on settings", function()
  it("has each variable that is read, with its option and in the order in which they count", function()
    local seen = {}
    for _, row in ipairs(read_rows) do
      local option = quoted_in(row[1])[1]
      seen[option] = true
      assert.is_table(known[option], option)
      assert.same(table.concat(known[option], " "), table.concat(quoted_in(row[2]), " "))
    end
    for _, option in ipairs(options) do assert.is_true(seen[option], option) end
  end)

  it("says of no variable both that it is read and that it is not, and of none twice", function()
    for _, option in ipairs(options) do
      for _, name in ipairs(known[option]) do assert.is_nil(said_unread(name), name) end
    end
    local seen = {}
    for _, name in ipairs(unread) do
      assert.is_nil(seen[name], name)
      seen[name] = true
    end
  end)

  it("says why of each variable that is not read", function()
    for _, row in ipairs(unread_rows) do
      assert.truthy(#quoted_in(row[1]) > 0)
      assert.truthy(#row[2] > 10, row[1])
    end
  end)

  -- Each way of signing in, so that each setting is in force at least once.
  for _, way in ipairs { "oauth", "basic", "cookie", "bearer", "none" } do
    it("has each variable that is asked for with auth = " .. way, function()
      local asked = { HOME = true }
      for _, url in ipairs { "https://t.example", "http://localhost" } do
        settings.resolve({ auth = way, base_url = url }, function(name)
          asked[name] = true
        end)
      end
      asked.HOME = nil
      for name in pairs(asked) do
        local found = false
        for _, option in ipairs(options) do found = found or known[option][name] end
        assert.is_true(found, name)
      end
    end)
  end

  it("is right about those that are not read: they change nothing", function()
    local own = { CAMUNDA_CLIENT_ID = "a", CAMUNDA_CLIENT_SECRET = "b",
      CAMUNDA_TASKLIST_BASE_URL = "https://t.example" }
    local function resolve(more)
      return { settings.resolve({}, function(name)
        return own[name] or more and said_unread(name) and "nonsense" or nil
      end) }
    end
    local with, without = resolve(true), resolve(false)
    assert.is_table(without[1], tostring(without[2]))
    assert.same(without, with)
  end)
end)
