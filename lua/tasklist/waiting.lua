--- Waiting until a task is as the caller wants it.

local errors = require "tasklist.errors"
local message = require "tasklist.api.message"
local is_passing = require "tasklist.passing"
local polling = require "tasklist.polling"
local v1 = require "tasklist.api.v1"
local verbs = require "tasklist.verbs"
local words = require "tasklist.words"

local waiting = {}

local function problem_of(id, predicate)
  local _, problem = message.of_operation(v1.operations.get_task, id)
  if not problem and type(predicate) ~= "function" then
    problem = words.wrong("predicate", "a function", predicate)
  end
  return problem
end

local function too_late(seconds, last)
  local text = "the task was not as wanted within %s s%s"
  return errors.new { kind = "timeout", message = text:format(words.number(seconds),
    last and "; the last look at it failed: " .. last.message or "") }
end

local function wait(server, id, predicate, seconds)
  local last -- the failure of the last look
  local task, failure = polling.read(server, id, server:deadline(seconds), function(task, problem)
    last = problem
    if task and predicate(task) then
      return task
    elseif problem and problem.code ~= "not_found" and not is_passing(problem) then
      return false, problem
    end
  end)
  if task then
    return task
  end
  return nil, failure or too_late(seconds, last)
end

--- See `Client:wait_for`.
function waiting.wait_for(self, id, predicate, options)
  local problem = verbs.problem_of(self, options, "wait_for") or problem_of(id, predicate)
  if problem then
    error("wait_for: " .. problem, 2)
  end
  return verbs.give("wait_for", wait(self.remote, id, predicate, options and options.timeout or self.values.timeout))
end

return waiting
