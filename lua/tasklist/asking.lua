--- The user's token functions: calls one, and grants or refuses what its identity asks for.

local core = require "tasklist.core"
local errors = require "tasklist.errors"

local Asking = {} -- the methods
local metatable = { __index = Asking }

local asking = {}

--- Makes what calls the functions of one engine.
-- @param engine of the core
-- @tparam table tokens identity -> the function that gives its tokens
-- @treturn table
function asking.new(engine, tokens)
  return setmetatable({ engine = engine, tokens = tokens,
    askers = setmetatable({}, { __mode = "k" }), -- the coroutines in which a token function runs
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

local function give(identity, self, call)
  answer(self, identity, call(self.tokens[identity]))
end

--- Gets the token that the next identity asks for.
-- @tparam function call calls the token function: `pcall` where that may yield, else `core.call`
-- @treturn boolean false when none asks
function Asking:give(call)
  return core.during(self.askers, coroutine.running(), true, self.engine.ask, self.engine, give, self, call)
end

--- Whether a token function runs in the running coroutine.
-- @treturn ?boolean
function Asking:runs_here()
  return self.askers[coroutine.running()]
end

return asking
