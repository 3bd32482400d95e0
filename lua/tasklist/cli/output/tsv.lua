--- Tab-separated text, for other programs: a line for each result, none for the names. What would break a line or a
-- cell is escaped (see `text.escaped`).

local text = require "tasklist.cli.output.text"

local Tsv = {}
Tsv.__index = Tsv

function Tsv:add(row)
  local cells = {}
  for i, column in ipairs(self.columns) do
    cells[i] = text.escaped(text.of(row[column], self.columns.lists[column]))
  end
  self.stream:write(table.concat(cells, "\t"), "\n")
end

function Tsv:close() end

return { new = function(stream, columns) return setmetatable({ stream = stream, columns = columns }, Tsv) end }
