--- A program with a Lua state in each of several threads, and one that uses libcurl itself.
--
-- `make test-tsan` runs this with the host under the thread sanitizer, which ends a script with what it has found.
local connect = require "spec.support.client"
local sandbox = require "spec.support.sandbox"

-- What thread `number` does with a client of its own, again and again, in a new state each time.
local WORK = [=[
  local number = ...
  local tasklist = require "tasklist"
  local client <close> = assert(tasklist.new { timeout = 20 })
  local deeds = {
    function() for _ in client:tasks { pageSize = 5 } do end end,
    function()
      for task in client:claim({}, "thread " .. number, { limit = 3 }) do
        assert(client:complete_task(task, { number = number }))
      end
    end,
    function()
      local results, errors = client:map({ 1, 2, 3, 4 }, function(id) return client:variables(id) end)
      assert(results.n == 4 and not next(errors))
    end,
    function()
      for _ = 1, 10 do
        local brief <close> = assert(tasklist.new())
        assert(brief:get_task "1")
      end
    end,
    function()
      local seen = 0
      for _, again in client:watch({}, { interval = 0.01 }) do
        again()
        seen = seen + 1
        if seen == 20 then break end
      end
    end,
    function() -- ends with requests in flight
      client:map({ 1, 2, 3, 4 }, function(id)
        assert(client:search_tasks { pageSize = 1 })
        if id == 4 then client:close() end
      end)
    end,
  }
  local fine, problem = pcall(deeds[number])
  if not fine and not tostring(problem):find "closed" then error(problem, 0) end
]=]

local TASKS = {}
for id = 1, 200 do
  TASKS[id] = { id = ("%d"):format(id), variables = { { name = "amount", value = "1" } } }
end

local ROUNDS = 8

-- Each: the server's options; variables for all threads; name -> value.
local servers = {
  { "over plain connections", {}, "" },
  { "over TLS", { tls = "good" }, "" },
  { "with a token that they share, which lives briefly", { token_life = 1 }, "CAMUNDA_TOKEN_CACHE_DIR=%s/cache" },
}

describe("threads with a state each", function()
  local folder
  before_each(function()
    local pipe <close> = assert(io.popen "mktemp -d")
    folder = pipe:read "l"
  end)
  after_each(function() os.execute("rm -r " .. folder) end)

  for _, row in ipairs(servers) do
    it("do not disturb each other " .. row[1], function()
      row[2].tasks = TASKS
      local server <close> = sandbox.start(row[2])
      local environment = ("%s CAMUNDA_CUSTOM_ROOT_CERT_PATH=%s %s"):format(connect.environment(server),
        server.ca_file or "", row[3]:format(folder))
      assert.equal("fine\n", (connect.run_in_host(([[
        require "host".in_threads(6, %d, %q)
        print "fine"
      ]]):format(ROUNDS, WORK), environment)))
    end)
  end

  it("may make their first clients at the same time", function()
    local server <close> = sandbox.start { tls = "good" }
    local environment = ("%s CAMUNDA_CUSTOM_ROOT_CERT_PATH=%s"):format(connect.environment(server), server.ca_file)
    for _ = 1, 5 do
      assert.equal("fine\n", (connect.run_in_host([[
        require "host".in_threads(6, 1, "assert(assert(require 'tasklist'.new()):search_tasks())")
        print "fine"
      ]], environment)))
    end
  end)
end)

describe("a host that uses libcurl", function()
  -- What it does before the first client is made, and while there is one. libcurl counts "init", and "use" where there
  -- was none before it; "cleanup" counts back.
  local rows = {
    { { "init" }, { "cleanup" } },
    { { "use" }, { "cleanup" } },
    { { "init", "use", "cleanup" }, {} },
    { {}, { "init", "use", "cleanup" } },
    { {}, { "use", "cleanup" } }, -- takes back what it has not counted
    { { "init" }, { "cleanup", "cleanup", "cleanup" } },
  }
  for _, row in ipairs(rows) do
    local before, after = table.concat(row[1], ", "), table.concat(row[2], ", ")
    it(("may do this before there is a client: %s; and while there is one: %s"):format(before, after), function()
      local server <close> = sandbox.start { tls = "good", tasks = { { id = "1" } } }
      local environment = ("%s CAMUNDA_CUSTOM_ROOT_CERT_PATH=%s"):format(connect.environment(server), server.ca_file)
      assert.equal("fine\n", (connect.run_in_host(([[
        local host, tasklist = require "host", require "tasklist"
        local function perform(deeds)
          for deed in deeds:gmatch "%%l+" do host.libcurl(deed) end
        end
        perform %q
        local client = assert(tasklist.new())
        assert(client:get_task "1")
        perform %q
        assert(client:map({ 1, 1, 1 }, function(id) return client:get_task(id) end)[3]) -- by new connections, too
        local other <close> = assert(tasklist.new())
        assert(other:get_task "1")
        client:close()
        assert(other:get_task "1")
        print "fine"
      ]]):format(before, after), environment)))
    end)
  end
end)
