--- What each verb sends, to the last header, and what it makes of what the server documents as its answers. What these
-- are stands in spec/support/wire, for each API.
local cases = require "spec.support.wire.cases"
local connect = require "spec.support.client"
local find = require "spec.support.find"
local public = require "spec.support.public"
local tasklist = require "tasklist"
local wire = require "spec.support.wire"

local verbs = require("spec.support.wire." .. wire.api .. "_verbs")

local server, client

local function api_requests()
  local found = {}
  for _, entry in ipairs(server:log()) do
    if entry.path:find("/cluster" .. wire.root, 1, true) == 1 then found[#found + 1] = entry end
  end
  return found
end

setup(function()
  server = wire.start { base_path = "/cluster", forms = cases.forms }
  client = connect.of(server)
end)
teardown(function()
  client:close()
  server:stop()
end)
before_each(function()
  server:tasks(wire.tasks(cases.tasks))
  server:clear()
end)

describe("what a verb sends", function()
  for i, row in ipairs(verbs.sent) do
    local verb, arguments, method, target, body = table.unpack(row, 1, 5)
    it(("of %s is %s %s %s (%d)"):format(verb, method, target, body or "", i), function()
      client[verb](client, table.unpack(arguments, 1, 3))
      local seen = api_requests()
      assert.equal(1, #seen)
      seen = seen[1]
      assert.equal(method, seen.method)
      assert.equal("/cluster" .. target, seen.path .. (seen.query ~= "" and "?" .. seen.query or ""))
      assert.same(verbs.read(body or ""), verbs.read(seen.body))
      find(seen.headers.authorization, "Bearer ")
      find(seen.headers["user-agent"], "tasklist/" .. tasklist._VERSION .. " ")
      seen.headers.authorization, seen.headers["user-agent"] = nil, nil
      assert.same({ host = server.base_url:match("//([^/]+)"), accept = "application/json",
        ["accept-encoding"] = "gzip", ["content-length"] = body and tostring(#seen.body),
        ["content-type"] = (body or "") ~= "" and "application/json" or nil }, seen.headers)
    end)
  end

  local ids = { ["a/b"] = "a%2Fb", ["a?b"] = "a%3Fb", ["a%2Fb"] = "a%252Fb", ["a b"] = "a%20b",
    ["a#b;c"] = "a%23b%3Bc", ["ü🏝"] = "%C3%BC%F0%9F%8F%9D", ["..."] = "...", ["a\r\nb"] = "a%0D%0Ab",
    ["a\0b"] = "a%00b", ["../x"] = "..%2Fx", [-1] = "-1", [math.maxinteger] = "9223372036854775807" }
  local id_names = { get_form = "form_id", get_task_form = "task" }
  local needed = { save_draft_variables = { a = 1 }, get_form = { processDefinitionKey = "9" } }

  it("asks for no leave before a large body", function()
    local text = ("x"):rep(2000000)
    assert(client:complete_task("1", { a = text }))
    local seen = api_requests()[1]
    assert.is_nil(seen.headers.expect)
    find(seen.body, text)
  end)

  for verb, path in pairs(verbs.paths) do
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
        find(problem, ("%s: %s: "):format(verb, id_names[verb] or "id"))
      end
      assert.same({}, api_requests())
    end)
  end
end)

describe("what a verb gives", function()
  for i, row in ipairs(verbs.given) do
    local verb, arguments, see = table.unpack(row)
    it(("when all is well: %s (%d)"):format(verb, i), function()
      local result, more = client[verb](client, table.unpack(arguments, 1, 3))
      see(assert(result, more), more, server, client)
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
