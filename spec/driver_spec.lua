--- The engine's face to a driver, by hand: what an event loop would do with it; and the driver of the Lua layer.
local checkout = require "spec.support.checkout"
local connect = require "spec.support.client"
local core = require "tasklist.core"
local cqueues = require "cqueues"
local driver = require "tasklist.driver"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local seen = require "spec.support.seen"
local wait = require "spec.support.wait"

local host = os.getenv "TASKLIST_LUA" or checkout.build .. "/spec/host"

local patience = 20 -- seconds

describe("the engine's face to a driver", function()
  local server, engine
  setup(function() server = sandbox.start { tasks = { { id = "1" } } } end)
  teardown(function() server:stop() end)
  before_each(function()
    server:clear()
    engine = core.engine { connect_timeout = 5, retries = 1, trace = true }
  end)
  after_each(function()
    if not engine:closed() then cqueues.cancel((engine:fd())) end
    engine:close()
  end)

  local function search(who, timeout)
    return engine:start(who, "POST", server.base_url .. "/v1/tasks/search", "Accept: application/json\0", nil,
      timeout or patience, 1000000, true)
  end

  local function unassign(who)
    return engine:start(who, "PATCH", server.base_url .. "/v1/tasks/1/unassign", "Accept: application/json\0", nil,
      patience, 1000000, false)
  end

  -- One that signs in at the server, with the module's own kind of decoder.
  local function signing_in()
    return engine:sign_in { url = server.token_url, timeout = patience,
      read = function(_, body) return body:match('"access_token"%s*:%s*"([^"]+)"') end,
      headers = "Content-Type: application/x-www-form-urlencoded\0",
      form = { "grant_type", "client_credentials", "audience", "tasklist.camunda.io",
        "client_id", server.client_id, "client_secret", server.client_secret } }
  end

  -- A token that the API takes, as somebody else would get it.
  local function new_token()
    local client <close> = connect.of(server)
    assert(client:search_tasks { pageSize = 1 })
    return seen.last(server, "/oauth/token").token
  end

  -- Waits as an event loop does, on the descriptor alone, and steps. Gives what `done` gives.
  local function drive(done)
    local stop = core.now() + patience
    while true do
      local value = done()
      if value then return value end
      if core.now() > stop then error("it never ends", 2) end
      cqueues.poll { pollfd = assert(engine:fd()), events = "r", timeout = patience }
      engine:step()
    end
  end

  local function taken()
    return drive(function() return engine:take() end)
  end

  -- The identity that asks for a token, or nil. Whoever is to answer stays suspended, as in a loop.
  local answering = {}
  local function asked()
    local identity
    local co = coroutine.create(function()
      return engine:ask(function(given)
        identity = given
        coroutine.yield()
      end)
    end)
    assert(coroutine.resume(co))
    answering[#answering + 1] = co
    return identity
  end

  local function readable()
    return cqueues.poll({ pollfd = engine:fd(), events = "r" }, 0) ~= 0
  end

  it("has nothing to do at first", function()
    assert.equal(0, engine:in_flight())
    assert.is_nil(engine:timeout())
    assert.is_nil(engine:take())
    assert.is_nil(asked())
    assert.is_nil(engine:traced())
    assert.is_false(engine:step())
    assert.equal("integer", math.type(engine:fd()))
  end)

  it("gives each request when it is finished, and is quiet then", function()
    local one, other = search(), search(signing_in())
    assert.is_true(engine:in_flight() >= 2)
    local found = {}
    found[taken()] = true
    found[taken()] = true
    assert.same({ [one] = true, [other] = true }, found)
    assert.is_nil(engine:take())
    assert.equal(0, engine:in_flight())
    assert.equal(401, (one:result()))
    assert.equal(200, (other:result()))
    engine:idle()
    assert.is_false(readable())
    engine:fd() -- a host comes again
    search():close()
  end)

  it("can be waited on again after the host was gone", function()
    local first = search()
    assert.equal(first, taken())
    engine:idle()
    local second = search()
    assert.equal(second, taken())
  end)

  it("says when step has something to do by itself", function()
    local long <close> = engine:pause(1000)
    local left = engine:timeout()
    assert.is_true(left > 900 and left <= 1000, left)
    long:close()
    assert.is_nil(engine:timeout())
    local short <close> = engine:pause(0.001)
    drive(function() return engine:timeout() == 0 end)
    assert.equal(short, taken())
  end)

  it("counts fetches of tokens as in flight", function()
    server:fault { path = "/oauth/token", action = "silent" }
    local request = search(signing_in())
    assert.equal(2, engine:in_flight())
    request:close()
    assert.equal(1, engine:in_flight())
  end)

  it("does not give what was closed or let go of", function()
    local closed, kept = search(), search()
    search() -- let go of
    collectgarbage()
    collectgarbage()
    assert.equal(2, engine:in_flight())
    drive(function() return engine:in_flight() == 0 end)
    closed:close()
    assert.equal(kept, engine:take())
    assert.is_nil(engine:take())
  end)

  it("does not keep a request that is finished and let go of", function()
    local request = search()
    local known = setmetatable({ [request] = true }, { __mode = "k" })
    drive(function() return engine:in_flight() == 0 end)
    request = nil -- luacheck: ignore 311
    collectgarbage()
    collectgarbage()
    assert.is_nil(next(known))
    assert.is_nil(engine:take())
  end)

  it("leaves one that a decoder has settled to take", function()
    local request = search(signing_in())
    assert.equal(request, taken())
    assert.is_true((engine:wait(request)))
    assert.equal(200, (request:result()))
  end)

  describe("pauses", function()
    it("are taken when they are over", function()
      local second <close> = engine:pause(0.02)
      local first <close> = engine:pause(0.01)
      assert.equal(2, engine:in_flight())
      assert.equal(first, taken())
      assert.equal(second, taken())
      assert.equal(0, engine:in_flight())
      assert.is_nil(engine:timeout())
    end)

    it("are waited for", function()
      local start = core.now()
      local pause <close> = engine:pause(0.05)
      while not engine:wait(pause) do end
      assert.is_true(core.now() - start >= 0.05)
      assert.is_true((engine:wait(pause)))
    end)

    it("end when they are closed", function()
      local pause = engine:pause(1000)
      pause:close()
      pause:close()
      assert.equal(0, engine:in_flight())
      find(select(2, pcall(engine.wait, engine, pause)), "over")
      engine:pause(1000) -- let go of
      collectgarbage()
      collectgarbage()
      assert.equal(0, engine:in_flight())
    end)

    it("are finished before their time by who does not want to wait on, also while somebody waits", function()
      local pause <close> = engine:pause(1000)
      assert.is_true(engine:fd() >= 0)
      assert.is_false(readable())
      pause:finish()
      assert.is_true(readable())
      assert.equal(pause, taken())
      pause:finish()
      assert.is_nil(engine:take())
      assert.equal(0, engine:in_flight())
      local second <close> = engine:pause(1000)
      second:finish()
      assert.is_true((engine:wait(second)))
      second:close()
      second:finish()
      local last = engine:pause(1000)
      engine:close()
      last:finish()
    end)

    it("are no requests", function()
      local pause <close> = engine:pause(1000)
      local request <close> = search()
      assert.is_nil(pause.result)
      find(select(2, pcall(request.result, pause)), "tasklist.request expected, got tasklist.pause")
      find(select(2, pcall(pause.close, request)), "tasklist.pause expected, got tasklist.request")
      find(select(2, pcall(engine.pause, engine, 0)), "positive seconds")
    end)
  end)

  describe("an identity that asks for a token", function()
    it("is given once, and gets it whenever that is there", function()
      local token, who = new_token(), engine:bearer()
      local first, second = search(who), search(who)
      assert.is_true(engine:step())
      assert.equal(who, asked())
      assert.is_nil(asked())
      assert.is_false(engine:step())
      local other = search() -- other work
      assert.equal(other, taken())
      assert.equal(2, engine:in_flight())
      assert.is_true(engine:grant(who, token, 300))
      taken()
      taken()
      assert.equal(200, (first:result()))
      assert.equal(200, (second:result()))
      local third = search(who) -- by the same token
      assert.is_nil(asked())
      assert.equal(third, taken())
      assert.equal(200, (third:result()))
    end)

    it("is refused whenever that is known, and asks again at the next request", function()
      local object, who = {}, engine:bearer()
      local request = search(who)
      assert.equal(who, asked())
      assert.equal(search(), (taken()))
      assert.is_true(engine:refuse(who, { message = "none\0 today", object = object, error = "closed",
        error_description = "until noon" }))
      assert.equal(request, taken())
      local status, failure = request:result()
      assert.is_nil(status)
      assert.same({ kind = "auth", message = "none", error = "closed", error_description = "until noon" },
        { kind = failure.kind, message = failure.message, error = failure.error,
          error_description = failure.error_description })
      assert.equal(object, failure.object)
      request = search(who)
      assert.equal(who, asked())
      assert.is_true(engine:refuse(who, { message = "still none" }))
      failure = select(2, taken():result())
      assert.equal("still none", failure.message)
      assert.is_nil(failure.object)
      assert.is_false((pcall(request.result, request)))
    end)

    it("gives each failed request the object that it failed with, or none", function()
      local who = engine:bearer()
      local requests = {}
      for i = 1, 2 do
        requests[i] = search(who)
        assert.equal(who, asked())
        engine:refuse(who, { message = "none", object = { i } })
      end
      assert.is_nil(select(2, requests[1]:result()).object) -- another came after it
      assert.same({ 2 }, select(2, requests[2]:result()).object)
    end)

    it("asks again after the life of its token and after a 401", function()
      local who = engine:bearer()
      local request = search(who)
      asked()
      engine:grant(who, "nonsense")
      assert.equal(who, drive(asked))
      engine:grant(who, new_token(), 0.001)
      assert.equal(request, taken())
      assert.equal(200, (request:result()))
      request = search(who)
      assert.equal(who, drive(asked))
      request:close()
    end)

    it("gets nothing that it does not ask for", function()
      local who, fixed, other = engine:bearer(), engine:bearer("abc"), core.engine { connect_timeout = 5 }
      finally(function() other:close() end)
      assert.is_false(engine:grant(who, "abc"))
      assert.is_false(engine:refuse(fixed, { message = "no" }))
      local request = search(who)
      assert.is_false(engine:grant(who, "abc")) -- it has not been given yet
      assert.equal(who, asked())
      find(select(2, pcall(other.grant, other, who, "abc")), "another engine")
      find(select(2, pcall(other.refuse, other, who, { message = "no" })), "another engine")
      assert.is_false((pcall(engine.grant, engine, who, {})))
      assert.is_false((pcall(engine.refuse, engine, who, {})))
      assert.is_true(engine:refuse(who, { message = "no" }))
      assert.is_false(engine:refuse(who, { message = "no, no" }))
      assert.is_false(engine:grant(who, "abc"))
      assert.equal("no", select(2, request:result()).message)
    end)

    it("may be answered when nobody waits any more", function()
      local who = engine:bearer()
      search(who):close()
      assert.equal(who, asked())
      assert.is_true(engine:grant(who, new_token()))
      local request = search(who)
      assert.is_nil(asked())
      assert.equal(request, taken())
      assert.equal(200, (request:result()))
    end)

    it("leaves a request that does not wait as long alone", function()
      local who = engine:bearer()
      local brief = search(who, 0.01)
      assert.equal(who, asked())
      assert.equal(brief, taken())
      local _, failure = brief:result()
      assert.equal("timeout", failure.kind)
      find(failure.message, "waiting for a token")
      local patient = search(who)
      assert.is_nil(asked()) -- the question stands
      assert.is_true(engine:grant(who, new_token()))
      assert.equal(patient, taken())
      assert.equal(200, (patient:result()))
    end)

    it("may be closed with its engine in between", function()
      local who = engine:bearer()
      local request = search(who)
      assert.equal(who, asked())
      cqueues.cancel((engine:fd()))
      engine:close()
      assert.is_false(engine:grant(who, "abc", 300))
      assert.is_false(engine:refuse(who, { message = "no" }))
      find(select(2, pcall(request.result, request)), "closed client")
    end)

    it("is refused when who was to answer ends without, raises or is closed", function()
      local who = engine:bearer()
      local request = search(who)
      find(select(2, pcall(engine.ask, engine, function(identity, more)
        assert.equal(who, identity)
        error(more)
      end, "no token")), "no token")
      local _, failure = request:result()
      assert.equal("auth", failure.kind)
      find(failure.message, "token function")
      request = search(who)
      assert.is_true(engine:ask(function() end))
      find(select(2, request:result()).message, "token function")
      request = search(who)
      assert.equal(who, asked())
      assert(coroutine.close(answering[#answering]))
      find(select(2, request:result()).message, "token function")
      request = search(who)
      assert.is_true(engine:ask(function(identity) engine:grant(identity, new_token()) end))
      assert.is_false(engine:ask(function() end))
      assert.equal(request, taken())
      assert.equal(200, (request:result()))
    end)
  end)

  it("lets wait return for whoever serves identities and traces", function()
    local who = engine:bearer()
    local request = search(who)
    assert.same({ false, true }, { engine:wait(request) })
    assert.equal(who, asked())
    engine:grant(who, new_token())
    assert.same({ true, true }, { engine:wait(request) })
    assert.equal(200, engine:traced().status)
    assert.is_nil(engine:traced())
    assert.same({ true, false }, { engine:wait(request) })
  end)

  it("takes by wait what else finishes meanwhile, or the next wait would not wait", function()
    local request = search()
    repeat
      local pause <close> = engine:pause(0.01)
      while not engine:wait(pause) do engine:traced() end
    until engine:in_flight() == 0
    assert.is_nil(engine:take())
    assert.equal(401, (request:result()))
  end)

  it("tells of each attempt, once", function()
    local request = search(signing_in())
    assert.equal(request, taken())
    local token, call = engine:traced(), engine:traced()
    assert.same({ "token", server.token_url, 200 }, { token.sign_in, token.url, token.status })
    assert.same({ "POST", server.base_url .. "/v1/tasks/search", 200 }, { call.method, call.url, call.status })
    assert.is_nil(engine:traced())
  end)

  it("says of which request an attempt was", function()
    local request = search(signing_in())
    assert.equal(request, taken())
    assert.same({ n = 1 }, { n = select("#", engine:traced()) - 1 }) -- the sign-in's has none
    assert.equal(request, select(2, engine:traced()))
    search(nil, 0.001)
    drive(function() return engine:in_flight() == 0 end)
    collectgarbage()
    collectgarbage()
    assert.is_nil(select(2, engine:traced())) -- let go of
    search():close()
    -- In the place of the one before.
    local later <close> = search() -- luacheck: ignore 211
    assert.is_nil(select(2, engine:traced()))
  end)

  it("shows what is finished before it is taken", function()
    local request = search()
    search() -- let go of
    collectgarbage()
    collectgarbage()
    drive(function() return engine:in_flight() == 0 end)
    assert.equal(request, engine:finished())
    assert.equal(request, engine:finished())
    assert.equal(request, engine:take())
    assert.is_nil(engine:finished())
  end)

  it("gives again what was taken before somebody waits for it", function()
    local request = search()
    assert.is_false(engine:give_again(request))
    assert.is_nil(engine:take())
    assert.equal(request, taken())
    assert.is_nil(engine:take())
    assert.is_true(engine:give_again(request))
    assert.is_true(engine:give_again(request))
    assert.is_true(readable())
    assert.equal(request, taken())
    assert.is_nil(engine:take())
    request:result()
    assert.is_false(engine:give_again(request))
  end)

  it("says how often a request that is ended went out", function()
    server:fault { path = "/v1", action = "silent" }
    local out, waiting = search(), search(engine:bearer())
    wait.until_true(function()
      engine:step()
      return #server:log() == 1
    end, "the server never sees it")
    assert.equal(1, select(2, out:close()))
    assert.equal(0, select(2, waiting:close()))
  end)

  it("blocks until there is something to do", function()
    local pause <close> = engine:pause(0.02)
    while not engine:give_again(pause) do
      assert.is_true(engine:block())
      engine:step()
    end
  end)

  it("says whether a step has brought a question", function()
    local who = engine:bearer()
    search(who)
    assert.same({ true, true }, { engine:step() })
    assert.equal(who, asked())
    assert.same({ false, false }, { engine:step() })
  end)

  it("finishes a request before its time for who does not want to wait on, also while somebody waits", function()
    server:fault { path = "/v1", action = "silent" }
    local request <close> = search()
    wait.until_true(function()
      engine:step()
      return #server:log() == 1
    end, "the server never sees it")
    request:finish()
    assert.is_true(readable())
    assert.equal(request, taken())
    request:finish()
    assert.is_nil(engine:take())
    local given, failure = request:result()
    assert.is_nil(given)
    assert.same({ kind = "closed", message = "given up", attempts = 1 }, failure)
    request:finish()
    local queued <close> = search(engine:bearer())
    queued:finish()
    assert.is_true((engine:wait(queued)))
    assert.equal(0, engine:in_flight())
    local last = search()
    engine:close()
    last:finish()
  end)

  it("says of a write that is ended in flight that it may have been executed", function()
    server:fault { { path = "/v1", action = "silent" }, { path = "/v1", action = "silent" } }
    local read, write, waiting = search(), unassign(), unassign(engine:bearer())
    wait.until_true(function()
      engine:step()
      return #server:log() == 2
    end, "the server never sees them")
    assert.equal("unknown", write:close())
    assert.is_nil(write:close())
    assert.is_nil(read:close())
    assert.is_nil(waiting:close())
    assert.is_nil(unassign():close()) -- nothing has gone out
  end)

  it("has nothing for a driver any more once it is closed", function()
    local request = search(engine:bearer())
    cqueues.cancel((engine:fd()))
    engine:close()
    assert.is_nil(engine:take())
    assert.is_nil(asked())
    assert.is_nil(engine:traced())
    assert.is_nil(engine:timeout())
    assert.equal(0, engine:in_flight())
    engine:idle()
    for _, name in ipairs { "fd", "step", "pause", "wait" } do
      find(select(2, pcall(engine[name], engine, name == "wait" and request or 1)), "closed client")
    end
  end)

  it("gives an error when the system has no descriptor left for its timer", function()
    local output, fine = connect.run_script [[
      local core = require "tasklist.core"
      local engine = core.engine { connect_timeout = 5 }
      local files = {}
      local file
      repeat -- each is kept, or the garbage collector gives its descriptor back
        file = io.open "/dev/null"
        files[#files + 1] = file
      until not file
      local fd, failure = engine:fd()
      assert(fd == nil and failure.kind == "limit", failure)
      assert(failure.message:find "descriptor")
      files = nil
      collectgarbage()
      assert(engine:fd())
    ]]
    assert.is_true(fine, output)
  end)

  describe("has a driver", function()
    local function raises_each(count)
      local calls = 0
      return function()
        calls = calls + 1
        if calls <= count then error { number = calls } end
      end
    end

    it("that calls the user's functions, while steps call none", function()
      local calls, who = {}, engine:bearer()
      local made = driver.new(engine, function(event) calls[#calls + 1] = event.status end, {
        [who] = function()
          calls[#calls + 1] = "token"
          return new_token()
        end,
      })
      local request = search(who)
      assert.is_true(engine:step())
      assert.same({}, calls)
      made:serve()
      assert.same({ "token" }, calls)
      assert.equal(request, taken())
      assert.same({ "token" }, calls)
      made:serve()
      assert.same({ "token", 200 }, calls)
    end)

    it("that keeps the first error of a trace function for the verb that drives next", function()
      local made = driver.new(engine, raises_each(2), {})
      for _ = 1, 2 do
        search()
        taken()
      end
      made:serve()
      local ok, problem = pcall(made.step, made)
      assert.is_false(ok)
      assert.same({ number = 1 }, problem)
      made:step()
      made:wait(search())
    end)

    it("that hands an error on before it waits", function()
      local made = driver.new(engine, raises_each(1), {})
      search()
      taken()
      made:serve()
      local long <close> = engine:pause(1000)
      local ok, problem = pcall(made.wait, made, long)
      assert.is_false(ok)
      assert.same({ number = 1 }, problem)
      made:step()
    end)

    it("that hands on what is no error object, too", function()
      local made = driver.new(engine, function() error(nil) end, {})
      local ok, problem = pcall(made.wait, made, search())
      assert.is_false(ok)
      assert.is_nil(problem)
    end)

    it("whose functions may close the engine", function()
      local who = engine:bearer()
      local made = driver.new(engine, nil, { [who] = function()
        engine:close()
        return "abc"
      end })
      local request = search(who)
      find(select(2, pcall(made.wait, made, request)), "closed client")
      made:serve()
    end)

    it("that lets no question stand when there is no memory for the answer", function()
      local path = os.tmpname()
      finally(function() os.remove(path) end)
      local file = assert(io.open(path, "w"))
      file:write [[
        local core, driver, starve = require "tasklist.core", require "tasklist.driver", require "host".starve
        local engine = core.engine { connect_timeout = 5, retries = 0, trace = true }
        local calls, who = 0, engine:bearer()
        local made = driver.new(engine, function() end, { [who] = function()
          calls = calls + 1
          return nil, setmetatable({}, { __tostring = function() return "none, try " .. calls end })
        end })
        local function start()
          return engine:start(who, "GET", "http://127.0.0.1:1", "", nil, 10, 1000, true)
        end
        local failures = 0
        repeat
          local request = start()
          local fine = starve(failures, made.wait, made, request)
          while not engine:wait(request) do made:serve() end
          local ok, _, failure = pcall(request.result, request)
          assert(not ok or failure.kind == "auth", failure and failure.message)
          request = start()
          local before = calls
          made:wait(request)
          assert(calls == before + 1, "it does not ask again")
          assert(select(2, request:result()).message == "none, try " .. calls)
          failures = failures + 1
        until fine and failures > 3
        assert(failures < 1000)
        print "fine"
      ]]
      file:close()
      local pipe = assert(io.popen(("%s timeout 60 %s %s 2>&1"):format(checkout.environment, host, path)))
      local output = pipe:read("a")
      pipe:close()
      assert.equal("fine\n", output)
    end)
  end)
end)
