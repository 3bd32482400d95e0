--- Tasks as they appear: round after round over all that match, each given once while it stays.

local pages = require "tasklist.pages"

local watch = {}

local Watch = {} -- the methods
local metatable = { __index = Watch, __name = "tasklist.watch" }

--- Makes a watch.
-- @tparam table connection
-- @tparam function message_of gives the message of a query
-- @tparam function copy gives a copy of the query for each round
-- @tparam table options `interval`: seconds between two rounds; `on_error`: gets what may pass, or nil
-- @treturn table `take` gives the next task, `close` ends the watch
function watch.new(connection, message_of, copy, options)
  return setmetatable({
    connection = connection, message_of = message_of, copy = copy, options = options,
    given = {}, -- ids: those given that matched in the last whole round, and all given since
  }, metatable)
end

-- What an operator or time can mend while the watch goes on; any other failure would only come again.
local passing_kinds = { network = true, timeout = true, decode = true }

local function may_pass(failure)
  local status = failure.status or 0
  return passing_kinds[failure.kind] or (failure.kind == "http" and (status >= 500 or status == 429 or status == 408))
end

local function begin_round(self)
  self.walk = pages.walk(self.connection, self.message_of, self.copy())
  self.matching = {}
end

-- Tasks that have left the result are forgotten, so that memory stays with what matches; but only a whole
-- round tells which these are.
local function end_round(self, failure)
  self.walk = nil
  if not failure then
    self.given = self.matching
  elseif may_pass(failure) then
    if self.options.on_error then
      self.options.on_error(failure)
    end
  else
    error(failure, 0)
  end
  self.rest = true
end

--- The next task, sooner or later. Raises the error object of a failure that cannot pass.
-- @treturn table; nil once the watch is closed
function Watch:take()
  while not self.closed do
    if self.rest then
      self.rest = false
      self.connection:pause(self.options.interval)
    end
    if not self.walk then
      begin_round(self)
    end
    local task, failure = self.walk:take()
    if not task then
      end_round(self, failure)
    else
      self.matching[task.id] = true
      if not self.given[task.id] then
        self.given[task.id] = true
        return task
      end
    end
  end
end

--- Ends the watch and cancels what is under way. Ending twice is fine.
function Watch:close()
  self.closed = true
  if self.walk then
    self.walk:close()
  end
end

metatable.__close = Watch.close

return watch
