--- `dry_run`: requests are shown instead of sent, whatever the verb.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"

local iterated = { tasks = true, watch = true, claim = true, audit_log = true }

-- Calls of every verb that exchanges something: its name, what it shows first on v1 and on v2 (nil: this API cannot do
-- it, and says so), and its arguments.
local calls = {
  { "search_tasks", "POST /v1/tasks/search", "POST /v2/user-tasks/search" },
  { "tasks", "POST /v1/tasks/search", "POST /v2/user-tasks/search" },
  { "watch", "POST /v1/tasks/search", "POST /v2/user-tasks/search" },
  { "claim", "POST /v1/tasks/search", "POST /v2/user-tasks/search", nil, "me" },
  { "get_task", "GET /v1/tasks/1", "GET /v2/user-tasks/1", "1" },
  { "assign_task", "PATCH /v1/tasks/1/assign", "POST /v2/user-tasks/1/assignment", "1", { assignee = "me" } },
  { "unassign_task", "PATCH /v1/tasks/1/unassign", "DELETE /v2/user-tasks/1/assignee", "1" },
  { "complete_task", "PATCH /v1/tasks/1/complete", "POST /v2/user-tasks/1/completion", "1", { a = 1 },
    { verify = true } },
  { "update_task", nil, "PATCH /v2/user-tasks/1", "1", { priority = 7 } },
  { "set_variables", nil, "GET /v2/user-tasks/1", "1", { a = 1 } },
  { "wait_for", "GET /v1/tasks/1", "GET /v2/user-tasks/1", "1", function() return true end },
  { "audit_log", nil, "POST /v2/user-tasks/1/audit-logs/search", "1" },
  { "save_draft_variables", "POST /v1/tasks/1/variables", nil, "1", { a = 1 } },
  { "search_task_variables", "POST /v1/tasks/1/variables/search", "POST /v2/user-tasks/1/effective-variables/search",
    "1" },
  { "variables", "POST /v1/tasks/1/variables/search", "POST /v2/user-tasks/1/effective-variables/search", "1" },
  { "get_variable", "GET /v1/variables/1", "GET /v2/variables/1", "1" },
  { "get_form", "GET /v1/forms/1", "GET /v2/forms/1", "1", { processDefinitionKey = "2" } },
  { "get_task_form", "GET /v1/tasks/1", "GET /v2/user-tasks/1/form", "1" },
  { "request", "POST /v1/any", "POST /v1/any", "POST", "/v1/any", "{}", { headers = { ["X-Key"] = "hidden" } } },
}

-- What need not be shown: it exchanges nothing, calls what is given, or is asked while a user signs in.
local others = { whoami = true, server = true, settings = true, map = true, each = true, close = true }

-- Gives what a call gives; of an iterator what its first step raises.
local function outcome(client, name, ...)
  if not iterated[name] then
    return select(2, client[name](client, ...))
  end
  return select(2, pcall((client[name](client, ...))))
end

local function paths_of(log)
  local found = {}
  for _, entry in ipairs(log) do
    if entry.path ~= "/oauth/token" then found[#found + 1] = entry.method .. " " .. entry.path end
  end
  return found
end

local function dry(server, options)
  local shown = {}
  local all = { dry_run = function(request) shown[#shown + 1] = request end }
  for name, value in pairs(options or {}) do all[name] = value end
  return connect.of(server, all), shown
end

describe("dry_run", function()
  it("is tried with every verb", function()
    local tried = {}
    for _, call in ipairs(calls) do tried[call[1]] = true end
    for name in pairs(require("spec.support.public").methods()) do
      assert.truthy(tried[name] or others[name], name)
    end
  end)

  for column, one in pairs {
    [2] = { version = "8.6", finding = { "POST /v1/tasks/search" } },
    [3] = { version = "8.10", finding = { "POST /v1/tasks/search", "GET /v2/topology" } },
  } do
    describe("on " .. one.version, function()
      local server
      setup(function() server = sandbox.start { version = one.version } end)
      teardown(function() server:stop() end)
      before_each(function() server:clear() end)

      for _, call in ipairs(calls) do
        it("shows what " .. call[1] .. " would send, and sends nothing but the finding", function()
          local client <close>, shown = dry(server)
          local failure = outcome(client, call[1], table.unpack(call, 4, 8))
          if call[column] then
            assert.equal(call[column], shown[1].method .. " " .. shown[1].url:gsub("^%w+://[^/]+", ""):gsub("%?.*", ""))
            assert.same({ "config", "dry_run" }, { failure.kind, failure.code })
            find(tostring(failure), "not sent")
          else
            assert.equal("unsupported", failure.code)
            assert.same({}, shown)
          end
          local seen = table.concat(paths_of(server:log()), " ")
          local least = call[1] == "request" and "" or table.concat(one.finding, " ")
          assert.equal(least, seen:sub(1, #least))
          for path in seen:sub(#least + 1):gmatch "%u+ %S+" do assert.matches("^GET /v%d/topology$", path) end
          assert.same({}, server:ledger())
        end)
      end
    end)
  end

  describe("shows", function()
    local server
    setup(function()
      server = sandbox.start { version = "8.6", tasks = { { id = "1", name = "Pay" } } }
    end)
    teardown(function() server:stop() end)
    before_each(function() server:clear() end)

    it("method, URL and body, and no more", function()
      local client <close>, shown = dry(server, { api = "v1", headers = { ["X-Key"] = "hidden" } })
      client:complete_task("1", { amount = 5 })
      client:get_form("2", { processDefinitionKey = "3" })
      assert.same({
        { method = "PATCH", url = server.base_url .. "/v1/tasks/1/complete",
          body = [[{"variables":[{"name":"amount","value":"5"}]}]] },
        { method = "GET", url = server.base_url .. "/v1/forms/2?processDefinitionKey=3" },
      }, shown)
      assert.same({}, server:log()) -- the API was told, so there is nothing to find out
    end)

    it("each request of a call in map", function()
      local client <close>, shown = dry(server)
      local _, failures = client:map({ "1", "2", "3" }, function(id) return client:unassign_task(id) end)
      assert.equal(3, #shown)
      assert.equal("dry_run", failures[3].code)
    end)

    it("what v2 takes, to a client with both addresses", function()
      local newer <close> = sandbox.start { version = "8.10" }
      newer.addresses = { "base_url", "rest_url" }
      local client <close>, shown = dry(newer)
      client:search_tasks()
      find(shown[1].url, "/v2/user-tasks/search")
      assert.same({ "GET /v2/topology" }, paths_of(newer:log()))
    end)

    it("v1's request where v1 is kept beside v2", function()
      local both <close> = sandbox.start { version = "8.8", v1 = true }
      local client <close>, shown = dry(both)
      client:unassign_task "1"
      find(shown[1].url, "/v1/tasks/1/unassign")
    end)

    it("v1's request where the newer API gives no answer, and says no more than that it was not sent", function()
      server.addresses = { "base_url", "rest_url" }
      local client <close>, shown = dry(server, { rest_url = "http://127.0.0.1:1", retries = 0 })
      server.addresses = nil
      local _, failure = client:search_tasks()
      find(shown[1].url, "/v1/tasks/search")
      assert.equal("not sent, since dry_run is set", failure.message)
    end)

    it("nothing where it cannot be found out, and gives why", function()
      server:fault { path = "/v1", action = "silent" }
      local client <close>, shown = dry(server, { timeout = 0.2 })
      local _, failure = client:search_tasks()
      assert.equal("timeout", failure.kind)
      assert.same({}, shown)
    end)

    it("what the server is, with `server`", function()
      local client <close>, shown = dry(server)
      local found = assert(client:server())
      assert.equal("v1", found.api)
      assert.same({}, shown)
    end)
  end)

  describe("calls a function that", function()
    local server
    setup(function() server = sandbox.start { version = "8.6" } end)
    teardown(function() server:stop() end)

    local function calling(fn)
      local client
      client = connect.of(server, { api = "v1", dry_run = function(request) return fn(client, request) end })
      return client
    end

    it("may raise: the call hands that on, and the client stays usable", function()
      local calls_made = 0
      local client <close> = calling(function()
        calls_made = calls_made + 1
        if calls_made == 1 then error { mine = true } end
      end)
      local fine, problem = pcall(client.search_tasks, client)
      assert.is_false(fine)
      assert.same({ mine = true }, problem)
      assert.equal("dry_run", select(2, client:search_tasks()).code)
      local step <const> = client:tasks()
      assert.equal("dry_run", select(2, pcall(step)).code)
    end)

    it("may use the client", function()
      local inner
      local client <close> = calling(function(self)
        if not inner then
          inner = true
          inner = select(2, self:get_task "1")
        end
      end)
      assert.equal("dry_run", select(2, client:search_tasks()).code)
      assert.equal("/v1/tasks/1", inner.path)
    end)

    it("may close the client", function()
      for _, name in ipairs { "search_tasks", "tasks", "watch" } do
        local client = calling(function(self) self:close() end)
        assert.equal("dry_run", outcome(client, name).code)
        find(select(2, pcall(client.search_tasks, client)), "closed client")
      end
    end)

    it("can't yield", function()
      local client <close> = calling(function() coroutine.yield() end)
      local fine, problem = coroutine.wrap(function() return pcall(client.search_tasks, client) end)()
      assert.is_false(fine)
      find(problem, "yield")
    end)
  end)

  it("is a function", function()
    local fine, problem = pcall(tasklist.new, { dry_run = true })
    assert.is_false(fine)
    find(problem, "dry_run")
  end)
end)
