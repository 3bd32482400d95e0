--- What messages say of what a user wrote: values of a wrong type, names that nobody knows, a dot for a colon.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local public = require "spec.support.public"
local tasklist = require "tasklist"
local words = require "tasklist.words"

local client
setup(function()
  client = connect.of { base_url = "http://127.0.0.1:1", token_url = "http://127.0.0.1:1/token", client_id = "id",
    client_secret = "secret" }
end)
teardown(function() client:close() end)

-- What a call raises, without the place, which must be a line of this file.
local function raised(call)
  local ok, problem = pcall(call)
  assert.is_false(ok)
  return assert(problem:match("^spec/words_spec%.lua:%d+: (.*)$"), problem)
end

describe("a value in a message", function()
  local shown = {
    { "10", 'the string "10"' }, { "", 'the string ""' }, { 'a "b" \\', [[the string "a \"b\" \\"]] },
    { "a\r\n\tb\0\x7f", [[the string "a\r\n\tb\x00\x7f"]] },
    { ("x"):rep(60), 'the string "' .. ("x"):rep(60) .. '"' },
    { ("x"):rep(61), 'the string "' .. ("x"):rep(57) .. '…"' },
    { ("ü"):rep(40), 'the string "' .. ("ü"):rep(28) .. '…"' },
    { "a\x80", [[the string "a\x80"]] },
    { 10, "the integer 10" }, { 10.0, "the float 10.0" }, { true, "true" }, { false, "false" },
    { tasklist.null, "null" }, { {}, "a table" }, { print, "a function" }, { io.stdout, "a userdata" },
  }
  for _, row in ipairs(shown) do
    it("is shown as what it is: " .. row[2], function()
      assert.equal(row[2], words.shown(row[1]))
    end)
  end

  it("is nil where there is none", function()
    assert.equal("nil", words.shown(nil))
  end)
end)

describe("a value of a wrong type", function()
  -- The call, what it says.
  local wrong = {
    { function() client:search_tasks { pageSize = "10" } end,
      'query.pageSize: integer from 1 to 2147483647 expected, got the string "10"' },
    { function() client:search_tasks { pageSize = 1.5 } end, "got the float 1.5" },
    { function() client:search_tasks { assigned = "true" } end, 'boolean expected, got the string "true"' },
    { function() client:search_tasks { priority = { eq = "5" } } end, 'number expected, got the string "5"' },
    { function() client:search_tasks { assignees = { ["1"] = "x" } } end, 'array expected, got the key "1"' },
    { function() client:search_tasks { dueDate = { from = 1e300 } } end, "expected, got the float 1e+300" },
    { function() client:search_tasks { state = "Created" } end,
      'query.state: one of "CREATED", "COMPLETED", "CANCELED", "FAILED" expected, got the string "Created"' },
    { function() client:search_tasks { implementation = "job_worker" } end,
      'one of "JOB_WORKER", "ZEEBE_USER_TASK" expected, got the string "job_worker"' },
    { function() client:search_tasks { sort = { { field = "name", order = "ASC" } } } end,
      '"dueDate", "priority" expected, got the string "name"' },
    { function() client:search_tasks { sort = { { field = "priority", order = "asc" } } } end,
      'query.sort[1].order: one of "ASC", "DESC" expected, got the string "asc"' },
    { function() client:search_tasks { taskVariables = { { name = "a", value = "1", operator = "ne" } } } end,
      'one of "eq" expected, got the string "ne"' },
    { function() client:search_tasks { taskVariables = { { name = "a", value = "x" } } } end,
      'JSON text (such as \'"a"\' for a string) expected, got the string "x"' },
    { function() client:complete_task("1", { ["\xff"] = 1 }) end, [[a string of UTF-8, got the string "\xff"]] },
    { function() client:complete_task("1", { "x" }) end, "must be a string of UTF-8, got the integer 1" },
    { function() client:get_task(1.0) end,
      "id: a string, an integer or a task with its id expected, got the float 1.0" },
    { function() client:get_task {} end, "id: a string, an integer or a task with its id expected, got a table" },
    { function() client:get_task("1", 5) end, "options: table expected, got a number" },
    { function() client:get_task("1", { timeout = "5" }) end, 'option "timeout" must be a positive number of seconds' },
    { function() client:get_task("1", { timeout = "5" }) end, 'got the string "5"' },
    { function() client:complete_task("1", nil, { verify = "yes" }) end, 'must be a boolean, got the string "yes"' },
    { function() client:tasks({}, { limit = "5" }) end, 'must be a whole number, got the string "5"' },
    { function() client:request("get", "/") end, 'method: upper-case letters expected, got the string "get"' },
    { function() client:request("GET", "v1") end, 'got the string "v1"' },
    { function() client:request("POST", "/", 5) end, "body: a table or JSON text expected, got the integer 5" },
    { function() client:request("GET", "/", nil, { query = { a = true } }) end,
      "query.a: a string or an integer expected, got true" },
    { function() client:request("GET", "/", nil, { query = { "a" } }) end,
      "query: a name expected, got the integer 1" },
    { function() tasklist.new { auth = "jwt" } end,
      'option "auth" must be one of "oauth", "cookie", "basic", "bearer", "none", got the string "jwt"' },
    { function() tasklist.new { http_version = 1.1 } end, 'must be one of "1.1", "2", got the float 1.1' },
    { function() tasklist.new { client_auth = "header" } end, 'one of "form", "basic", got the string "header"' },
    { function() tasklist.new { retries = "3" } end, 'a whole number from 0 to 10000, got the string "3"' },
    { function() tasklist.new { client_id = 5 } end, 'option "client_id" must be a string, got the integer 5' },
    { function() tasklist.decode(5) end, "decode: string expected, got the integer 5" },
    { function() tasklist.decode("1", "keep_null") end, "options: table expected, got a string" },
    { function() tasklist.time(5) end, "time: string expected, got the integer 5" },
    { function() tasklist.date "5" end, 'date: number expected, got the string "5"' },
    { function() tasklist.date(1e300) end, "date: seconds in the years 0 to 9999 expected, got the float 1e+300" },
    { function() tasklist.array "x" end, 'array: table expected, got the string "x"' },
    { function() tasklist.array { 1, nil, 3 } end, "array: a sequence expected, not so at key 2" },
    { function() tasklist.raw(5) end, "raw: string expected, got the integer 5" },
    { function() tasklist.raw "{" end, "raw: " },
  }
  for index, row in ipairs(wrong) do
    it(("is said to be what it is: %s (%d)"):format(row[2], index), function()
      find(raised(row[1]), row[2])
    end)
  end

  -- What is a secret, or may be one.
  local hidden = {
    { function() tasklist.new { client_secret = 12345 } end, "must be a string, got a number" },
    { function() tasklist.new { password = 12345 } end, "must be a string, got a number" },
    { function() tasklist.new { token = 12345 } end, "must be a string or a function, got a number" },
    { function() tasklist.new { headers = "12345" } end, "must be a table, got a string" },
    { function() tasklist.new "12345" end, "options: table expected, got a string" },
    { function() client:request("GET", "/", nil, { headers = "12345" }) end, "must be a table, got a string" },
  }
  for _, row in ipairs(hidden) do
    it("is not shown where it may be a secret: " .. row[2], function()
      local problem = raised(row[1])
      find(problem, row[2])
      assert.is_nil(problem:find("12345", 1, true))
    end)
  end

  it("is shown, too, when it comes from a variable", function()
    local settings = require "tasklist.settings"
    for name, text in pairs { CAMUNDA_AUTH_STRATEGY = "jwt", TASKLIST_ALLOW_INSECURE = "perhaps" } do
      local _, problem = settings.resolve({ base_url = "https://h.example" }, function(asked)
        return asked == name and text or nil
      end)
      find(problem.message, ("got the string %q"):format(text))
    end
  end)
end)

describe("a function of the module that is called with a colon", function()
  for name in pairs(public.module()) do
    local member = tasklist[name]
    if type(member) == "function" then
      it("says so at the caller's line: " .. name, function()
        local expected = ("%s: call it with a dot: tasklist.%s(…)"):format(name, name)
        assert.equal(expected, raised(function() member(tasklist) end))
        assert.equal(expected, raised(function() member(tasklist, {}) end))
      end)
    end
  end
end)

describe("a name that is not known", function()
  -- The call, what it says.
  local wrong = {
    { function() tasklist.new { clientId = "a" } end, 'unknown option "clientId"; did you mean "client_id"?' },
    { function() tasklist.new { timeot = 5 } end, 'unknown option "timeot"; did you mean "timeout"?' },
    { function() tasklist.new { foo = 5 } end, 'unknown option "foo"; it takes allow_insecure, api, audience, ' },
    { function() tasklist.new { "https://h.example" } end, "unknown option 1; it takes allow_insecure, " },
    { function() client:search_tasks { page_size = 5 } end, 'unknown field "page_size"; did you mean "pageSize"?' },
    { function() client:search_tasks { candidateGroup_ = 5 } end, 'did you mean "candidateGroup"?' },
    { function() client:search_tasks { candidategruop = 5 } end, 'did you mean "candidateGroup"?' },
    { function() client:search_tasks { ASSIGNED = true } end, 'did you mean "assigned"?' },
    { function() client:search_tasks { assigne = "a" } end, 'did you mean "assigned" or "assignee"?' },
    { function() client:search_tasks { group = "a" } end, 'query: unknown field "group"; it takes assigned, ' },
    { function() client:search_tasks { [true] = "a" } end, "query: unknown field true; it takes assigned, " },
    { function() client:search_tasks { sort = { { field = "priority", ordre = "ASC" } } } end,
      'query.sort[1]: unknown field "ordre"; did you mean "order"?' },
    { function() client:search_tasks({}, { limit = 5 }) end, 'unknown option "limit"; it takes timeout' },
    { function() client:assign_task("1", { asignee = "a" }) end, 'unknown field "asignee"; did you mean "assignee"?' },
    { function() client:complete_task("1", nil, { verfiy = true }) end, 'did you mean "verify"?' },
    { function() client:watch({}, { onError = print }) end, 'unknown option "onError"; did you mean "on_error"?' },
    { function() client:variables("1", nil, { keepNull = true }) end, 'did you mean "keep_null"?' },
    { function() tasklist.decode("1", { keepnull = true }) end, 'did you mean "keep_null"?' },
    { function() client:get_form("f", { processDefinitionId = "1" }) end, "it takes processDefinitionKey, version" },
    { function() client:search_tasks { [("x"):rep(100000)] = 1 } end, "it takes assigned, " },
  }
  for index, row in ipairs(wrong) do
    it(("is answered with what it may mean: %s (%d)"):format(row[2], index), function()
      find(raised(row[1]), row[2])
    end)
  end
end)

describe("a payload that must be there", function()
  it("is named with what is in it", function()
    assert.equal("get_form: query: a table such as { processDefinitionKey = task.processDefinitionKey } expected, "
      .. "got nil", raised(function() client:get_form "pay" end))
    assert.equal("save_draft_variables: variables: a table of names and values ({} clears the drafts) expected, "
      .. "got nil", raised(function() client:save_draft_variables "1" end))
  end)
end)
