--- Tab-separated text, a line for each result, for other programs.

local Tsv = {}
Tsv.__index = Tsv

function Tsv:add(row)
  local cells = {}
  for i, column in ipairs(self.columns) do
    local value = row[column]
    cells[i] = value == nil and "" or tostring(value):gsub("[\t\r\n]", " ")
  end
  self.stream:write(table.concat(cells, "\t"), "\n")
end

function Tsv:close() end

return { new = function(stream, columns) return setmetatable({ stream = stream, columns = columns }, Tsv) end }
