-- Searches as Camunda Tasklist 8.6 runs them, from the JSON of a query to the tasks that it finds.
local json = require "tasklist.sandbox.json"
local request = require "tasklist.sandbox.request"
local search = require "tasklist.sandbox.search"
local tasks = require "tasklist.sandbox.tasks"

local function run(store, query)
  return search.run(store, assert(request.read(request.task_search, query)))
end

-- The ids of what a query finds, in order, with spaces between.
local function ids(store, query)
  local list = {}
  for i, found in ipairs(assert(run(store, query))) do list[i] = found.task.id end
  return table.concat(list, " ")
end

local function merge(query, cursor, row)
  local texts = {}
  for i, text in ipairs(row) do texts[i] = json.encode(text) end
  return ('%s"%s":[%s]}'):format(query:gsub("}$", query == "{}" and "" or ","), cursor, table.concat(texts, ","))
end

describe("a filter", function()
  local store = tasks.new{
    { id = "1", creationDate = "2024-01-09T00:00:00Z", taskDefinitionId = "approve", candidateGroups = { "a", "b" },
      dueDate = "2024-02-01T10:00:00Z", processDefinitionKey = "100", processInstanceKey = "200",
      variables = { { name = "x", value = "1" }, { name = "s", value = '"abc"' } } },
    { id = "2", creationDate = "2024-01-08T00:00:00Z", assignee = "demo", candidateUsers = { "demo", "jane" },
      dueDate = "2024-02-02T10:00:00Z", variables = { { name = "x", value = "1.0" } } },
    { id = "3", creationDate = "2024-01-07T00:00:00Z", assignee = "jane", implementation = "ZEEBE_USER_TASK",
      priority = 80, followUpDate = "2024-03-01T00:00:00Z", candidateGroups = { "c" } },
    { id = "4", creationDate = "2024-01-06T00:00:00Z", taskState = "COMPLETED", completionDate = "2024-01-20T00:00:00Z",
      implementation = "ZEEBE_USER_TASK", candidateUsers = { "jane" }, variables = { { name = "x", value = "1" } } },
    { id = "5", creationDate = "2024-01-05T00:00:00Z", taskState = "FAILED", assignee = "demo",
      variables = { { name = "x", value = "1" } } },
    { id = "6", creationDate = "2024-01-04T00:00:00Z", taskState = "CANCELED",
      completionDate = "2024-01-19T00:00:00Z" },
    { id = "7", creationDate = "2024-01-03T00:00:00Z", taskState = "COMPLETED", assignee = "demo",
      completionDate = "2024-01-21T00:00:00Z", variables = { { name = "long", value = ("9"):rep(8192) } } },
  }

  local cases = {
    { '{}', "1 2 3 4 5 7" },
    { '{"state":null}', "1 2 3 4 5 7" },
    { '{"state":"CREATED"}', "1 2 3" },
    { '{"state":"FAILED"}', "5" },
    { '{"state":"COMPLETED"}', "7 4" },
    { '{"state":"CANCELED"}', "6" },
    { '{"assigned":true}', "2 3 5 7" },
    { '{"assigned":false}', "1 4" },
    { '{"assigned":null}', "1 2 3 4 5 7" },
    { '{"assignee":"demo"}', "2 5 7" },
    { '{"assignees":["demo","jane","nobody"]}', "2 3 5 7" },
    { '{"assignee":"demo","assignees":["jane"]}', "" },
    { '{"assignees":[]}', "" },
    { '{"taskDefinitionId":"approve"}', "1" },
    { '{"candidateGroup":"b"}', "1" },
    { '{"candidateGroups":["b","c"]}', "1 3" },
    { '{"candidateGroups":[]}', "" },
    { '{"candidateUser":"jane"}', "2 4" },
    { '{"candidateUsers":["demo"]}', "2" },
    { '{"candidateUsers":[]}', "" },
    { '{"processDefinitionKey":"100"}', "1" },
    { '{"processInstanceKey":"200"}', "1" },
    { '{"dueDate":{"from":"2024-02-01T10:00:00.000Z","to":"2024-02-02T10:00:00+0000"}}', "1 2" },
    { '{"dueDate":{"from":"2024-02-01T10:00:00.001Z"}}', "2" },
    { '{"dueDate":{"to":"2024-02-02T09:59:59.999Z"}}', "1" },
    { '{"dueDate":{"to":1706781600000}}', "1" },
    { '{"dueDate":{}}', "1 2" },
    { '{"followUpDate":{"from":"2024-01-01T00:00:00Z"}}', "3" },
    { '{"implementation":"JOB_WORKER"}', "1 2 5 7" },
    { '{"implementation":"ZEEBE_USER_TASK"}', "3 4" },
    { '{"priority":{"eq":50}}', "4" },
    { '{"priority":{"eq":"80"}}', "3" },
    { '{"priority":{"eq":80,"lt":10}}', "3" },
    { '{"priority":{"gte":50}}', "3 4" },
    { '{"priority":{"gt":50}}', "3" },
    { '{"priority":{"lte":80}}', "3 4" },
    { '{"priority":{"lt":80}}', "4" },
    { '{"priority":{"gt":10,"lt":60}}', "4" },
    { '{"tenantIds":["elsewhere"]}', "1 2 3 4 5 7" },
    { '{"taskVariables":[{"name":"x","value":"1","operator":"eq"}]}', "1 4" },
    { '{"taskVariables":[{"name":"x","value":"1.0","operator":"eq"}]}', "2" },
    { [[{"taskVariables":[{"name":"s","value":"\"abc\"","operator":"eq"}]}]], "1" },
    { '{"taskVariables":[{"name":"s","value":"abc","operator":"eq"}]}', "" },
    { [[{"taskVariables":[{"name":"s","value":"\"abc\""},{"name":"x","value":"2"}]}]], "" },
    { '{"taskVariables":[]}', "1 2 3 4 5 7" },
    { ('{"taskVariables":[{"name":"long","value":"%s"}]}'):format(("9"):rep(8192)), "" },
    { '{"includeVariables":[]}', "1 2 3 4 5 7" },
    { '{"includeVariables":[{"name":"none"}]}', "1 2 3 4 5 7" },
    { '{"state":"CREATED","assigned":true,"assignee":"jane"}', "3" },
    { '{"noSuchField":1}', "1 2 3 4 5 7" },
  }
  for _, case in ipairs(cases) do
    it(("%s finds '%s'"):format(case[1]:sub(1, 90), case[2]), function()
      assert.equal(case[2], ids(store, case[1]))
    end)
  end
end)

describe("the order", function()
  local store = tasks.new{
    { id = "11", creationDate = "2024-01-03T00:00:00Z", dueDate = "2024-05-01T00:00:00Z" },
    { id = "9", creationDate = "2024-01-03T00:00:00Z", followUpDate = "2024-05-03T00:00:00Z" },
    { id = "10", creationDate = "2024-01-04T00:00:00Z", dueDate = "2024-05-02T00:00:00Z",
      implementation = "ZEEBE_USER_TASK", priority = 80 },
    { id = "12", creationDate = "2024-01-01T00:00:00Z", taskState = "COMPLETED",
      completionDate = "2024-01-09T00:00:00Z", implementation = "ZEEBE_USER_TASK", priority = 20 },
    { id = "13", creationDate = "2024-01-02T00:00:00Z", taskState = "COMPLETED",
      completionDate = "2024-01-08T00:00:00Z" },
    { id = "14", creationDate = "2024-01-01T00:00:00Z", taskState = "CANCELED",
      completionDate = "2024-01-06T00:00:00Z" },
    { id = "15", creationDate = "2024-01-02T00:00:00Z", taskState = "CANCELED",
      completionDate = "2024-01-05T00:00:00Z" },
  }

  local cases = {
    { "is by creation, latest first, then by key as a number", '{}', "10 9 11 13 12" },
    { "is by completion for COMPLETED", '{"state":"COMPLETED"}', "12 13" },
    { "is by completion for CANCELED", '{"state":"CANCELED"}', "14 15" },
    { "can be by creation, earliest first", '{"sort":[{"field":"creationTime","order":"ASC"}]}', "12 13 9 11 10" },
    { "puts absent dates last, ascending", '{"sort":[{"field":"dueDate","order":"ASC"}]}', "11 10 9 12 13" },
    { "puts absent dates last, descending", '{"sort":[{"field":"dueDate","order":"DESC"}]}', "10 11 9 12 13" },
    { "can be by follow-up date", '{"sort":[{"field":"followUpDate","order":"ASC"}]}', "9 10 11 12 13" },
    { "can be by completion", '{"sort":[{"field":"completionTime","order":"ASC"}]}', "13 12 9 10 11" },
    { "counts an absent priority as 50, ascending", '{"sort":[{"field":"priority","order":"ASC"}]}', "12 9 11 13 10" },
    { "counts an absent priority as 50, descending", '{"sort":[{"field":"priority","order":"DESC"}]}',
      "10 9 11 13 12" },
    { "takes several fields in turn",
      '{"sort":[{"field":"priority","order":"DESC"},{"field":"creationTime","order":"ASC"}]}', "10 13 9 11 12" },
    { "is by key alone for an empty sort", '{"sort":[]}', "9 10 11 12 13" },
  }
  for _, case in ipairs(cases) do
    it(case[1], function()
      assert.equal(case[3], ids(store, case[2]))
    end)
  end

  local values = {
    { "one for the sort field and the key, as texts", '{}', { "1704326400000", "10" } },
    { "the completion for COMPLETED", '{"state":"COMPLETED"}', { "1704758400000", "12" } },
    { "the key alone for an empty sort", '{"sort":[]}', { "9" } },
    { "a priority as the text of a double", '{"sort":[{"field":"priority","order":"DESC"}]}', { "80.0", "10" } },
    { "one for each of several fields",
      '{"sort":[{"field":"priority","order":"DESC"},{"field":"creationTime","order":"ASC"}]}',
      { "80.0", "1704326400000", "10" } },
    { "the last day of 2099 for an absent date, ascending",
      '{"implementation":"ZEEBE_USER_TASK","sort":[{"field":"followUpDate","order":"ASC"}]}',
      { "4102358400000", "10" } },
    { "the first day of 1900 for an absent date, descending",
      '{"implementation":"ZEEBE_USER_TASK","sort":[{"field":"followUpDate","order":"DESC"}]}',
      { "-2208988800000", "10" } },
  }
  for _, case in ipairs(values) do
    it("gives as sort values " .. case[1], function()
      assert.same(case[3], run(store, case[2])[1].sort_values)
    end)
  end

  it("follows the tasks when they are replaced", function()
    local changing = tasks.new{ { id = "1" } }
    assert.equal("1", ids(changing, "{}"))
    changing:replace{ { id = "2" } }
    assert.equal("2", ids(changing, "{}"))
  end)
end)

describe("the size of a page", function()
  local many = {}
  for i = 1, 60 do many[i] = {} end
  local store = tasks.new(many)

  it("is 50 by default", function()
    assert.equal(50, #run(store, "{}"))
  end)

  it("has no maximum below 10000", function()
    assert.equal(60, #run(store, '{"pageSize":10000}'))
  end)

  for _, size in ipairs{ "0", "-1", "null" } do
    it("cannot be " .. size, function()
      assert.same({ nil, 400, "Page size should be a positive number", n = 3 },
        table.pack(run(store, ('{"pageSize":%s}'):format(size))))
    end)
  end
end)

describe("a cursor", function()
  local list = {}
  for i = 1, 9 do
    list[i] = { id = tostring(i), creationDate = ("2024-01-0%dT00:00:00Z"):format(10 - i),
      candidateUsers = i % 2 == 1 and { "odd" } or nil, dueDate = "2024-02-01T00:00:00Z" }
  end
  local store = tasks.new(list)
  local two_fields = '{"sort":[{"field":"priority","order":"ASC"},{"field":"creationTime","order":"DESC"}],'
    .. '"pageSize":3}'

  local function row_of(query, place)
    return run(store, (query:gsub('"pageSize":%d', '"pageSize":9')))[place].sort_values
  end

  -- Query, cursor, the place of the item it is taken from, what the page holds, whether its first is the first of all.
  local cases = {
    { '{"pageSize":3}', "searchAfter", 3, "4 5 6", false },
    { '{"pageSize":3}', "searchAfter", 8, "9", false },
    { '{"pageSize":3}', "searchAfter", 9, "", false },
    { '{"pageSize":3}', "searchBefore", 8, "5 6 7", false },
    { '{"pageSize":3}', "searchBefore", 4, "1 2 3", true },
    { '{"pageSize":3}', "searchBefore", 3, "1 2", true },
    { '{"pageSize":3}', "searchBefore", 1, "", true },
    { '{"pageSize":3}', "searchAfterOrEqual", 3, "3 4 5", false },
    { '{"pageSize":3}', "searchAfterOrEqual", 8, "8 9", false },
    { '{"pageSize":3}', "searchAfterOrEqual", 1, "1 2 3", true },
    { '{"pageSize":3}', "searchBeforeOrEqual", 7, "5 6 7", false },
    { '{"pageSize":3}', "searchBeforeOrEqual", 2, "1 2", true },
    { '{"sort":[{"field":"priority","order":"ASC"}],"pageSize":3}', "searchAfter", 3, "4 5 6", false },
    { '{"sort":[{"field":"priority","order":"ASC"}],"pageSize":3}', "searchAfterOrEqual", 3, "3 4 5", false },
    { two_fields, "searchAfter", 3, "4 5 6", false },
    { two_fields, "searchBefore", 5, "2 3 4", false },
    -- With two sort fields the second element is no key, so that nothing is put in front.
    { two_fields, "searchAfterOrEqual", 3, "4 5 6", false },
    { two_fields, "searchBeforeOrEqual", 5, "2 3 4", false },
    { '{"sort":[],"pageSize":3}', "searchAfter", 3, "4 5 6", false },
    { '{"candidateUser":"odd","pageSize":2}', "searchAfter", 2, "5 7", false },
    { '{"candidateUser":"odd","pageSize":2}', "searchBefore", 4, "3 5", false },
  }
  for _, case in ipairs(cases) do
    it(("%s from item %d of %s gives '%s'"):format(case[2], case[3], case[1], case[4]), function()
      local query = merge(case[1], case[2], row_of(case[1], case[3]))
      assert.equal(case[4], ids(store, query))
      for i, found in ipairs(run(store, query)) do
        assert.equal(i == 1 and case[5], found.is_first)
      end
    end)
  end

  it("is not needed for the first page, whose first item is the first of all", function()
    local page = run(store, '{"pageSize":3}')
    assert.is_true(page[1].is_first)
    assert.is_false(page[2].is_first)
  end)

  it("with OrEqual finds its own task by a second query, which knows only some of the filters", function()
    -- Task 2 is not odd, yet comes first: the second query does not look at candidateUser.
    local row = row_of('{"pageSize":9}', 2)
    assert.equal("2 3 5", ids(store, merge('{"candidateUser":"odd","pageSize":3}', "searchAfterOrEqual", row)))
    assert.equal("3 5 7", ids(store, merge('{"candidateUsers":["odd"],"pageSize":3}', "searchAfterOrEqual", row)))
  end)

  it("may be given as numbers", function()
    assert.equal("4 5 6", ids(store, '{"pageSize":3,"sort":[],"searchAfter":[3]}'))
  end)

  it("walks over more tasks than the window of 10000", function()
    local many = {}
    for i = 1, 10500 do many[i] = { id = tostring(i) } end
    local big, seen, query = tasks.new(many), 0, '{"pageSize":2000}'
    repeat
      local page = run(big, query)
      seen = seen + #page
      if page[1] then query = merge('{"pageSize":2000}', "searchAfter", page[#page].sort_values) end
    until #page == 0
    assert.equal(10500, seen)
  end)
end)

describe("a query that is refused", function()
  local store = tasks.new{ { id = "1" } }
  local only_one = "Only one of [searchAfter, searchAfterOrEqual, searchBefore, searchBeforeOrEqual] must be present "
    .. "in request."
  local cases = {
    { '{"searchAfter":["1","2"],"searchBefore":["1","2"]}', 400, only_one },
    { '{"searchAfter":[],"searchBeforeOrEqual":[]}', 400, only_one },
    { '{"searchAfterOrEqual":["1","2"],"searchBefore":["1","2"],"pageSize":0}', 400, only_one },
    { '{"searchAfter":["1"],"pageSize":0}', 400, "Page size should be a positive number" },
    { '{"pageSize":10001}', 500 },
    { '{"pageSize":10000,"searchBefore":["1","2"]}', 500 },
    { '{"pageSize":10000,"searchBeforeOrEqual":["1","2"]}', 500 },
    { '{"searchAfter":[]}', 500 },
    { '{"searchAfter":["1"]}', 500 },
    { '{"searchAfter":["1","2","3"]}', 500 },
    { '{"searchAfter":["x","1"]}', 500 },
    { '{"searchAfter":["1","x"]}', 500 },
    { '{"sort":[],"searchAfterOrEqual":["1"]}', 500 },
    { '{"sort":[],"searchBeforeOrEqual":["1"]}', 500 },
    { '{"sort":[{"field":"dueDate"}]}', 500 },
    { '{"sort":[{"order":"ASC"}]}', 500 },
    { '{"priority":{"eq":"high"}}', 500 },
    { '{"taskVariables":[{"name":"a","value":"1"},{"name":"a","value":"2"}]}', 500 },
    { '{"includeVariables":[{"name":"a"},{"name":"a"}]}', 500 },
    { '{"tenantIds":["a","a"]}', 500 },
  }
  for _, case in ipairs(cases) do
    it(case[1] .. " gives " .. case[2], function()
      assert.same({ nil, case[2], case[3] }, { run(store, case[1]) })
    end)
  end

  it("is none with a null beside a cursor", function()
    assert.equal("", ids(store, '{"searchAfter":["0","1"],"searchBefore":null}'))
  end)

  it("is none with 9999 items before a cursor", function()
    assert.equal("1", ids(store, '{"pageSize":9999,"searchBefore":["0","1"]}'))
  end)
end)
