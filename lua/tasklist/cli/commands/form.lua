local columns = require "tasklist.cli.output.columns"
local formats = require "tasklist.cli.output"
local ids = require "tasklist.cli.ids"
local tasklist = require "tasklist"

return {
  description = "Shows a task's form: its schema as JSON text, with -o json and ndjson as a value. "
    .. "The exit code is 4 where the task has none.",
  arguments = { ids.single },
  run = function(program, given)
    local output = program:output(columns.form)
    local form, failure = program:client():get_task_form(given.ID)
    if not form then
      return program:fail(failure or { code = "not_found", message = "the task has no form" }, given.ID)
    end
    -- Formats that keep types get the schema as a value, the others its JSON text.
    if formats.typed[given.output] then
      local schema, problem = tasklist.decode(form.schema, { keep_null = true })
      if problem then return program:fail(problem, given.ID) end
      form.schema = schema
    end
    output:add(form)
    output:close()
  end,
}
