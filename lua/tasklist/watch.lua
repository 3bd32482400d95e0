--- Tasks as they appear: round after round over all that match, each given once while it stays.

local core = require "tasklist.core"
local errors = require "tasklist.errors"
local pages = require "tasklist.pages"
local is_passing = require "tasklist.passing"

local watch = {}

local Watch = {} -- the methods
local metatable = { __index = Watch, __name = "tasklist.watch" }

-- In this order a task keeps its place for good, and what appears during a round comes at its end. In another one a
-- task could move past the round, which would miss it.
local oldest_first = { { field = "creationTime", order = "ASC" } }

--- Makes a watch.
-- @tparam table search of `tasklist.api.search`
-- @tparam function copy gives a copy of the query for each round, without `sort` and cursors
-- @tparam table options `interval` (5): seconds between two rounds; `on_error`: gets what may pass, or nil;
--   `sign_in_patience` (300): for how many seconds a refused sign-in may pass
-- @treturn table `take` gives the next task, `close` ends the watch
function watch.new(search, copy, options)
  return setmetatable({
    search = search, connection = search.connection, copy = copy,
    interval = options.interval or 5, on_error = options.on_error, patience = options.sign_in_patience or 300,
    given = {}, -- ids of those given: true, or `missed` when the last whole round was without them
    rest = 0, -- seconds to let pass before the next round
    pause = nil, -- in which they pass, or the last one
  }, metatable)
end

-- A token endpoint that restarts answers 404, or 401 while it does not know its clients yet. So where we have been
-- signed in before, a refusal is borne for a while: from the first one on that came after the API's last answer.
local function is_borne(self, failure)
  local accepted = self.connection.accepted_at
  if not failure.sign_in or not accepted then
    return false
  end
  local now = core.now()
  if not self.refused_at or self.refused_at < accepted then
    self.refused_at = now
  end
  return now - self.refused_at < self.patience
end

local function may_pass(self, failure)
  return is_passing(failure) or is_borne(self, failure)
end

local missed = {}

-- What is not to be given again. A newer server takes a task out of its state while somebody changes it (CREATED,
-- ASSIGNING, CREATED): such a task is missing in one round, and would be given again in the next one. So there a task
-- is forgotten only after two whole rounds without it.
local function remembered(self)
  local kept = self.matching
  for id, mark in pairs(self.search:has_passing_states() and self.given or {}) do
    if not kept[id] and mark ~= missed then
      kept[id] = missed
    end
  end
  return kept
end

local longest_rest = 300 -- seconds: who asks for more may have meant something else

-- Tasks that have left the result are forgotten, so that memory stays with what matches; but only a whole
-- round tells which these are.
local function end_round(self, failure, passing)
  self.walk:close()
  self.walk = nil
  self.rest = self.interval
  if not failure then
    self.given = remembered(self)
  elseif not passing then
    error(failure, 0)
  else
    self.rest = math.max(self.rest, math.min(failure.retry_after or 0, longest_rest))
    if self.on_error then
      self.on_error(failure)
    end
  end
end

-- Whether the task is to be given.
local function is_new(self, task)
  local id = task.id
  local new = not self.given[id]
  self.matching[id], self.given[id] = true, true
  return new
end

-- The next task of the round; or nil, an error object when the end is no good one, and whether that may pass.
-- A server whose tasks have no ids or whose pages do not move on gives no others later.
local function next_task(self)
  local task, failure = self.walk:take()
  if not task then
    return nil, failure, failure and not self.walk.stuck and may_pass(self, failure)
  elseif task.id == nil then
    return nil, errors.new { kind = "decode", message = "a task of the search's answer has no id" }, false
  end
  return task
end

-- What lets a task come again: `matching` is what will have been given.
local function forgetter(self, id)
  return function()
    self.given[id], self.matching[id] = nil, nil
  end
end

-- Lets the time pass that is left until the next round. Gives what ended the waiting, see `Connection:wait`.
local function rest(self)
  local seconds = self.rest
  self.rest = 0 -- before the pause: who catches an error that ends it, such as Ctrl-C, does not have to wait again
  if seconds > 0 then
    local pause <close> = self.connection.engine:pause(seconds)
    self.pause = pause
    return self.connection:wait(pause)
  end
end

local function begin_round(self)
  local problem = rest(self)
  if problem or self.closed then -- `close` may have been called meanwhile: then there is no walk
    return problem
  end
  local query = self.copy()
  query.sort = oldest_first
  self.walk = pages.walk(self.search, query)
  self.matching = {}
end

--- The next task, sooner or later. Raises the error object of a failure that cannot pass.
-- @treturn table; nil once the watch is closed; or nil and misuse as a text, such as that the client is closed, or an
--   error object
-- @treturn function lets the task come again, if it still matches in the next round
function Watch:take()
  while not self.closed do
    local problem = self.connection.engine:problem() -- on_error may have closed it
      or not self.walk and begin_round(self)
    if problem or not self.walk then
      return nil, problem or nil
    end
    local task, failure, passing = next_task(self)
    if type(failure) == "string" then
      return nil, failure
    elseif not task then
      end_round(self, failure, passing)
    elseif is_new(self, task) then
      return task, forgetter(self, task.id)
    end
  end
end

--- Ends the watch and cancels what is under way. Another coroutine that waits for the next round or for a page goes on
-- at once. Ending twice is fine.
function Watch:close()
  self.closed = true
  if self.pause then
    self.pause:finish()
  end
  if self.walk then
    self.walk:close()
  end
end

metatable.__close = Watch.close

return watch
