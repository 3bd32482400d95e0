--- The completion for fish.

local TEMPLATE = [=[
# fish completion for tasklist, made from the program's table of commands
function __tasklist_command
    set -l words (commandline -opc)
    set -e words[1]
    set -l value no
    for word in $words
        if test $value = yes
            set value no
            continue
        end
        switch $word
            case $GLOBAL_VALUES
                set value yes
            case '-*'
            case '*'
                echo $word
                return 0
        end
    end
    return 1
end
function __tasklist_is
    test (__tasklist_command; or echo none) = $argv[1]
end
complete -c tasklist -f
$LINES
]=]

local function quoted(text)
  return "'" .. text:gsub("[\\']", "\\%0") .. "'"
end

-- What completes a value: its choices, files, or nothing.
local function value_of(one)
  if not one.value then return "" end
  return one.choices and " -xa " .. quoted(table.concat(one.choices, " ")) or one.files and " -rF" or " -x"
end

local function option_line(option, condition)
  local names = {}
  for i, name in ipairs(option.names) do
    names[i] = name:find "^%-%-" and " -l " .. name:sub(3) or " -s " .. name:sub(2)
  end
  return ("complete -c tasklist%s%s%s -d %s"):format(condition, table.concat(names), value_of(option),
    quoted(option.description))
end

--- @tparam table all of tasklist.cli.overview
-- @treturn string the script
return function(all)
  local lines, values = {}, {}
  for _, option in ipairs(all.options) do
    lines[#lines + 1] = option_line(option, "")
    if option.value then table.move(option.names, 1, #option.names, #values + 1, values) end
  end
  for _, command in ipairs(all.commands) do
    local condition = (" -n '__tasklist_is %s'"):format(command.name)
    lines[#lines + 1] = ("complete -c tasklist -n 'not __tasklist_command' -a %s -d %s"):format(command.name,
      quoted(command.summary))
    for _, option in ipairs(command.options) do lines[#lines + 1] = option_line(option, condition) end
    for _, argument in ipairs(command.arguments) do
      if argument.choices or argument.files then
        lines[#lines + 1] = "complete -c tasklist" .. condition ..
          (argument.files and " -F" or " -a " .. quoted(table.concat(argument.choices, " ")))
      end
    end
  end
  return (TEMPLATE:gsub("%$([%u_]+)", { GLOBAL_VALUES = table.concat(values, " "), LINES = table.concat(lines, "\n") }))
end
