--- Reads the file that Camunda Console hands out: lines of `export NAME='value'`, as a shell would, but
-- without one: nothing is expanded and nothing is run.

local core = require "tasklist.core"
local naming = require "tasklist.settings.naming"

local config_error = naming.config_error

local env_file = {}

-- A pattern in which each [%s] and [^%s] means the blanks of ASCII. What Lua's own %s holds depends on the locale of
-- the host: in some of them a byte of a letter in UTF-8 is a blank.
local function with_blanks(pattern)
  return (pattern:gsub("%%s", " \t\r\v\f"))
end

-- What a value is put together from: 'a text', an \escaped character, plain characters.
local pieces = { "^'([^']*)'()", "^\\(.)()", with_blanks "^([^%s'\"\\$`;&|<>()]+)()" }

local export = with_blanks "^[%s]*export[%s]+"
local assignment = with_blanks "^[%s]*([A-Za-z_][A-Za-z0-9_]*)=(.*)$"
local statement = with_blanks "^[%s]*[^%s#]" -- of any other kind
local value_goes_on = with_blanks "^[^%s;]"
local semicolon = with_blanks "^[%s]*;" -- ends a command, and a line has no other one
local something = with_blanks "[^%s]"
local remark = with_blanks "^[%s]+#"

-- "a text", in which a backslash has a meaning before some characters only.
local function read_double_quoted(text, at)
  local close = text:byte(at) == 34 and at + 1 or nil
  while close do
    close = text:find('["\\]', close)
    if close and text:byte(close) == 34 then
      local content = text:sub(at + 1, close - 1)
      if not content:gsub("\\.", ""):find("[$`]") then
        return content:gsub('\\([\\"$`])', "%1"), close + 1
      end
      return nil
    end
    close = close and close + 2
  end
end

local function read_piece(text, at)
  for _, piece in ipairs(pieces) do
    local content, after = text:match(piece, at)
    if content then
      return content, after
    end
  end
  return read_double_quoted(text, at)
end

local function read_value(text)
  local parts, at = {}, 1
  while text:find(value_goes_on, at) do
    local content, after = read_piece(text, at)
    if not content then
      return nil, "a quote is not closed, or something would have to be expanded or run: single quotes keep a value as "
        .. "it is"
    end
    parts[#parts + 1], at = content, after
  end
  local rest = text:sub(at):gsub(semicolon, " ")
  if rest:find(something) and not rest:find(remark) then
    return nil, "one assignment a line, and a value with blanks or a semicolon needs quotes"
  end
  return table.concat(parts)
end

--- Reads variables.
-- @tparam string text of the file
-- @treturn table name -> value; or nil, the number of the line that is no assignment, and why
function env_file.parse(text)
  local variables, number = {}, 0
  for line in (text:gsub("^\xEF\xBB\xBF", "") .. "\n"):gmatch("(.-)\r?\n") do
    number = number + 1
    local name, assigned = line:gsub(export, ""):match(assignment)
    local value, problem
    if name then
      value, problem = read_value(assigned)
      variables[name] = value
    elseif line:find(statement) then
      problem = "export NAME='value' expected"
    end
    if problem then
      return nil, number, problem
    end
  end
  return variables
end

--- Reads the variables of a file.
-- @tparam string path
-- @treturn table name -> value; or nil and an error of kind "config"
function env_file.read(path)
  if not (io and io.open) then
    return config_error("option \"env_file\" cannot be read: this Lua state has no io.open")
  end
  local fine, problem = core.readable(path, "file")
  local file
  if fine then
    file, problem = io.open(path) -- which names the path
  else
    problem = ("%s: %s"):format(path, problem)
  end
  local text = file and file:read("a")
  if file then
    file:close()
  end
  if not text then
    return config_error("option \"env_file\" cannot be read: %s", problem or path)
  end
  local variables, line, why = env_file.parse(text)
  if not variables then
    return config_error("option \"env_file\": line %d of %s: %s", line, path, why)
  end
  return variables
end

return env_file
