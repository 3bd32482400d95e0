--- What holds in each Lua that the module is for: `make test-lua55` runs these scripts in Lua 5.5.
local connect = require "spec.support.client"
local sandbox = require "spec.support.sandbox"

local head = [=[
  collectgarbage(%q)
  local tasklist = require "tasklist"
  local client <close> = assert(tasklist.new { timeout = 10 })

  local function ids(list)
    local found = {}
    for place, task in ipairs(list) do found[place] = task.id end
    return table.concat(found, " ")
  end
]=]

local rows = {
  { "signs in, searches, claims and completes", [=[
    assert(#assert(client:search_tasks { state = "CREATED" }) == 5)
    local claimed = {}
    for task in client:claim({ candidateGroup = "sales" }, "ann") do
      assert(task.assignee == "ann")
      claimed[#claimed + 1] = task
      assert(client:complete_task(task, { approved = true, list = tasklist.array {} }).taskState == "COMPLETED")
    end
    assert(ids(claimed):find "^[34] [34]$", ids(claimed))
  ]=] },
  { "walks, and leaves a walk", [=[
    local all = {}
    for task in client:tasks { pageSize = 2, sort = { { field = "creationTime", order = "ASC" } } } do
      all[#all + 1] = task
    end
    assert(ids(all) == "1 2 3 4 5", ids(all))
    for task in client:tasks { pageSize = 1 } do
      assert(task)
      break
    end
  ]=] },
  { "watches", [=[
    local seen = 0
    for task, again in client:watch({}, { interval = 0.01 }) do
      again()
      seen = seen + 1
      if seen == 12 then break end
    end
  ]=] },
  { "calls for many at once", [=[
    local results, errors = client:map({ 1, 2, 9, 3 }, function(id) return client:get_task(id) end)
    assert(results.n == 4 and results[1].id == "1" and results[4].id == "3")
    assert(results[3] == nil and errors[3].code == "not_found")
    local count = client:each(client:tasks { pageSize = 2 }, function(task) return client:variables(task) end)
    assert(count == 5)
  ]=] },
  { "keeps integers exact, and makes integers of what is whole", [=[
    local values = assert(client:variables "1")
    assert(values.big == 9007199254740993 and values.least == math.mininteger and values.most == math.maxinteger)
    assert(math.type(values.big) == "integer" and math.type(values.whole) == "float")
    assert(math.type(values.too_big) == "float" and values.too_big == 2.0 ^ 63)
    local written = tasklist.encode { values.big, 1.0, 0.1, math.mininteger }
    assert(written == "[9007199254740993,1.0,0.1,-9223372036854775808]", written)
    local core = require "tasklist.core"
    local read = core.decode_answer '[1e3,1.5,-9223372036854775808.0,9223372036854775808.0,-0.0]'
    for place, kind in ipairs { "integer", "float", "integer", "float", "integer" } do
      assert(math.type(read[place]) == kind, place)
    end
  ]=] },
  { "gives error objects, and raises misuse at the caller's line", [=[
    local task, failure = client:get_task "9"
    assert(task == nil and failure.code == "not_found" and failure.status == 404)
    assert(tostring(failure):find "404")
    local fine, raised = pcall(function() for _ in client:audit_log "9" do end end)
    assert(not fine and raised.kind, raised)
    local _, misuse = pcall(function() client:search_tasks { nonsense = 1 } end)
    assert(misuse:find "^%S+:%d+: search_tasks: " and misuse:find "nonsense", misuse)
  ]=] },
  { "closes what leaves its block, also by an error and with a coroutine", [=[
    local kept
    pcall(function()
      local inner <close> = assert(tasklist.new())
      kept = inner
      error "left"
    end)
    assert(not pcall(kept.get_task, kept, "1"))
    local co = coroutine.create(function()
      local inner <close> = assert(tasklist.new())
      kept = inner
      coroutine.yield(assert(inner:get_task "1"))
    end)
    assert(select(2, coroutine.resume(co)).id == "1")
    assert(coroutine.close(co))
    assert(not pcall(kept.get_task, kept, "1"))
    client:close()
    client:close()
  ]=] },
  { "leaves the collector as it is", [=[
    local wide = { list = {} }
    for i = 1, 20000 do wide.list[i] = { name = ("n%d"):format(i) } end
    for _ = 1, 5 do assert(#tasklist.decode(tasklist.encode(wide)).list == 20000) end
    local mode = %q
    assert(collectgarbage(mode) == mode and collectgarbage "isrunning")
  ]=] },
}

local VARIABLES = { { name = "big", value = "9007199254740993" }, { name = "least", value = "-9223372036854775808" },
  { name = "most", value = "9223372036854775807" }, { name = "too_big", value = "9223372036854775808" },
  { name = "whole", value = "3.0" } }

local TASKS = {
  { id = "1", variables = VARIABLES }, { id = "2" }, { id = "3", candidateGroups = { "sales" } },
  { id = "4", candidateGroups = { "sales" } }, { id = "5" } }
for place, task in ipairs(TASKS) do
  task.creationDate = ("2024-03-0%dT08:15:27.000Z"):format(place)
end

describe("any Lua", function()
  for _, mode in ipairs { "incremental", "generational" } do
    for _, row in ipairs(rows) do
      it(("%s (%s)"):format(row[1], mode), function()
        local server <close> = sandbox.start { tasks = TASKS }
        local script = head:format(mode) .. row[2]:gsub("%%q", function() return ("%q"):format(mode) end)
        assert.equal("fine\n", (connect.run_script(script .. ' print "fine"', connect.environment(server))))
      end)
    end
  end

  it("reads each file of the checkout", function()
    local output = connect.run_script [[
      local files <close> = assert(io.popen "find lua spec examples bench types -name '*.lua'; echo bin/tasklist")
      for path in files:lines() do assert(loadfile(path)) end
      print "fine"
    ]]
    assert.equal("fine\n", output)
  end)
end)
