--- doc/program.md has what the program has.
local columns = require "tasklist.cli.output.columns"
local commands = require "tasklist.cli.commands"
local read = require("spec.support.public").read

local page = read "doc/program.md"
local arguments = require "tasklist.cli.arguments"

-- The first cells of a table's rows, below a heading.
local function cells(heading, pattern)
  local section = assert(page:match("\n## " .. heading .. "\n(.-)\n## "))
  local found = {}
  for cell in section:gmatch("\n| " .. pattern .. " |") do found[#found + 1] = cell end
  return found
end

describe("doc/program.md", function()
  it("has the commands, in the order of help", function()
    local names = {}
    for i, command in ipairs(commands) do names[i] = command.name end
    assert.same(names, cells("Commands", "`(%l+)`"))
  end)

  it("has an example of each command that is understood", function()
    local count = 0
    for name, line in page:gmatch "\n| `(%l+)` | `tasklist ([^`]*)` |" do
      local words = {}
      for word in line:gmatch "%S+" do words[#words + 1] = word end
      assert.equal(name, arguments.read(words).command)
      count = count + 1
    end
    assert.equal(#commands, count)
  end)

  it("has the formats", function()
    for _, option in ipairs(arguments.global) do
      if option.choices then assert.same(option.choices, cells("What is written", "`(%l+)`")) end
    end
  end)

  it("is about records whose fields can be columns", function()
    for heading, known in pairs { Task = columns.tasks, Form = columns.form } do
      local section = assert((read "doc/records.md" .. "\n## "):match("\n## " .. heading .. "\n(.-)\n## "), heading)
      local fields, there = {}, columns.known(known)
      for name in section:gmatch "\n| `(%w+)` |" do fields[name] = true end
      for name in pairs(fields) do assert.is_true(there[name], name) end
      for name in pairs(there) do assert.is_true(fields[name], name) end
    end
  end)

  it("has the exit codes", function()
    local codes = { "0", "2", "130", "141" }
    for code in read("lua/tasklist/cli/failures.lua"):gmatch "exit = (%d)" do codes[#codes + 1] = code end
    local known, there = {}, {}
    for _, code in ipairs(codes) do known[code] = true end
    for _, code in ipairs(cells("Exit codes", "(%d+)")) do there[code] = true end
    assert.same(known, there)
  end)
end)
