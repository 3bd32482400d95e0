-- What the endpoints beside the search show: tasks, variables, drafts, forms.
local json = require "tasklist.sandbox.json"
local support = require "spec.support.api"

local LONG = '"' .. ("x"):rep(9000) .. '"'
local CUT = LONG:sub(1, 8191)

local function variables_of(t)
  local list = {}
  for i, pair in ipairs(t) do list[i] = { name = pair[1], value = pair[2] } end
  return list
end

local function input(t)
  return json.encode{ variables = json.array(variables_of(t)) }
end

describe("GET of a task", function()
  it("has the fields of a task in the server's order, nulls written out", function()
    local ask = support.new{ { id = "5", assignee = "demo", candidateUsers = { "demo" },
      dueDate = "2024-03-08T12:00:00Z", variables = variables_of{ { "a", "1" } } } }
    local status, _, response = ask("GET", "/v1/tasks/5")
    assert.equal(200, status)
    assert.equal('{"id":"5","name":"Activity_task","taskDefinitionId":"Activity_task","processName":"Process",'
      .. '"creationDate":"2024-01-01T00:00:00.000+0000","completionDate":null,"assignee":"demo","taskState":"CREATED",'
      .. '"formKey":null,"formId":null,"formVersion":null,"isFormEmbedded":false,"processDefinitionKey":null,'
      .. '"processInstanceKey":null,"tenantId":"<default>","dueDate":"2024-03-08T12:00:00.000+0000",'
      .. '"followUpDate":null,"candidateGroups":null,"candidateUsers":["demo"],"implementation":"JOB_WORKER",'
      .. '"priority":50}', response.body)
  end)

  for _, id in ipairs{ "9", "search", "a.b", "%C3%BC" } do
    it("of an unknown id is a 404 that names it: " .. id, function()
      local status, answer = support.new{}("GET", "/v1/tasks/" .. id)
      assert.same({ 404, ("task with id %s was not found"):format((id:gsub("%%C3%%BC", "ü"))) },
        { status, answer.message })
      assert.not_equal(json.null, answer.instance)
    end)
  end

  it("is not for a user for whom the task is not meant", function()
    local ask = support.new{ { id = "1", candidateGroups = { "hr" } }, { id = "2", candidateUsers = { "demo" } } }
    local caller = { name = "demo", user = "demo", role = "READER", groups = {} }
    local status, answer = ask("GET", "/v1/tasks/1", nil, { caller = caller })
    assert.same({ 403, "User does not have permission to perform on this task." }, { status, answer.message })
    assert.equal(200, (ask("GET", "/v1/tasks/2", nil, { caller = caller })))
    assert.equal(404, (ask("GET", "/v1/tasks/3", nil, { caller = caller })))
    local _, found = ask("POST", "/v1/tasks/search", nil, { caller = caller })
    assert.same({ 1, "2" }, { #found, found[1].id })
  end)
end)

describe("a server without priorities", function()
  local ask = support.new({ { id = "1", implementation = "ZEEBE_USER_TASK", priority = 80 } }, { version = "8.5" })

  it("neither shows them nor filters by them", function()
    local search = '{"priority":{"eq":5}}'
    for _, row in ipairs{ { "GET", "" }, { "PATCH", "/assign" }, { "POST", "/search", search } } do
      local path = row[2] == "/search" and "/v1/tasks/search" or "/v1/tasks/1" .. row[2]
      local status, _, response = ask(row[1], path, row[3], { caller = support.demo })
      assert.equal(200, status)
      assert.truthy(response.body:find('"implementation":"ZEEBE_USER_TASK"}', 1, true), response.body)
    end
  end)

  it("does not sort by them", function()
    local status, answer = ask("POST", "/v1/tasks/search", '{"sort":[{"field":"priority","order":"ASC"}]}')
    assert.equal(400, status)
    assert.truthy(answer.message:find("[completionTime, followUpDate, creationTime, dueDate]", 1, true))
    assert.equal(200, (ask("POST", "/v1/tasks/search", '{"sort":[{"field":"dueDate","order":"ASC"}]}')))
  end)
end)

describe("a path", function()
  for _, part in ipairs{ "a%2Fb", "a%2fb", "a%5Cb", "a%3Bb", "a%25b", "a;b" } do
    it("with what the servlet stack refuses is a bare 400: " .. part, function()
      local _, _, response = support.new{}("GET", "/v1/variables/" .. part)
      assert.same({ status = 400 }, response)
    end)
  end

  it("that ends in other than a word says what is wrong with method and Accept", function()
    local ask = support.new{}
    local status, answer, response = ask("DELETE", "/v1/tasks/a.b")
    assert.same({ 405, "Method Not Allowed", "Method 'DELETE' is not supported.", "GET" },
      { status, answer.title, answer.detail, response.headers.Allow })
    status, answer = ask("GET", "/v1/tasks/a.b", nil, { headers = { accept = "text/html" } })
    assert.same({ 406, "Not Acceptable" }, { status, answer.title })
  end)
end)

describe("HEAD", function()
  local ask = support.new({ { id = "5", processDefinitionKey = "1", formId = "f",
    variables = variables_of{ { "a", "1" } } } }, { forms = { { id = "f", version = 1 } } })
  local variable = select(2, ask("POST", "/v1/tasks/5/variables/search"))[1].id
  local paths = { "/v1/tasks/5", "/v1/tasks/6", "/v1/variables/" .. variable, "/v1/forms/f?processDefinitionKey=1",
    "/v1/forms/f", "/v1/tasks/search", "/v1/tasks/a%2Fb", "/v1/nothing", "/v1/a.b" }
  for _, path in ipairs(paths) do
    it("is like GET of " .. path, function()
      local status, _, response = ask("GET", path)
      local same, _, other = ask("HEAD", path)
      assert.same({ status, response.headers }, { same, other.headers })
    end)
  end

  for _, path in ipairs{ "/v1/tasks/5/assign", "/v1/tasks/5/variables" } do
    it("is no method of " .. path, function()
      assert.equal(404, (ask("HEAD", path)))
    end)
  end
end)

describe("OPTIONS", function()
  local cases = {
    { "/v1/tasks/5", "GET,HEAD,OPTIONS" }, { "/v1/tasks/a.b", "GET,HEAD,OPTIONS" },
    { "/v1/variables/5", "GET,HEAD,OPTIONS" }, { "/v1/forms/5", "GET,HEAD,OPTIONS" },
    { "/v1/tasks/search", "POST,GET,HEAD,OPTIONS" }, { "/v1/tasks/5/assign", "PATCH,OPTIONS" },
    { "/v1/tasks/5/unassign", "PATCH,OPTIONS" }, { "/v1/tasks/5/complete", "PATCH,OPTIONS" },
    { "/v1/tasks/5/variables", "POST,OPTIONS" }, { "/v1/tasks/5/variables/search", "POST,OPTIONS" },
  }
  for _, case in ipairs(cases) do
    it("says which methods there are for " .. case[1], function()
      local status, body, response = support.new{}("OPTIONS", case[1])
      assert.same({ 200, "", { Allow = case[2] } }, { status, body, response.headers })
    end)
  end

  for _, path in ipairs{ "/v1/nothing", "/v1/a.b" } do
    it("is a 404 where there is nothing: " .. path, function()
      local status, _, response = support.new{}("OPTIONS", path)
      assert.same({ 404, nil }, { status, (response.headers or {}).Allow })
    end)
  end
end)

describe("a search for a task's variables", function()
  local ask, parts
  before_each(function()
    ask, parts = support.new{
      { id = "1", processInstanceKey = "70", variables = variables_of{ { "b", '"x"' }, { "a", "1" }, { "long", LONG } },
        localVariables = variables_of{ { "a", "2" } } },
      { id = "2", processInstanceKey = "70" },
      { id = "3", taskState = "COMPLETED", variables = variables_of{ { "b", "1" }, { "a", "2" } } },
      { id = "4", taskState = "FAILED", processInstanceKey = "70" },
      { id = "5", taskState = "CANCELED", processInstanceKey = "70" },
    }
  end)

  local function look(id, body)
    local status, found = ask("POST", ("/v1/tasks/%s/variables/search"):format(id), body)
    return status, found
  end

  it("gives them by name, the inner scope's first, with a null draft", function()
    local status, _, response = ask("POST", "/v1/tasks/1/variables/search", '{"variableNames":["b","a","none"]}')
    assert.equal(200, status)
    assert.equal('[{"id":"6755399441055745-a","name":"a","value":"2","isValueTruncated":false,"previewValue":"2",'
      .. '"draft":null},{"id":"70-b","name":"b","value":"\\"x\\"","isValueTruncated":false,'
      .. '"previewValue":"\\"x\\"","draft":null}]', response.body)
  end)

  it("gives those of the process instance to all its tasks", function()
    local _, found = look("2")
    assert.same({ "70-a", "1", "70-b", "70-long" }, { found[1].id, found[1].value, found[2].id, found[3].id })
  end)

  for _, body in ipairs{ "", "{}", '{"variableNames":[]}', '{"includeVariables":[],"variableNames":null}' } do
    it(("gives all for '%s'"):format(body), function()
      local _, found = look("1", body)
      assert.equal(3, #found)
    end)
  end

  it("gives the snapshot of a completed task, and nothing for one that failed or was cancelled", function()
    local _, found = look("3")
    assert.same({ "3-a", "3-b" }, { found[1].id, found[2].id })
    assert.same({}, (select(2, look("4"))))
    assert.same({}, (select(2, look("5"))))
  end)

  it("cuts long values, unless they are included in full", function()
    local _, cut = look("1", '{"includeVariables":[{"name":"long"}]}')
    assert.same({ json.null, true, CUT }, { cut[1].value, cut[1].isValueTruncated, cut[1].previewValue })
    local _, full = look("1", '{"includeVariables":[{"name":"long","alwaysReturnFullValue":true}]}')
    assert.same({ LONG, true, CUT }, { full[1].value, full[1].isValueTruncated, full[1].previewValue })
  end)

  it("takes one of the two lists only, after it has looked for the task", function()
    local both = '{"variableNames":["a"],"includeVariables":[{"name":"b"}]}'
    local status, answer = look("1", both)
    assert.same({ 400, "Only one of [variableNames, includeVariables] must be present in request." },
      { status, answer.message })
    assert.equal(404, (look("9", both)))
  end)

  for _, body in ipairs{ '{"variableNames":["a","a"]}', '{"includeVariables":[{"name":"a"},{"name":"a"}]}' } do
    it("breaks over a name that comes twice: " .. body, function()
      local status, answer = look("1", body)
      assert.same({ 500, "Unexpected server error occurred.", json.null },
        { status, answer.message, answer.instance })
    end)
  end

  it("sorts by name, and a snapshot keeps the order in which it was made", function()
    local names = {}
    for i = 1, 26 do names[i] = { string.char(("z"):byte() - i + 1), "1" } end
    ask = support.new{ { id = "1", variables = variables_of(names) } }
    ask("PATCH", "/v1/tasks/1/complete", input{ { "0", "2" } })
    local _, found = look("1")
    assert.same({ "0", "a", "z" }, { found[1].name, found[2].name, found[27].name })
    local include = json.array{}
    for i = 1, 26 do include[i] = { name = names[i][1] } end
    include[27] = { name = "0" }
    local _, items = ask("POST", "/v1/tasks/search", { includeVariables = include })
    local seen = {}
    for i, one in ipairs(items[1].variables) do seen[i] = one.name end
    assert.equal("abcdefghijklmnopqrstuvwxyz0", table.concat(seen))
  end)

  it("sees what is set in the process instance while it runs", function()
    parts.store:set_variables("70", variables_of{ { "b", "7" }, { "new", "8" } })
    parts.store:set_variables("1", variables_of{ { "a", "9" } })
    local _, one = look("1", '{"variableNames":["a","b","new"]}')
    assert.same({ "9", "7", "8" }, { one[1].value, one[2].value, one[3].value })
    local _, two = look("2", '{"variableNames":["a"]}')
    assert.equal("1", two[1].value)
  end)
end)

describe("drafts", function()
  local ask
  before_each(function()
    ask = support.new{ { id = "1", processInstanceKey = "70", implementation = "ZEEBE_USER_TASK",
      variables = variables_of{ { "a", "1" }, { "b", "2" } } } }
  end)

  local function save(t)
    local status, body = ask("POST", "/v1/tasks/1/variables", type(t) == "table" and input(t) or t)
    return status, body
  end

  local function look()
    local _, found = ask("POST", "/v1/tasks/1/variables/search")
    local drafts = {}
    for i, one in ipairs(found) do
      drafts[i] = { one.id, one.value, one.draft ~= json.null and one.draft.value or nil }
    end
    return drafts
  end

  it("stand beside the values, under the same ids; a name that has only a draft has no value", function()
    local status, body = save{ { "a", '"new"' }, { "c", "3" } }
    assert.same({ 204, "" }, { status, body })
    assert.same({ { "70-a", "1", '"new"' }, { "70-b", "2" }, { "1-c", json.null, "3" } }, look())
    local _, found = ask("POST", "/v1/tasks/1/variables/search", '{"variableNames":["c"]}')
    assert.same({ { id = "1-c", name = "c", value = json.null, previewValue = json.null, isValueTruncated = false,
      draft = { value = "3", previewValue = "3", isValueTruncated = false } } }, found)
  end)

  it("are cut like values", function()
    save{ { "c", LONG } }
    local _, found = ask("POST", "/v1/tasks/1/variables/search", '{"variableNames":["c"]}')
    assert.same({ value = json.null, previewValue = CUT, isValueTruncated = true }, found[1].draft)
    _, found = ask("POST", "/v1/tasks/1/variables/search",
      '{"includeVariables":[{"name":"c","alwaysReturnFullValue":true}]}')
    assert.equal(LONG, found[1].draft.value)
  end)

  it("are replaced as a whole; of a name that comes twice the last one counts", function()
    save{ { "a", "10" }, { "c", "3" } }
    save{ { "b", "20" }, { "b", "21" } }
    assert.same({ { "70-a", "1" }, { "70-b", "2", "21" } }, look())
  end)

  for _, body in ipairs{ "{}", '{"variables":[]}' } do
    it("are cleared by " .. body, function()
      save{ { "a", "10" } }
      assert.equal(204, (save(body)))
      assert.same({ { "70-a", "1" }, { "70-b", "2" } }, look())
    end)
  end

  it("are not kept where they are like the value", function()
    save{ { "a", "1" } }
    assert.same({ { "70-a", "1" }, { "70-b", "2" } }, look())
  end)

  it("are nothing to a search for tasks", function()
    save{ { "a", "10" }, { "c", "3" } }
    local _, found = ask("POST", "/v1/tasks/search", '{"includeVariables":[{"name":"a"},{"name":"c"}]}')
    assert.same({ 1, "1" }, { #found[1].variables, found[1].variables[1].value })
  end)

  it("are in the snapshot of the completed task, beneath what was sent, and gone then", function()
    local parts
    ask, parts = support.new{ { id = "1", processInstanceKey = "70", variables = variables_of{ { "a", "1" },
      { "b", "2" } } }, { id = "2", processInstanceKey = "70" } }
    save{ { "a", "10" }, { "b", "20" }, { "c", "30" } }
    ask("PATCH", "/v1/tasks/1/complete", input{ { "b", "200" }, { "d", "400" }, { "d", "401" } })
    assert.same({ { "1-a", "10" }, { "1-b", "200" }, { "1-c", "30" }, { "1-d", "401" } }, look())
    -- The drafts have not been sent: only the request's values reach the process instance.
    local _, other = ask("POST", "/v1/tasks/2/variables/search")
    local values = {}
    for i, one in ipairs(other) do values[i] = one.name .. "=" .. one.value end
    assert.equal("a=1 b=200 d=401", table.concat(values, " "))
    local sent = parts.ledger:list()[2].variables
    assert.same({ { name = "b", value = "200" }, { name = "d", value = "401" } }, sent)
    assert.equal(404, (ask("GET", "/v1/variables/1-nothing")))
  end)

  it("are lost with the snapshot where the variables are an explicit null", function()
    ask = support.new{ { id = "1", variables = variables_of{ { "a", "1" } } } }
    assert.equal(200, (ask("PATCH", "/v1/tasks/1/complete", '{"variables":null}')))
    assert.same({}, look())
  end)
end)

describe("GET of a variable", function()
  local ask
  before_each(function()
    ask = support.new{ { id = "1", processInstanceKey = "70", tenantId = "t1", variables = variables_of{ { "a", LONG },
      { "b c-d", "2" } } } }
  end)

  it("shows all of it", function()
    local status, found = ask("GET", "/v1/variables/70-a")
    assert.equal(200, status)
    assert.same({ id = "70-a", name = "a", value = LONG, draft = json.null, tenantId = "t1" }, found)
  end)

  it("decodes the id", function()
    local _, found = ask("GET", "/v1/variables/70-b%20c-d")
    assert.equal("2", found.value)
  end)

  it("shows its draft, or the draft alone", function()
    ask("POST", "/v1/tasks/1/variables", input{ { "a", "1" }, { "c", "3" } })
    local _, both = ask("GET", "/v1/variables/70-a")
    assert.same({ LONG, { value = "1" } }, { both.value, both.draft })
    local _, alone = ask("GET", "/v1/variables/1-c")
    assert.same({ id = "1-c", name = "c", value = json.null, draft = { value = "3" }, tenantId = "t1" }, alone)
  end)

  it("finds the snapshot's by other ids", function()
    assert.equal(404, (ask("GET", "/v1/variables/1-a")))
    ask("PATCH", "/v1/tasks/1/complete", input{ { "a", "5" } })
    local _, found = ask("GET", "/v1/variables/1-a")
    assert.equal("5", found.value)
  end)

  for _, id in ipairs{ "70-none", "71-a", "x", "1-a" } do
    it("of an unknown id is a 404: " .. id, function()
      local status, answer = ask("GET", "/v1/variables/" .. id)
      assert.same({ 404, ("Variable with id %s not found."):format(id) }, { status, answer.message })
    end)
  end
end)

describe("a search for tasks", function()
  local context = { "taskContextDisplayName", LONG }

  it("breaks over a context that is too long, unless that is included in full", function()
    local ask = support.new{ { id = "1", variables = variables_of{ context } } }
    local status, answer = ask("POST", "/v1/tasks/search")
    assert.same({ 500, "Unexpected server error occurred." }, { status, answer.message })
    local _, found = ask("POST", "/v1/tasks/search",
      '{"includeVariables":[{"name":"taskContextDisplayName","alwaysReturnFullValue":true}]}')
    assert.equal(LONG:gsub('"', ""), found[1].context)
  end)

  it("shows a caller his tenants' tasks only, and of those the ones of the tenants asked for", function()
    local ask = support.new{ { id = "1", tenantId = "a" }, { id = "2", tenantId = "b" }, { id = "3", tenantId = "c" } }
    local caller = { name = "c", role = "OWNER", tenants = { "a", "b" } }
    local function ids(body, who)
      local _, found = ask("POST", "/v1/tasks/search", body, { caller = who })
      local list = {}
      for i, task in ipairs(found) do list[i] = task.id end
      return table.concat(list, " ")
    end
    assert.equal("1 2", ids("{}", caller))
    assert.equal("2", ids('{"tenantIds":["b","c"]}', caller))
    assert.equal("", ids("{}", { name = "c", role = "OWNER", tenants = {} }))
    assert.equal("1 2 3", ids('{"tenantIds":["b"]}', support.client))
  end)
end)

describe("GET of a form", function()
  local FORMS = {
    { id = "ask", processDefinitionKey = "10", schema = '{"a":1}' },
    { id = "a:b", processDefinitionKey = "10" },
    { id = "linked", key = "501", version = 1, schema = "{}" },
    { id = "linked", key = "502", version = 2, schema = "{}", tenantId = "t" },
    { id = "linked", key = "503", version = 3, schema = "{}", isDeleted = true },
    { id = "start", key = "510", version = 1, schema = "{}", processDefinitionKey = "10" },
    { id = "unused", key = "520", version = 1, schema = "{}" },
  }
  local ask = support.new({ { id = "1", processDefinitionKey = "10", formId = "linked" },
    { id = "2", processDefinitionKey = "11", formKey = "501" } }, { forms = FORMS })

  it("gives an embedded one, whose version is null", function()
    local status, _, response = ask("GET", "/v1/forms/ask?processDefinitionKey=10")
    assert.equal(200, status)
    assert.equal('{"id":"ask","processDefinitionKey":"10","schema":"{\\"a\\":1}","version":null,'
      .. '"tenantId":"<default>","isDeleted":false}', response.body)
  end)

  it("gives a linked one, deleted ones only by their version", function()
    local _, newest = ask("GET", "/v1/forms/linked?processDefinitionKey=10&version=")
    assert.same({ "linked", "10", 2, "t", false }, { newest.id, newest.processDefinitionKey, newest.version,
      newest.tenantId, newest.isDeleted })
    local _, deleted = ask("GET", "/v1/forms/linked?processDefinitionKey=10&version=3")
    assert.same({ 3, true }, { deleted.version, deleted.isDeleted })
    local _, by_key = ask("GET", "/v1/forms/501?processDefinitionKey=10")
    assert.same({ "linked", 1 }, { by_key.id, by_key.version })
  end)

  local found = { "/v1/forms/a:b?processDefinitionKey=10", "/v1/forms/a%3Ab?processDefinitionKey=10",
    "/v1/forms/start?processDefinitionKey=10", "/v1/forms/501?processDefinitionKey=11" }
  for _, path in ipairs(found) do
    it("finds " .. path, function()
      assert.equal(200, (ask("GET", path)))
    end)
  end

  local missing = {
    { "ask", "11" }, { "ask", "10&version=1" }, { "linked", "11" }, { "unused", "10" }, { "start", "11" },
    { "linked", "10&version=4" }, { "503", "10" }, { "linked", "" },
  }
  for _, case in ipairs(missing) do
    it(("does not find %s of %s"):format(case[1], case[2]), function()
      local status, answer = ask("GET", ("/v1/forms/%s?processDefinitionKey=%s"):format(case[1], case[2]))
      assert.same({ 404, ("form with id %s was not found"):format(case[1]) }, { status, answer.message })
    end)
  end

  it("needs the process definition", function()
    local status, answer = ask("GET", "/v1/forms/ask")
    assert.same({ 400, "Required request parameter 'processDefinitionKey' for method parameter type String is not "
      .. "present" }, { status, answer.message })
    assert.not_equal(json.null, answer.instance)
  end)

  for _, version in ipairs{ "x", "1.5", "99999999999999999999" } do
    it("breaks over a version that is no number of 64 bits: " .. version, function()
      local status, answer = ask("GET", "/v1/forms/linked?processDefinitionKey=10&version=" .. version)
      assert.same({ 500, "Unexpected server error occurred." }, { status, answer.message })
    end)
  end
end)
