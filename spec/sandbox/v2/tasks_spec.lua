-- What v2 shows of tasks, and in which order and pages its search gives them.
local json = require "tasklist.sandbox.json"
local support = require "spec.support.api"

local ONE = { id = "5", implementation = "ZEEBE_USER_TASK", taskDefinitionId = "approve", processName = "Order",
  processDefinitionId = "order", processDefinitionKey = "100", processInstanceKey = "200",
  creationDate = "2024-03-01T08:00:00Z" }

local function task_with(changes)
  local task = {}
  for name, value in pairs(ONE) do task[name] = value end
  for name, value in pairs(changes) do task[name] = value end
  return task
end

-- What GET says of a task; and as text.
local function shown(version, task, forms)
  local _, answer, response = support.new({ task }, { version = version, forms = forms })("GET", "/v2/user-tasks/5")
  return answer, response.body
end

describe("a task of v2", function()
  it("has all that there is to say of it, in the server's words", function()
    local full = task_with{ name = "Approve", assignee = "demo", candidateGroups = { "a" }, candidateUsers = { "u" },
      priority = 80, completionDate = "2024-03-02T09:30:00.5Z", taskState = "COMPLETED", tenantId = "t",
      dueDate = "2024-03-03T10:00:00+02:00", followUpDate = "2024-03-04T00:00:00Z", formKey = "300",
      processDefinitionVersion = 3, rootProcessInstanceKey = "199", businessId = "o-1", tags = { "hot" },
      customHeaders = { colour = "red" } }
    local answer, text = shown("8.10", full)
    assert.equal('{"name":"Approve","state":"COMPLETED","assignee":"demo","elementId":"approve",'
      .. '"candidateGroups":["a"],"candidateUsers":["u"],"processDefinitionId":"order",'
      .. '"creationDate":"2024-03-01T08:00:00.000Z","completionDate":"2024-03-02T09:30:00.500Z",'
      .. '"followUpDate":"2024-03-04T00:00:00.000Z","dueDate":"2024-03-03T08:00:00.000Z","tenantId":"t",'
      .. '"externalFormReference":null,"processDefinitionVersion":3,"customHeaders":{"colour":"red"},"priority":80,'
      .. '"userTaskKey":"5","elementInstanceKey":"' .. answer.elementInstanceKey
      .. '","processName":"Order","processDefinitionKey":"100","processInstanceKey":"200",'
      .. '"rootProcessInstanceKey":"199","businessId":"o-1","formKey":"300","tags":["hot"]}', text)
  end)

  it("has nulls from 8.9 on, and leaves them out in 8.8", function()
    for _, version in ipairs{ "8.9", "8.10" } do
      local answer = shown(version, ONE)
      for _, name in ipairs{ "name", "assignee", "completionDate", "followUpDate", "dueDate", "externalFormReference",
        "formKey" } do assert.equal(json.null, answer[name], name) end
    end
    local answer, text = shown("8.8", ONE)
    assert.is_nil(text:find("null", 1, true))
    assert.same({ json.array{}, json.array{}, {} },
      { answer.candidateGroups, answer.candidateUsers, answer.customHeaders })
    assert.equal("order", answer.processDefinitionId)
  end)

  -- Each member that is newer than 8.8, and its first version.
  local newer = { rootProcessInstanceKey = "8.9", tags = "8.9", businessId = "8.10" }
  for name, first in pairs(newer) do
    it(("has %s from %s on"):format(name, first), function()
      local task, there = task_with{ businessId = "o-1" }, false
      for _, version in ipairs{ "8.8", "8.9", "8.10" } do
        there = there or version == first
        assert.equal(there, shown(version, task)[name] ~= nil, version)
      end
    end)
  end

  it("is its own process instance's unless another called that", function()
    assert.equal("200", shown("8.10", ONE).rootProcessInstanceKey)
  end)

  it("is of a process and of an instance where nobody said of which, and is found by their keys", function()
    local ask = support.new({ { id = "5", implementation = "ZEEBE_USER_TASK" } }, { version = "8.10" })
    local _, task = ask("GET", "/v2/user-tasks/5")
    for _, name in ipairs { "processDefinitionKey", "processInstanceKey", "rootProcessInstanceKey" } do
      assert.match("^%d+$", task[name])
    end
    for _, name in ipairs { "processDefinitionKey", "processInstanceKey" } do
      local _, found = ask("POST", "/v2/user-tasks/search", ('{"filter":{"%s":"%s"}}'):format(name, task[name]))
      assert.same({ 1, "5" }, { #found.items, found.items[1].userTaskKey }, name)
    end
  end)

  local forms = { { id = "f", version = 1, key = "300" }, { id = "f", version = 2, key = "301" } }
  local rows = {
    { { formKey = "300", formId = "f", formVersion = 1 }, "300", nil },
    { { formId = "f", formVersion = 2 }, "301", nil },
    { { formKey = "999" }, "999", nil },
    { { formKey = "crm:call-sheet" }, nil, "crm:call-sheet" },
    { {}, nil, nil },
  }
  for _, row in ipairs(rows) do
    local given, form_key, reference = table.unpack(row, 1, 3)
    it(("with a form %s %s has formKey %s"):format(given.formKey, given.formId, form_key), function()
      local answer = shown("8.8", task_with(given), forms)
      assert.same({ n = 2, form_key, reference }, table.pack(answer.formKey, answer.externalFormReference))
    end)
  end

  local nothing = {
    { "9", 404, "NOT_FOUND", "9" }, { "6", 404, "NOT_FOUND", "6" }, { "7", 404, "NOT_FOUND", "7" },
    { "x", 400, "Bad Request", "x" },
  }
  for _, row in ipairs(nothing) do
    it(("is a %d for %s"):format(row[2], row[1]), function()
      local ask = support.new({ { id = "6", implementation = "JOB_WORKER" }, { id = "7", tenantId = "t",
        implementation = "ZEEBE_USER_TASK" } }, { version = "8.10" })
      local status, answer = ask("GET", "/v2/user-tasks/" .. row[1], nil, { caller = { name = "c", role = "OWNER",
        tenants = { "u" } } })
      assert.same({ row[2], row[3] }, { status, answer.title })
      assert.truthy(answer.detail:find(("'%s'"):format(row[4]), 1, true))
    end)
  end
end)

describe("v2", function()
  for _, version in ipairs{ "8.6", "8.7" } do
    it("cannot be read from in " .. version, function()
      local ask = support.new({ ONE }, { version = version })
      for _, row in ipairs{ { "POST", "/v2/user-tasks/search" }, { "GET", "/v2/user-tasks/5" } } do
        assert.equal(405, (ask(row[1], row[2], "", { root = "gateway" })))
      end
    end)
  end

  it("is the API that does not know tasks of job workers, where v1 knows both kinds", function()
    for _, version in ipairs{ "8.5", "8.6", "8.7", "8.8", "8.9" } do
      local ask = support.new({ ONE, { id = "6" } }, { version = version, v1 = true })
      assert.equal(2, #select(2, ask("POST", "/v1/tasks/search", "{}")), version)
      if version >= "8.8" then
        assert.equal(1, #select(2, ask("POST", "/v2/user-tasks/search", "{}")).items, version)
      end
    end
  end)
end)

describe("a search of v2", function()
  local list = {}
  -- Priority, due on this day, or never, name.
  for i, row in ipairs{ { 50, 3, "b" }, { 20, nil, "a" }, { 50, 1, nil }, { 90, nil, "c" }, { 20, 2, "B" } } do
    list[i] = task_with{ id = tostring(10 + i), priority = row[1], name = row[3], businessId = row[3],
      dueDate = row[2] and ("2024-03-0%dT00:00:00Z"):format(row[2]),
      creationDate = ("2024-02-0%dT00:00:00Z"):format(6 - i) }
  end

  -- The keys of an answer's items, with spaces between.
  local function keys_of(answer)
    local keys = {}
    for i, item in ipairs(answer.items) do keys[i] = item.userTaskKey or item.id end
    return table.concat(keys, " ")
  end

  local sorts = {
    { '[]', "11 12 13 14 15" },
    { 'null', "11 12 13 14 15" },
    { '[{"field":"creationDate"}]', "15 14 13 12 11" },
    { '[{"field":"creationDate","order":"DESC"}]', "11 12 13 14 15" },
    { '[{"field":"priority","order":"DESC"}]', "14 11 13 12 15" },
    { '[{"field":"dueDate","order":"ASC"}]', "12 14 13 15 11" },
    { '[{"field":"dueDate","order":"DESC"}]', "11 15 13 12 14" },
    { '[{"field":"completionDate","order":"DESC"}]', "11 12 13 14 15" },
    { '[{"field":"followUpDate","order":"ASC"}]', "11 12 13 14 15" },
    { '[{"field":"name","order":"ASC"}]', "13 15 12 11 14" },
    { '[{"field":"name","order":"DESC"}]', "14 11 12 15 13" },
    { '[{"field":"priority","order":"ASC"},{"field":"dueDate","order":"DESC"}]', "15 12 11 13 14" },
    { '[{"field":"businessId","order":"DESC"}]', "14 11 12 15 13", "8.10" },
  }
  for _, row in ipairs(sorts) do
    it("is sorted by " .. row[1] .. ", on one page and by cursors both ways", function()
      local ask = support.new(list, { version = row[3] or "8.8" })
      local function search(page)
        local status, answer = ask("POST", "/v2/user-tasks/search", ('{"sort":%s,"page":%s}'):format(row[1], page))
        assert.equal(200, status)
        return keys_of(answer), answer.page
      end
      assert.equal(row[2], (search "{}"))
      local first, page = search '{"limit":2}'
      local second, next_page = search(('{"limit":2,"after":"%s"}'):format(page.endCursor))
      local third = search(('{"limit":2,"after":"%s"}'):format(next_page.endCursor))
      assert.equal(row[2], table.concat({ first, second, third }, " "))
      assert.equal(first, (search(('{"limit":2,"before":"%s"}'):format(next_page.startCursor))))
    end)
  end

  it("has undated tasks at the other end than a search of v1", function()
    local both = support.new(list, { version = "8.8", v1 = true })
    for _ = 1, 2 do
      local _, items = both("POST", "/v1/tasks/search", '{"sort":[{"field":"dueDate","order":"ASC"}]}')
      assert.equal("13 15 11 12 14", keys_of{ items = items })
      local _, answer = both("POST", "/v2/user-tasks/search", '{"sort":[{"field":"dueDate","order":"ASC"}]}')
      assert.equal("12 14 13 15 11", keys_of(answer))
    end
  end)

  local ask = support.new(list, { version = "8.9" })

  it("has a page beside the items", function()
    local _, answer, response = ask("POST", "/v2/user-tasks/search", '{"page":{"limit":2}}')
    assert.same({ 5, false }, { answer.page.totalItems, answer.page.hasMoreTotalItems })
    assert.truthy(response.body:find('^{"items":%[{"name":"b",'))
    _, _, response = ask("POST", "/v2/user-tasks/search", '{"filter":{"assignee":"x"}}')
    assert.equal('{"items":[],"page":{"totalItems":0,"hasMoreTotalItems":false,"startCursor":null,"endCursor":null}}',
      response.body)
  end)

  it("needs no body", function()
    assert.equal(200, (ask("POST", "/v2/user-tasks/search", "")))
  end)

  it("gives what the caller may see", function()
    local hidden = support.new({ task_with{ id = "1", tenantId = "a" },
      task_with{ id = "2", candidateUsers = { "x" } } }, { version = "8.10" })
    local _, answer = hidden("POST", "/v2/user-tasks/search", "", { caller = { name = "c", role = "READER",
      tenants = { "a" } } })
    assert.equal("1", keys_of(answer))
    _, answer = hidden("POST", "/v2/user-tasks/search", "", { caller = { name = "u", user = "u", role = "OWNER",
      groups = {} } })
    assert.equal("1", keys_of(answer))
  end)

  local cursor = "WzEsMiwzXQ==" -- [1,2,3]
  local bad = {
    { '{"sort":[{"field":"state"}]}', "INVALID_ARGUMENT", "Unknown sortBy: state" },
    { '{"sort":[{"field":"creationTime"}]}', "INVALID_ARGUMENT", "Unknown sortBy: creationTime" },
    { '{"sort":[{"field":"businessId"}]}', "INVALID_ARGUMENT", "Unknown sortBy: businessId" },
    { '{"sort":[{"order":"ASC"}]}', "INVALID_ARGUMENT", "Sort field must not be null." },
    { '{"sort":[{"field":"name","order":"asc"}]}', "Bad Request", "Request property [sort.order] cannot be parsed" },
    { '{"sort":{"field":"name"}}', "Bad Request", "Request property [sort] cannot be parsed" },
    { '{"pageSize":5}', "Bad Request", "Request property [pageSize] cannot be parsed" },
    { '{"page":{"pageSize":5}}', "Bad Request", "Request property [page.pageSize] cannot be parsed" },
    { '{"page":{"limit":10001}}', "INVALID_ARGUMENT",
      "The value for limit is '10001' but must be within the interval [1,10000]." },
    { ('{"page":{"after":"%s"}}'):format(cursor), "INVALID_ARGUMENT", "Cannot decode the data store search cursor." },
  }
  for _, row in ipairs(bad) do
    it("is refused: " .. row[1], function()
      local status, answer = ask("POST", "/v2/user-tasks/search", row[1])
      assert.same({ 400, row[2], row[3] }, { status, answer.title, answer.detail })
    end)
  end

  it("goes on beyond tasks that change", function()
    local asking, parts = support.new(list, { version = "8.10" })
    local sort = '"sort":[{"field":"completionDate","order":"ASC"}]'
    assert.equal("11 12 13 14 15", keys_of(select(2, asking("POST", "/v2/user-tasks/search", "{" .. sort .. "}"))))
    parts.store:set_state("12", "CANCELED")
    assert.equal("11 13 14 15 12", keys_of(select(2, asking("POST", "/v2/user-tasks/search", "{" .. sort .. "}"))))
  end)
end)
