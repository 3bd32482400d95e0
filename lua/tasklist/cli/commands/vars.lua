local columns = require "tasklist.cli.output.columns"
local formats = require "tasklist.cli.output"
local ids = require "tasklist.cli.ids"
local sorted = require "tasklist.cli.output.sorted"

return {
  description = "Shows a task's variables and their values as JSON; with -o json and ndjson one object of all. "
    .. "With names those alone: the exit code is 4 where the task lacks one of them.",
  arguments = {
    ids.single,
    { name = "NAME", many = true, optional = true, description = "of a variable; all by default" },
  },
  options = {
    { name = "--drafts", flag = true, description = "with the task's drafts instead of what they are to replace" },
  },
  run = function(program, given)
    -- Formats that keep types get one object of all variables; the others a row for each, with its value as JSON text.
    local whole = formats.typed[given.output]
    if whole and given.columns then
      error({ usage = "vars: the object of -o json and ndjson has no columns; name the variables behind the ID" }, 0)
    end
    local output = program:output(columns.variables)
    local found, failure = program:client():variables(given.ID, given.NAME[1] and given.NAME,
      { drafts = given.drafts, keep_null = true })
    if not found then return program:fail(failure, given.ID) end
    if whole then output:add(found) end
    for _, name in ipairs(given.NAME[1] and given.NAME or sorted.keys(found)) do
      if found[name] == nil then
        program:fail({ code = "not_found", message = ("the task has no variable '%s'"):format(name) }, given.ID)
      elseif not whole then
        output:add { name = name, value = sorted.encode(found[name]) }
      end
    end
    output:close()
  end,
}
