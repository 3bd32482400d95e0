--- Reads the file that Camunda Console hands out: lines of `export NAME='value'`, as a shell would, but
-- without one: nothing is expanded and nothing is run.

local env_file = {}

-- What a value is put together from: 'a text', an \escaped character, plain characters.
local pieces = { "^'([^']*)'()", "^\\(.)()", "^([^%s'\"\\$`;&|<>()]+)()" }

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
  while text:find("^[^%s;]", at) do
    local content, after = read_piece(text, at)
    if not content then
      return nil, "a quote is not closed, or something would have to be expanded or run: single quotes keep a value as "
        .. "it is"
    end
    parts[#parts + 1], at = content, after
  end
  local rest = text:sub(at):gsub("^%s*;", " ") -- a semicolon ends a command, and the line has no other one
  if rest:find("%S") and not rest:find("^%s+#") then
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
    local name, assigned = line:gsub("^%s*export%s+", ""):match("^%s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$")
    local value, problem
    if name then
      value, problem = read_value(assigned)
      variables[name] = value
    elseif line:find("^%s*[^%s#]") then
      problem = "export NAME='value' expected"
    end
    if problem then
      return nil, number, problem
    end
  end
  return variables
end

return env_file
