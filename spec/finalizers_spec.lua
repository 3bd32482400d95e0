--- Finalizers that use or close the client while the binding gives something to Lua.
local connect = require "spec.support.client"
local sandbox = require "spec.support.sandbox"

-- `at_pushes(act, call, …)` calls a function while every push of the binding collects all garbage, and `act` runs
-- in a finalizer there. Gives how often that was, and what pcall gave.
local head = [=[
  local eager = require "spec.support.eager_collector"
  local tasklist = require "tasklist"
  local registry = debug.getregistry()
  local ours = {}
  for _, name in ipairs { "tasklist.engine", "tasklist.request", "tasklist.taken" } do
    for _, method in pairs(registry[name].__index) do ours[method] = true end
  end

  -- Whether the finalizer that calls this runs inside of a function of the binding: only C lies between.
  local function in_binding()
    for level = 3, 8 do
      local info = debug.getinfo(level, "Sf")
      if not info or info.what ~= "C" then return false end
      if ours[info.func] then return true end
    end
  end

  local function at_pushes(act, call, ...)
    local count, on = 0, true
    local metatable = {}
    function metatable.__gc()
      if not on then return end
      if in_binding() then
        count = count + 1
        act(count)
      end
      setmetatable({}, metatable)
    end
    eager()
    collectgarbage() -- so far it would wait until there is as much garbage as its last mode allows
    setmetatable({}, metatable)
    local all = table.pack(pcall(call, ...))
    on = false
    collectgarbage "generational"
    return count, table.unpack(all, 1, all.n)
  end

  local traced
  local function new(options)
    traced = 0
    local arguments = { timeout = 10, trace = function(attempt)
      traced = traced + 1
      assert(attempt.url and attempt.method and (attempt.status or attempt.error))
    end }
    for name, value in pairs(options or {}) do arguments[name] = value end
    return assert(tasklist.new(arguments))
  end

  local long, unknown = ("1"):rep(16), ("9"):rep(16) -- long enough that their URLs are no short strings

  local function is_error(value)
    return type(value) == "table" and getmetatable(value).__name == "tasklist.error" and tostring(value) ~= ""
  end
]=]

describe("a finalizer", function()
  local server
  setup(function()
    -- One has a long name, so that the collector also works before the answer is decoded.
    server = sandbox.start { tasks = { { id = ("1"):rep(16) }, { id = "2", name = ("n"):rep(70000) } } }
  end)
  teardown(function() server:stop() end)

  local function run(script)
    local output, fine = connect.run_script(head .. script, connect.environment(server))
    assert.equal("fine\n", output)
    assert.is_true(fine)
  end

  it("may use the client at each push of an answer, of a sign-in and of a trace", function()
    run [=[
      local client <close> = new()
      local inner = 0
      local pushes, ok, task, problem = at_pushes(function()
        inner = inner + 1
        assert(client:get_task "2").id:byte()
      end, client.get_task, client, long)
      assert(ok, task)
      assert(task and task.id == long, problem)
      assert(pushes > 2, pushes)
      assert(traced == 2 + inner, traced) -- a token, and each request
      print "fine"
    ]=]
  end)

  it("may use the client at each push of a failure", function()
    run [=[
      local client <close> = new()
      local pushes, ok, nothing, problem = at_pushes(function()
        assert(client:get_task "2")
      end, client.get_task, client, unknown)
      assert(ok and nothing == nil and problem.code == "not_found", problem)
      assert(pushes > 2, pushes)
      print "fine"
    ]=]
  end)

  it("may decode at each push of what is decoded, which remembers strings and sizes from text to text", function()
    run [=[
      local core = require "tasklist.core"
      ours[core.decode_value] = true
      local parts = {}
      for i = 1, 400 do
        parts[i] = ('{"string %d":"string %d","name":%d}'):format(i, i, i)
      end
      local page = "[" .. table.concat(parts, ",") .. "]"
      local function check() -- no string of the page is there before, or Lua would not have to make it
        for i, value in ipairs(core.decode_value(page)) do
          assert(value["string " .. i] == "string " .. i and value.name == i)
        end
      end
      local inside_fine, inside_problem = true, nil -- what a finalizer raises is lost
      local pushes, ok, problem = at_pushes(function(count)
        if count % 7 == 1 and inside_fine then inside_fine, inside_problem = pcall(check) end
      end, check)
      assert(ok, problem)
      assert(inside_fine, inside_problem)
      assert(pushes > 300, pushes)
      print "fine"
    ]=]
  end)

  -- What was called, and what it gives when nothing is closed.
  local calls = {
    { "an answer", [[client.get_task, client, long]], "given.id == long" },
    { "a refusal", [[client.get_task, client, unknown]], "problem.code == 'not_found'" },
    { "no answer", [[client.get_task, client, long]], "problem.kind == 'network'",
      [[, base_url = "http://127.0.0.1:1", retries = 0]] },
    { "a token that is refused", [[client.get_task, client, long]], "problem.kind == 'auth'",
      [[, client_secret = "wrong"]] },
    { "a token function's message", [[client.get_task, client, long]], "problem.kind == 'auth'",
      [[, auth = "bearer", token = function() return nil, "none today" end]] },
    { "a token function's token", [[client.get_task, client, long]], "problem.kind == 'auth'",
      [[, auth = "bearer", token = function() return "none" end]] },
    { "a walk", [[function() local all = {} for task in client:tasks() do all[#all + 1] = task end return all end]],
      "#given == 2" },
  }
  for _, row in ipairs(calls) do
    it("may close the client at each push of " .. row[1], function()
      run(([=[
        local n, closed = 0, nil
        repeat
          n, closed = n + 1, false
          local client = new { env = true %s }
          local _, ok, given, problem = at_pushes(function(count)
            if count == n then
              closed = true
              client:close()
            end
          end, %s)
          if ok and not closed then
            assert(%s)
          elseif ok then
            assert(given ~= nil or is_error(problem), problem)
          else
            assert(closed and (is_error(given) or given:find "closed client"), given)
          end
          client:close()
        until not closed
        assert(n > 2, n)
        print "fine"
      ]=]):format(row[4] or "", row[2], row[3]))
    end)
  end
end)
