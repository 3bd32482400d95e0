-- Writes open tasks as CSV (RFC 4180), those of one group or all:
--   lua5.4 examples/export.lua [GROUP] >tasks.csv
-- The environment names the cluster (see README.md).
local tasklist = require "tasklist"

local columns = { "id", "name", "processName", "assignee", "candidateGroups", "creationDate", "dueDate", "priority" }

local function field(value)
  local text = type(value) == "table" and table.concat(value, " ") or tostring(value or "")
  return text:find('[",\r\n]') and '"' .. text:gsub('"', '""') .. '"' or text
end

local function line(cell_of)
  local cells = {}
  for i, column in ipairs(columns) do
    cells[i] = field(cell_of(column))
  end
  io.write(table.concat(cells, ","), "\r\n")
end

local client <close> = assert(tasklist.new())
line(function(column) return column end)
for task in client:tasks { state = "CREATED", candidateGroup = arg[1] } do
  line(function(column) return task[column] end)
end
