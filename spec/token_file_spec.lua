--- The token file that processes share, by real processes: what counts is how many requests the token endpoint got.
local connect = require "spec.support.client"
local digest = require "openssl.digest"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local wait = require "spec.support.wait"

local search_once = [[
  local client <close> = assert(require("tasklist").new())
  assert(client:search_tasks { pageSize = 1 })
  print "fine"
]]

local function read(path)
  local file = io.open(path)
  local text = file and file:read("a")
  if file then file:close() end
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

local function shell(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  assert(pipe:close())
  return text
end

local function count(text, part)
  local _, found = text:gsub(part, "")
  return found
end

local function escape(name)
  return (name:gsub("%-", "%%-"))
end

describe("the token file", function()
  local server, base, folder, before
  setup(function() server = sandbox.start() end)
  teardown(function() server:stop() end)
  before_each(function()
    base = shell("mktemp -d"):gsub("\n", "")
    folder = base .. "/cache"
    server:clear()
    before = server:stats().requests
  end)
  after_each(function() os.execute("rm -r " .. base) end)

  local function requests(path)
    return (server:stats().requests[path] or 0) - (before[path] or 0)
  end

  local function settings(more)
    return ("CAMUNDA_TOKEN_CACHE_DIR=%s %s %s"):format(folder, connect.environment(server), more or "")
  end

  local function run(script, times)
    local output = connect.run_script(script, settings(), times or 1)
    assert.equal(("fine\n"):rep(times or 1), output)
  end

  local function path_of(ending)
    return (shell(("ls %s/*.%s"):format(folder, ending)):gsub("\n", ""))
  end

  -- What the file says is changed, and made whole again.
  local function change(changes)
    local path = path_of "token"
    local content = read(path):gsub("check %x+\n$", "")
    for name, value in pairs(changes) do
      content = content:gsub("\n" .. escape(name) .. " [^\n]*", "\n" .. name .. " " .. value)
    end
    local check = digest.new("sha256"):final(content):gsub(".", function(byte)
      return ("%02x"):format(byte:byte())
    end)
    write(path, content .. "check " .. check .. "\n")
  end

  local function field(name)
    return read(path_of "token"):match("\n" .. escape(name) .. " ([^\n]*)")
  end

  -- Its token is so old by both clocks.
  local function age(seconds)
    change { ["asked-boot"] = field "asked-boot" - seconds * 1000000 // 1,
      ["asked-wall"] = field "asked-wall" - seconds * 1000000 // 1 }
  end

  it("makes one token request of 100 scripts that start at once", function()
    server:fault { path = "/oauth/token", action = "delay", seconds = 1 } -- time for all to come
    run(search_once, 100)
    assert.equal(1, requests "/oauth/token")
    assert.equal(100, requests "/v1/tasks/search")
  end)

  it("leaves a script with a live token exactly one request", function()
    run(search_once)
    before = server:stats().requests
    run(search_once)
    local all = 0
    for path in pairs(server:stats().requests) do all = all + requests(path) end
    assert.equal(1, all)
    assert.equal(1, requests "/v1/tasks/search")
  end)

  it("is off unless it is asked for", function()
    local home = "XDG_CACHE_HOME=" .. base
    assert.equal("fine\n", (connect.run_script(search_once, settings(home .. " CAMUNDA_TOKEN_CACHE_DIR="))))
    local off = search_once:gsub("new%(%)", "new{ token_cache = false }")
    assert.equal("fine\n", (connect.run_script(off, settings())))
    assert.equal("", shell("ls " .. base))
    local on = search_once:gsub("new%(%)", "new{ token_cache = true }")
    assert.equal("fine\n", (connect.run_script(on, settings(home .. " CAMUNDA_TOKEN_CACHE_DIR="))))
    assert.equal("tasklist\n", shell("ls " .. base))
  end)

  it("is readable by its owner only, and names nobody", function()
    run(search_once)
    assert.equal("700\n", shell("stat -c %a " .. folder))
    assert.equal("600\n600\n", shell(("stat -c %%a %s/*"):format(folder)))
    assert.equal(2, count(shell("ls " .. folder), "%x+%.%l+\n"))
    local text = read(path_of "token")
    for _, hidden in ipairs { server.client_id, server.client_secret, server.token_url, "tasklist.camunda.io" } do
      assert.falsy(text:find(hidden, 1, true), hidden)
    end
  end)

  it("has another token for another secret, audience, scope and resource", function()
    local loose = sandbox.start { check_client = false, check_audience = false }
    finally(function() loose:stop() end)
    local rows = { {}, { client_secret = "b" }, { client_id = "b" }, { audience = "b" }, { scope = "b" },
      { resource = "b" }, { client_auth = "basic" },
      { client_auth = "basic", client_secret = "b" } }
    for _ = 1, 2 do
      for _, row in ipairs(rows) do
        row.token_cache = folder
        local client <close> = connect.of(loose, row)
        assert(client:search_tasks { pageSize = 1 })
      end
      assert.equal(#rows, loose:stats().requests["/oauth/token"])
      assert.equal(#rows, count(shell(("ls %s/*.token"):format(folder)), "\n"))
    end
  end)

  -- Goes on until another token is in the file, and a little longer.
  local search_until_renewed = [[
    local function content()
      local file <close> = assert(io.open(path))
      return file:read("a")
    end
    local first, left = content(), 5
    local client <close> = assert(require("tasklist").new())
    repeat
      assert(client:search_tasks { pageSize = 1 })
      left = content() == first and left or left - 1
    until left == 0
    print "fine"
  ]]

  it("is renewed by one of ten processes under load, while the others go on", function()
    run(search_once)
    age(275) -- of 300 s
    local old = field "token"
    before = server:stats().requests
    server:clear()
    server:fault { path = "/oauth/token", action = "delay", seconds = 0.5 }
    run(("local path = %q\n"):format(path_of "token") .. search_until_renewed, 10)
    assert.equal(1, requests "/oauth/token")
    assert.not_equal(old, field "token")
    for _, entry in ipairs(server:log()) do assert.not_equal(401, entry.status) end
  end)

  -- Each waits at the start and at the renewal, with more than half of `timeout` in between.
  it("is asked for once each time that ten processes want it", function()
    local brief = sandbox.start { token_life = 4 }
    finally(function() brief:stop() end)
    brief:fault { path = "/oauth/token", action = "delay", seconds = 0.3, times = 100 }
    local output = connect.run_script([[
      local function content()
        for path in io.popen("ls $CAMUNDA_TOKEN_CACHE_DIR/*.token"):lines() do
          local file <close> = assert(io.open(path))
          return file:read("a")
        end
      end
      local client <close> = assert(require("tasklist").new { timeout = 6 })
      assert(client:search_tasks { pageSize = 1 })
      local first, left = content(), 5
      for _ = 1, 300 do
        require("cqueues").poll(0.03)
        assert(client:search_tasks { pageSize = 1 })
        left = content() == first and left or left - 1
        if left == 0 then break end
      end
      print(left == 0 and "fine" or "never renewed")
    ]], ("CAMUNDA_TOKEN_CACHE_DIR=%s %s"):format(folder, connect.environment(brief)), 10)
    assert.equal(("fine\n"):rep(10), output)
    assert.equal(2, brief:stats().requests["/oauth/token"])
  end)

  it("is not renewed by scripts that are over before the endpoint answers", function()
    run(search_once)
    age(275)
    before = server:stats().requests
    run([[
      local client <close> = assert(require("tasklist").new())
      for _ = 1, 3 do assert(client:search_tasks { pageSize = 1 }) end
      print "fine"
    ]], 20)
    assert.equal(0, requests "/oauth/token")
  end)

  it("is fetched once when it is over", function()
    run(search_once)
    age(301)
    before = server:stats().requests
    server:fault { path = "/oauth/token", action = "delay", seconds = 0.5 }
    run(search_once, 20)
    assert.equal(1, requests "/oauth/token")
  end)

  it("is fetched by the next when its holder is killed in the middle", function()
    server:fault { path = "/oauth/token", action = "silent" }
    local holder = connect.start_script(settings(), search_once)
    wait.until_true(function() return requests "/oauth/token" > 0 end, "the holder never asks")
    local others = {}
    for i = 1, 10 do others[i] = connect.start_script(settings(), search_once) end
    holder:kill()
    for i = 1, 10 do assert.equal("fine\n", (others[i]:finish())) end
    assert.equal(2, requests "/oauth/token")
  end)

  local search_in_four_seconds = search_once:gsub("new%(%)", "new{ timeout = 4 }")

  -- It has the lock, and gets its answer when it goes on.
  local function start_a_holder_and_stop_it()
    server:fault { path = "/oauth/token", action = "delay", seconds = 3 }
    local holder = connect.start_script(settings(), search_once)
    wait.until_true(function() return requests "/oauth/token" > 0 end, "the holder never asks")
    holder:stop()
    return holder
  end

  it("is asked for once more when its holder is stopped", function()
    local holder = start_a_holder_and_stop_it()
    assert.equal("fine\n", (connect.run_script(search_in_four_seconds, settings())))
    assert.equal(2, requests "/oauth/token")
    run(search_once, 10)
    holder:resume()
    assert.equal("fine\n", (holder:finish()))
    run(search_once)
    assert.equal(2, requests "/oauth/token")
    assert.equal(1 + 10 + 1 + 1, requests "/v1/tasks/search")
  end)

  -- Those whose patience ends before the first of them has written ask as well: here that may be all.
  it("is asked for once more by each waiter at most when its holder is stopped", function()
    local holder, waiters = start_a_holder_and_stop_it(), 10
    local output = connect.run_script(search_in_four_seconds, settings(), waiters)
    assert.equal(("fine\n"):rep(waiters), output)
    local asked = requests "/oauth/token"
    assert.is_true(asked >= 2 and asked <= 1 + waiters)
    run(search_once, 10)
    holder:resume()
    assert.equal("fine\n", (holder:finish()))
    assert.equal(asked, requests "/oauth/token")
    for _, entry in ipairs(server:log()) do assert.not_equal(401, entry.status) end
  end)

  it("is dropped for all by a 401, and fetched once more", function()
    run(search_once)
    server:revoke()
    run(search_once, 10)
    assert.equal(2, requests "/oauth/token")
    run(search_once)
    assert.equal(2, requests "/oauth/token")
  end)

  it("is fetched once more after a 401 in one of ten processes", function()
    server:fault { path = "/oauth/token", action = "delay", seconds = 0.5 }
    server:fault { path = "/v1", action = "status", status = 401, body = "{}" }
    run([[
      local client <close> = assert(require("tasklist").new())
      for _ = 1, 10 do assert(client:search_tasks { pageSize = 1 }) end
      print "fine"
    ]], 10)
    assert.equal(2, requests "/oauth/token")
    assert.equal(101, requests "/v1/tasks/search")
  end)

  -- What is done to the file or its folder, and what the trace says.
  local troubles = {
    { "cut", function() os.execute("truncate -s 50 " .. path_of "token") end, "is cut" },
    { "empty", function() write(path_of "token", "") end, "is cut" },
    { "garbage", function() write(path_of "token", ("\0\255\n"):rep(1000)) end, "is cut" },
    { "from the future", function() age(-3600) end, "is from the future" },
    { "from a boot in the future", function() change { boot = "another" } age(-3600) end, "is from the future" },
    { "open to others", function() os.execute("chmod 666 " .. path_of "token") end, "can be read or written" },
    { "a symbolic link", function()
      local path = path_of "token"
      os.execute(("mv %s %s/else; ln -s %s/else %s"):format(path, base, base, path))
    end, "is a symbolic link" },
    { "in a folder that others can write to", function() os.execute("chmod 777 " .. folder) end, "can be written" },
    { "in a folder that is a symbolic link", function()
      os.execute(("mv %s %s/else; ln -s %s/else %s"):format(folder, base, base, folder))
    end, "is a symbolic link" },
    { "in a folder that is none", function()
      os.execute(("rm -r %s; touch %s"):format(folder, folder))
    end, "is no folder" },
    { "in a folder that cannot be made", function()
      os.execute(("rm -r %s"):format(folder))
      folder = "/proc/version/tasklist"
    end, "/proc/version/tasklist: Not a directory" },
  }
  for _, row in ipairs(troubles) do
    it("that is " .. row[1] .. " is told of once, and done without", function()
      run(search_once)
      row[2]()
      before = server:stats().requests
      local events = {}
      local client <close> = connect.of(server, { token_cache = folder, trace = function(event)
        if event.token_file then
          assert.is_nil(next(event, next(event)))
          events[#events + 1] = event.token_file
        end
      end })
      for _ = 1, 3 do assert(client:search_tasks { pageSize = 1 }) end
      assert.equal(1, requests "/oauth/token")
      assert.equal(1, #events)
      find(events[1], row[3])
      find(events[1], folder)
    end)
  end

  it("of another boot serves by the wall clock", function()
    run(search_once)
    change { boot = "another", ["asked-boot"] = "99999999999999" }
    before = server:stats().requests
    run(search_once)
    assert.equal(0, requests "/oauth/token")
  end)

  it("has no home without HOME", function()
    local output = connect.run_script([[
      local told
      local client <close> = assert(require("tasklist").new { token_cache = true, trace = function(event)
        told = event.token_file or told
      end })
      assert(client:search_tasks { pageSize = 1 })
      print(told)
    ]], "env -u HOME -u XDG_CACHE_HOME " .. settings())
    find(output, "neither XDG_CACHE_HOME nor HOME names a folder")
  end)
end)
