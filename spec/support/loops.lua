--- The event loops for which there are adapters, each with what a spec needs of it.
local cqueues = require "cqueues"
local uv = require "luv"

local patience = 20 -- seconds

-- What a coroutine raises first is raised by `run`, since luv would end the process.
local function kept(fn, problems)
  return function()
    local fine, problem = xpcall(fn, function(raised)
      return type(raised) == "string" and debug.traceback(raised) or raised
    end)
    if not fine then problems[#problems + 1] = problem end
  end
end

local function kept_all(functions, problems)
  for i, fn in ipairs(functions) do functions[i] = kept(fn, problems) end
  return functions
end

local function raise_first(problems)
  if #problems > 0 then error(problems[1], 0) end
end

--- Runs functions, each in a coroutine that may park, until the loop has nothing to do any more.
local function run_cqueues(...)
  local controller, problems = cqueues.new(), {}
  for _, fn in ipairs(kept_all({ ... }, problems)) do controller:wrap(fn) end
  local fine, problem = controller:loop(patience)
  raise_first(problems)
  assert(fine, problem)
  assert(controller:empty(), "the controller never ends")
end

local function sleep_luv(seconds)
  local loop = require "tasklist.loop.luv"
  local co, timer = coroutine.running(), uv.new_timer()
  timer:start(math.ceil(seconds * 1000), 0, function()
    timer:close()
    loop.wake(co)
  end)
  loop.park()
end

local function run_luv(...)
  local problems, watchdog, barked = {}, uv.new_timer(), false
  for _, fn in ipairs(kept_all({ ... }, problems)) do require("tasklist.loop.luv").spawn(fn) end
  watchdog:start(patience * 1000, 0, function()
    barked = true
    uv.stop()
  end)
  watchdog:unref()
  uv.run()
  local alive = uv.loop_alive()
  watchdog:close()
  uv.run "nowait"
  raise_first(problems)
  assert(not barked and not alive, "the loop never ends")
end

--- Each: `name`, `adapter`, `run(...)`, `sleep(seconds)` for a coroutine of `run`; `program`: how a script runs
-- functions in it, as the text of a function `run(...)`.
return {
  {
    name = "cqueues", adapter = require "tasklist.loop.cqueues", run = run_cqueues, sleep = cqueues.sleep,
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
    name = "luv", adapter = require "tasklist.loop.luv", run = run_luv, sleep = sleep_luv,
    program = [[
      local uv = require "luv"
      local function run(...)
        for _, fn in ipairs { ... } do require("tasklist.loop.luv").spawn(fn) end
        uv.run()
      end
    ]],
  },
}
