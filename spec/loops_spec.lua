--- The adapters for event loops, on the engine's face: what each of their five functions promises.
local connect = require "spec.support.client"
local core = require "tasklist.core"
local cqueues = require "cqueues"
local find = require "spec.support.find"
local hand_driver = require "spec.support.hand_driver"
local loops = require "spec.support.loops"
local sandbox = require "spec.support.sandbox"

-- What a script of a child process begins with.
local prelude = [[
  package.path = "./?.lua;" .. package.path
  local adapter = require "tasklist.loop.%s"
  local core = require "tasklist.core"
  local driver = require("spec.support.hand_driver").new(core.engine { connect_timeout = 10 }, adapter)
]]

for _, loop in ipairs(loops) do
  local adapter = loop.adapter

  local function run(...) loop.new():run_all(...) end

  describe("the adapter for " .. loop.name, function()
    local server, engine, driver
    setup(function() server = sandbox.start {} end)
    teardown(function() server:stop() end)
    before_each(function()
      server:clear()
      engine = core.engine { connect_timeout = 10 }
      driver = hand_driver.new(engine, adapter)
    end)
    after_each(function() driver:close() end)

    local function search()
      return engine:start(nil, "POST", server.base_url .. "/v1/tasks/search", "Accept: application/json\0", nil,
        10, 1000000, true)
    end

    local function script(text)
      return connect.run_script(prelude:format(loop.name) .. loop.program .. text)
    end

    describe("park and wake:", function()
      it("wake the one whose request is finished, and nobody else", function()
        local long, patient, order = engine:pause(1000), nil, {}
        run(function()
          patient = coroutine.running()
          driver:wait(long)
          order[#order + 1] = "patient"
        end, function()
          for _ = 1, 3 do
            driver:wait(engine:pause(0.001))
            order[#order + 1] = "short"
          end
          assert.equal(401, (driver:wait(search()):result()))
          long:close()
          driver.owners[long] = nil
          adapter.wake(patient)
        end)
        assert.same({ "short", "short", "short", "patient" }, order)
      end)

      it("leave one alone that does not wait, or not here", function()
        local own, foreign = nil, coroutine.create(function() error "resumed" end)
        run(function()
          own = coroutine.running()
          adapter.wake(own) -- in vain: it does not wait yet
          adapter.wake(foreign)
          driver:wait(engine:pause(0.01))
        end, function() loop.sleep(0.02) end)
        adapter.wake(own)
        run(function() loop.sleep(0.001) end)
        assert.equal("dead", coroutine.status(own))
        assert.equal("suspended", coroutine.status(foreign))
      end)

      it("resume once for any number of wakes", function()
        local resumed = 0
        local co
        run(function()
          co = coroutine.running()
          for _ = 1, 2 do
            adapter.park()
            resumed = resumed + 1
          end
        end, function()
          loop.sleep(0.001)
          for _ = 1, 3 do adapter.wake(co) end
          assert.equal(0, resumed) -- not while this one runs
          loop.sleep(0.005)
          assert.equal(1, resumed)
          adapter.wake(co)
        end)
        assert.equal(2, resumed)
      end)

      it("let two that wake each other stop nobody", function()
        local one, other, ticks, turns, over = nil, nil, 0, 0, false
        local function peer(me)
          return function()
            if me == 1 then one = coroutine.running() else other = coroutine.running() end
            while not over do
              adapter.wake(me == 1 and other or one)
              turns = turns + 1
              if not over then adapter.park() end
            end
            adapter.wake(me == 1 and other or one)
          end
        end
        run(peer(1), peer(2), function()
          for _ = 1, 5 do
            loop.sleep(0.001)
            ticks = ticks + 1
          end
          over = true
          adapter.wake(one)
        end)
        assert.equal(5, ticks)
        assert.is_true(turns > 5)
      end)

      it("leave what was closed meanwhile", function()
        local closed, order = nil, {}
        run(function()
          local function parks()
            local note <close> = setmetatable({}, -- luacheck: ignore 211
              { __close = function() order[#order + 1] = "closed" end })
            adapter.park()
            order[#order + 1] = "never"
          end
          closed = { adapter.spawn(parks), adapter.spawn(parks), adapter.spawn(parks) }
          coroutine.close(closed[3]) -- before it has started
          loop.sleep(0.001)
          adapter.wake(closed[1])
          for i = 1, 2 do coroutine.close(closed[i]) end
          for i = 1, 3 do adapter.wake(closed[i]) end
          loop.sleep(0.001)
          for i = 1, 3 do adapter.wake(closed[i]) end
          order[#order + 1] = "went on"
        end)
        assert.same({ "closed", "closed", "went on" }, order)
      end)

      it("return once to one that somebody else resumes", function()
        local fine, problem
        run(function()
          local pause <close> = engine:pause(1000)
          fine, problem = pcall(driver.wait, driver, pause)
          loop.sleep(0.001) -- back to the loop
        end, function()
          loop.sleep(0.001)
          local _, co = next(driver.owners)
          coroutine.resume(co)
          driver:close()
        end)
        assert.is_false(fine)
        find(problem, "resumed by somebody else")
      end)
    end)

    describe("watch:", function()
      it("ends when nothing is in flight, and another begins", function()
        for i = 1, 2 do
          run(function()
            driver:wait(search())
            driver:wait(search())
          end)
          assert.equal(i, driver.watches) -- one for both
          assert.is_false(driver.watching)
        end
      end)

      it("asks whether it may end after those who were woken have run", function()
        local seen = {}
        local co
        run(function()
          co = coroutine.running()
          assert(engine:pause(0.01))
          adapter.watch(engine:fd(), function()
            engine:step()
            if engine:take() then
              seen[#seen + 1] = "woken"
              adapter.wake(co)
            end
          end, function()
            seen[#seen + 1] = "asked"
            return engine:in_flight() == 0
          end)
          adapter.park()
          seen[#seen + 1] = "run"
        end, function() loop.sleep(0.03) end)
        while seen[1] == "asked" do table.remove(seen, 1) end
        assert.same({ "woken", "run", "asked" }, seen)
      end)

      it("can be stopped in the middle, and its descriptor be closed at once", function()
        run(function()
          local long <close> = engine:pause(1000) -- luacheck: ignore 211
          driver:begin()
          loop.sleep(0.001)
          driver:close()
          driver.stop()
        end)
      end)

      it("can be stopped before it has begun", function()
        run(function()
          local long <close> = engine:pause(1000) -- luacheck: ignore 211
          driver:begin()
          driver:close()
        end)
      end)

      it("can be stopped by its own functions", function()
        run(function()
          local short, stop = engine:pause(0.001), nil
          stop = adapter.watch(engine:fd(), function()
            stop()
            engine:close()
          end, function() error "it is over" end)
          loop.sleep(0.005)
          assert.truthy(short)
        end)
        assert.is_true(engine:closed())
      end)

      it("leaves its descriptor alone after its end", function()
        run(function()
          driver:wait(engine:pause(0.001))
          loop.sleep(0.001)
        end)
        local stop, number = driver.stop, engine:fd()
        engine:close()
        engine = core.engine { connect_timeout = 10 }
        assert.equal(number, engine:fd())
        driver = hand_driver.new(engine, adapter)
        local calls = 0
        run(function()
          local stop_other = adapter.watch(number, function() calls = calls + 1 end, function() end)
          loop.sleep(0.002)
          stop()
          loop.sleep(0.002)
          stop_other()
        end)
        assert.equal(0, calls)
      end)

      it("stopped, lets another have the descriptor's number at once", function()
        run(function()
          local long <close> = engine:pause(1000) -- luacheck: ignore 211
          driver:begin()
          loop.sleep(0.001)
          local number = engine:fd()
          driver:close()
          engine = core.engine { connect_timeout = 10 }
          assert.equal(number, engine:fd())
          driver = hand_driver.new(engine, adapter)
          driver:wait(engine:pause(0.001))
          assert.equal(401, (driver:wait(search()):result()))
        end)
      end)

      it("goes on for others after an error of a function that it calls", function()
        local output = script [[
          local count = 0
          local plain = driver.ready
          function driver:ready()
            plain(self)
            count = count + 1
            if count == 1 then error "in the middle" end
          end
          run(function()
            driver:wait(driver.engine:pause(0.001))
            io.stderr:write "one\n"
            if adapter == package.loaded["tasklist.loop.cqueues"] then -- luv has ended the process
              driver:wait(driver.engine:pause(0.001))
              io.stderr:write "other\n"
            end
          end)
        ]]
        find(output, "Uncaught Error: ")
        find(output, "in the middle")
        find(output, "one\n")
        assert.equal(loop.name == "cqueues", output:find "other\n" ~= nil)
      end)
    end)

    describe("spawn:", function()
      it("starts one that may park", function()
        local results = {}
        run(function()
          for i = 1, 3 do
            adapter.spawn(function()
              assert(adapter.may_park())
              driver:wait(engine:pause(0.001 * i))
              results[#results + 1] = i
            end)
          end
          assert.same({}, results) -- not while this one runs
        end)
        table.sort(results)
        assert.same({ 1, 2, 3 }, results)
      end)

      it("closes what is open in one that raises, whose error goes the loop's own way after the others", function()
        local output = script [[
          local problem = setmetatable({}, { __tostring = function() return "an object" end })
          run(function()
            local one = adapter.spawn(function()
              local note <close> = setmetatable({}, { __close = function() io.stderr:write "closed\n" end })
              adapter.park()
              error(problem)
            end)
            local other = adapter.spawn(function()
              adapter.park()
              io.stderr:write "the other\n"
            end)
            driver:wait(driver.engine:pause(0.001)) -- they wait by now
            adapter.wake(one)
            adapter.wake(other)
          end)
        ]]
        find(output, "closed\n")
        find(output, "the other\n")
        find(output, "Uncaught Error: an object\n")
      end)
    end)

    describe("may_park", function()
      it("gives the same for all coroutines of a loop, and before any request", function()
        local found = {}
        local function ask() found[#found + 1] = assert(adapter.may_park()) end
        run(ask, ask, function()
          pcall(ask)
          adapter.spawn(ask)
          for _ in ask do error "it gave something" end -- an iterator of Lua's may be suspended
        end)
        assert.equal(5, #found)
        for _, identity in ipairs(found) do assert.equal(found[1], identity) end
      end)

      local places = {
        ["the callback of gsub"] = { "function of C", function(ask) ("a"):gsub("a", ask) end },
        ["that of sort"] = { "function of C", function(ask)
          table.sort({ 1, 2 }, function()
            ask()
            return false
          end)
        end },
        ["__tostring"] = { "function of C", function(ask)
          tostring(setmetatable({}, { __tostring = function()
            ask()
            return ""
          end }))
        end },
        ["a module that is loaded"] = { "function of C", function(ask)
          package.preload["spec.asks"] = ask
          require "spec.asks"
          package.preload["spec.asks"], package.loaded["spec.asks"] = nil, nil
        end },
        ["a finalizer"] = { "finalizer", function(ask)
          setmetatable({}, { __gc = ask })
          collectgarbage()
        end },
        ["a generator"] = { "was not started by", function(ask) coroutine.wrap(ask)() end },
      }
      for place, row in pairs(places) do
        it("says why nothing can be suspended in " .. place, function()
          local asked, found, why = 0, nil, nil
          run(function()
            row[2](function()
              asked = asked + 1
              found, why = adapter.may_park()
            end)
          end)
          assert.equal(1, asked)
          assert.is_nil(found)
          find(why, row[1])
        end)
      end

      it("says why nothing can be suspended outside the loop", function()
        local found, why = adapter.may_park()
        assert.is_nil(found)
        find(why, loop.name == "luv" and "main coroutine" or "no cqueues controller")
        found, why = coroutine.wrap(adapter.may_park)()
        assert.is_nil(found)
        find(why, loop.name == "luv" and "not started by" or "no cqueues controller")
      end)
    end)

    it("does not block the loop: its timer ticks while 20 wait", function()
      server:fault { path = "/v1/tasks/search", action = "silent", times = 20 }
      -- The pauses end when the timer has ticked, however slow the machine is. Where the loop is blocked they end by
      -- themselves, before it ticks.
      local pauses, owners, left = {}, {}, 20
      local waiting = {}
      for i = 1, 20 do
        waiting[i] = function()
          local request <close> = search() -- luacheck: ignore 211
          pauses[i], owners[i] = engine:pause(5), coroutine.running()
          driver:wait(pauses[i])
          left = left - 1
        end
      end
      local left_then
      run(function()
        repeat loop.sleep(0.001) until #owners == 20
        for _ = 1, 6 do loop.sleep(0.001) end
        left_then = left
        for i, pause in ipairs(pauses) do
          pause:close()
          driver.owners[pause] = nil
          adapter.wake(owners[i])
        end
      end, table.unpack(waiting))
      assert.same({ 20, 0 }, { left_then, left })
    end)
  end)
end

describe("the adapter for cqueues", function()
  local adapter = loops[1].adapter

  it("tells one controller from another", function()
    local found = {}
    for i = 1, 2 do
      loops[1].new():run_all(function() found[i] = adapter.may_park() end)
    end
    assert.equal("controller", cqueues.type(found[1]))
    assert.not_equal(found[1], found[2])
  end)

  it("lets the controller forget one of its own that was closed while it waited, which it complains of", function()
    local controller = cqueues.new()
    local co = coroutine.create(adapter.park)
    controller:attach(co)
    assert.is_true(controller:step(0))
    coroutine.close(co)
    local fine, problem = controller:loop()
    assert.is_falsy(fine)
    find(problem, "cannot resume dead coroutine")
    assert.is_true(controller:loop())
    assert.is_true(controller:empty())
  end)

  it("hands on what a spawned coroutine yields to the controller, and its answer", function()
    local signal, found = require("cqueues.condition").new(), nil
    loops[1].new():run_all(function()
      adapter.spawn(function() found = table.pack(cqueues.poll(signal, 10)) end)
      cqueues.sleep(0.001)
      signal:signal()
    end)
    assert.same({ n = 1, signal }, found)
  end)
end)

describe("the adapter for luv", function()
  it("has one watch for a descriptor", function()
    -- In a program of its own, since luv 1.44 loses some memory there.
    local output = connect.run_script [[
      local adapter = require "tasklist.loop.luv"
      local engine <close> = require("tasklist.core").engine { connect_timeout = 10 }
      local stop = adapter.watch(engine:fd(), function() end, function() end)
      print(pcall(adapter.watch, engine:fd(), function() end, function() end))
      stop()
      require("luv").run()
    ]]
    find(output, "false")
    find(output, "EEXIST")
  end)
end)
