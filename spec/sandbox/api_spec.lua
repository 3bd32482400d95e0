-- The API's answers as Camunda Tasklist 8.6 gives them: status, type, body, order of fields.
local api = require "tasklist.sandbox.api"
local forms = require "tasklist.sandbox.forms"
local gate = require "tasklist.sandbox.gate"
local json = require "tasklist.sandbox.json"
local ledger = require "tasklist.sandbox.ledger"
local oauth = require "tasklist.sandbox.oauth"
local tasks = require "tasklist.sandbox.tasks"
local versions = require "tasklist.sandbox.versions"

local UNEXPECTED = '{"status":500,"message":"Unexpected server error occurred.","instance":null}'

local issuer = oauth.new{ client_id = "c", client_secret = "s", audience = "a", token_life = 300 }
local token = issuer:issue()
local function check(text) return issuer:check(text) end
local entrance = gate.new{ authentication = "jwt", check_token = check, client_role = "OWNER" }
local tasklist = api.new(entrance, { facts = versions.of "8.6", forms = forms.new{}, ledger = ledger.new(),
  store = tasks.new{
  { id = "2251799813685300", name = 'Say "hi"', taskDefinitionId = "hello", processName = "Greeting",
    creationDate = "2024-03-01T08:15:27.214Z", processDefinitionKey = "1", processInstanceKey = "2",
    candidateGroups = { "a", "b" }, dueDate = "2024-03-08T12:00:00Z",
    variables = { { name = "n", value = '"x"' }, { name = "taskContextDisplayName", value = '"Here"' } } },
  { id = "2251799813685301", taskState = "FAILED" },
} })

-- Sends a search; `changes` may replace method, path, body and headers.
local function ask(changes)
  local request = { method = "POST", path = "/v1/tasks/search", body = "{}",
    headers = { authorization = "Bearer " .. token, ["content-type"] = "application/json" } }
  for name, value in pairs(changes or {}) do
    if name == "headers" then
      for header, text in pairs(value) do request.headers[header] = text or nil end
    else
      request[name] = value
    end
  end
  return tasklist:answer(request)
end

describe("a search's answer", function()
  it("is a bare array of items with all fields in the server's order, nulls written out", function()
    local response = ask{ body = '{"state":"CREATED","includeVariables":[{"name":"n"}]}' }
    assert.equal(200, response.status)
    assert.same({ ["Content-Type"] = "application/json" }, response.headers)
    assert.equal('[{"id":"2251799813685300","name":"Say \\"hi\\"","taskDefinitionId":"hello","processName":"Greeting",'
      .. '"creationDate":"2024-03-01T08:15:27.214+0000","completionDate":null,"assignee":null,"taskState":"CREATED",'
      .. '"sortValues":["1709280927214","2251799813685300"],"isFirst":true,"formKey":null,"formId":null,'
      .. '"formVersion":null,"isFormEmbedded":false,"processDefinitionKey":"1","processInstanceKey":"2",'
      .. '"tenantId":"<default>","dueDate":"2024-03-08T12:00:00.000+0000","followUpDate":null,'
      .. '"candidateGroups":["a","b"],"candidateUsers":null,"variables":[{"id":"2-n","name":"n","value":"\\"x\\"",'
      .. '"isValueTruncated":false,"previewValue":"\\"x\\""}],"context":"Here","implementation":"JOB_WORKER",'
      .. '"priority":50}]', response.body)
  end)

  it("has null for the variables of a failed task", function()
    assert.is_truthy(ask{ body = '{"state":"FAILED"}' }.body:find('"variables":null,"context":null', 1, true))
  end)

  it("is an empty array where nothing matches", function()
    assert.equal("[]", ask{ body = '{"assignee":"nobody"}' }.body)
  end)

  it("needs no body, and then no type of it", function()
    assert.equal(200, ask{ body = "", headers = { ["content-type"] = false } }.status)
  end)
end)

describe("a search with another charset", function()
  local cases = {
    { "UTF-16, and a body that has it", "application/json;charset=UTF-16", "\xFE\xFF\0{\0}" },
    { "UTF-16, and a body in UTF-8", 'application/json; charset="utf-16"', "{}" },
    { "UTF-8, and a body in UTF-16", "application/json;charset=UTF-8", "{\0}\0" },
    { "Latin 1", "application/json; charset=iso-8859-1", '{"assignee":"\xFC"}' },
  }
  for _, case in ipairs(cases) do
    it("is understood: " .. case[1], function()
      assert.equal(200, ask{ body = case[3], headers = { ["content-type"] = case[2] } }.status)
    end)
  end
end)

describe("an error of the API", function()
  it("that an endpoint's rule raises has an id", function()
    local response = ask{ body = '{"pageSize":0}' }
    assert.equal(400, response.status)
    assert.same({ ["Content-Type"] = "application/problem+json" }, response.headers)
    local id = ("%x"):rep(8) .. "%-" .. ("%x"):rep(4) .. "%-4%x%x%x%-8%x%x%x%-" .. ("%x"):rep(12)
    assert.is_truthy(response.body:find('^{"status":400,"message":"Page size should be a positive number","instance":"'
      .. id .. '"}$'))
  end)

  it("of a body that cannot be read has none", function()
    local response = ask{ body = '{"state":"X"}' }
    assert.same({ ["Content-Type"] = "application/problem+json" }, response.headers)
    local body = json.decode(response.body)
    assert.same({ 400, json.null }, { body.status, body.instance })
    assert.is_truthy(body.message:find("^JSON parse error: "))
  end)

  local failures = {
    { "too large a page", { body = '{"pageSize":10001}' } },
    { "a cursor of a wrong length", { body = '{"searchAfter":["1"]}' } },
    { "a body of another type", { headers = { ["content-type"] = "text/plain" } } },
    { "a body without a type", { headers = { ["content-type"] = false } } },
    { "a charset that nobody knows", { headers = { ["content-type"] = "application/json; charset=klingon" } } },
  }
  for _, case in ipairs(failures) do
    it("of " .. case[1] .. " says nothing", function()
      local response = ask(case[2])
      assert.same({ 500, UNEXPECTED }, { response.status, response.body })
    end)
  end

  local nowhere = {
    { "an unknown path", { path = "/v1/nothing" } },
    { "another method", { method = "PUT" } },
    { "an Accept without JSON", { headers = { accept = "text/html, text/plain;q=0.5" } } },
    { "a path outside the API", { path = "/v2/tasks" } },
  }
  for _, case in ipairs(nowhere) do
    it("for " .. case[1] .. " is an empty 404", function()
      assert.same({ status = 404 }, ask(case[2]))
    end)
  end

  it("for a path that ends in other than a word describes itself", function()
    assert.equal('{"type":"about:blank","title":"Not Found","status":404,"detail":"No static resource v1/a.b.",'
      .. '"instance":"/v1/a.b"}', ask{ path = "/v1/a.b" }.body)
  end)

  for _, accept in ipairs{ "application/json", "application/*", "text/html, */*;q=0.1", "application/json;q=1" } do
    it("is none with Accept: " .. accept, function()
      assert.equal(200, ask{ headers = { accept = accept } }.status)
    end)
  end
end)

describe("without a good token the API", function()
  local cases = {
    { "answers 401", {}, nil, "Full authentication is required to access this resource" },
    { "answers 401 for an unknown path as well", { path = "/v1/nothing" }, nil,
      "Full authentication is required to access this resource" },
    { "answers 401 before it looks at the body", { body = "{" }, nil,
      "Full authentication is required to access this resource" },
    { "answers 401 for a token it does not know", {}, "Bearer x",
      "An error occurred while attempting to decode the Jwt: Malformed token" },
  }
  for _, case in ipairs(cases) do
    it(case[1], function()
      local changes = { headers = { authorization = case[3] or false } }
      for name, value in pairs(case[2]) do changes[name] = value end
      assert.same({ status = 401, headers = { ["Content-Type"] = "application/json;charset=UTF-8" },
        body = json.encode{ message = case[4] } }, ask(changes))
    end)
  end
end)
