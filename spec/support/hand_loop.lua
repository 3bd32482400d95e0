--- A small event loop by hand, and its adapter: what a host that drives by itself would write. It counts what it is
-- asked for.
local core = require "tasklist.core"
local cqueues = require "cqueues"

local patience = 20 -- seconds

local Loop = {} -- the methods
Loop.__index = Loop

local mark = {}

local function adapter_of(self, options)
  return {
    may_park = function()
      if not self.running then
        return nil, "this loop does not run"
      elseif options.blind or self.own[coroutine.running()] then
        return self
      end
      return nil, "this coroutine is none of the loop's"
    end,
    watch = function(fd, on_ready, idle)
      local watch = { fd = fd, on_ready = on_ready, idle = idle }
      self.watches[watch] = true
      self.begun, self.open = self.begun + 1, self.open + 1
      self.most = math.max(self.most, self.open)
      return function() self:forget(watch) end
    end,
    park = function() return coroutine.yield(mark) end,
    wake = function(co) self.ready[#self.ready + 1] = co end,
    spawn = function(fn)
      local co = coroutine.create(fn)
      self.own[co] = true
      if options.eager then self:resume(co) else self.ready[#self.ready + 1] = co end
    end,
  }
end

--- Makes a loop.
-- @tparam ?table options `blind`: it takes every coroutine for one of its own; `eager`: `spawn` does not wait
-- @treturn table `adapter`; `begun` and `ended`: how many watches; `most`: how many at a time; `errors`: what
--   coroutines and callbacks raised; `on_turn`, `on_poll`: called in each turn, before and after the wait,
--   or nil
function Loop.new(options)
  local self = setmetatable({ ready = {}, watches = {}, own = setmetatable({}, { __mode = "k" }), begun = 0,
    ended = 0, open = 0, most = 0, errors = {} }, Loop)
  self.adapter = adapter_of(self, options or {})
  return self
end

function Loop:forget(watch)
  if self.watches[watch] then
    self.watches[watch] = nil
    self.open, self.ended = self.open - 1, self.ended + 1
    cqueues.cancel(watch.fd)
  end
end

function Loop:resume(co)
  if coroutine.status(co) == "dead" then return end
  local fine, problem = coroutine.resume(co)
  if not fine then
    coroutine.close(co)
    self.errors[#self.errors + 1] = problem
  end
end

--- Starts a coroutine.
-- @treturn thread
function Loop:start(fn)
  local co
  co = coroutine.create(fn)
  self.own[co] = true
  self.ready[#self.ready + 1] = co
  return co
end

local function poll(self)
  for watch in pairs(self.watches) do
    cqueues.poll({ pollfd = watch.fd, events = "r" }, 0.01)
    local fine, problem = pcall(watch.on_ready)
    if not fine then self.errors[#self.errors + 1] = problem end
    watch.woken = true
    if self.on_poll then self.on_poll() end
  end
end

local function resume_all(self)
  while #self.ready > 0 do
    local ready = self.ready
    self.ready = {}
    for _, co in ipairs(ready) do self:resume(co) end
  end
end

--- Runs until there is nothing to do, and no watch. Raises the first error of a coroutine, unless they are expected.
-- @tparam ?function done ends it earlier, when it gives true
-- @tparam ?boolean expected
function Loop:run(done, expected)
  local stop = core.now() + patience
  self.running = true
  repeat
    resume_all(self)
    for watch in pairs(self.watches) do
      if watch.woken and watch.idle() then self:forget(watch) end
      watch.woken = false
    end
    if self.on_turn then self.on_turn() end
    if done and done() then break end
    poll(self)
    if core.now() > stop then error("it never ends", 2) end
  until #self.ready == 0 and not next(self.watches)
  self.running = false
  if #self.errors > 0 and not expected then error(self.errors[1], 0) end
end

return Loop
