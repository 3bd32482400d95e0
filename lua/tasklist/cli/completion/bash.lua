--- The completion for bash.

-- What stands in the script for each $NAME of the template.
local TEMPLATE = [=[
# bash completion for tasklist, made from the program's table of commands
_tasklist() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command= i words=
    # bash makes --name=value three words.
    if [[ $current == = ]]; then
        current=
    elif [[ $before == = ]]; then
        before=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
            $GLOBAL_VALUES)
                i=$((i + 1))
                [[ ${COMP_WORDS[i]} == = ]] && i=$((i + 1))
                ;;
            -*) ;;
            *)
                command=${COMP_WORDS[i]}
                break
                ;;
        esac
    done
    COMPREPLY=()
    case "$command $before" in
$VALUES
    esac
    case $command in
$WORDS
    esac
    [[ $current == -* ]] && words+=" $GLOBAL"
    COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _tasklist tasklist
]=]

local function names_of(options, with_value)
  local names = {}
  for _, option in ipairs(options) do
    if option.value or not with_value then table.move(option.names, 1, #option.names, #names + 1, names) end
  end
  return names
end

-- What completes a value: its choices, files, or nothing.
local function value_of(one)
  if one.choices then return ('COMPREPLY=($(compgen -W "%s" -- "$current"))'):format(table.concat(one.choices, " ")) end
  return one.files and "compopt -o default" or ":"
end

local function value_rows(rows, pattern, options)
  for _, option in ipairs(options) do
    if option.value then
      local patterns = {}
      for i, name in ipairs(option.names) do patterns[i] = pattern:format(name) end
      rows[#rows + 1] = ("        %s) %s; return ;;"):format(table.concat(patterns, "|"), value_of(option))
    end
  end
end

local function arguments_of(command)
  local first = command.arguments[1]
  return first and first.choices and table.concat(first.choices, " ") or ""
end

--- @tparam table all of tasklist.cli.overview
-- @treturn string the script
return function(all)
  local values, words, commands = {}, {}, {}
  value_rows(values, '*" %s"', all.options)
  for i, command in ipairs(all.commands) do
    commands[i] = command.name
    value_rows(values, ('"%s %%s"'):format(command.name), command.options)
    words[i] = ('        %s) [[ $current == -* ]] && words="%s" || words="%s" ;;'):format(command.name,
      table.concat(names_of(command.options), " "), arguments_of(command))
  end
  table.insert(words, 1, ('        "") words="%s" ;;'):format(table.concat(commands, " ")))
  local filled = {
    GLOBAL_VALUES = table.concat(names_of(all.options, true), "|"),
    GLOBAL = table.concat(names_of(all.options), " "),
    VALUES = table.concat(values, "\n"),
    WORDS = table.concat(words, "\n"),
  }
  return (TEMPLATE:gsub("%$([%u_]+)", filled))
end
