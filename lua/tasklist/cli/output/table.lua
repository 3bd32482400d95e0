--- A table for people: a line with the names, then a line for each result, cut to the terminal's width.
--
-- The first 100 rows, or what came until somebody waits, decide how wide each column is; later ones are cut to fit, so
-- that rows without end need no memory. Where the output is no terminal, nothing is cut. Where a terminal is too narrow
-- for columns, each field of a result has a line of its own.

local layout = require "tasklist.cli.output.layout"
local tasklist = require "tasklist"
local text = require "tasklist.cli.output.text"

local FIRST_ROWS = 100

-- What the table shows in the local time.
local DATES = { creationDate = true, completionDate = true, dueDate = true, followUpDate = true, timestamp = true }

-- How lines are marked.
local NAMES, OVERDUE, PLAIN = "\27[1m", "\27[31m", "\27[0m"

local Table = {}
Table.__index = Table

local function cell(value, column, list)
  local seconds = DATES[column] and type(value) == "string" and tasklist.time(value)
  if seconds then return os.date("%Y-%m-%d %H:%M", math.floor(seconds)) end
  return text.harmless(text.of(value, list))
end

local function overdue(row)
  local due = row.taskState == "CREATED" and type(row.dueDate) == "string" and tasklist.time(row.dueDate)
  return due and due < os.time()
end

-- A line as it stands in the table, before its cells are cut.
local function line_of(self, row)
  local line = { mark = self.coloured and overdue(row) and OVERDUE or nil }
  for i, column in ipairs(self.columns) do
    line[i] = cell(row[column], column, self.columns.lists[column])
    if self.waiting and row[column] ~= nil then
      self.numeric[i] = self.numeric[i] ~= false and math.type(row[column]) ~= nil
    end
  end
  return line
end

local function put(self, mark, shown)
  if mark then
    self.stream:write(mark, shown, PLAIN, "\n")
  else
    self.stream:write(shown, "\n")
  end
end

-- A line for each field that has something, and an empty one between two results.
local function write_fields(self, line)
  if self.begun then self.stream:write "\n" end
  self.begun = true
  for i, column in ipairs(self.columns) do
    if line[i] ~= "" then put(self, line.mark, text.harmless(column) .. ": " .. line[i]) end
  end
end

local function write(self, line)
  if self.widths then
    put(self, line.mark, layout.line(line, self.widths, self.numeric))
  else
    write_fields(self, line)
  end
end

-- Writes the rows that waited for the widths.
local function begin(self)
  local names = { mark = self.coloured and NAMES or nil }
  for i, column in ipairs(self.columns) do names[i] = text.harmless(column) end
  table.insert(self.waiting, 1, names)
  self.widths = layout.widths(self.waiting, self.columns, self.terminal)
  if not self.widths then table.remove(self.waiting, 1) end
  for _, line in ipairs(self.waiting) do write(self, line) end
  self.waiting = nil
end

function Table:add(row)
  local line = line_of(self, row)
  if self.waiting then
    self.waiting[#self.waiting + 1] = line
    if #self.waiting == FIRST_ROWS then begin(self) end
  else
    write(self, line)
  end
end

function Table:flush()
  if self.waiting and #self.waiting > 0 then begin(self) end
end

function Table:close()
  if self.waiting then begin(self) end
end

local function wants_colour()
  return (os.getenv "NO_COLOR" or "") == "" and os.getenv "TERM" ~= "dumb"
end

local function new(stream, columns, asked)
  return setmetatable({
    stream = stream,
    columns = columns,
    terminal = asked.terminal,
    coloured = asked.terminal and wants_colour(),
    waiting = {}, -- the lines whose widths decide
    numeric = {}, -- by column: whether all that these hold there are numbers
  }, Table)
end

return { new = new }
