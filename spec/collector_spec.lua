--- What the garbage collector does when a large text is decoded: its work is done before, and all that the host has set
-- stays.
local connect = require "spec.support.client"

local head = [=[
  local core = require "tasklist.core"
  local mode = %q
  collectgarbage(mode)

  local tasks = {}
  for i = 1, 1000 do
    tasks[i] = ('{"id":"%%d","name":"Approve invoice","processName":"Invoice approval","dueDate":null,"number":%%d,' ..
      '"candidateGroups":["accounting","management"],"variables":[{"name":"customer","value":"%%s"}]}'):format(
      2251799813685249 + i, i, ("%%d "):format(i):rep(80))
  end
  local text = "[" .. table.concat(tasks, ",") .. "]"
  tasks = nil

  local function check(value)
    assert(#value == 1000 and value[1].number == 1 and value[1000].candidateGroups[2] == "management")
  end

  local collections = 0
  local metatable = {}
  function metatable.__gc()
    collections = collections + 1
    setmetatable({}, metatable)
  end
  setmetatable({}, metatable)

  -- The most KiB in use after any of many calls, beyond those before.
  local function growth(fn)
    collectgarbage()
    collectgarbage()
    local before, most = collectgarbage "count", 0
    for _ = 1, 50 do
      fn()
      most = math.max(most, collectgarbage "count" - before)
    end
    return most
  end

  -- What one page takes.
  collectgarbage "stop"
  local before = collectgarbage "count"
  check(core.decode_answer(text))
  local page = collectgarbage "count" - before
  collectgarbage "restart"
  collectgarbage()
]=]

local rows = {
  { "works before a page and not within it", [=[
    local pages = 20
    core.decode_answer(text)
    local first = collections
    for _ = 1, pages do
      core.decode_answer(text)
    end
    assert(collections - first > 0)
    assert(collections - first <= pages, collections - first)
  ]=] },
  { "does not work for each page where much is in use", [=[
    local kept = {}
    for i = 1, 40 do kept[i] = core.decode_answer(text) end
    collectgarbage()
    local first = collections
    for _ = 1, 20 do core.decode_answer(text) end
    assert(collections - first <= 5, collections - first)
    check(kept[40])
  ]=] },
  { "keeps up with pages", [=[
    local most = growth(function() check(core.decode_answer(text)) end)
    assert(most < 3 * page, most / page)
  ]=] },
  { "keeps up with what is wrong at its end", [=[
    local wrong = text .. "]"
    local most = growth(function() assert(not core.decode_answer(wrong)) end)
    assert(most < 3 * page, most / page)
  ]=] },
  { "keeps up with texts that take nothing", [=[
    local blank = (" "):rep(10 * #text) .. "1"
    local most = growth(function()
      for _ = 1, 1000 do local _ = {} end
      core.decode_answer(blank)
    end)
    assert(most < 3 * page, most / page)
  ]=] },
  { "keeps up with pages that no memory is left for", [=[
    local starve = require "host".starve
    local most = growth(function()
      local fine, problem = starve(5000, core.decode_answer, text)
      assert(not fine and problem == "not enough memory", problem)
    end)
    assert(most < 3 * page, most / page)
    check(core.decode_answer(text))
    assert(collectgarbage "isrunning")
  ]=], in_host = true },
  { "keeps its mode and parameters, and goes on", [=[
    collectgarbage("incremental", 157, 203, 9)
    collectgarbage "generational"
    collectgarbage(mode)
    check(core.decode_answer(text))
    assert(collectgarbage "isrunning")
    assert(collectgarbage(mode) == mode)
    assert(collectgarbage("setpause", 100) // 4 == 157 // 4) -- Lua keeps a quarter of it
    assert(collectgarbage("setstepmul", 100) // 4 == 203 // 4)
  ]=] },
  { "stays stopped where the host has stopped it", [=[
    collectgarbage "stop"
    local first = collections
    for _ = 1, 5 do check(core.decode_answer(text)) end
    assert(collections == first)
    assert(not collectgarbage "isrunning")
  ]=] },
  { "may run finalizers that decode, and use the collector", [=[
    local finalized = 0
    for _ = 1, 100 do
      setmetatable({}, { __gc = function()
        finalized = finalized + 1
        check(core.decode_answer(text))
        collectgarbage()
        collectgarbage("step", 1000)
      end })
    end
    for _ = 1, 5 do check(core.decode_answer(text)) end
    collectgarbage()
    assert(finalized == 100, finalized)
    assert(collectgarbage "isrunning" and collectgarbage(mode) == mode)
  ]=] },
  { "works in coroutines", [=[
    local decode = coroutine.wrap(function()
      while true do coroutine.yield(core.decode_answer(text)) end
    end)
    local most = growth(function() check(decode()) end)
    assert(most < 3 * page, most / page)
  ]=] },
  { "reads a variable's value likewise", [=[
    local first = collections
    for _ = 1, 20 do check(core.decode_value(text)) end
    assert(collections - first <= 20, collections - first)
  ]=] },
}

describe("the garbage collector", function()
  for _, mode in ipairs { "incremental", "generational" } do
    for _, row in ipairs(rows) do
      it(("%s (%s)"):format(row[1], mode), function()
        local run = row.in_host and connect.run_in_host or connect.run_script
        assert.equal("fine\n", (run(head:format(mode) .. row[2] .. 'print "fine"\n')))
      end)
    end
  end
end)
