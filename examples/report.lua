-- Shows how many tasks are open, by candidate group and age:
--   lua5.4 examples/report.lua
-- A task of several groups counts in each; one of none counts as "-".
-- The environment names the cluster (see README.md).
local tasklist = require "tasklist"

local day = 86400
local ages = { -- a task counts in the first that it is young enough for
  { title = "< 1 day", most = day }, { title = "< 1 week", most = 7 * day }, { title = "older", most = math.huge },
}

local groups, now = {}, os.time()

local function count(group, age)
  local counts = groups[group] or {}
  groups[group] = counts
  for i, column in ipairs(ages) do
    if age < column.most then
      counts[i] = (counts[i] or 0) + 1
      return
    end
  end
end

local client <close> = assert(tasklist.new())
for task in client:tasks { state = "CREATED" } do
  local age = now - assert(tasklist.time(task.creationDate))
  for _, group in ipairs(task.candidateGroups or { "-" }) do
    count(group, age)
  end
end

-- In characters; what is no UTF-8 counts by bytes.
local function length(text)
  return utf8.len(text) or #text
end

local names, width = {}, #"group"
for name in pairs(groups) do
  names[#names + 1] = name
  width = math.max(width, length(name))
end
table.sort(names)

local function row(name, cell_of)
  io.write(name, (" "):rep(width - length(name)))
  for i, column in ipairs(ages) do
    io.write(("  %8s"):format(cell_of(i, column)))
  end
  io.write "\n"
end

row("group", function(_, column) return column.title end)
for _, name in ipairs(names) do
  row(name, function(i) return groups[name][i] or 0 end)
end
