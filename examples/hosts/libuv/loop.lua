--- An adapter for a host that has an event loop in C, such as libuv's. It needs two functions of it.
local loop = {}

local function report(fine, problem)
  if not fine then
    io.stderr:write(tostring(problem), "\n")
  end
  return fine
end

--- Makes one.
-- @tparam function watch gets a descriptor and a function that it is to call whenever the descriptor is readable; gives
--   a function that ends that at once
-- @tparam function soon gets a function that it is to call once, in the loop's next turn
-- @treturn table
function loop.new(watch, soon)
  local adapter = {}
  local own = setmetatable({}, { __mode = "k" })
  local ready, expected = {}, false

  local function resume_ready()
    expected = false
    for _ = 1, #ready do -- who is woken from now on has the next turn
      local co = table.remove(ready, 1)
      if coroutine.status(co) == "suspended" and not report(coroutine.resume(co)) then
        coroutine.close(co)
      end
    end
  end

  function adapter.may_park()
    if own[coroutine.running()] then
      return adapter
    end
    return nil, "this coroutine was not started by `spawn` of the loop"
  end

  function adapter.watch(fd, on_ready, idle)
    local end_watch, ended = nil, false
    local function stop()
      if not ended then
        ended = true
        end_watch()
      end
    end
    end_watch = watch(fd, function()
      report(pcall(on_ready))
      resume_ready()
      if not ended and idle() then
        stop()
      end
    end)
    return stop
  end

  function adapter.park()
    coroutine.yield()
  end

  function adapter.wake(co)
    table.insert(ready, co)
    if not expected then
      expected = true
      soon(resume_ready)
    end
  end

  function adapter.spawn(fn)
    local co = coroutine.create(fn)
    own[co] = true
    adapter.wake(co)
  end

  return adapter
end

return loop
