--- The completion for zsh.

local quoted = require("tasklist.cli.shell").quote

local TEMPLATE = [=[
#compdef tasklist
# made from the program's table of commands
_tasklist() {
  local context state state_descr line
  typeset -A opt_args
  local -a options commands
  options=(
$OPTIONS
  )
  commands=(
$COMMANDS
  )
  _arguments -s -S -C $options '1:command:->command' '*::rest:->rest' && return
  case $state in
    command) _describe command commands ;;
    rest)
      case $words[1] in
$CASES
      esac
      ;;
  esac
}
# Read by `source`, or as a file of fpath.
if [[ $funcstack[1] = _tasklist ]]; then
  _tasklist "$@"
else
  compdef _tasklist tasklist
fi
]=]

local function escaped(text)
  return (text:gsub("[%[%]:\\]", "\\%0"))
end

-- What completes a value: its choices, files, or nothing. An empty list and no message, which would keep zsh from
-- completing an option in the same place.
local function value_of(one)
  local offered = one.files and "_files" or "(" .. table.concat(one.choices or {}, " ") .. ")"
  return ":" .. escaped(one.value) .. ":" .. offered
end

-- An option's names exclude each other unless it may be given again.
local function option_specs(options, margin)
  local lines = {}
  for _, option in ipairs(options) do
    for _, name in ipairs(option.names) do
      local before = option.again and "*" or "(" .. table.concat(option.names, " ") .. ")"
      local joined = option.value and (name:find "^%-%-" and "=" or "+") or ""
      lines[#lines + 1] = margin .. quoted(("%s%s%s[%s]%s"):format(before, name, joined, escaped(option.description),
        option.value and value_of(option) or ""))
    end
  end
  return lines
end

local function specs(command)
  local lines = option_specs(command.options, (" "):rep(12))
  for _, argument in ipairs(command.arguments) do
    lines[#lines + 1] = (" "):rep(12) .. quoted((argument.many and "*" or "") .. value_of(argument))
  end
  table.insert(lines, 1, ("        %s) _arguments -s -S $options"):format(command.name))
  return table.concat(lines, " \\\n") .. " ;;"
end

--- @tparam table all of tasklist.cli.overview
-- @treturn string the script
return function(all)
  local commands, cases = {}, {}
  for i, command in ipairs(all.commands) do
    commands[i] = "    " .. quoted(command.name .. ":" .. command.summary)
    cases[i] = specs(command)
  end
  return (TEMPLATE:gsub("%$(%u+)", {
    OPTIONS = table.concat(option_specs(all.options, "    "), "\n"),
    COMMANDS = table.concat(commands, "\n"),
    CASES = table.concat(cases, "\n"),
  }))
end
