-- Shows open tasks with some of their variables, a line for each task, its cells parted by tabs:
--   lua5.4 examples/variables.lua NAME…
-- The variables come with the tasks, so that a page of tasks costs one request.
-- The environment names the cluster (see README.md).
local tasklist = require "tasklist"

local query = { state = "CREATED", includeVariables = {} }
for i, name in ipairs(arg) do
  query.includeVariables[i] = { name = name, alwaysReturnFullValue = true }
end

-- name -> value
local function values_of(task)
  local values = {}
  for _, variable in ipairs(task.variables or {}) do
    local value, problem = tasklist.decode(variable.value, { keep_null = true })
    if problem then
      error(problem)
    end
    values[variable.name] = value
  end
  return values
end

local function text_of(value)
  if value == nil then
    return "-"
  end
  return type(value) == "string" and value:gsub("%c", " ") or tasklist.encode(value)
end

local client <close> = assert(tasklist.new())
for task in client:tasks(query) do
  local cells, values = { task.id, task.name }, values_of(task)
  for _, name in ipairs(arg) do
    cells[#cells + 1] = text_of(values[name])
  end
  print(table.concat(cells, "\t"))
end
