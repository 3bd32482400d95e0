--- tools/demo, the story that `make demo` tells, as a process.
local program = require "spec.support.program"

-- The commands of the story, and what each has written until the next paragraph begins.
local function told(out)
  local commands, written = {}, {}
  for command, output in (out:gsub("\n%$ ", "\0")):gmatch "%z([^\n]*)([^%z]*)" do
    commands[#commands + 1] = command
    written[#commands] = output:gsub("\n\n.*", "\n")
  end
  return commands, written
end

describe("tools/demo", function()
  it("shows each command with its output, and ends by itself", function()
    local out, err, code = program.run { "sandbox", "--", "tools/demo" }
    assert.equal(0, code, err)
    local commands, written = told(out)
    local task = out:match "tasklist claim (%d+) "
    assert.same({
      "tasklist list --group accounting --columns id,name,assignee,creationDate",
      ("tasklist vars %s"):format(task),
      ("tasklist claim %s --as me -o tsv"):format(task),
      ("tasklist complete %s approved=true comment=fine -o tsv"):format(task),
      "tasklist list --unassigned -o id | tasklist claim - --as me -j 8",
      "tasklist list --assignee me -o id | tasklist complete - approved=true -j 8",
      "tasklist watch --once --exec 'echo call the assignee of {}'",
    }, commands)
    assert.matches(("\n%s\t[^\t\n]+\t\t"):format(task), written[1]) -- nobody has it
    assert.matches("^\namount\t%d", written[2])
    assert.matches(("^\n%s\t[^\t\n]+\tme\tCREATED\n$"):format(task), written[3])
    assert.matches(("^\n%s\t[^\t\n]+\tme\tCOMPLETED\n$"):format(task), written[4])
    assert.matches("^\ncall the assignee of %d+\n", written[7])
    -- What was claimed at once is what was completed.
    local claimed, completed = err:match "^tasklist: (%d+) claimed, 0 failed\ntasklist: (%d+) completed, 0 failed\n$"
    assert.equal(claimed, completed, err)
    assert.is_true(tonumber(claimed) > 1)
  end)

  it("ends by itself at a terminal, too", function()
    local out, _, code = program.run({ "sandbox", "--", "tools/demo" }, { terminal = 100 })
    assert.equal(0, code, out)
    assert.matches("id +name +assignee +creationDate", out) -- a table
    assert.matches("\nNext: `make sandbox`[^\n]*\n$", out)
  end)
end)
