--- Reads the words of a command line by tables of options and arguments. They have these properties:
--
-- * `name`: an option's names, as in `-o --output`, or that of an argument; `argname`: what is shown for its value;
-- * `flag`: the option has no value; `action(given)` is called for it at once, with what was read until then;
-- * `choices`: the values there are; `convert(text)`: the value, or nil and what is wrong, to follow the name;
--   `default`: a text is converted likewise; `bytes`: may be anything, as the name of a file, and not only UTF-8;
--   `empty`: there may be nothing in it;
-- * `count` of an option: 1 if it must be there, "*" if it may come again, and its values are an array then;
-- * `many` of an argument: it takes all words that are left, as an array; `optional`: it need not be there; `written`:
--   how help shows it where its name does not do.
--
-- LuaRocks' argparse reads the like. To load it takes a fifth of the time of `tasklist list`; it takes no negative
-- number as a value; and its completions offer files for all values.

local slips = require "tasklist.cli.slips"

local Parser = {}
Parser.__index = Parser

local function refuse(...)
  error({ usage = string.format(...) }, 0)
end

-- By what name a value is found in what was given.
local function key_of(properties)
  return (properties.name:match "%S+$":gsub("^%-+", ""):gsub("%-", "_"))
end

local function contains(list, wanted)
  for _, value in ipairs(list) do
    if value == wanted then return true end
  end
end

local function convert(properties, text)
  local name = properties.name:match "%S+$"
  if text == "" and not properties.empty then refuse("%s must not be empty", name) end
  if not properties.bytes and not utf8.len(text) then refuse("%s: '%s' is not UTF-8", name, text) end
  if properties.choices and not contains(properties.choices, text) then
    refuse("%s must be one of %s, and is '%s'", name, table.concat(properties.choices, ", "), text)
  end
  if not properties.convert then return text end
  local value, why = properties.convert(text)
  if value == nil then refuse("%s %s", name, why or ("can't be '%s'"):format(text)) end
  return value
end

-- Keeps a value of an option or argument.
function Parser:keep(properties, value)
  local key = key_of(properties)
  self.seen[properties] = true
  if properties.count == "*" or properties.many then
    table.insert(self.given[key], value)
  else
    self.given[key] = value
  end
end

-- From now on there are these, too.
function Parser:add(options, arguments)
  for _, properties in ipairs(options or {}) do
    self.all[#self.all + 1] = properties
    for name in properties.name:gmatch "%S+" do self.options[name] = properties end
    if properties.count == "*" then self.given[key_of(properties)] = {} end
  end
  for _, properties in ipairs(arguments or {}) do
    self.arguments[#self.arguments + 1] = properties
    if properties.many then self.given[key_of(properties)] = {} end
  end
end

function Parser:option(name)
  return self.options[name] or refuse("unknown option '%s'%s", name, slips(name, self.options))
end

-- The next word as a value. One that looks like an option would be there because a value was forgotten.
function Parser:value_after(name, properties)
  local value = self:next_word()
  if not value or value:find "^%-%-?%a" then
    refuse("%s needs a value: %s%s", name, properties.argname, value and (", or %s=%s"):format(name, value) or "")
  end
  return value
end

-- A flag, or an option whose value is in the same word, or else the next one.
function Parser:take_option(name, value)
  local properties = self:option(name)
  if properties.flag then
    self:keep(properties, true)
    if properties.action then properties.action(self.given) end
    return
  end
  self:keep(properties, convert(properties, value or self:value_after(name, properties)))
end

-- Several options of a letter in a word, of which the last may have its value there.
function Parser:take_letters(letters)
  for i = 1, #letters do
    local name, rest = "-" .. letters:sub(i, i), letters:sub(i + 1)
    if not self:option(name).flag then
      return self:take_option(name, rest ~= "" and rest or nil)
    end
    self:take_option(name)
  end
end

function Parser:take_argument(word)
  if not self.given.command then
    if not self.commands[word] then refuse("unknown command '%s'%s", word, slips(word, self.commands)) end
    self.given.command = word
    self.command = self.commands[word]()
    return self:add(self.command.options, self.command.arguments)
  end
  local properties = self.arguments[self.place] or refuse("'%s' is one word too many", word)
  self:keep(properties, convert(properties, word))
  if not properties.many then self.place = self.place + 1 end
end

function Parser:next_word()
  self.at = self.at + 1
  return self.words[self.at]
end

function Parser:read()
  local only_arguments = false
  for word in self.next_word, self do
    local name, value = word:match "^(%-%-[^=]+)=(.*)$"
    if only_arguments or not word:find "^%-." then
      self:take_argument(word)
    elseif word == "--" then
      only_arguments = true
    elseif word:find "^%-%-" then
      self:take_option(name or word, value)
    else
      self:take_letters(word:sub(2))
    end
  end
end

-- What must be there, what can't be there together, and what is there by default.
function Parser:check()
  if not self.command then refuse "a command is missing" end
  for _, properties in ipairs(self.all) do
    if properties.count == 1 and not self.seen[properties] then
      refuse("%s %s is missing", properties.name:match "%S+$", properties.argname)
    elseif properties.default and not self.seen[properties] then
      local default = properties.default
      self.given[key_of(properties)] = type(default) == "string" and convert(properties, default) or default
    end
  end
  for _, properties in ipairs(self.arguments) do
    if not properties.optional and not self.seen[properties] then
      refuse("%s is missing", properties.argname or properties.name)
    end
  end
  for _, names in ipairs(self.command.mutex or {}) do
    local there = {}
    for _, name in ipairs(names) do
      if self.seen[self.options[name]] then there[#there + 1] = name end
    end
    if #there > 1 then refuse("%s exclude each other", table.concat(there, " and ")) end
  end
end

--- Raises a table with `usage`, what is wrong, and with `command`, in whose help that is.
-- @tparam table words of the command line
-- @tparam table options of every command
-- @tparam table commands by name: functions that give the table of a command
-- @treturn table the values by their keys, `env_file` for `--env-file`; and the name of the `command`
return function(words, options, commands)
  local parser = setmetatable({ words = words, at = 0, commands = commands, options = {}, all = {}, arguments = {},
    place = 1, given = {}, seen = {} }, Parser)
  local fine, problem = pcall(function()
    parser:add(options)
    parser:read()
    parser:check()
  end)
  if fine then return parser.given end
  if type(problem) == "table" then problem.command = parser.given.command end
  error(problem, 0)
end
