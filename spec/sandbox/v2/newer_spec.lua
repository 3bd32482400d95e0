-- v2's variables of an element, audit log of a task, and what it says of its caller.
local support = require "spec.support.api"

local demo, client = support.demo, support.client
local reader = { name = "view", user = "view", role = "READER" }
local foreigner = { name = "client", role = "OWNER", tenants = { "t2" } }

local function user_task(task)
  task.implementation = "ZEEBE_USER_TASK"
  return task
end

local ask, parts
local function open(version)
  ask, parts = support.new({ user_task{ id = "1", processInstanceKey = "70",
    variables = { { name = "a", value = "1" } }, localVariables = { { name = "b", value = "1" } } },
    user_task{ id = "2", processInstanceKey = "71", taskState = "COMPLETED" } }, { version = version or "8.9" })
end

local function as(caller) return { caller = caller } end

local OWN, OVER = "6755399441055745", "6755399441055746"

describe("the variables of an element", function()
  before_each(function() open() end)

  local function put(key, body, caller)
    return ask("PUT", "/v2/element-instances/" .. key .. "/variables", body, as(caller or client))
  end

  -- The key, the body, and what the task sees then: name=value@scope.
  local rows = {
    { OWN, '{"variables":{"a":2},"local":true}', "a=2@own a=1@70 b=1@own" },
    { OWN, '{"variables":{"a":2},"local":false}', "a=2@70 b=1@own" },
    { OWN, '{"variables":{"a":2}}', "a=2@70 b=1@own" },
    { OWN, '{"variables":{"b":2}}', "a=1@70 b=2@own" },
    { "70", '{"variables":{"b":[null]},"local":true}', "a=1@70 b=1@own b=[null]@70" },
    { OWN, '{"variables":{}}', "a=1@70 b=1@own" },
  }
  for _, row in ipairs(rows) do
    it(("are set: %s, %s"):format(row[1], row[2]), function()
      assert.equal(204, (put(row[1], row[2])))
      local _, found = ask("POST", "/v2/user-tasks/1/variables/search", '{"sort":[{"field":"name"}]}')
      local list = {}
      for i, one in ipairs(found.items) do
        list[i] = ("%s=%s@%s"):format(one.name, one.value, one.scopeKey == OWN and "own" or one.scopeKey)
      end
      table.sort(list)
      local wanted = {}
      for one in row[3]:gmatch "%S+" do wanted[#wanted + 1] = one end
      table.sort(wanted)
      assert.same(wanted, list)
      assert.equal(1, parts.ledger:count("set_variables", row[1] == OWN and "1" or nil))
    end)
  end

  -- Who, the key, the body; status, title, what the detail has.
  local refusals = {
    { client, "99", '{"variables":{}}', 404, "NOT_FOUND", "no such element was found" },
    { client, OVER, '{"variables":{}}', 404, "NOT_FOUND", "no such element was found" },
    { foreigner, OWN, '{"variables":{}}', 404, "NOT_FOUND", "no such element was found" },
    { reader, OWN, '{"variables":{}}', 403, "FORBIDDEN", "UPDATE_PROCESS_INSTANCE" },
    { client, OWN, "{}", 400, "INVALID_ARGUMENT", "No variables provided." },
    { client, OWN, '{"variables":[]}', 400, "Bad Request", "[variables]" },
    { client, OWN, '{"variables":{},"locale":true}', 400, "Bad Request", "[locale]" },
    { client, "x", '{"variables":{}}', 400, "Bad Request", "elementInstanceKey" },
    { client, OWN, "", 400, "Bad Request", "body is missing" },
  }
  for _, row in ipairs(refusals) do
    it(("are refused: %s, %s, %s"):format(row[1].name, row[2], row[3]), function()
      local status, problem = put(row[2], row[3], row[1])
      assert.same({ row[4], row[5] }, { status, problem.title })
      assert.truthy(problem.detail:find(row[6], 1, true), problem.detail)
      assert.equal(0, parts.ledger:count())
    end)
  end
end)

describe("the audit log of a task", function()
  local function types_of(body)
    local status, found = ask("POST", "/v2/user-tasks/1/audit-logs/search", body)
    local list = {}
    for i, one in ipairs(found.items or {}) do list[i] = one.operationType end
    return list, status, found
  end

  it("has the writes that took effect, by page", function()
    open()
    assert.equal(204, (ask("POST", "/v2/user-tasks/1/assignment", '{"assignee":"ann"}', as(demo))))
    assert.equal(204, (ask("DELETE", "/v2/user-tasks/1/assignee", "", as(client))))
    assert.equal(204, (ask("PATCH", "/v2/user-tasks/1", '{"changeset":{"priority":7}}', as(client))))
    local list, _, found = types_of "{}"
    assert.same({ "ASSIGN", "UNASSIGN", "UPDATE" }, list)
    local first = found.items[1]
    assert.same({ "demo", "USER", "1", "USER_TASK", "SUCCESS", "USER_TASKS" },
      { first.actorId, first.actorType, first.userTaskKey, first.entityType, first.result, first.category })
    list = types_of '{"sort":[{"field":"auditLogKey","order":"DESC"}],"page":{"limit":2}}'
    assert.same({ "UPDATE", "UNASSIGN" }, list)
    local _, _, two = types_of '{"page":{"limit":2}}'
    list = types_of(('{"page":{"limit":2,"after":"%s"}}'):format(two.page.endCursor))
    assert.same({ "UPDATE" }, list)
  end)

  it("is there from 8.9 on, and for tasks that are there", function()
    open()
    assert.equal(404, (ask("POST", "/v2/user-tasks/9/audit-logs/search", "{}")))
    assert.equal(400, select(2, types_of '{"sort":[{"field":"x"}]}'))
    open "8.8"
    local _, status, problem = types_of "{}"
    assert.same({ 404, "Not Found" }, { status, problem.title })
  end)
end)

describe("what v2 says of its caller", function()
  it("is who the user is", function()
    open()
    local status, found = ask("GET", "/v2/authentication/me", nil, as{ name = "ann", user = "ann", role = "OWNER",
      groups = { "sales" }, tenants = { "t1" } })
    assert.equal(200, status)
    assert.same({ "ann", "sales", "t1", true }, { found.username, found.groups[1], found.tenants[1].tenantId,
      found.canLogout })
  end)

  it("is nothing of a client", function()
    open()
    assert.equal(401, (ask("GET", "/v2/authentication/me", nil, as(client))))
  end)
end)
