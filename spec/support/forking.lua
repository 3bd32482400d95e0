--- For a script in the host program: what a child does that is forked in the middle of its parent's work, and what it
-- must find.
--
-- The tasks "1" and "2" are the parent's, and "3" is its children's.
local host = require "host"
local tasklist = require "tasklist"

local forking = {}

-- What works in a child, too.
local harmless = { close = true, settings = true }

local function assert_refused(name, fine, problem)
  problem = tostring(problem)
  assert(not fine and problem:find("made before a fork", 1, true), name)
  assert(problem:find("make the client at its first use", 1, true), problem)
end

local function assert_refuses(client, walk)
  for name, method in pairs(debug.getmetatable(client).__index) do
    if not harmless[name] then assert_refused(name, pcall(method, client)) end
  end
  if walk then assert_refused("walk", pcall(walk)) end
  assert(client:settings() and tostring(client):find "^tasklist.client")
end

local function assert_works(client)
  assert(client:get_task("3").id == "3")
  assert(#client:map({ "3", "3" }, function(id) return client:get_task(id) end) == 2)
end

-- The parent's client refuses, before it is closed and afterwards; one that is made here works all the while.
local function live(parents, walk)
  local own <close> = assert(tasklist.new { timeout = 20 })
  assert_works(own)
  assert(host.in_child(function()
    assert_refuses(own)
    assert_refuses(parents, walk)
    local grandchilds <close> = assert(tasklist.new { timeout = 20 })
    assert_works(grandchilds)
    own:close()
  end), "the child's child")
  assert_refuses(parents, walk)
  parents:close()
  parents:close()
  collectgarbage()
  assert(not pcall(parents.get_task, parents, "3"))
  assert_works(own)
end

--- Forks, and gives the child what there is to do. Then it ends, or all its state does, too.
-- @tparam table client the parent's
-- @tparam ?function walk an iterator of that
-- @tparam boolean leaves whether the state ends, too, with all that is in it: a loop may not like it
function forking.fork(client, walk, leaves)
  assert(host.in_child(function()
    if client.connection.engine:closed() then
      assert_works(assert(tasklist.new { timeout = 20 }))
    else
      live(client, walk)
    end
    if leaves then host.leave() end
  end), "the child")
end

--- Waits for a moment, while the client goes on.
function forking.pause(client)
  local pause <close> = client.connection.engine:pause(0.01)
  assert(client.connection.driver:wait(pause) == nil)
end

--- Whether the sandbox has got a request.
-- @tparam string path
-- @treturn boolean
function forking.has_got(path)
  local stats <close> = assert(io.popen("curl -sk " .. os.getenv "SANDBOX" .. "/sandbox/stats"))
  return stats:read("a"):find(path, 1, true) ~= nil
end

return forking
