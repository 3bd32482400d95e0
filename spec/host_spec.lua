--- What a program that embeds Lua sees of the module.
local checkout = require "spec.support.checkout"
local connect = require "spec.support.client"
local sandbox = require "spec.support.sandbox"

describe("the module", function()
  it("exports its opening function and nothing else", function()
    local pipe = assert(io.popen("nm -D --defined-only " .. checkout.build .. "/tasklist/core.so"))
    local names = {}
    for name in pipe:read("a"):gmatch("%u ([%w_]+)\n") do names[#names + 1] = name end
    pipe:close()
    assert.same({ "luaopen_tasklist_core" }, names)
  end)

  it("has a core that knows no Lua", function()
    local rooms = assert(io.popen "lua5.4 tools/includes 2>&1")
    assert.is_nil(rooms:read("a"):match "[^\n]*<l%w+%.h> may only[^\n]*")
    rooms:close()
    local calls = assert(io.popen("nm " .. checkout.build .. "/libtasklist_core.a | grep -c ' U lua'"))
    assert.equal("0\n", calls:read("a"))
    calls:close()
  end)

  it("loads what most programs never need only when they need it", function()
    local output, fine = connect.run_script [[
      local tasklist = require "tasklist"
      tasklist.new { env = false, base_url = "https://h.example", client_id = "a", client_secret = "b" }:close()
      for _, name in ipairs { "about", "advice", "api.exchange", "api.finding", "api.paths", "api.rare_shapes",
        "api.search", "api.v2", "asking", "completion", "dates", "endings", "header_block", "iterating", "many",
        "nearest", "newer_site", "pages", "refusals", "request", "settings.cache_folder", "settings.cluster",
        "settings.env_file", "settings.no_proxy", "settings.proxies", "settings.readable", "sign_in", "values",
        "walk_query", "walks", "watch", "way_hints", "words" } do
        assert(not package.loaded["tasklist." .. name], name)
      end
    ]]
    assert.is_true(fine, output)
  end)

  it("gives an error when the system has no descriptor left, and serves when it has again", function()
    local output, fine = connect.run_script [[
      local tasklist = require "tasklist"
      local function new()
        return tasklist.new { base_url = "https://h.example", token = "a", ca_file = "README.md" }
      end
      assert(new()):close()
      local files = {}
      local file
      repeat -- each is kept, or the garbage collector gives its descriptor back
        file = io.open "/dev/null"
        files[#files + 1] = file
      until not file
      local client, failure = new()
      assert(client == nil and failure.kind == "limit", failure)
      assert(tostring(failure):find "descriptor")
      files = nil
      collectgarbage()
      assert(new()):close()
    ]]
    assert.is_true(fine, output)
  end)

  -- libcurl 7.88 closes the socket of a connection that is given up while it is made, and does not say so.
  it("keeps nothing of connections that were given up, and takes no descriptor of the host's for theirs", function()
    local server = sandbox.start()
    finally(function() server:stop() end)
    local output, fine = connect.run_in_host(([[
      local host, core = require "host", require "tasklist.core"
      local engine = core.engine { connect_timeout = 5 }
      local function give_up()
        local request = engine:start(nil, "GET", %q, "", nil, 5, 1000)
        engine:step()
        request:close()
      end
      local function used_after(count)
        for _ = 1, count do give_up() end
        collectgarbage() -- finalizers
        collectgarbage()
        return host.used()
      end
      local before = used_after(1)
      local growth = used_after(100) - before
      assert(growth < 1000, growth)
      local files = {}
      for place = 1, 5 do files[place] = io.tmpfile() end
      assert(host.in_child(function()
        engine:close()
        for _, file in ipairs(files) do assert(file:write "x" and file:flush()) end
      end))
    ]]):format(server.base_url))
    assert.is_true(fine, output)
  end)

  local slow = "LD_PRELOAD=" .. checkout.build .. "/spec/slow_lookup.so"

  it("is not held by a slow name lookup, nor is the end of the state", function()
    -- The process goes on for 5 s after the state that started the lookup is closed, so that the
    -- lookup's thread comes back to a process that has to be whole. cqueues threads have own states.
    local output, fine = connect.run_script([[
      local cqueues, thread = require "cqueues", require "cqueues.thread"
      local start = cqueues.monotime()
      local worker = thread.start(function()
        local cqueues = require "cqueues"
        local client = require("tasklist").new { base_url = "https://slow.example", client_id = "a",
          client_secret = "b", authorization_server_url = "https://slow.example/token", timeout = 0.5 }
        local start = cqueues.monotime()
        local _, failure = client:search_tasks()
        assert(failure.kind == "timeout", tostring(failure))
        assert(cqueues.monotime() - start < 3, "held by the lookup")
      end)
      local ended, problem = worker:join(30)
      assert(ended, problem)
      assert(cqueues.monotime() - start < 3, "lua_close was held by the lookup")
      cqueues.sleep(5)
      print "alive"
    ]], slow)
    assert.equal("alive\n", output)
    assert.is_true(fine)
  end)

  it("collects clients in the middle of a state's end without harm", function()
    local server = sandbox.start()
    finally(function() server:stop() end)
    local output, fine = connect.run_script(([[
      local tasklist = require "tasklist"
      local options = { base_url = %q, authorization_server_url = %q, client_id = %q, client_secret = %q }
      kept = {}
      for i = 1, 20 do
        local client = tasklist.new(options)
        assert(client:search_tasks { pageSize = 1 })
        if i %% 2 == 0 then kept[i] = client end
      end
      print "done"
    ]]):format(server.base_url, server.token_url, server.client_id, server.client_secret))
    assert.equal("done\n", output)
    assert.is_true(fine)
  end)

  it("lets Ctrl-C end a call at once, and the client stays usable", function()
    local server = sandbox.start()
    finally(function() server:stop() end)
    server:fault { path = "/v1", action = "silent" }
    local output = connect.run_script(([[
      local client = require("tasklist").new { base_url = %q, authorization_server_url = %q, client_id = %q,
        client_secret = %q, timeout = 50 }
      local pid = io.open("/proc/self/stat"):read("n")
      os.execute("(sleep 0.5; kill -INT " .. pid .. ") &")
      local ok, problem = pcall(client.search_tasks, client)
      print(ok, problem)
      print(#client:search_tasks { pageSize = 1 })
    ]]):format(server.base_url, server.token_url, server.client_id, server.client_secret))
    assert.truthy(output:find("^false\t.*interrupted!\n1\n$"), output)
  end)
end)

describe("an example", function()
  it("prints the tasks of the server that the environment names", function()
    local server = sandbox.start()
    finally(function() server:stop() end)
    local script = assert(io.open("examples/search.lua")):read("a")
    local output, fine = connect.run_script(script, ("ZEEBE_CLIENT_ID=%s ZEEBE_CLIENT_SECRET=%s "
      .. "ZEEBE_AUTHORIZATION_SERVER_URL=%s CAMUNDA_TASKLIST_BASE_URL=%s"):format(server.client_id,
      server.client_secret, server.token_url, server.base_url))
    assert.is_true(fine, output)
    local client <close> = connect.of(server)
    local tasks = assert(client:search_tasks { state = "CREATED" })
    local lines = 0
    for line in output:gmatch("[^\n]+") do
      lines = lines + 1
      local task = tasks[lines]
      assert.truthy(line:find(task.id, 1, true) and line:find(task.name, 1, true), line)
    end
    assert.equal(#tasks, lines)
  end)

  it("is the one in the README", function()
    local readme = assert(io.open("README.md")):read("a")
    local script = assert(io.open("examples/search.lua")):read("a")
    assert.truthy(readme:find("```lua\n" .. script .. "```", 1, true))
  end)

  it("ends with what is missing", function()
    local script = assert(io.open("examples/search.lua")):read("a")
    local output, fine = connect.run_script(script, "env -u ZEEBE_CLIENT_ID")
    assert.is_false(fine)
    assert.truthy(output:find("is missing: set CAMUNDA_TASKLIST_BASE_URL (option \"base_url\")", 1, true), output)
  end)
end)
