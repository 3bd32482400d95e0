--- Calls inside of a loop park, and none blocks; and what is different there. Runs inside of each loop, see
-- spec/support/inside.lua.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local inside = require "spec.support.inside"
local sandbox = require "spec.support.sandbox"

describe("inside of " .. inside.mode, function()
  local server, client

  setup(function()
    local tasks = {}
    for i = 1, 12 do tasks[i] = { id = tostring(i) } end
    server = sandbox.start { tasks = tasks }
    client = connect.of(server)
  end)
  teardown(function()
    client:close()
    server:stop()
  end)
  before_each(function() server:clear() end)

  -- How often coroutines were suspended in a function.
  local function parks(fn)
    local before = inside.parked
    fn()
    assert.equal(0, inside.blocked)
    return inside.parked - before
  end

  it("a test runs in a coroutine", function()
    assert.is_true(coroutine.isyieldable())
  end)

  -- Of a client that was made before the test, and of one that is made by it.
  for name, choose in pairs {
    before = function() return client end,
    within = function() return connect.of(server) end,
  } do
    describe("a client made " .. name .. " the test", function()
      local own
      local function begin() own = choose() end

      it("parks in each call, once for each request", function()
        begin()
        assert.equal(1, parks(function() assert(own:search_tasks()) end))
        assert.equal(1, parks(function() assert(own:assign_task(1, { assignee = "a" })) end))
        assert.equal(1, parks(function() assert(own:request("GET", "/v1/tasks/1")) end))
        assert.equal(1, parks(function() assert.is_nil((own:get_task(0))) end))
      end)

      it("parks in a call that is tried again", function()
        begin()
        server:fault { path = "/v1", action = "status", status = 503 }
        assert.equal(1, parks(function() assert(own:search_tasks()) end))
        assert.equal(2, #server:log() - (name == "within" and 1 or 0)) -- without the sign-in
      end)

      it("parks for each page of a walk", function()
        begin()
        local tasks = 0
        local count = parks(function()
          for _ in own:tasks { pageSize = 5 } do tasks = tasks + 1 end
        end)
        assert.same({ 12, 3 }, { tasks, count })
      end)

      it("parks between the rounds of a watch", function()
        begin()
        local page = '[{"id":"%d","sortValues":["1"]}]'
        server:fault { { path = "/v1", action = "body", body = page:format(1) },
          { path = "/v1", action = "body", body = page:format(2) } }
        local ids = {}
        local count = parks(function()
          for task in own:watch({}, { interval = 0.01 }) do
            ids[#ids + 1] = task.id
            if #ids == 2 then break end
          end
        end)
        assert.same({ "1", "2" }, ids)
        assert.equal(3, count) -- a round, the pause, a round
      end)
    end)
  end

  it("what blocks is noticed", function()
    local pause <close> = client.connection.engine:pause(0.001)
    client.connection.engine:wait(pause)
    assert.equal(1, inside.blocked)
    inside.blocked = 0
  end)

  it("what is raised tells its place", function()
    local _, problem = pcall(function() client:get_task {} end)
    find(problem, "spec/inside/inside_spec.lua:" .. debug.getinfo(1, "l").currentline - 1 .. ": get_task: ")
  end)

  it("a coroutine of one's own cannot wait", function()
    local fine, problem = coroutine.resume(coroutine.create(function()
      for _ in client:tasks() do error "a task" end
    end))
    assert.is_false(fine)
    find(problem, "tasks: ")
    find(problem, "coroutine")
    assert(client:search_tasks())
  end)

  describe("a trace function", function()
    it("cannot call what would wait", function()
      local own <close> = connect.of(server, { trace = function(event)
        if not event.sign_in then client:get_task(1) end
      end })
      local fine, problem = pcall(own.search_tasks, own)
      assert.is_false(fine)
      find(problem, "get_task: ")
    end)

    it("may close its client", function()
      local own
      own = connect.of(server, { trace = function() own:close() end })
      local _, failure = own:search_tasks()
      assert.equal("closed", failure.kind)
      find(select(2, pcall(own.search_tasks, own)), "attempt to use a closed client")
    end)
  end)

  describe("a token function", function()
    it("cannot call the client that waits for it", function()
      local own
      own = connect.to(server, { token = function() return own:search_tasks() end })
      local _, failure = own:search_tasks()
      assert.equal("auth", failure.kind)
      find(failure.message, "cannot call the client that waits for its token")
      own:close()
    end)

    it("may close its client", function()
      local own
      own = connect.to(server, { token = function()
        own:close()
        return "abc"
      end })
      local _, failure = own:search_tasks()
      assert.equal("closed", failure.kind)
    end)
  end)

  if inside.mode == "cqueues" then
    it("what another coroutine raises is noticed", function()
      local cqueues = require "cqueues"
      cqueues.running():wrap(error, "enough", 0)
      assert(client:search_tasks())
      assert.same({ "enough" }, inside.problems)
      table.remove(inside.problems)
    end)
  end
end)
