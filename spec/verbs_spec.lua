--- What each verb sends, to the last header, and what it makes of what the server documents as its answers.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local public = require "spec.support.public"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"

local long = '"' .. ("x"):rep(9000) .. '"' -- more than the 8191 characters that a search shows

local function tasks()
  return {
    { id = "1", name = "Pay", assignee = "demo", dueDate = "2024-03-08T12:00:00Z", processInstanceKey = "77",
      processDefinitionKey = "9", formId = "pay", candidateGroups = { "treasury" },
      variables = { { name = "amount", value = "9007199254740993" }, { name = "report", value = long } } },
    { id = "2" },
    { id = "3", taskState = "COMPLETED" },
    { id = "4", taskState = "FAILED", assignee = "demo" },
    { id = "5", implementation = "ZEEBE_USER_TASK", assignee = "demo" },
  }
end

local forms = { { id = "pay", version = 1, schema = '{"a":1}' }, { id = "pay", version = 2 },
  { id = "userTask: 1", processDefinitionKey = "9" } }

local server, client

local function api_requests()
  local found = {}
  for _, entry in ipairs(server:log()) do
    if entry.path:find("^/cluster/v1/") then found[#found + 1] = entry end
  end
  return found
end

setup(function()
  server = sandbox.start { base_path = "/cluster", forms = forms }
  client = connect.of(server)
end)
teardown(function()
  client:close()
  server:stop()
end)
before_each(function()
  server:tasks(tasks())
  server:clear()
end)

describe("what a verb sends", function()
  -- The verb, its arguments, method, path (and query), body.
  local sent = {
    { "search_tasks", {}, "POST", "/v1/tasks/search", "{}" },
    { "search_tasks", { {} }, "POST", "/v1/tasks/search", "{}" },
    { "search_tasks", { { assignees = {} } }, "POST", "/v1/tasks/search", '{"assignees":[]}' },
    { "search_tasks", { { state = "CREATED" } }, "POST", "/v1/tasks/search", '{"state":"CREATED"}' },
    { "search_tasks", { { priority = { gte = 50 } } }, "POST", "/v1/tasks/search", '{"priority":{"gte":50}}' },
    { "search_tasks", { { processInstanceKey = 2251799813685732 } }, "POST", "/v1/tasks/search",
      '{"processInstanceKey":"2251799813685732"}' },
    { "get_task", { "1" }, "GET", "/v1/tasks/1" },
    { "get_task", { 2251799813685732 }, "GET", "/v1/tasks/2251799813685732" },
    { "get_task", { "1", { timeout = 5 } }, "GET", "/v1/tasks/1" },
    { "assign_task", { "1" }, "PATCH", "/v1/tasks/1/assign", "{}" },
    { "assign_task", { "1", nil, { timeout = 5 } }, "PATCH", "/v1/tasks/1/assign", "{}" },
    { "assign_task", { "1", { assignee = "Zoë" } }, "PATCH", "/v1/tasks/1/assign", '{"assignee":"Zoë"}' },
    { "assign_task", { "1", { assignee = tasklist.null } }, "PATCH", "/v1/tasks/1/assign", '{"assignee":null}' },
    { "assign_task", { "1", { allowOverrideAssignment = false } }, "PATCH", "/v1/tasks/1/assign",
      '{"allowOverrideAssignment":false}' },
    { "unassign_task", { "1" }, "PATCH", "/v1/tasks/1/unassign", "" },
    { "unassign_task", { "1", { timeout = 5 } }, "PATCH", "/v1/tasks/1/unassign", "" },
    { "complete_task", { "1" }, "PATCH", "/v1/tasks/1/complete", "{}" },
    { "complete_task", { "1", nil, { verify = true } }, "PATCH", "/v1/tasks/1/complete", "{}" },
    { "complete_task", { "1", {} }, "PATCH", "/v1/tasks/1/complete", '{"variables":[]}' },
    { "complete_task", { "1", { b = "x", a = true } }, "PATCH", "/v1/tasks/1/complete",
      '{"variables":[{"name":"a","value":"true"},{"name":"b","value":"\\"x\\""}]}' },
    { "complete_task", { "1", { ['q"ü'] = 7 } }, "PATCH", "/v1/tasks/1/complete",
      '{"variables":[{"name":"q\\"ü","value":"7"}]}' },
    { "complete_task", { "1", { a = tasklist.null } }, "PATCH", "/v1/tasks/1/complete",
      '{"variables":[{"name":"a","value":"null"}]}' },
    { "save_draft_variables", { "1", { a = 1 } }, "POST", "/v1/tasks/1/variables",
      '{"variables":[{"name":"a","value":"1"}]}' },
    { "save_draft_variables", { "1", {} }, "POST", "/v1/tasks/1/variables", '{"variables":[]}' },
    { "search_task_variables", { "1" }, "POST", "/v1/tasks/1/variables/search", "{}" },
    { "search_task_variables", { "1", { variableNames = {} } }, "POST", "/v1/tasks/1/variables/search",
      '{"variableNames":[]}' },
    { "search_task_variables", { "1", { variableNames = { "b", "a" } } }, "POST", "/v1/tasks/1/variables/search",
      '{"variableNames":["b","a"]}' },
    { "search_task_variables", { "1", { includeVariables = { { name = "a" } } } }, "POST",
      "/v1/tasks/1/variables/search", '{"includeVariables":[{"name":"a"}]}' },
    { "get_variable", { "77-amount" }, "GET", "/v1/variables/77-amount" },
    { "get_form", { "pay", { processDefinitionKey = "9" } }, "GET", "/v1/forms/pay?processDefinitionKey=9" },
    { "get_form", { "pay", { processDefinitionKey = 9, version = 2 } }, "GET",
      "/v1/forms/pay?processDefinitionKey=9&version=2" },
    { "get_form", { "pay", { processDefinitionKey = "a&b=ü", version = 2.0 } }, "GET",
      "/v1/forms/pay?processDefinitionKey=a%26b%3D%C3%BC&version=2" },
  }
  for i, row in ipairs(sent) do
    local verb, arguments, method, target, body = table.unpack(row, 1, 5)
    it(("of %s is %s %s %s (%d)"):format(verb, method, target, body or "", i), function()
      client[verb](client, table.unpack(arguments, 1, 3))
      local seen = api_requests()
      assert.equal(1, #seen)
      seen = seen[1]
      assert.equal(method, seen.method)
      assert.equal("/cluster" .. target, seen.path .. (seen.query ~= "" and "?" .. seen.query or ""))
      assert.equal(body or "", seen.body)
      find(seen.headers.authorization, "Bearer ")
      find(seen.headers["user-agent"], "tasklist/" .. tasklist._VERSION .. " ")
      seen.headers.authorization, seen.headers["user-agent"] = nil, nil
      assert.same({ host = server.base_url:match("//([^/]+)"), accept = "application/json",
        ["accept-encoding"] = "gzip", ["content-length"] = body and tostring(#body),
        ["content-type"] = (body or "") ~= "" and "application/json" or nil }, seen.headers)
    end)
  end

  local ids = { ["a/b"] = "a%2Fb", ["a?b"] = "a%3Fb", ["a%2Fb"] = "a%252Fb", ["a b"] = "a%20b",
    ["a#b;c"] = "a%23b%3Bc", ["ü🏝"] = "%C3%BC%F0%9F%8F%9D", ["..."] = "...", ["a\r\nb"] = "a%0D%0Ab",
    ["a\0b"] = "a%00b", ["../x"] = "..%2Fx", [-1] = "-1", [math.maxinteger] = "9223372036854775807" }
  local verbs = {
    get_task = "/v1/tasks/%s", assign_task = "/v1/tasks/%s/assign", unassign_task = "/v1/tasks/%s/unassign",
    complete_task = "/v1/tasks/%s/complete", save_draft_variables = "/v1/tasks/%s/variables",
    search_task_variables = "/v1/tasks/%s/variables/search", get_variable = "/v1/variables/%s",
    get_form = "/v1/forms/%s",
  }
  local needed = { save_draft_variables = { a = 1 }, get_form = { processDefinitionKey = "9" } }

  it("asks for no leave before a large body", function()
    local text = ("x"):rep(2000000)
    assert(client:complete_task("1", { a = text }))
    local seen = api_requests()[1]
    assert.is_nil(seen.headers.expect)
    assert.equal('{"variables":[{"name":"a","value":"\\"' .. text .. '\\""}]}', seen.body)
  end)

  for verb, path in pairs(verbs) do
    it("to one segment of the path, whatever is in the id: " .. verb, function()
      for id, encoded in pairs(ids) do
        server:clear()
        client[verb](client, id, needed[verb])
        assert.equal("/cluster" .. path:gsub("%%s", function() return encoded end), api_requests()[1].path)
      end
    end)

    it("raises for what is no id: " .. verb, function()
      for _, row in ipairs { { "" }, { "." }, { ".." }, { 1.5 }, { 1.0 }, { nil }, { true }, { {} }, { 2^63 } } do
        local ok, problem = pcall(function() client[verb](client, row[1], needed[verb]) end)
        assert.is_false(ok)
        find(problem, "spec/verbs_spec.lua:")
        find(problem, verb .. (verb == "get_form" and ": form_id: " or ": id: "))
      end
      assert.same({}, api_requests())
    end)
  end
end)

describe("what a verb gives", function()
  -- The verb, its arguments, and what looks at its results.
  local given = {
    { "search_tasks", { { assignee = "demo", state = "CREATED", sort = {} } }, function(list, page)
      assert.equal(2, #list)
      assert.equal("1", list[1].id)
      assert.same({}, page)
    end },
    { "get_task", { "1" }, function(task)
      assert.same({ id = "1", name = "Pay", taskDefinitionId = "Activity_task", processName = "Process",
        creationDate = "2024-01-01T00:00:00.000+0000", assignee = "demo", taskState = "CREATED", formId = "pay",
        isFormEmbedded = false, processDefinitionKey = "9", processInstanceKey = "77", tenantId = "<default>",
        dueDate = "2024-03-08T12:00:00.000+0000", candidateGroups = { "treasury" }, implementation = "JOB_WORKER",
        priority = 50 }, task)
      assert.equal("integer", math.type(task.priority))
    end },
    { "assign_task", { "1", { assignee = "jane" } }, function(task)
      assert.equal("jane", task.assignee)
      assert.equal("CREATED", task.taskState)
      assert.is_nil(task.dueDate) -- so the server answers
    end },
    { "unassign_task", { 1 }, function(task)
      assert.equal("1", task.id)
      assert.is_nil(task.assignee)
    end },
    { "complete_task", { "1", { approved = true } }, function(task)
      assert.equal("COMPLETED", task.taskState)
      assert.is_string(task.completionDate)
      assert.is_nil(task.outcome)
      local entry = server:ledger("complete")[1]
      assert.equal("approved", entry.variables[1].name)
      assert.equal("true", entry.variables[1].value)
    end },
    { "save_draft_variables", { "5", { note = "x" } }, function(done)
      assert.is_true(done)
      local list = assert(client:search_task_variables "5")
      assert.same({ { id = "5-note", name = "note", isValueTruncated = false,
        draft = { value = '"x"', previewValue = '"x"', isValueTruncated = false } } }, list)
    end },
    { "search_task_variables", { "1" }, function(list)
      assert.same({ id = "77-amount", name = "amount", value = "9007199254740993", isValueTruncated = false,
        previewValue = "9007199254740993" }, list[1])
      assert.is_nil(list[2].value)
      assert.is_true(list[2].isValueTruncated)
      assert.equal(8191, #list[2].previewValue)
      assert.is_nil(list[3])
    end },
    { "search_task_variables", { "1", { includeVariables = { { name = "report", alwaysReturnFullValue = true } } } },
      function(list)
        assert.equal(1, #list)
        assert.equal(long, list[1].value)
      end },
    { "search_task_variables", { "2" }, function(list) assert.same({}, list) end },
    { "get_variable", { "77-report" }, function(variable)
      assert.same({ id = "77-report", name = "report", value = long, tenantId = "<default>" }, variable)
    end },
    { "get_form", { "pay", { processDefinitionKey = "9" } }, function(form)
      assert.equal(2, form.version)
      assert.equal("integer", math.type(form.version))
    end },
    { "get_form", { "pay", { processDefinitionKey = "9", version = 1 } }, function(form)
      assert.same({ id = "pay", processDefinitionKey = "9", schema = '{"a":1}', version = 1, tenantId = "<default>",
        isDeleted = false }, form)
    end },
    { "get_form", { "userTask: 1", { processDefinitionKey = "9" } }, function(form)
      assert.equal("userTask: 1", form.id)
      assert.is_nil(form.version)
    end },
  }
  for i, row in ipairs(given) do
    local verb, arguments, see = table.unpack(row)
    it(("when all is well: %s (%d)"):format(verb, i), function()
      see(assert(client[verb](client, table.unpack(arguments, 1, 3))))
      assert.is_true(#api_requests() >= 1)
    end)
  end
end)

describe("misuse of a verb", function()
  local null = tasklist.null
  -- The verb, its arguments, what the text says.
  local wrong = {
    { "assign_task", { "1", 5 }, "assign_task: assignment: table expected, got the integer 5" },
    { "assign_task", { "1", { asignee = "x" } }, 'assignment: unknown field "asignee"; did you mean "assignee"?' },
    { "assign_task", { "1", { user = "x" } }, 'assignment: unknown field "user"; it takes '
      .. "allowOverrideAssignment, assignee" },
    { "assign_task", { "1", { assignee = true } }, "assignment.assignee: string expected, got true" },
    { "assign_task", { "1", { assignee = "\xff" } }, "assignment.assignee: not UTF-8" },
    { "assign_task", { "1", { allowOverrideAssignment = "no" } }, "assignment.allowOverrideAssignment: boolean" },
    { "assign_task", { "1", null }, "assignment: table expected, got null" },
    { "unassign_task", { "1", { assignee = "x" } }, 'unassign_task: unknown option "assignee"' },
    { "complete_task", { "1", "x" }, 'variables: table expected, got the string "x"' },
    { "complete_task", { "1", null }, "variables: table expected, got null" },
    { "complete_task", { "1", { "x" } }, "variables: a variable's name must be a string of UTF-8, got the integer 1" },
    { "complete_task", { "1", { [1.5] = "x" } }, "a variable's name must be a string of UTF-8, got the float 1.5" },
    { "complete_task", { "1", { [true] = "x" } }, "a variable's name must be a string of UTF-8, got true" },
    { "complete_task", { "1", { a = 1, "x" } }, "a variable's name must be a string of UTF-8, got the integer 1" },
    { "complete_task", { "1", { ["\xff"] = 1 } }, "a variable's name must be a string of UTF-8" },
    { "complete_task", { "1", nil, { verify = 1 } }, 'option "verify" must be a boolean, got the integer 1' },
    { "complete_task", { "1", nil, { retries = 1 } }, 'unknown option "retries"' },
    { "complete_task", { "1", nil, true }, "complete_task: options: table expected, got a boolean" },
    { "assign_task", { "1", nil, { verify = true } }, 'unknown option "verify"' },
    { "save_draft_variables", { "1" }, "save_draft_variables: variables: a table of names and values ({} clears" },
    { "save_draft_variables", { "1", null }, "({} clears the drafts) expected, got null" },
    { "save_draft_variables", { "1", { "x" } }, "a variable's name must be a string of UTF-8, got the integer 1" },
    { "search_task_variables", { "1", { variableNames = "a" } }, "query.variableNames: array expected" },
    { "search_task_variables", { "1", { variableNames = { 1.5 } } }, "query.variableNames[1]: string expected" },
    { "search_task_variables", { "1", { variableNames = { a = "b" } } }, 'query.variableNames: array expected, got the '
      .. 'key "a"' },
    { "search_task_variables", { "1", { includeVariables = { {} } } }, "query.includeVariables[1].name: missing" },
    { "search_task_variables", { "1", { variableNames = {}, includeVariables = {} } }, "only one of variableNames and "
      .. "includeVariables" },
    { "get_form", { "pay" }, "get_form: query: a table such as { processDefinitionKey = " },
    { "get_form", { "pay", {} }, "get_form: query.processDefinitionKey: missing" },
    { "get_form", { "pay", { processDefinitionKey = null } }, "query" },
    { "get_form", { "pay", { processDefinitionKey = "9", version = 1.5 } }, "query.version: integer from 0 to" },
    { "get_form", { "pay", { processDefinitionKey = "9", version = "1" } }, "query.version: integer from 0 to" },
    { "get_task", { "1", { timeout = 0 } }, 'get_task: option "timeout" must be a positive number' },
    { "get_variable", { "1", { "x" } }, 'get_variable: unknown option 1' },
  }
  for i, row in ipairs(wrong) do
    it(("raises at the caller's line, and sends nothing: %s (%d)"):format(row[3], i), function()
      local ok, problem = pcall(function() client[row[1]](client, table.unpack(row[2], 1, 3)) end)
      assert.is_false(ok)
      assert.is_string(problem)
      find(problem, "spec/verbs_spec.lua:")
      find(problem, row[3])
      assert.same({}, server:log())
    end)
  end
end)

describe("a verb that is called with a dot", function()
  local own <const> = connect.of({ base_url = "http://127.0.0.1:1", token_url = "http://127.0.0.1:1/token",
    client_id = "id", client_secret = "secret" })
  teardown(function() own:close() end)

  for name in pairs(public.methods()) do
    it("says so at the caller's line: " .. name, function()
      for _, wrong in ipairs { "1", {}, 5, false } do
        local ok, problem = pcall(function() own[name](wrong or nil) end)
        assert.is_false(ok)
        find(problem, "spec/verbs_spec.lua:")
        find(problem, ("%s: call it with a colon: client:%s(…)"):format(name, name))
      end
    end)
  end
end)
