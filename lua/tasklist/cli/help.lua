--- What `--help` shows: of the program, or of one command.

local examples = require "tasklist.cli.examples"
local overview = require "tasklist.cli.overview"
local terminal = require "tasklist.terminal"

-- Where what is described ends, and its description begins.
local COLUMN = 26

-- A paragraph, its lines begun with a margin. A word that is too long has a line of its own.
local function wrapped(text, width, margin)
  local lines, line = {}, nil
  for word in text:gmatch "%S+" do
    if line and utf8.len(line) + 1 + utf8.len(word) <= width - #margin then
      line = line .. " " .. word
    else
      lines[#lines + 1] = line and margin .. line
      line = word
    end
  end
  lines[#lines + 1] = line and margin .. line
  return table.concat(lines, "\n")
end

-- A label and what it means, beside it where there is room.
local function row(label, description, width)
  local indented = "  " .. label
  local margin = (" "):rep(math.min(COLUMN, width // 3))
  local text = wrapped(description, width, margin)
  local room = #margin - utf8.len(indented)
  if room < 2 then return indented .. "\n" .. text end
  return indented .. (" "):rep(room) .. text:sub(#margin + 1)
end

local function with_choices(option)
  if not option.choices then return option.description end
  return ("%s (%s)"):format(option.description, table.concat(option.choices, ", "))
end

local function add_rows(text, title, list, width)
  if #list == 0 then return end
  text[#text + 1] = "\n" .. title .. ":"
  for _, one in ipairs(list) do
    text[#text + 1] = row(overview.label(one), with_choices(one), width)
  end
end

local function add_examples(text, name, width)
  text[#text + 1] = "\nExamples:"
  for _, example in ipairs(examples[name] or {}) do
    text[#text + 1] = "  " .. example[1]
    text[#text + 1] = wrapped(example[2], width, "      ")
  end
end

local function of_command(command, options, width)
  local text = { "Usage: " .. overview.synopsis(command), "", wrapped(command.description, width, "") }
  add_rows(text, "Arguments", command.arguments, width)
  add_rows(text, "Options", command.options, width)
  add_rows(text, "Options of every command", options, width)
  add_examples(text, command.name, width)
  return text
end

local function of_program(all, width)
  local text = { "Usage: tasklist COMMAND [OPTION…]", "", wrapped("Works with the user tasks of a Camunda 8 cluster.",
    width, ""), "\nCommands:" }
  for _, command in ipairs(all.commands) do
    text[#text + 1] = row(command.name, command.summary, width)
  end
  add_rows(text, "Options of every command", all.options, width)
  add_examples(text, "", width)
  text[#text + 1] = "\n" .. wrapped("`tasklist COMMAND --help` has the options of a command.", width, "")
  return text
end

--- @tparam ?string name of a command
-- @treturn string as wide as the terminal, or 80 columns
return function(name)
  local all = overview.all()
  local width = terminal.width(1) or 80
  for _, command in ipairs(all.commands) do
    if command.name == name then return table.concat(of_command(command, all.options, width), "\n") end
  end
  return table.concat(of_program(all, width), "\n")
end
