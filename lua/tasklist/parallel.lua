--- Many at once: a function called for each of many items, several of them at a time, each in a coroutine.
--
-- One coroutine at a time pulls an item from the source. When it has one, it sees to it that another pulls the next,
-- and calls the function. So no more is taken than is needed, and while a page is fetched those before it are worked
-- on. A coroutine that finds another one pulling ends: it is made anew when there is something to do.

local core = require "tasklist.core"
local iterating = require "tasklist.iterating"
local parking = require "tasklist.parking"

local parallel = {}

local usual_concurrency = 16

local Work = {} -- the methods
local metatable = { __index = Work }

-- A to-be-closed variable of each coroutine: takes it off the books however it ends, also when somebody closes it.
local Worker = {}

local closed_elsewhere = "a coroutine of client:map was closed by somebody else"

function Worker:__close()
  local work = self.work
  work.active = work.active - 1
  work.workers[self.co] = nil
  if not self.done and not work.ended then
    work:fail(closed_elsewhere)
  end
  work:report()
end

--- Whether there is nothing left to wait for. A coroutine may still be pulling then.
function Work:is_done()
  return self.problem ~= nil or self.over and self.working == 0
end

--- Starts nothing new.
-- @param problem what the caller is to raise
function Work:fail(problem)
  self.problem, self.over = self.problem or { problem }, true
end

--- Tells the caller when all is done, if it is suspended.
function Work:report()
  if self.waiting and self:is_done() then
    local co = self.waiting
    self.waiting = nil
    self.loop.wake(co)
  end
end

-- Takes what the function has given for an item: nil and something else is an error.
local function settle(self, index, value, failure)
  self.working = self.working - 1
  if value ~= nil then
    failure = nil
  end
  self.keep(index, value, failure)
  if failure ~= nil and self.stop then
    self.over = true
  end
end

-- The second step of a source that gives its items in two (`source_of`). Others may pull meanwhile. Gives nil when the
-- item is to be passed over, as a task that another has claimed.
local function secure(self, ...)
  self:appoint()
  self.securing = self.securing + 1
  local item, failure = self.closable:secure(...)
  self.securing = self.securing - 1
  if failure then
    error(failure, 0)
  end
  return item
end

local function next_index(self)
  self.count = self.count + 1
  return self.count
end

-- All in one function and not in several that call each other: each more on the stack of a coroutine that waits is
-- memory, times the number of coroutines.
local function pull_and_call(self)
  while not self.over and not self.pulling do
    self.pulling = true
    local item, more = self.source(nil, self.control)
    self.pulling = false
    if item == nil or self.over then
      -- While others are in the second step it is not over: a claim that is refused lets the source give one more task
      -- (its `limit` counts those that were given), and the coroutine that was refused pulls again.
      self.over = self.over or self.securing == 0
      return
    end
    self.control, self.working = item, self.working + 1
    local index
    if self.in_steps then
      item = secure(self, item, more)
      index = item ~= nil and next_index(self)
    else
      index = next_index(self)
      self:appoint()
    end
    if index then
      settle(self, index, self.fn(item, index, more))
    else
      self.working = self.working - 1
    end
  end
end

local function run_worker(self)
  local worker <close> = setmetatable({ work = self, co = coroutine.running(), done = false }, Worker)
  self.workers[worker.co] = true
  local fine, problem = pcall(pull_and_call, self)
  worker.done = true
  if not fine then
    self:fail(problem)
  end
end

--- Has one more coroutine pull the next item, if there may be one more.
function Work:appoint()
  if self.over or self.active >= self.concurrency then
    return
  end
  self.active = self.active + 1
  self.loop.spawn(self.run, self.strayed)
end

-- The end, however it comes: what is still at work ends, its to-be-closed variables run, and what it waits for is given
-- up.
function metatable:__close()
  self.over, self.ended, self.waiting = true, true, nil
  for co in pairs(self.workers) do
    if coroutine.status(co) == "suspended" then
      coroutine.close(co) -- what the variables raise is lost: the caller gets the first error
      self.loop.wake(co) -- the loop may forget it
    end
  end
  if self.closable then
    self.closable:close()
  end
end

-- Whether items are an iterator. One may be a table that can be called, as a generic `for` allows.
local function is_iterator(items)
  local meta = getmetatable(items)
  return type(items) == "function" or type(meta) == "table" and meta.__call ~= nil
end

-- Gives the iterator, what it takes from, and whether that gives its items in two steps, `candidate` and `secure`:
-- only one coroutine at a time can choose a task, but several can claim theirs. In one step no two claims would be
-- under way at once.
local function source_of(items)
  if is_iterator(items) then
    local source = iterating.source_of(items)
    if source and source.secure then
      return iterating.iterate(source, "claim", source.candidate), source, true
    end
    return items, source, false
  end
  local index = 0
  return function()
    index = index + 1
    return items[index]
  end, nil, false
end

local function new_work(loop, items, fn, options, keep)
  local source, closable, in_steps = source_of(items)
  local self = setmetatable({ loop = loop, source = source, closable = closable, fn = fn, stop = options.stop,
    keep = keep, -- gets an index, the first value that `fn` gave, and the error
    concurrency = options.concurrency or usual_concurrency,
    workers = {}, -- coroutines
    active = 0, -- how many there are
    working = 0, -- how many of them have an item
    pulling = false, -- one waits for the source
    in_steps = in_steps, -- the source gives its items in two steps
    securing = 0, -- how many are in the second one
    count = 0, -- items taken
    control = nil, -- the last item, which an iterator may want back
    over = false, -- nothing new starts
    ended = false, -- the caller goes on, and who is left is ended
    problem = nil, -- what the caller is to raise, in a table
    waiting = nil, -- the caller, while it is suspended
  }, metatable)
  self.run = function() run_worker(self) end
  self.strayed = function(problem) self:fail(problem) end
  return self
end

local function work_through(loop, ...)
  local work <close> = new_work(loop, ...)
  work:appoint()
  loop.run(function() return work:is_done() end)
  return work
end

-- A to-be-closed variable of `run_own`.
local Ending = {}

function Ending:__close()
  if not self.driver.engine:problem() then
    self.driver:tell() -- of what was given up
  end
end

-- Outside of any loop: blocks in a loop of its own, which the calls in the coroutines use meanwhile.
local function run_own(driver, ...)
  local loop = require("tasklist.loop.own").new(driver.engine)
  local ending <close> = setmetatable({ driver = driver }, Ending) -- luacheck: ignore 211
  return (core.during(driver, "parking", parking.new(driver, loop), work_through, loop, ...))
end

-- In a loop, and in a map inside of a map: suspends the caller until all is done.
local function run_parked(driver, ...)
  local loop = driver.parking.loop
  local work <close> = new_work(loop, ...)
  work:appoint()
  if work:is_done() then -- a loop whose `spawn` does not wait for its turn
    return work
  end
  work.waiting = coroutine.running()
  loop.park()
  return work, not work:is_done() and parking.resumed_elsewhere or nil
end

local own_place = select(2, pcall(function() error "" end)):match "^(.*:)%d+: $" -- nil where Lua knows no lines

-- Misuse in a call with which a function of the user's ends (`return client:get_task(nil)`) would name this file as its
-- place, because Lua has forgotten that function by then. Gives its text without the place; nil for any other problem.
local function misplaced(problem)
  if own_place and type(problem) == "string" and problem:sub(1, #own_place) == own_place then
    return problem:match("^%d+: (.*)$", #own_place + 1)
  end
end

-- Gives the work when it is done, or nil and misuse.
local function run(driver, ...)
  local work, misuse = (driver.parking and run_parked or run_own)(driver, ...)
  local problem = work.problem
  misuse = misuse or problem and misplaced(problem[1])
  if misuse then
    return nil, misuse
  elseif problem then
    error(problem[1], 0)
  end
  return work
end

--- Calls a function for each item, and keeps what it gives.
-- @tparam table driver the client's
-- @tparam table|function items an array, which ends at its first nil, or an iterator, also a table with `__call`
-- @tparam function fn gets an item, its index, and the second value that an iterator gave with it
-- @tparam table options `concurrency` (16): how many at a time; `stop`: start nothing new after the first error
-- @treturn table index -> what `fn` gave, with `n`: how many items there were; or nil and misuse as a text
-- @treturn table index -> error, where `fn` gave nil and an error
function parallel.map(driver, items, fn, options)
  local results, errors = {}, {}
  local work, misuse = run(driver, items, fn, options, function(index, value, failure)
    results[index], errors[index] = value, failure
  end)
  if not work then
    return nil, misuse
  end
  results.n = work.count
  return results, errors
end

--- Calls a function for each item, and keeps nothing.
-- @treturn integer how many items there were; or nil and misuse as a text
-- @return the first error that `fn` gave, or nil
function parallel.each(driver, items, fn, options)
  local first
  local work, misuse = run(driver, items, fn, options, function(_, _, failure)
    first = first or failure
  end)
  if not work then
    return nil, misuse
  end
  return work.count, first
end

return parallel
