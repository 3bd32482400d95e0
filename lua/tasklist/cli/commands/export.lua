local columns = require "tasklist.cli.output.columns"
local filters = require "tasklist.cli.filters"
local names = require "tasklist.cli.names"
local pages = require "tasklist.cli.pages"
local shell = require "tasklist.cli.shell"
local tasklist = require "tasklist"

local FORMATS = { csv = true, ndjson = true }

-- A variable's value as it came: without the detour over a Lua value, an object keeps the order of its names, too.
local function value_of(variable, format)
  local value = tasklist.decode(variable.value)
  if format == "ndjson" then
    return tasklist.raw(variable.value)
  elseif type(value) == "table" then
    return variable.value
  end
  return value
end

-- In CSV a variable is a column like the task's own; in JSON it stays below `variables`, because a variable may be
-- called like a field.
local function with_variables(task, format)
  local values = {}
  for _, variable in ipairs(task.variables or {}) do
    values[variable.name] = value_of(variable, format)
  end
  if format == "ndjson" then
    task.variables = next(values) and values or nil
  else
    for name, value in pairs(values) do task["variable " .. name] = value end
  end
  return task
end

-- What the query has besides the filters.
local function more_of(given, variables)
  local query = {}
  if variables[1] then
    query.includeVariables = {}
    for i, name in ipairs(variables) do
      query.includeVariables[i] = { name = name, alwaysReturnFullValue = true }
    end
  end
  query.searchAfter = given.after
  return query
end

-- Where a page ends: a text of API v2, an array of v1.
local function cursor_of(text)
  local cursor = tasklist.decode(text)
  local fine = type(cursor) == "table" and cursor[1] ~= nil or type(cursor) == "string" and cursor ~= ""
  for _, part in ipairs(type(cursor) == "table" and cursor or {}) do
    fine = fine and type(part) ~= "table"
  end
  if fine then return cursor end
  return nil, ("must be what an export has printed, and is '%s'"):format(text)
end

local function open(path, continued)
  if not path then return nil end
  local file, message = io.open(path, continued and "ab" or "wb")
  if not file then error({ kind = "output", message = message }, 0) end
  return file
end

-- Writes all tasks; a page's cursor goes to `reached` once the page is written.
local function write(client, given, more, output, reached)
  for task, after in filters.tasks(client, given, more) do
    output:add(with_variables(task, given.output))
    if after then
      output:flush()
      reached(after)
    end
  end
  output:close()
end

return {
  description = "Writes all tasks that match, as CSV or a JSON object a line. It needs no more memory for a million of "
    .. "them than for a few. When it ends early it says with which --after it goes on. In CSV, text that a "
    .. "spreadsheet would run as a formula has an apostrophe before it.",
  options = filters.with {
    { name = "--vars", argname = "NAME,…", convert = names, description = "with these variables" },
    { name = "--to", argname = "FILE", bytes = true, description = "where to; stdout by default" },
    { name = "--after", argname = "CURSOR", convert = cursor_of, description = "go on where an export has ended "
      .. "early; with --to, behind what the file has" },
  },
  mutex = filters.mutex,
  run = function(program, given)
    given.output = given.output or "csv"
    if not FORMATS[given.output] then
      error({ usage = "export: -o csv or -o ndjson, not " .. given.output }, 0)
    end
    local variables, fields = given.vars or {}, columns.of_tasks { table.unpack(columns.exported) }
    for _, name in ipairs(variables) do fields[#fields + 1] = "variable " .. name end
    columns.check(fields, given.columns) -- before the file is opened
    local more, client = more_of(given, variables), program:client()
    -- A dry run must not empty the file.
    local page = pages.new(open(not given.dry_run and given.to, given.after))
    local output, cursor = program:output(fields, page), nil
    if given.after then page:drop() end -- the line of names is there already
    local fine, failure = pcall(write, client, given, more, output, function(after)
      cursor = tasklist.encode(after)
    end)
    if not fine then
      if cursor then
        program:say("the export ended early; the same command goes on with --after " .. shell.quote(cursor))
      end
      error(failure, 0)
    end
  end,
}
