--- Comma-separated values (RFC 4180), with a line of names first.

local texts = require "tasklist.cli.output.text"

local Csv = {}
Csv.__index = Csv

-- A spreadsheet runs what begins so as a formula, and a task's name may come from anybody. An apostrophe before it
-- makes it a text there. A number is no formula, with its sign too.
local function harmless(text)
  if text:find "^[=+%-@\t\r]" and not text:find "^[+-]?%d[%d.]*$" then
    return "'" .. text
  end
  return text
end

local function is_list(value)
  return type(value) == "table" and type(value[1]) == "string"
end

-- A field's text: lists of texts with spaces between, other tables as JSON.
local function text_of(value)
  if type(value) == "string" then
    return harmless(value)
  elseif is_list(value) then
    return harmless(table.concat(value, " "))
  elseif type(value) == "table" and next(value) == nil then
    return ""
  end
  return texts.of(value)
end

local function cell(value, terminal)
  local text = text_of(value)
  if terminal then text = texts.harmless(text) end
  if text:find '[",\r\n]' then
    return '"' .. text:gsub('"', '""') .. '"'
  end
  return text
end

function Csv:add(row)
  local cells = {}
  for i, column in ipairs(self.columns) do
    cells[i] = cell(row[column], self.terminal)
  end
  self.stream:write(table.concat(cells, ","), "\r\n")
end

function Csv:close() end

local csv = {}

--- See tasklist.cli.output. The line of names is written at once, so that a result without rows has it too.
function csv.new(stream, columns, asked)
  local output = setmetatable({ stream = stream, columns = columns, terminal = asked.terminal }, Csv)
  local names = {}
  for _, name in ipairs(columns) do names[name] = name end
  output:add(names)
  return output
end

return csv
