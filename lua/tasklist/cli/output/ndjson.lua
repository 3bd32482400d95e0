--- JSON, an object in a line for each result.

local sorted = require "tasklist.cli.output.sorted"
local text = require "tasklist.cli.output.text"

local Ndjson = {}
Ndjson.__index = Ndjson

-- The fields that were asked for; of a field that the row lacks nothing is written.
local function only(row, columns)
  local part = {}
  for _, column in ipairs(columns) do part[column] = row[column] end
  return part
end

--- A result as JSON, as it may go where it goes.
function Ndjson:text(row)
  local json = self.encode(self.columns and only(row, self.columns) or row)
  return self.terminal and text.json(json) or json
end

function Ndjson:add(row)
  self.stream:write(self:text(row), "\n")
end

function Ndjson:close() end

local function new(stream, columns, asked)
  return setmetatable({
    stream = stream,
    encode = sorted.records(columns.lists),
    columns = asked.chosen and columns or nil,
    terminal = asked.terminal,
  }, Ndjson)
end

return { new = new }
