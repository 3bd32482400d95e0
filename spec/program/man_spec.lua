--- The man page of `tasklist`.
local commands = require "tasklist.cli.commands"
local read = require("spec.support.public").read

local function output_of(line)
  local process <close> = assert(io.popen(line))
  return process:read "a"
end

describe("the man page", function()
  local path
  before_each(function()
    path = os.tmpname()
    assert(os.execute("lua5.4 tools/man-page >" .. path))
  end)
  after_each(function() os.remove(path) end)

  it("has nothing that mandoc warns of", function()
    assert.equal("", output_of("mandoc -Tlint -W warning " .. path .. " 2>&1"))
  end)

  local function page()
    return output_of("mandoc -Tutf8 " .. path .. " | col -bx")
  end

  it("says which arguments there are", function()
    local text = page()
    for _, line in ipairs { "claim [OPTION...] --as USER ID...|-", "complete [OPTION...] ID...|- [name=JSON...]",
      "vars [OPTION...] ID [NAME...]", "draft [OPTION...] ID name=JSON..." } do
      assert.truthy(text:find("\n +tasklist " .. line:gsub("%p", "%%%0") .. "\n"), line)
    end
  end)

  it("has the exit codes of doc/program.md", function()
    local there = page():match "\nEXIT STATUS(.-)\nEXAMPLES\n"
    local codes = {}
    for code in there:gmatch "\n +(%d+) " do codes[#codes + 1] = code end
    local known = {}
    for code in read("doc/program.md"):match("\n## Exit codes\n(.-)\n## "):gmatch "\n| (%d+) |" do
      known[#known + 1] = code
    end
    assert.same(known, codes)
  end)

  it("names each setting by the variable that the manual has first", function()
    local count = 0
    for name in page():match("\nENVIRONMENT(.-)\nEXIT STATUS\n"):gmatch "\n +(%u+_[%u_]+)\n" do
      if name ~= "NO_COLOR" then
        assert.truthy(read("doc/connecting.md"):find(("\n| `[%%l_]+` | `%s`"):format(name)), name)
        count = count + 1
      end
    end
    assert.is_true(count > 3)
  end)

  it("has each section, and each command with its options", function()
    local text = page()
    for _, section in ipairs { "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "ENVIRONMENT", "EXIT STATUS",
      "EXAMPLES", "SEE ALSO" } do
      assert.matches("\n" .. section .. "\n", text)
    end
    for _, command in ipairs(commands) do
      assert.matches("\n   " .. command.name .. "\n", text)
      for _, option in ipairs(require("tasklist.cli.commands." .. command.name).options or {}) do
        assert.truthy(text:find(option.name:match "%S+$", 1, true), option.name)
      end
    end
  end)
end)
