-- What somebody who knows Tasklist's API trips over on the newer one, where that shows in what a client does with a
-- running server. The numbers are those of the mapping. Those of what is sent and of what becomes of an answer (T6, T7,
-- T11, T12, T16, T17, T19) are in spec/api/, T4 is in spec/integration/prism_spec.lua, T8 in spec/pages_spec.lua.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local seen = require "spec.support.seen"

local KIND = "ZEEBE_USER_TASK"
local SEARCH = "/v2/user-tasks/search"

describe("on the newer API", function()
  local server, client

  local function begin(options)
    options.version, options.tasks = "8.10", {}
    server = sandbox.start(options)
    server.addresses = { "rest_url" }
    client = connect.of(server)
  end

  -- Starts a process instance with one task; gives the task's id.
  local function start()
    return select(2, server:start_instance { tasks = { { name = "Approve", implementation = KIND } } })[1]
  end

  before_each(function() begin {} end)
  after_each(function()
    client:close()
    server:stop()
  end)

  it("a field of a filter that the server does not know is refused, which is `unsupported` (T5)", function()
    local tasks, failure = client:search_tasks { filter = { colour = "red" } }
    assert.is_nil(tasks)
    assert.same({ "http", 400, "unsupported" }, { failure.kind, failure.status, failure.code })
    find(failure.message, "filter.colour")
  end)

  it("watch does not give a task again that was out of its state for one look, as while it is claimed (T9)", function()
    local own = start()
    local walk, _, _, watch = client:watch({ state = "CREATED" }, { interval = 0.02 })
    local _ <close> = watch
    -- Each is given by a look of its own, which sees what was done before.
    local function next_is(id) assert.equal(id, walk().id) end
    next_is(own)
    server:set_task_state(own, "ASSIGNING")
    next_is(start())
    server:set_task_state(own, "CREATED")
    next_is(start())
    server:set_task_state(own, "ASSIGNING")
    next_is(start())
    next_is(start())
    server:set_task_state(own, "CREATED")
    next_is(own) -- two looks were without it
  end)

  it("a read shows what was a moment ago (T10)", function()
    client:close()
    server:stop()
    begin { lag = 0.5 }
    local id = start()
    assert(client:complete_task(id))
    assert.equal(id, assert(client:search_tasks { state = "CREATED" })[1].id)
    local gone = '{"title":"NOT_FOUND","detail":"User Task with key \'' .. id .. '\' not found"}'
    server:fault { path = "/v2/user-tasks/" .. id, action = "status", status = 404, body = gone }
    assert.equal("not_found", select(2, client:get_task(id)).code)
  end)

  it("a tenant that is not the client's is a 401, which costs one token and says so (T13)", function()
    local refused = '{"title":"Unauthorized","detail":"Expected to handle request Search with tenant identifiers '
      .. "'acme', but tenant is not authorized.\"}"
    server:fault { path = SEARCH, action = "status", status = 401, body = refused, times = 2 }
    local tasks, failure = client:search_tasks { tenantIds = { "acme" } }
    assert.is_nil(tasks)
    assert.equal("auth", failure.kind)
    find(failure.message, "check tenant_id")
    assert.same({ 2, 2 }, { seen.count(server, SEARCH), seen.count(server, "/oauth/token") })
  end)

  it("a client without permission finds nothing, and gets no error (T14)", function()
    server:fault { path = SEARCH, action = "body", body = '{"items":[],"page":{"totalItems":0}}' }
    local tasks, page = client:search_tasks()
    assert.same({ {}, { totalItems = 0 } }, { tasks, page })
  end)

  it("states are written as the server gives them, other writings are misuse as on v1 (T18)", function()
    start()
    assert.equal("CREATED", assert(client:search_tasks { state = "CREATED" })[1].taskState)
    find(select(2, pcall(client.search_tasks, client, { state = "created" })), "query.state")
    assert.equal(1, seen.count(server, SEARCH))
  end)

  it("a server that is too busy does not say for how long (T20)", function()
    local busy = '{"title":"RESOURCE_EXHAUSTED","status":503,"detail":"Expected to handle request, but too busy."}'
    server:fault { path = SEARCH, action = "status", status = 503, body = busy }
    assert.same({}, assert(client:search_tasks())) -- sent again
    local hasty <close> = connect.of(server, { retries = 0 })
    server:fault { path = SEARCH, action = "status", status = 503, body = busy }
    local _, failure = hasty:search_tasks()
    assert.equal(503, failure.status)
    assert.is_nil(failure.retry_after)
  end)
end)
