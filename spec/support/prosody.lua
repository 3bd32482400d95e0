--- The part of Prosody that an adapter needs, as its documentation has it: `util.async`, `util.timer`, and `watchfd` of
-- `net.server`. Gives its loop.
local socket = require "socket"

local watched, due = {}, {}

local function waiter()
  local co, done, waiting = coroutine.running(), false, false
  return function()
    waiting = not done
    if waiting then coroutine.yield "wait" end
  end, function()
    assert(not done, "done() called too many times")
    done = true
    if waiting then assert(coroutine.resume(co)) end
  end
end

-- Without a queue: one input for each.
local function runner(fn)
  return { run = function(_, input)
    assert(coroutine.resume(coroutine.create(fn or function(given) given() end), input))
  end }
end

package.loaded["util.async"] = { waiter = waiter, runner = runner,
  ready = function() return not select(2, coroutine.running()) end }

package.loaded["util.timer"] = { add_task = function(delay, fn)
  assert(delay == 0)
  due[#due + 1] = fn
end }

package.loaded["net.server"] = { watchfd = function(fd, on_readable)
  local watch = { getfd = function() return fd end, on_readable = on_readable }
  function watch:close()
    assert(watched[self], "closed twice")
    watched[self] = nil
  end
  watched[watch] = true
  return watch
end }

return function()
  while next(watched) or #due > 0 do
    local tasks, list = due, {}
    due = {}
    for _, fn in ipairs(tasks) do fn() end
    for watch in pairs(watched) do list[#list + 1] = watch end
    if #list > 0 then
      for _, watch in ipairs((socket.select(list, nil, #due > 0 and 0 or 5))) do watch:on_readable() end
    end
  end
end
