--- The event loops for which there are adapters, each with what a spec needs of it.
local core = require "tasklist.core"
local cqueues = require "cqueues"
local cqueues_adapter = require "tasklist.loop.cqueues"
local luv_adapter = require "tasklist.loop.luv"
local uv = require "luv"

local patience, turn = 20, 0.01 -- seconds

-- An adapter that counts its watches: the loop's `begun`, `ended`, `open`, and `most` at a time. The loop's `on_poll`
-- is called before those who were woken run.
local function counting(plain, loop, keep)
  local function watch(fd, on_ready, idle)
    local ended = false
    local function note()
      if not ended then
        ended = true
        loop.open, loop.ended = loop.open - 1, loop.ended + 1
      end
    end
    loop.begun, loop.open = loop.begun + 1, loop.open + 1
    loop.most = math.max(loop.most, loop.open)
    local function ready()
      on_ready()
      if loop.on_poll then loop.on_poll() end
    end
    local stop = plain.watch(fd, keep and keep(ready) or ready, function()
      local over = idle()
      if over then note() end
      return over
    end)
    return function()
      note()
      stop()
    end
  end
  return { may_park = plain.may_park, watch = watch, park = plain.park, wake = plain.wake, spawn = plain.spawn }
end

local Loop = {} -- the methods, besides those of each loop: `start(fn)`, which gives the coroutine, `step`, `is_empty`
Loop.__index = Loop

local function new(plain, methods)
  local self = setmetatable({ begun = 0, ended = 0, open = 0, most = 0, errors = {} },
    { __index = setmetatable(methods, Loop) })
  self.adapter = counting(plain, self, methods.keep and function(fn) return self:keep(fn) end)
  return self
end

--- Runs until there is nothing to do, and no watch. Raises the first error, unless they are expected.
-- @tparam ?function done ends it earlier, when it gives true
-- @tparam ?boolean expected
function Loop:run(done, expected)
  local stop = core.now() + patience
  while not self:is_empty() and not (done and done()) do
    if self.on_turn then self.on_turn() end
    self:step()
    if core.now() > stop then error("it never ends", 2) end
  end
  if #self.errors > 0 and not expected then error(table.remove(self.errors, 1), 0) end
end

--- Runs functions, each in a coroutine, until there is nothing to do.
function Loop:run_all(...)
  for _, fn in ipairs { ... } do self:start(fn) end
  self:run()
end

local function new_cqueues()
  local controller = cqueues.new()
  local methods = { controller = controller }

  function methods:start(fn)
    local co
    controller:wrap(function() co = self.adapter.spawn(fn) end)
    while not co do self:step() end
    return co
  end

  function methods:step()
    local fine, problem = controller:step(turn)
    if not fine then self.errors[#self.errors + 1] = problem end
  end

  function methods.is_empty() return controller:empty() end

  return new(cqueues_adapter, methods)
end

-- luv would end the process at an error.
local function new_luv()
  local methods = {}

  function methods:keep(fn)
    return function()
      local fine, problem = pcall(fn)
      if not fine then self.errors[#self.errors + 1] = problem end
    end
  end

  function methods:start(fn) return self.adapter.spawn(self:keep(fn)) end

  local timer = uv.new_timer()
  timer:unref()

  function methods.step()
    timer:start(math.ceil(turn * 1000), 0, function() end)
    uv.run "once"
    timer:stop()
  end

  function methods.is_empty() return not uv.loop_alive() end

  return new(luv_adapter, methods)
end

local function sleep_luv(seconds)
  local co, timer = coroutine.running(), uv.new_timer()
  timer:start(math.ceil(seconds * 1000), 0, function()
    timer:close()
    luv_adapter.wake(co)
  end)
  luv_adapter.park()
end

--- Each: `name`; `adapter`; `new()`, a loop with `adapter`, which counts, and the methods above; `sleep(seconds)` for a
-- coroutine of it; `outside` and `foreign`: what it says where nothing can wait; `program`: the text of a function
-- `run(...)` that runs functions in such a loop, for a script.
return {
  {
    name = "cqueues", adapter = cqueues_adapter, new = new_cqueues, sleep = cqueues.sleep,
    outside = "no cqueues controller runs here", foreign = "this coroutine was not started by the cqueues controller",
    program = [[
      local cqueues = require "cqueues"
      local function run(...)
        local controller = cqueues.new()
        for _, fn in ipairs { ... } do controller:wrap(fn) end
        for problem in controller:errors() do io.stderr:write("Uncaught Error: ", tostring(problem), "\n") end
      end
    ]],
  },
  {
    name = "luv", adapter = luv_adapter, new = new_luv, sleep = sleep_luv,
    outside = "this is the main coroutine", foreign = "this coroutine was not started by `spawn`",
    program = [[
      local uv = require "luv"
      local function run(...)
        for _, fn in ipairs { ... } do require("tasklist.loop.luv").spawn(fn) end
        uv.run()
      end
    ]],
  },
}
