--- Tasks that are claimed for an assignee, one after the other, out of those that nobody has.
--
-- Several workers on one list read the same pages, so that what one of them has read is soon out of date. Two things
-- keep them apart. Each goes through a page in a random order of its own: in the order of the page all of them would
-- try the same task at the same moment, and all but one in vain. And after some refusals the list is read anew: what
-- was claimed is not in it any more, while going on with the old page would mean to try each of its tasks, those of the
-- others too.

local core = require "tasklist.core"
local errors = require "tasklist.errors"
local message = require "tasklist.api.message"
local pages = require "tasklist.pages"
local v1 = require "tasklist.api.v1"
local words = require "tasklist.words"

local claims = {}

local Claims = {} -- the methods
local metatable = { __index = Claims, __name = "tasklist.claims" }

-- After so many refusals the list is read anew. Two workers on a list of 200 tasks meet 38 refusals with this, and make
-- 12 searches. With 1 it is 21 and 24, but a search costs more than a refusal; with 8 it is 50 and 9.
local most_refused = 4

-- What a claim is refused for when another was quicker, or the task is over or gone by now.
local passed_over = { already_assigned = true, not_active = true, not_found = true }

-- A function that brings arrays into a random order. It has numbers of its own, because `math.random` is the host's:
-- drawing from it would change what a host gets that has set a seed. The clock and the name tell workers in several
-- processes apart, the address those that begin at one moment in this one.
local function shuffler(name)
  local seed = 0
  for character in (tostring {} .. core.now() .. name):gmatch "." do
    seed = seed * 31 + character:byte()
  end
  return function(list)
    for last = #list, 2, -1 do
      seed = seed * 6364136223846793005 + 1442695040888963407 -- wraps around; its upper bits are the random ones
      local place = (seed >> 33) % last + 1
      list[last], list[place] = list[place], list[last]
    end
  end
end

--- What is wrong with an assignee.
-- @param assignee
-- @treturn ?string
function claims.problem_of(assignee)
  if type(assignee) ~= "string" or assignee == "" then
    return words.wrong("assignee", "a user's name", assignee)
  end
  return not utf8.len(assignee) and "assignee: not UTF-8" or nil
end

--- Makes what claims.
-- @tparam table search of `tasklist.api.search`
-- @tparam function copy gives a copy of the query for each walk, with `state` and `assigned`
-- @tparam table options `limit`: how many tasks are given at most; `held`: whether those that the assignee has already
--   come first; `timeout`: seconds for a claim
-- @tparam string assignee without problems
-- @treturn table `take` gives the next task; or `candidate` and `secure` do, in two steps; `close` ends it
function claims.new(search, copy, options, assignee)
  return setmetatable({
    search = search, connection = search.connection, copy = copy,
    assignment = { assignee = assignee, allowOverrideAssignment = false },
    timeout = options.timeout,
    left = options.limit or math.huge, -- tasks that may still be given
    held = options.held, -- whether the walk is over what the assignee has already
    arrange = shuffler(assignee),
    tried = {}, -- ids: a search that lags behind still shows these as nobody's
    refused = 0, -- claims, since the walk began
  }, metatable)
end

local function end_walk(self)
  if self.walk then
    self.walk:close()
    self.walk = nil
  end
end

local function begin_walk(self)
  local query = self.copy()
  if self.held then
    query.assigned, query.assignee = nil, self.assignment.assignee
  end
  self.walk = pages.walk(self.search, query, nil, self.arrange)
  self.refused = 0
end

-- The next task of the list that was not tried, and whether it is the assignee's already; or nil at the end, and an
-- error object when that is no good one.
local function next_of_list(self)
  while true do
    if self.refused >= most_refused then
      end_walk(self)
    end
    if not self.walk then
      begin_walk(self)
    end
    local task, failure = self.walk:take()
    if task and not self.tried[task.id] then
      return task, self.held
    elseif not task and (failure or self.closed or not self.held) then
      return nil, failure
    elseif not task then
      self.held = false
      end_walk(self)
    end
  end
end

local function problem_of_task(task)
  local _, problem = message.of_operation(v1.operations.get_task, task.id)
  return problem and errors.new { kind = "decode", message = "in a task of the search's answer: " .. problem }
end

local function send(self, deadline, name, id, payload)
  local made = message.of_operation(v1.operations[name], id, payload)
  made.timeout = self.search.server:left(deadline)
  return self.search.server:call(name, made, id, payload)
end

-- States of an open task while it is being claimed or changed: whose it is will only be known after that.
local passing = { CREATING = true, ASSIGNING = true, UPDATING = true }

-- Whether a task is open and somebody's: the assignee's own (true), another's or over (false), or nobody's yet (nil).
local function is_own(self, task)
  if passing[task.taskState] then
    return nil
  elseif task.taskState ~= "CREATED" then
    return false
  elseif task.assignee then
    return task.assignee == self.assignment.assignee
  end
end

-- What became of a claim whose answer was lost. Gives the task when it is the assignee's; else whether it is still
-- nobody's, and an error object, or misuse as a text, when that cannot be told.
local function look(self, deadline, id, lost)
  if core.now() >= deadline or self.connection.engine:closed() then -- when it was closed, the claim was lost by that
    return nil, false, lost
  end
  local task, failure = send(self, deadline, "get_task", id)
  if type(failure) == "string" then
    return nil, false, failure
  elseif not task then
    return nil, false, not passed_over[failure.code] and lost or nil
  end
  local own = is_own(self, task)
  return own and task or nil, own == nil
end

-- Claims a task. A second claim after a lost one does no harm, because `allowOverrideAssignment = false` lets it change
-- nothing when the first took effect.
-- @treturn table what the server says of the task; nil when it is not the assignee's, and an error object, or misuse as
--   a text, unless it is to be passed over
local function claim(self, id)
  local deadline = self.search.server:deadline(self.timeout)
  local lost -- the first error that left open whether the task was claimed
  for _ = 1, 2 do
    local answer, failure = send(self, deadline, "assign_task", id, self.assignment)
    if answer or type(failure) == "string" then
      return answer, failure
    end
    local passed = passed_over[failure.code]
    if failure.code == "already_assigned" and self.search:lets_claim_again() then
      return nil -- the assignee would not be refused, so it is another's, also when an earlier answer was lost
    elseif not failure.outcome and not (lost and passed) then
      return nil, not passed and (lost or failure) or nil
    end
    lost = lost or failure
    local task, free, problem = look(self, deadline, id, lost)
    if not free then
      return task, problem
    end
  end
  return nil, lost
end

--- The next task to be secured. Only one at a time may ask for it.
-- @treturn table; or nil at the end, and an error object, or misuse as a text, when that is no good one
-- @treturn boolean whether the assignee has it already
function Claims:candidate()
  if self.left == 0 or self.closed then
    return nil
  end
  local task, other = next_of_list(self)
  local problem = task and problem_of_task(task)
  if not task or problem then
    return nil, problem or other
  end
  self.tried[task.id] = true
  self.left = self.left - 1 -- now, because others may ask while this one is being claimed
  return task, other
end

--- Has a task claimed, unless the assignee has it already. Several may be secured at the same time.
-- @tparam table task from `candidate`
-- @tparam boolean own likewise
-- @treturn table the task; or nil, and an error object, or misuse as a text, unless it is to be passed over
function Claims:secure(task, own)
  if own then
    return task
  end
  local answer, failure = claim(self, task.id)
  if not answer then
    self.left = self.left + 1
    self.refused = self.refused + (failure and 0 or 1)
    return nil, failure
  end
  for name, value in pairs(answer) do
    task[name] = value
  end
  return task
end

--- The next task, once it is the assignee's.
-- @treturn table; or nil at the end, and an error object, or misuse as a text, when that is no good one
function Claims:take()
  local task, other
  repeat
    task, other = self:candidate()
    if not task then
      return nil, other
    end
    task, other = self:secure(task, other)
  until task or other
  return task, other
end

--- Ends it and cancels what is under way. What was given stays claimed. Ending twice is fine.
function Claims:close()
  self.closed = true
  end_walk(self)
end

metatable.__close = Claims.close

return claims
