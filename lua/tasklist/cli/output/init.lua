--- How results are written.
--
-- A format is a file of this folder whose `new(stream, columns, asked)` gives an object with `add(row)`, `close()` and,
-- if it keeps rows back, `flush()`:
--
-- * `stream:write(…)` writes, and raises where nothing can be written any more;
-- * `columns` are the names of the fields to write, and `columns.lists` is true by the names of those that are lists;
-- * `asked.chosen` is true where `--columns` named them, `asked.terminal` is the terminal's width, nil where the output
--   is none.
-- @module tasklist.cli.output

local terminal = require "tasklist.terminal"

-- The stream that the formats write to.
local Stream = {}
Stream.__index = Stream

-- Where no reader is left in a pipe, the number is EPIPE of <errno.h>.
local function check(written, message, number)
  if not written then
    error({ kind = "output", message = "cannot write the output: " .. message, errno = number }, 0)
  end
end

function Stream:write(...)
  check(self.file:write(...))
end

function Stream:flush()
  check(self.file:flush())
end

local Output = {}
Output.__index = Output

--- Writes a result.
-- @tparam table row the record: values by the names of fields
function Output:add(row)
  self.format:add(row)
end

--- Writes what has been kept back; for who waits before the next result comes.
function Output:flush()
  if self.format.flush then self.format:flush() end
  self.stream:flush()
end

--- Writes what belongs behind the last result. A command that fails before that leaves JSON without its end, so that
-- nobody takes a part of the results for all of them.
function Output:close()
  self.format:close()
  self.stream:flush()
end

local output = {}

--- The formats that keep the types of values.
output.typed = { json = true, ndjson = true }

--- A file of Lua's whose `write` and `flush` raise where nothing can be written.
-- @param file
function output.stream(file)
  return setmetatable({ file = file }, Stream)
end

--- @param file where to: one of Lua's files, or what has its `write` and `flush`, and `is_stdout` where these lead
-- there; nil: stdout
-- @tparam ?string format of `-o`; by default a table on a terminal, and tsv elsewhere
-- @tparam table columns the fields to write unless others are chosen; for tasks see tasklist.cli.output.columns
-- @tparam ?table chosen names of fields
-- @return with `add(row)`, `flush()` and `close()`. Where nothing can be written, they raise a table with `kind`
--   "output", `message`, and `errno`, the system's number
function output.new(file, format, columns, chosen)
  local to_stdout = not file or file.is_stdout
  local asked = { chosen = chosen ~= nil, terminal = to_stdout and terminal.width(1) or nil }
  local shown = chosen or columns
  local names = table.move(shown, 1, #shown, 1, { lists = columns.lists or {} })
  format = format or asked.terminal and "table" or "tsv"
  local stream = output.stream(file or io.stdout)
  return setmetatable({
    stream = stream,
    format = require("tasklist.cli.output." .. format).new(stream, names, asked),
  }, Output)
end

return output
