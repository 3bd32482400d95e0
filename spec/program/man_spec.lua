--- The man page of `tasklist`.
local commands = require "tasklist.cli.commands"

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

  it("has each section, and each command with its options", function()
    local text = output_of("mandoc -Tutf8 " .. path .. " | col -bx")
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
