-- (a) of the mapping: what is written by v2, and what that settles.
local core = require "tasklist.core"
local exchange = require "tasklist.api.exchange"
local find = require "spec.support.find"
local newer = require "tasklist.api.newer"
local tasklist = require "tasklist"
local v1 = require "tasklist.api.v1"
local v2 = require "tasklist.api.v2"

local operations = v2.operations

-- The JSON text of an operation's body.
local function text_of(name, payload)
  return core.encode_value(operations[name].to(payload, "1"))
end

describe("(a) the operations of v2", function()
  it("have v1's names", function()
    for name in pairs(v1.operations) do assert.is_table(operations[name], name) end
    for name in pairs(newer.operations) do assert.is_table(operations[name], name) end
    for name in pairs(operations) do assert.is_table(v1.operations[name], name) end
  end)

  -- The verb, method, path, whether doing it twice does no harm, what is answered.
  local rows = {
    { "search_tasks", "POST", "/v2/user-tasks/search", true, "page" },
    { "get_task", "GET", "/v2/user-tasks/1", true, "object" },
    { "assign_task", "POST", "/v2/user-tasks/1/assignment", nil, "nothing" },
    { "unassign_task", "DELETE", "/v2/user-tasks/1/assignee", nil, "nothing" },
    { "complete_task", "POST", "/v2/user-tasks/1/completion", nil, "nothing" },
    { "get_variable", "GET", "/v2/variables/1", true, "object" },
    { "get_task_form", "GET", "/v2/user-tasks/1/form", true, "form" },
  }
  for _, row in ipairs(rows) do
    it("are one request each: " .. row[1], function()
      local made = assert(exchange.of(operations[row[1]], "1", nil))
      assert.same({ row[2], row[3], row[4], row[5] }, { made.method, made.path, made.read, made.answer })
      assert.equal("v2", made.site)
      assert.is_nil(made.body)
    end)
  end
end)

describe("(a) assign_task", function()
  local rows = {
    { "both", { assignee = "ann", allowOverrideAssignment = false }, '{"allowOverride":false,"assignee":"ann"}' },
    { "the assignee", { assignee = "ann" }, '{"assignee":"ann"}' },
    { "an integer", { assignee = 5 }, '{"assignee":"5"}' },
    { "null", { assignee = tasklist.null, allowOverrideAssignment = true }, '{"allowOverride":true}' },
    { "nothing", {}, "{}" },
    { "no payload", nil, "{}" },
  }
  for _, row in ipairs(rows) do
    it("sends what is given: " .. row[1], function()
      local expected, sent = core.decode_value(row[3]), core.decode_value(text_of("assign_task", row[2]))
      assert.same(expected, sent)
    end)
  end

  it("gives what is settled", function()
    assert.same({ id = "1", assignee = "ann", taskState = "CREATED" },
      operations.assign_task.from(true, { assignee = "ann" }, 1))
    assert.same({ id = "1", taskState = "CREATED" }, operations.assign_task.from(true, nil, "1"))
  end)

  it("gives it over a copy of the task", function()
    local task = { id = "1", name = "Review", assignee = "bob", taskState = "CREATED" }
    local found = operations.assign_task.from(true, { assignee = "ann" }, task)
    assert.same({ id = "1", name = "Review", assignee = "ann", taskState = "CREATED" }, found)
    assert.equal("bob", task.assignee)
  end)

  it("gives the id as a string, whatever the caller's task has", function()
    for _, task in ipairs { { id = 1 }, setmetatable({}, { __index = { id = "1" } }) } do
      assert.equal("1", operations.assign_task.from(true, { assignee = "ann" }, task).id)
    end
  end)
end)

describe("(a) unassign_task", function()
  it("sends no body (T16)", function()
    assert.is_nil(operations.unassign_task.to)
  end)

  it("gives what is settled", function()
    assert.same({ id = "1", taskState = "CREATED" }, operations.unassign_task.from(true, nil, "1"))
    assert.same({ id = "1", name = "Review", taskState = "CREATED" },
      operations.unassign_task.from(true, nil, { id = "1", name = "Review", assignee = "ann" }))
  end)
end)

describe("(a) complete_task", function()
  -- Variables, the body: one object, by the exact codec.
  local rows = {
    { nil, "{}" }, { {}, '{"variables":{}}' }, { { a = 1.0 }, '{"variables":{"a":1.0}}' },
    { { a = 9007199254740993 }, '{"variables":{"a":9007199254740993}}' },
    { { a = tasklist.null }, '{"variables":{"a":null}}' },
    { { a = tasklist.array {} }, '{"variables":{"a":[]}}' }, { { a = { b = {} } }, '{"variables":{"a":{"b":{}}}}' },
    { { a = tasklist.raw "[1, 2]" }, '{"variables":{"a":[1, 2]}}' },
  }
  for _, row in ipairs(rows) do
    it("sends " .. row[2], function()
      assert.equal(row[2], text_of("complete_task", row[1]))
    end)
  end

  it("gives what is settled", function()
    assert.same({ id = "1", taskState = "COMPLETED" }, operations.complete_task.from(true, nil, "1"))
    assert.same({ id = "1", assignee = "ann", taskState = "COMPLETED" },
      operations.complete_task.from(true, {}, { id = "1", assignee = "ann", taskState = "CREATED" }))
  end)
end)

describe("(a) save_draft_variables", function()
  it("cannot be done, and what comes nearest is named", function()
    find(operations.save_draft_variables.unsupported, "no drafts")
    find(operations.save_draft_variables.unsupported, "set_variables")
  end)
end)
