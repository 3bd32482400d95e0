--- The completions of `tasklist`, in real shells: a line is typed, with a tab, and the shell says what it ran.
local quote = require "spec.support.quote"

local function output_of(line)
  local process <close> = assert(io.popen(line))
  return (process:read "a":gsub("\r", ""))
end

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  assert(file:write(text))
end

local shells = {
  -- In place of the program there is a function that shows its arguments.
  bash = { file = "bashrc", start = "bash --rcfile %s/bashrc -i", rc = [[
PS1='> '
tasklist() { local IFS=' '; echo "<$*>"; }
]] },
  zsh = { file = ".zshrc", start = "ZDOTDIR=%s zsh -d -i", rc = [[
autoload -U compinit
compinit -u -D
unsetopt zle_bracketed_paste 2>/dev/null
tasklist() { echo "<$*>"; }
]] },
}

-- What each typed line became.
local function typed(shell, folder, lines)
  local text = table.concat(lines, "\n") .. "\nexit\n"
  local start = ("env -i PATH=/usr/bin:/bin TERM=dumb LC_ALL=C.UTF-8 HOME=%s %s"):format(folder,
    shell.start:format(folder))
  write(folder .. "/typed", text)
  local shown = output_of(("timeout 60 script -qefc %s /dev/null <%s/typed 2>&1"):format(quote(start), folder))
  local became = {}
  for words in shown:gmatch "\n<([^\n]*)>\n" do became[#became + 1] = words end
  return became, shown
end

local cases = {
  { "what is it", "tasklist cla\t", "claim" },
  { "a command after options", "tasklist -o json --columns list cla\t", "-o json --columns list claim" },
  { "a command after --name=value", "tasklist --output=json cla\t", "--output=json claim" },
  { "an option of the command", "tasklist claim 1 --ste\t", "claim 1 --steal" },
  { "an option of every command", "tasklist claim 1 --dry\t", "claim 1 --dry-run" },
  { "no option of another command", "tasklist get 1 --ste\t", "get 1 --ste" },
  { "a value that is one of some", "tasklist list -o nd\t", "list -o ndjson" },
  { "such a value after =", "tasklist list --output=nd\t", "list --output=ndjson" },
  { "a file where one is wanted", "tasklist list --env-file LICENS\t", "list --env-file LICENSE" },
  { "no file where none is wanted", "tasklist list --group LICENS\t", "list --group LICENS" },
  { "no file for an id", "tasklist claim LICENS\t", "claim LICENS" },
  { "an argument that is one of some", "tasklist completion fi\t", "completion fish" },
}

describe("tasklist completion", function()
  local folder
  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir " .. folder))
  end)
  after_each(function() os.execute("rm -r " .. folder) end)

  local function script(shell)
    return output_of("env -i PATH=/usr/bin:/bin bin/tasklist completion " .. shell)
  end

  for name, shell in pairs(shells) do
    it("completes a line in " .. name, function()
      write(folder .. "/script", script(name))
      write(folder .. "/" .. shell.file, shell.rc .. ("source %s/script\n"):format(folder))
      local lines, expected = {}, {}
      for i, case in ipairs(cases) do
        lines[i], expected[i] = case[2], case[3]
      end
      local became, shown = typed(shell, folder, lines)
      assert.same(expected, became, shown)
    end)
  end

  it("is found by zsh in a folder of fpath", function()
    write(folder .. "/_tasklist", script "zsh")
    write(folder .. "/.zshrc", ("fpath=(%s $fpath)\n"):format(folder) .. shells.zsh.rc)
    local became, shown = typed(shells.zsh, folder, { "tasklist cla\t", "tasklist claim 1 --ste\t" })
    assert.same({ "claim", "claim 1 --steal" }, became, shown)
  end)

  describe("in fish", function()
    -- What fish would offer, without the descriptions.
    local function offered(line)
      write(folder .. "/script", script "fish")
      local shown = output_of(("env -i PATH=/usr/bin:/bin HOME=%s fish --no-config -c %s 2>&1"):format(folder,
        quote(("source %s/script; complete -C %s"):format(folder, quote(line)))))
      return (shown:gsub("\t[^\n]*", ""))
    end

    for _, case in ipairs(cases) do
      it("completes " .. case[1], function()
        local typed_word = case[2]:match "(%S+)\t"
        local wanted = case[3]:match "%S+$"
        local expected = wanted == typed_word and "" or wanted .. "\n"
        assert.equal(expected, offered((case[2]:gsub("\t", ""))):match "^[^\n]*\n?")
      end)
    end
  end)
end)
