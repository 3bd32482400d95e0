local bulk = require "tasklist.cli.bulk"
local files = require "tasklist.cli.files"
local ids = require "tasklist.cli.ids"
local values = require "tasklist.cli.values"

-- The variables of a JSON object in a file, or on stdin.
local function of_file(path)
  local text, problem = files.read(path)
  if not text then error({ usage = "--vars-file: " .. problem }, 0) end
  local found, failure = require("tasklist").decode(text, { keep_null = true })
  if failure or type(found) ~= "table" or getmetatable(found) or found[1] ~= nil then
    local why = failure and ": " .. failure.message or ""
    error({ usage = ("--vars-file: %s has no JSON object%s"):format(path, why) }, 0)
  end
  return found
end

-- The words of a command line: which are ids, and the variables.
local function read_words(given)
  local named, assignments = {}, {}
  for _, word in ipairs(given.ID) do
    local list = word:find("=", 1, true) and assignments or named
    list[#list + 1] = word
  end
  if #named == 0 then
    error({ usage = "complete: no ID is there" }, 0)
  elseif named[1] == "-" and given.vars_file == "-" then
    error({ usage = "stdin cannot be both the ids and the variables: name a file for one of them" }, 0)
  end
  local variables, problem = values.parse(assignments)
  if not variables then error({ usage = problem }, 0) end
  local all = given.vars_file and of_file(given.vars_file) or {}
  for name, value in pairs(variables) do all[name] = value end
  return named, all
end

return {
  description = "Completes tasks, all with the same variables. " .. values.description .. ".",
  arguments = { { name = "ID", many = true, convert = ids.argument.convert, written = "ID…|- [name=JSON…]",
    description = ids.argument.description .. "; a word with = in it is a variable, name=JSON" } },
  options = {
    { name = "--vars-file", argname = "FILE", bytes = true, description = "a JSON object with variables, - is stdin; "
      .. "those on the command line go before" },
    { name = "--verify", flag = true, description = "where it stays open whether a task was completed, look" },
    table.unpack(bulk.options),
  },
  run = function(program, given)
    local named, variables = read_words(given)
    local options = { verify = given.verify or false }
    bulk.change(program, named, "completed", function(id)
      return program:client():complete_task(id, variables, options)
    end)
  end,
}
