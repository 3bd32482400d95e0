--- What Camunda Tasklist 8.6 answers to searches it does not like, and what a caller gets.
local connect = require "spec.support.client"
local sandbox = require "spec.support.sandbox"

describe("a search that the server refuses", function()
  local server, client
  setup(function()
    server = sandbox.start()
    client = connect.of(server)
  end)
  teardown(function()
    client:close()
    server:stop()
  end)

  local function eq(name, value) return { name = name, value = value, operator = "eq" } end

  -- What is wrong, the query, status, the message's words.
  local generic = "Unexpected server error occurred."
  local answers = {
    { "a date that is none", { dueDate = { from = "soon" } }, 400, "JSON parse error: " },
    { "a follow-up date that is none", { followUpDate = { to = "2024-13-40" } }, 400, "JSON parse error: " },
    { "a page beyond the result window", { pageSize = 10001 }, 500, generic },
    { "a page that searchBefore makes one too large", { pageSize = 10000, searchBefore = { "0", "1" } }, 500, generic },
    { "a cursor with too few elements", { searchAfter = { "1" } }, 500, generic },
    { "a cursor with too many elements", { searchAfter = { "1", "2", "3" } }, 500, generic },
    { "a cursor that is no number", { searchAfter = { "now", "1" } }, 500, generic },
    { "an empty cursor", { searchAfter = {} }, 500, generic },
    { "a one-element searchAfterOrEqual", { sort = {}, searchAfterOrEqual = { "1" } }, 500, generic },
    { "a variable filtered twice", { taskVariables = { eq("a", "1"), eq("a", "2") } }, 500, generic },
    { "a variable included twice", { includeVariables = { { name = "a" }, { name = "a" } } }, 500, generic },
    { "a tenant given twice", { tenantIds = { "<default>", "<default>" } }, 500, generic },
  }
  for _, row in ipairs(answers) do
    it(("for %s gives %d"):format(row[1], row[3]), function()
      server:clear()
      local tasks, failure = client:search_tasks(row[2])
      assert.is_nil(tasks)
      assert.equal("http", failure.kind)
      assert.equal(row[3], failure.status)
      assert.equal(1, failure.attempts)
      assert.truthy(failure.message:find(row[4], 1, true), failure.message)
      assert.truthy(failure.body:find('"status"', 1, true))
    end)
  end

  -- Errors that search_tasks raises before the server could give them; what the server would say.
  local prevented = {
    { "two cursors", '{"searchAfter":[],"searchBefore":[]}', "Only one of [searchAfter, searchAfterOrEqual, "
      .. "searchBefore, searchBeforeOrEqual] must be present in request.", { searchAfter = {}, searchBefore = {} } },
    { "a sort without order", '{"sort":[{"field":"priority"}]}', generic, { sort = { { field = "priority" } } }, 500 },
    { "a sort without field", '{"sort":[{"order":"ASC"}]}', generic, { sort = { { order = "ASC" } } }, 500 },
    { "no page", '{"pageSize":0}', "Page size should be a positive number", { pageSize = 0 } },
    { "a negative page", '{"pageSize":-1}', "Page size should be a positive number", { pageSize = -1 } },
    { "an unknown state", '{"state":"OPEN"}', 'from String \\"OPEN\\"', { state = "OPEN" } },
    { "an unknown implementation", '{"implementation":"X"}', 'from String \\"X\\"', { implementation = "X" } },
    { "an unknown sort field", '{"sort":[{"field":"name","order":"ASC"}]}', 'from String \\"name\\"',
      { sort = { { field = "name", order = "ASC" } } } },
    { "an unknown order", '{"sort":[{"field":"priority","order":"UP"}]}', 'from String \\"UP\\"',
      { sort = { { field = "priority", order = "UP" } } } },
    { "an unknown operator", '{"taskVariables":[{"name":"a","value":"1","operator":"ne"}]}', 'from String \\"ne\\"',
      { taskVariables = { { name = "a", value = "1", operator = "ne" } } } },
    { "a body that is no object", "[]", "JSON parse error: ", 5 },
  }
  for _, row in ipairs(prevented) do
    it(("for %s is raised here, and refused there"):format(row[1]), function()
      assert.is_false((pcall(client.search_tasks, client, row[4])))
      local status, body = client:request("POST", "/v1/tasks/search", row[2], { idempotent = true })
      assert.equal(row[5] or 400, status)
      assert.truthy(body:find(row[3], 1, true), body)
    end)
  end

  local elsewhere = {
    { "an unknown path", "POST", "/v1/tasks/serch", 404, "" },
    { "another method", "PUT", "/v1/tasks/search", 404, "" },
    { "broken JSON", "POST", "/v1/tasks/search", 400, "JSON parse error: " },
  }
  for _, row in ipairs(elsewhere) do
    it(("for %s gives %d"):format(row[1], row[4]), function()
      local status, body = client:request(row[2], row[3], "{")
      assert.equal(row[4], status)
      assert.truthy(body:find(row[5], 1, true), body)
    end)
  end
end)
