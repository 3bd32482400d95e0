--- What the tables of the commands say, for people and for shells: help, the man page and the completions.

local commands = require "tasklist.cli.commands"
local global = require("tasklist.cli.arguments").global

local overview = {}

-- An option or argument as it is shown.
local function shown(properties, is_option)
  local names = {}
  for name in properties.name:gmatch "%S+" do names[#names + 1] = name end
  local value = properties.argname or names[#names]:gsub("^%-+", ""):upper()
  return {
    names = names,
    written = properties.written,
    value = not properties.flag and (is_option and value or properties.argname or properties.name) or nil,
    choices = properties.choices,
    files = value == "FILE",
    many = properties.many ~= nil,
    needed = is_option and properties.count == 1 or not is_option and not properties.optional,
    again = properties.count == "*",
    description = properties.description or "",
  }
end

local function all_shown(list, is_option)
  local result = {}
  for _, properties in ipairs(list or {}) do
    result[#result + 1] = shown(properties, is_option)
  end
  return result
end

--- What there is, for people and for shells.
-- @treturn table `options`, and `commands`: each with `name`, `summary`, `description`, `arguments` and `options`.
--   Of an option or argument there are the `names`; of what is no flag its `value`'s name, its `choices`, and whether
--   it is one of `files`; how an argument is `written` where its name does not say that; `many` (values), `needed` and
--   `again` (the option) say how often it stands
function overview.all()
  local result = { options = all_shown(global, true), commands = {} }
  for i, command in ipairs(commands) do
    local file = require("tasklist.cli.commands." .. command.name)
    result.commands[i] = { name = command.name, summary = command.summary, description = file.description,
      arguments = all_shown(file.arguments), options = all_shown(file.options, true) }
  end
  return result
end

--- @tparam table of an overview: an option or argument
-- @treturn string `-o, --output FORMAT`, or `ID…`
function overview.label(of)
  if of.written then return of.written end
  local label = of.value
  if of.names[1]:find "^%-" then
    label = table.concat(of.names, ", ") .. (label and " " .. label or "")
  end
  return of.many and not label:find "…" and label .. "…" or label
end

--- @tparam table command of an overview
-- @treturn string how it is written: what it needs, what it may have in brackets
function overview.synopsis(command)
  local words = { "tasklist", command.name, "[OPTION…]" }
  for _, list in ipairs { command.options, command.arguments } do
    for _, one in ipairs(list) do
      if one.needed then
        words[#words + 1] = overview.label(one)
      elseif list == command.arguments then
        words[#words + 1] = "[" .. overview.label(one) .. "]"
      end
    end
  end
  return table.concat(words, " ")
end

return overview
