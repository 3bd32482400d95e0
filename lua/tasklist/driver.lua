--- What drives an engine: the one place where the user's token and trace functions are called.
--
-- The engine calls neither by itself, so that stepping it runs no code of the user's: it says that there is something
-- for them, and they are called from here, token functions by `tasklist.asking`. A trace function may be called in a
-- step that another coroutine has made, so what it raises is kept: the call whose attempt it was raises it, or the next
-- call, when none waits for that attempt.
--
-- Without a loop a call blocks. In an event loop, and inside of `client:map`, it suspends its coroutine:
-- `tasklist.parking` has that.

local core = require "tasklist.core"

local Driver = {} -- the methods
local metatable = { __index = Driver }

local driver = {}

--- Makes a driver.
-- @param engine of the core, made with `trace = true` when there is a trace function
-- @tparam ?function trace gets each event of `engine:traced()`
-- @tparam table tokens identity -> the function that gives its tokens
-- @tparam ?table loop the adapter of an event loop, see `tasklist.parking`
-- @treturn table
function driver.new(engine, trace, tokens, loop)
  local self = setmetatable({ engine = engine, trace = trace,
    parking = nil, -- how calls wait while they must not block
    asking = nil, -- what calls the token functions, where there are any
    problem = nil, -- what a trace function raised first that is no call's own, in a table, because it may be nil
  }, metatable)
  if next(tokens) then
    -- Loaded now, because most programs have no such function.
    self.asking = require("tasklist.asking").new(engine, tokens)
  end
  if loop then
    self.parking = require("tasklist.parking").new(self, loop)
  end
  return self
end

--- Calls the trace function with each event. It must not yield, and may use or close the client where that does not
-- wait in a loop. What it raises is kept.
function Driver:tell()
  local engine, parking = self.engine, self.parking
  for event, request in engine.traced, engine do
    local fine, problem = core.call(self.trace, event)
    if not fine and not (parking and parking:fail(request, problem)) and not self.problem then
      self.problem = { problem }
    end
  end
end

--- Calls the token function of each identity that asks, and the trace function with each event. These must not
-- yield. What a token function raises is a refusal, and the waiting requests fail with it.
function Driver:serve()
  if self.asking then
    repeat until not self.asking:give(core.call)
  end
  self:tell()
end

--- Raises what a trace function raised that is no call's own, once.
function Driver:raise()
  local problem = self.problem
  if problem then
    self.problem = nil
    error(problem[1], 0)
  end
end

--- Why a call cannot wait here, or cannot be made at all. Asked before a request starts, so that misuse leaves nothing
-- in flight.
-- @treturn ?string
function Driver:misuse()
  local problem = self.engine:problem()
  if problem then
    return problem
  elseif self.asking and self.asking:runs_here() then
    return "a token function cannot call the client that waits for its token"
  end
  return self.parking and self.parking:misuse()
end

--- Moves on what is under way, without waiting. Raises what a trace function raised.
function Driver:step()
  -- In a loop the watch on the descriptor does the rest, because a token function may yield there. When nothing is in
  -- flight, the watch may be about to be told of it, and a step by somebody else would be taken for its own.
  if not self.parking then
    if self.engine:step() then
      self:serve()
    end
  elseif self.engine:in_flight() > 0 then
    self.engine:step()
  end
  self:raise()
end

local function block(self, awaited)
  local finished, wanted
  repeat
    if self.problem then
      self:raise()
    end
    -- A signal makes it return early, so that a debug hook (Ctrl-C in stand-alone Lua) can run.
    finished, wanted = self.engine:wait(awaited)
    if wanted then
      self:serve()
    end
  until finished and not self.problem
end

--- Waits until a request or a pause of the engine is finished. Raises what a trace function raised.
-- @param awaited
-- @treturn ?string|table why it is not: misuse, or what a failure holds (`kind`, `message` …); nil when it is
-- @treturn ?table what `request:result()` gave, packed, when the client was closed after the request was finished
function Driver:wait(awaited)
  if self.parking then
    return self.parking:wait(awaited)
  end
  block(self, awaited)
end

--- Waits for a request, and gives what came of it.
-- @param request
-- @return what `request:result()` gives; or nil and misuse as a text
function Driver:result(request)
  local problem, kept = self:wait(request)
  if problem then
    return nil, problem
  elseif kept then
    return table.unpack(kept, 1, kept.n)
  end
  return request:result()
end

--- Ends everything that is under way and closes the engine. Calls that wait come to an end. Closing twice is fine.
function Driver:close()
  local engine <close> = self.engine -- whatever is raised here, such as that there is no memory
  if self.parking and not engine:closed() then
    self.parking:close()
  end
end

return driver
