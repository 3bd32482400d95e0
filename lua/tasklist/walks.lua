--- The verbs that walk over pages: what they check first, and where each begins.

local iterating = require "tasklist.iterating"
local message = require "tasklist.api.message"
local pages = require "tasklist.pages"
local search = require "tasklist.api.search"
local v1 = require "tasklist.api.v1"
local verbs = require "tasklist.verbs"
local walk_query = require "tasklist.walk_query"

local walks = {}

-- A walk may be made where nothing can wait: only going on with it waits.
local function problem_of_walk(self, options, name)
  return verbs.problem_of_self(self, name) or self.connection.engine:problem()
    or verbs.problem_of_options(options, name)
end

-- The verb of a walk. `begin` gets the search, what `walk_query.read` gives, the options, and the verb's argument;
-- gives what `iterate` takes. `problem_of`, where the verb has an argument between query and options, gives what
-- is wrong with that.
local function verb(name, begin, problem_of)
  return function(self, query, ...)
    local argument = problem_of and (...)
    local options = select(problem_of and 2 or 1, ...)
    local problem = problem_of_walk(self, options, name) or problem_of and problem_of(argument)
    local copy
    options = options or {}
    if not problem then
      copy, problem = walk_query.read(query, name)
    end
    if problem then
      error(("%s: %s"):format(name, problem), 2)
    end
    return iterating.iterate(begin(search.new(self.remote, options.timeout), copy, options, argument), name)
  end
end

--- See `Client:tasks`.
walks.tasks = verb("tasks", function(pages_of, copy, options)
  return pages.walk(pages_of, copy(), options.limit)
end)

--- See `Client:watch`.
walks.watch = verb("watch", function(...)
  return require("tasklist.watch").new(...) -- loaded now, because most programs watch nothing
end)

--- See `Client:claim`.
walks.claim = verb("claim", function(...)
  return require("tasklist.claims").new(...) -- loaded now, because most programs claim no list
end, function(...)
  return require("tasklist.claims").problem_of(...)
end)

--- See `Client:audit_log`.
function walks.audit_log(self, task, options)
  local name = "audit_log"
  local problem = problem_of_walk(self, options, name)
    or select(2, message.of_operation(v1.operations[name], task))
  if problem then
    error(("%s: %s"):format(name, problem), 2)
  end
  options = options or {}
  local id = type(task) == "table" and task.id or task
  return iterating.iterate(pages.walk(search.new(self.remote, options.timeout, name, id), {}, options.limit), name)
end

return walks
