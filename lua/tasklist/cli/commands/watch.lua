local columns = require "tasklist.cli.output.columns"
local filters = require "tasklist.cli.filters"
local numbers = require "tasklist.cli.numbers"
local shell = require "tasklist.cli.shell"
local tasklist = require "tasklist"

-- Runs the command for a task. Only the id gets into the line, and quoted: all else of a task is foreign text.
local function execute(program, command, task)
  local code = shell.run((command:gsub("{}", function() return shell.quote(task.id) end)))
  if code ~= 0 then
    program:fail({ kind = "command", message = ("the command ended with %d"):format(code) }, task.id)
  end
end

-- Tells of a task: writes it, runs the command, or both.
local function teller(program, given)
  local output = (given.output or given.columns or not given.exec) and program:output(columns.tasks)
  return function(task)
    if output then
      output:add(task)
      output:flush()
    end
    if given.exec then execute(program, given.exec, task) end
  end, output
end

-- Each task as it comes, without an end. Time makes tasks old and overdue: a query would ask by the time of the start.
local function each_new(program, given)
  local query = filters.query(given)
  query.dueDate = nil
  return program:client():watch(query, { interval = given.interval, on_error = function(failure)
    program:warn(failure)
  end })
end

local function is_ripe(given, task)
  return filters.old_enough(given, task)
    and (not given.overdue or task.dueDate ~= nil and tasklist.time(task.dueDate) <= os.time())
end

return {
  description = "Shows each task that matches as it comes, beginning with those that are there, the oldest first, "
    .. "until Ctrl-C. It goes on when the server is away for a while.",
  options = filters.without({ ["--sort"] = true, ["--limit"] = true }, {
    { name = "--interval", argname = "SECONDS", convert = numbers.seconds,
      description = "between two looks; 5 by default" },
    { name = "--exec", argname = "COMMAND", bytes = true,
      description = "run this by a shell for each task instead of showing it; {} is its id" },
    { name = "--once", flag = true, description = "end with the tasks that are there now" },
  }),
  mutex = filters.mutex,
  run = function(program, given)
    local tell, output = teller(program, given)
    if given.once or given.dry_run then
      for task in filters.tasks(program:client(), given, filters.oldest_first) do tell(task) end
      if output then output:close() end
      return
    end
    for task, again in each_new(program, given) do
      if is_ripe(given, task) then
        tell(task)
      else
        again() -- it may be by the next look
      end
    end
  end,
}
