--- The command line of `tasklist`: help, and what it answers to a wrong one.
local commands = require "tasklist.cli.commands"
local examples = require "tasklist.cli.examples"
local program = require "spec.support.program"

local SECONDS = "must be a number of seconds above 0, at most 31536000 (a year), and is "

describe("the command line", function()
  local wrong = {
    { {}, "a command is missing", "tasklist --help" },
    { { "clam" }, "unknown command 'clam'; did you mean 'claim'?", "tasklist --help" },
    { { "lsit" }, "unknown command 'lsit'; did you mean 'list'?", "tasklist --help" },
    { { "list", "--groop", "x" }, "unknown option '--groop'; did you mean '--group'?", "tasklist list --help" },
    { { "list", "-x" }, "unknown option '-x'", "tasklist list --help" },
    { { "claim", "1" }, "--as USER is missing", "tasklist claim --help" },
    { { "claim", "--as", "me" }, "ID is missing", "tasklist claim --help" },
    { { "claim", "1", "--as", "--steal" }, "--as needs a value: USER, or --as=--steal", "tasklist claim --help" },
    { { "get", "1", "-j" }, "-j needs a value: N", "tasklist get --help" },
    { { "get", "1", "-j", "0" }, "--jobs must be a whole number from 1 to 10000, and is '0'", "tasklist get --help" },
    { { "get", "1", "-vqjx" }, "--jobs must be a whole number from 1 to 10000, and is 'x'", "tasklist get --help" },
    { { "get", "1", "-j", "-3" }, "--jobs must be a whole number from 1 to 10000, and is '-3'", "tasklist get --help" },
    { { "list", "-j", "10001" }, "--jobs must be a whole number from 1 to 10000, and is '10001'",
      "tasklist list --help" },
    { { "list", "--limit", "0x10" }, "--limit must be a whole number from 1, and is '0x10'", "tasklist list --help" },
    { { "list", "--limit", "1e3" }, "--limit must be a whole number from 1, and is '1e3'", "tasklist list --help" },
    { { "sandbox", "--port", "0x50" }, "--port must be a whole number from 0 to 65535, and is '0x50'",
      "tasklist sandbox --help" },
    { { "update", "1", "--priority", "1e1" }, "--priority must be a whole number from 0 to 100, and is '1e1'",
      "tasklist update --help" },
    { { "get", "1", "--timeout", "-.5" }, "--timeout " .. SECONDS .. "'-.5'", "tasklist get --help" },
    { { "get", "1", "--timeout=soon" }, "--timeout " .. SECONDS .. "'soon'", "tasklist get --help" },
    { { "list", "--timeout", "1e300" }, "--timeout " .. SECONDS .. "'1e300'", "tasklist list --help" },
    { { "list", "--timeout", "31536001" }, "--timeout " .. SECONDS .. "'31536001'", "tasklist list --help" },
    { { "list", "--timeout", "0x10" }, "--timeout " .. SECONDS .. "'0x10'", "tasklist list --help" },
    { { "watch", "--interval", "1e300" }, "--interval " .. SECONDS .. "'1e300'", "tasklist watch --help" },
    { { "watch", "--interval", "0" }, "--interval " .. SECONDS .. "'0'", "tasklist watch --help" },
    { { "list", "--older", "99999999999999w" },
      "--older must be up to six digits and s, m, h, d or w, such as 3d, and is '99999999999999w'",
      "tasklist list --help" },
    { { "update", "1", "--due", "+999999w" }, "--due must be a date: 2026-12-31, 2026-12-31T17:00:00+01:00, or from "
      .. "now on +30m, +8h, +3d, +2w; and is '+999999w'", "tasklist update --help" },
    { { "get", "1", "-o", "xml" }, "--output must be one of table, tsv, json, ndjson, csv, id, and is 'xml'",
      "tasklist get --help" },
    { { "completion", "bash", "zsh" }, "'zsh' is one word too many", "tasklist completion --help" },
    { { "list", "--unassigned", "--assignee", "me" }, "--assignee and --unassigned exclude each other",
      "tasklist list --help" },
    { { "list", "--group", "" }, "--group must not be empty", "tasklist list --help" },
    { { "claim", "1", "--as=" }, "--as must not be empty", "tasklist claim --help" },
    { { "export", "--to", "" }, "--to must not be empty", "tasklist export --help" },
    { { "vars", "1", "" }, "NAME must not be empty", "tasklist vars --help" },
    { { "export", "--vars", "," }, "--vars must be names with commas between them, and is ','",
      "tasklist export --help" },
    { { "list", "--group", "a\xff" }, "--group: 'a\xff' is not UTF-8", "tasklist list --help" },
    { { "list", "--var", "a\xff=1" }, "--var: 'a\xff=1' is not UTF-8", "tasklist list --help" },
    { { "export", "--vars=\xff" }, "--vars: '\xff' is not UTF-8", "tasklist export --help" },
    { { "claim", "1", "--as", "\xe2\x82" }, "--as: '\xe2\x82' is not UTF-8", "tasklist claim --help" },
    { { "complete", "1", "a\xffb=1" }, "ID: 'a\xffb=1' is not UTF-8", "tasklist complete --help" },
    { { "vars", "1", "\xff" }, "NAME: '\xff' is not UTF-8", "tasklist vars --help" },
    { { "vars", "1", "-o", "json", "--columns", "name" }, "vars: the object of -o json and ndjson has no columns; name "
      .. "the variables behind the ID", "tasklist vars --help" },
    { { "help", "claim", "get" }, "'get' is one word too many", "tasklist help --help" },
    { { "update", "1" }, "update: say what to change: --due, --follow-up, --priority or --group",
      "tasklist update --help" },
  }
  for _, case in ipairs(wrong) do
    it("is refused: tasklist " .. table.concat(case[1], " "):gsub("[\x80-\xff]", "?"), function()
      local out, err, code = program.run(case[1])
      assert.equal(("tasklist: %s\nTry: %s\n"):format(case[2], case[3]), err)
      assert.equal("", out)
      assert.equal(2, code)
    end)
  end

  for _, words in ipairs { { "list" }, { "claim", "1", "--as", "me" }, { "form", "1" }, { "export", "--vars", "bcd" },
    { "watch" }, { "list", "--dry-run" } } do
    it("has no columns that there are none of: tasklist " .. table.concat(words, " "), function()
      local function columns(text)
        local _, err, code = program.run(table.move({ "--columns", text }, 1, 2, #words + 1, { table.unpack(words) }),
          { environment = { CAMUNDA_REST_ADDRESS = "http://127.0.0.1:1", CAMUNDA_AUTH_STRATEGY = "NONE" } })
        assert.equal(2, code)
        return err
      end
      assert.matches("^tasklist: %-%-columns: unknown field 'idd'; did you mean 'id'%?\nTry: ", columns "id,idd")
      assert.matches("^tasklist: %-%-columns: unknown field 'variable a'; it takes .*, id, .*\nTry: ",
        columns "variable a")
    end)
  end

  it("may name files that no UTF-8 names", function()
    local _, err, code = program.run { "complete", "1", "--vars-file", "/nowhere/\xff" }
    assert.matches("^tasklist: %-%-vars%-file: /nowhere/\xff: No such file", err)
    assert.equal(2, code)
  end)

  it("has words after -- that look like options", function()
    local _, err, code = program.run { "get", "--", "-1", "--groop" }
    assert.not_matches("Try: ", err)
    assert.equal(3, code)
  end)

  it("shows the version", function()
    local out, _, code = program.run { "--version" }
    assert.equal("tasklist " .. require("tasklist")._VERSION .. "\n", out)
    assert.equal(0, code)
  end)
end)

describe("--help", function()
  it("is what `help` shows, too, of the program or of a command", function()
    assert.same({ program.run { "--help" } }, { program.run { "help" } })
    assert.same({ program.run { "claim", "--help" } }, { program.run { "help", "claim" } })
  end)

  it("lists all commands, options of every command, and examples", function()
    local out, err, code = program.run { "--help" }
    for _, command in ipairs(commands) do
      assert.truthy(out:find(("\n  %s +%s"):format(command.name, command.summary:sub(1, 5))), command.name)
    end
    assert.matches("\n  %-o, %-%-output FORMAT +how results", out)
    assert.matches("\nExamples:\n  tasklist ", out)
    assert.equal("", err)
    assert.equal(0, code)
  end)

  for _, command in ipairs(commands) do
    it("of " .. command.name .. " has all its options, and ends with examples", function()
      local out, _, code = program.run { command.name, "--help" }
      assert.truthy(out:find("^Usage: tasklist " .. command.name .. " "))
      for _, option in ipairs(require("tasklist.cli.commands." .. command.name).options or {}) do
        assert.truthy(out:find(option.name:match "%S+$", 1, true), option.name)
      end
      assert.matches("\nExamples:\n  .*tasklist " .. command.name, out)
      assert.equal(0, code)
    end)
  end

  it("is as wide as the terminal", function()
    for _, width in ipairs { 50, 132 } do
      local out = program.run({ "list", "--help" }, { terminal = width })
      local longest = 0
      for line in out:gmatch "([^\r\n]*)\r\n" do
        if not line:find "^  tasklist" then longest = math.max(longest, utf8.len(line)) end
      end
      assert.truthy(longest <= width and longest > width - 12, longest)
    end
  end)
end)

describe("the examples", function()
  for name, list in pairs(examples) do
    for _, example in ipairs(list) do
      for words in (" " .. example[1]):gmatch "[ |(](tasklist [^|>)]*)" do
        local command = words:match "^tasklist (%l+)"
        local known = false
        for _, one in ipairs(commands) do known = known or one.name == command end
        if known then
          it(("of %q are understood: %s"):format(name, words), function()
            -- Where --help stands last, all before it was understood.
            local rest = {}
            for word in words:gsub("'[^']*'", "x"):gmatch "%S+" do rest[#rest + 1] = word end
            table.remove(rest, 1)
            table.insert(rest, "--help")
            local _, err, code = program.run(rest)
            assert.equal("", err)
            assert.equal(0, code)
          end)
        end
      end
    end
  end
end)
