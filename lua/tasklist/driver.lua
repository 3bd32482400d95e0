--- What drives an engine: the one place where the user's token and trace functions are called.
--
-- The engine calls neither by itself, so that stepping it runs no code of the user's: it says that there is something
-- for them, and `serve` calls them. What a trace function raises is kept then, since nobody may be there who could
-- take it, and the next verb that drives raises it.

local core = require "tasklist.core"
local errors = require "tasklist.errors"

local Driver = {} -- the methods
local metatable = { __index = Driver }

local driver = {}

--- Makes a driver.
-- @param engine of the core, made with `trace = true` when there is a trace function
-- @tparam ?function trace gets each event of `engine:traced()`
-- @tparam table tokens identity -> the function that gives its tokens
-- @treturn table
function driver.new(engine, trace, tokens)
  return setmetatable({ engine = engine, trace = trace, tokens = tokens,
    problem = nil, -- what a trace function raised first, in a table, because it may be nil
  }, metatable)
end

-- What an object says, or what it is when its __tostring raises, which is the user's code, too; and which of the two.
local function text_of(object)
  local fine, text = core.call(tostring, object)
  return fine and text or type(object), fine
end

-- This module's own error objects reach the caller as they are, all others as a text.
local function refuse(self, identity, message, object, code, description)
  self.engine:refuse(identity, { message = message, object = errors.is(object) and object or nil,
    error = code, error_description = description })
end

local raised = "the token function raised: "

-- What the call of a token function gave: whether it ran to its end; a token and its life, or nil and a message, or an
-- object that stands for one.
local function answer(self, identity, fine, token, said, ...)
  if not fine then
    refuse(self, identity, raised .. text_of(token), token)
  elseif type(token) == "string" then
    self.engine:grant(identity, token, said)
  elseif said then
    local text, has_text = text_of(said)
    refuse(self, identity, has_text and text or raised .. text, said, ...)
  else
    refuse(self, identity, "the token function gave none")
  end
end

-- Where no memory is left for the answer, closing the identity refuses it: nobody would ask again otherwise.
local function give_token(self, identity)
  local asking <close> = identity
  answer(self, asking, core.call(self.tokens[asking]))
end

--- Calls the token function of each identity that asks, and the trace function with each event. These must not
-- yield, and may use or close the client. What a token function raises is a refusal, and the waiting requests fail
-- with it; what a trace function raises first is kept.
function Driver:serve()
  local engine = self.engine
  for identity in engine.asked, engine do
    give_token(self, identity)
  end
  for event in engine.traced, engine do
    local fine, problem = core.call(self.trace, event)
    if not fine and not self.problem then
      self.problem = { problem }
    end
  end
end

local function raise(self)
  local problem = self.problem
  self.problem = nil
  error(problem[1], 0)
end

--- Moves on what is under way, without waiting. Raises what a trace function raised.
function Driver:step()
  if self.engine:step() then
    self:serve()
  end
  if self.problem then
    raise(self)
  end
end

--- Waits until a request or a pause of the engine is finished. Raises what a trace function raised.
-- @param awaited
function Driver:wait(awaited)
  local finished, wanted
  repeat
    if self.problem then
      raise(self)
    end
    -- A signal makes it return early, so that a debug hook (Ctrl-C in stand-alone Lua) can run.
    finished, wanted = self.engine:wait(awaited)
    if wanted then
      self:serve()
    end
  until finished and not self.problem
end

return driver
