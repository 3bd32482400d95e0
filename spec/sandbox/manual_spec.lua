-- The manual against the code: its tables name what there is, its snippets run.
local client = require "spec.support.client"
local control = require "tasklist.sandbox.control"
local faults = require "tasklist.sandbox.faults"
local options = require "tasklist.sandbox.options"

local file = assert(io.open("doc/sandbox.md"))
local manual = file:read("a")
file:close()

-- The rows of the table that starts with a line: the first cell's name, and the second cell.
local function rows_of(head)
  local at = assert(manual:find("\n" .. head, 1, true), head) + 1
  local rows = {}
  for line in manual:match("^.-\n\n", at):gmatch("[^\n]+") do
    local name, second = line:match("^| `([^`]+)`[^|]*| *([^|]-) *|")
    if name then rows[name] = second end
  end
  return rows
end

local function names_of(t)
  local names = {}
  for name in pairs(t) do names[name] = true end
  return names
end

local function literal(value)
  return type(value) == "string" and ("%q"):format(value) or tostring(value)
end

-- Runs a spec as its users do: busted looks at a file's name.
local AS_SPEC = [==[
local path = os.tmpname() .. "_spec.lua"
local file = io.open(path, "w")
file:write([=[%s]=])
file:close()
local pipe = io.popen("lua5.4 tools/busted -o TAP " .. path)
local output = pipe:read("a")
pipe:close()
os.remove(path)
os.remove((path:gsub("_spec.lua$", "")))
assert(output:find("^ok 1 "), output)
]==]

describe("the manual", function()
  it("has every option, with its default", function()
    local rows = rows_of("| option | default |")
    assert.same(names_of(options.known), names_of(rows))
    for name, option in pairs(options.known) do
      local default = option.default
      if type(default) ~= "table" then
        assert.equal(default == nil and "none" or "`" .. literal(default) .. "`", rows[name], name)
      end
    end
  end)

  it("has every action of a fault with its fields, and every point at which a connection ends", function()
    local rows = rows_of("| action |")
    assert.same(names_of(faults.actions), names_of(rows))
    assert.same(names_of(faults.points), names_of(rows_of("| at |")))
    for name, action in pairs(faults.actions) do
      local fields = {}
      for field in rows[name]:gmatch("`(%w+)`") do fields[field] = true end
      assert.same(names_of(action[1]), fields, name)
    end
  end)

  it("has every route of the side door", function()
    assert.same(names_of(control.routes), names_of(rows_of("| request |")))
  end)

  it("has snippets that run", function()
    local count = 0
    for snippet in manual:gmatch("```lua\n(.-)```") do
      local is_spec = snippet:find("describe(", 1, true)
      local output, fine = client.run_script(is_spec and AS_SPEC:format(snippet) or snippet)
      assert.is_true(fine, output)
      count = count + 1
    end
    assert.equal(2, count)
  end)
end)
