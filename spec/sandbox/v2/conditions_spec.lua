-- The filters of v2's search for tasks, by version.
local json = require "tasklist.sandbox.json"
local support = require "spec.support.api"

local LONG = '"' .. ("x"):rep(9000) .. '"'

-- Tasks 1 to 4 are v2's; 5 is one of a job worker, which v2 does not know.
local TASKS = {
  { id = "1", name = "Approve *", assignee = "demo", candidateGroups = { "a", "b" }, taskDefinitionId = "approve",
    creationDate = "2024-01-01T00:00:00Z", dueDate = "2024-02-01T10:00:00Z", processDefinitionKey = "100",
    processInstanceKey = "200", processDefinitionId = "order", tags = { "hot", "new" }, businessId = "o-1",
    variables = { { name = "x", value = "1" }, { name = "s", value = '"abc"' } },
    localVariables = { { name = "own", value = "true" } } },
  { id = "2", assignee = "jane", candidateUsers = { "demo", "jane" }, priority = 80, tenantId = "t",
    creationDate = "2024-01-02T00:00:00Z", dueDate = "2024-02-02T10:00:00Z", processInstanceKey = "200",
    tags = { "hot" } },
  { id = "3", name = "Zoë", candidateGroups = { "c" }, taskState = "COMPLETED", priority = 20,
    creationDate = "2024-01-03T00:00:00Z", completionDate = "2024-01-20T00:00:00Z",
    followUpDate = "2024-03-01T00:00:00Z", processInstanceKey = "203",
    variables = { { name = "x", value = "1" }, { name = "y", value = "2" } } },
  { id = "4", name = "Approve x", taskState = "CANCELED", creationDate = "2024-01-04T00:00:00Z",
    completionDate = "2024-01-19T00:00:00Z", variables = { { name = "long", value = LONG } } },
  { id = "5", implementation = "JOB_WORKER", assignee = "demo" },
}
for _, task in ipairs(TASKS) do task.implementation = task.implementation or "ZEEBE_USER_TASK" end

local asks = {}
for _, version in ipairs{ "8.8", "8.9", "8.10" } do asks[version] = support.new(TASKS, { version = version }) end

-- The keys of what a filter finds, with spaces between; or the title and detail of the refusal.
local function found(version, filter)
  local status, answer = asks[version]("POST", "/v2/user-tasks/search", ('{"filter":%s}'):format(filter))
  if status ~= 200 then return answer.title .. ": " .. answer.detail end
  local keys = {}
  for i, item in ipairs(answer.items) do keys[i] = item.userTaskKey end
  return table.concat(keys, " ")
end

describe("a filter of v2", function()
  local cases = {
    { '{}', "1 2 3 4" },
    { 'null', "1 2 3 4" },
    { '{"state":null}', "1 2 3 4" },
    { '{"state":"CREATED"}', "1 2" },
    { '{"state":{"$eq":"CREATED"}}', "1 2" },
    { '{"state":{"$neq":"CANCELED"}}', "1 2 3" },
    { '{"state":{"$in":["COMPLETED","CANCELED"]}}', "3 4" },
    { '{"state":{"$like":"C*ED"}}', "1 2 3 4" },
    { '{"state":{"$like":"COMP*"}}', "3" },
    { '{"assignee":"demo"}', "1" },
    { '{"assignee":{"$eq":"demo"}}', "1" },
    { '{"assignee":{"$neq":"demo"}}', "2 3 4" },
    { '{"assignee":{"$exists":true}}', "1 2" },
    { '{"assignee":{"$exists":false}}', "3 4" },
    { '{"assignee":{"$in":["jane","demo"]}}', "1 2" },
    { '{"assignee":{"$in":[]}}', "" },
    { '{"assignee":{"$notIn":["jane"]}}', "1 3 4" },
    { '{"assignee":{"$eq":null,"$exists":true}}', "1 2" },
    { '{"assignee":{"$eq":"demo","$in":["jane"]}}', "" },
    { '{"assignee":{"$like":"?a*"}}', "2" },
    { '{"candidateGroup":{"$eq":"b"}}', "1" },
    { '{"candidateGroup":{"$neq":"b"}}', "2 3 4" },
    { '{"candidateGroup":{"$in":["b","c"]}}', "1 3" },
    { '{"candidateGroup":{"$notIn":["b","c"]}}', "2 4" },
    { '{"candidateUser":"jane"}', "2" },
    { '{"candidateUser":{"$exists":false}}', "1 3 4" },
    { '{"elementId":"approve"}', "1" },
    { '{"name":"Zoë"}', "3" },
    { '{"tenantId":{"$in":["t"]}}', "2" },
    { '{"userTaskKey":"3"}', "3" },
    { '{"processDefinitionKey":"100"}', "1" },
    { '{"processInstanceKey":"200"}', "1 2" },
    { '{"processDefinitionId":"order"}', "1" },
    { '{"priority":80}', "2" },
    { '{"priority":{"$gte":50,"$lt":80}}', "1 4" },
    { '{"priority":{"$gt":20,"$lte":80,"$neq":50}}', "2" },
    { '{"priority":{"$in":[20,80]}}', "2 3" },
    { '{"dueDate":{"$gte":"2024-02-01T10:00:00Z","$lte":"2024-02-02T12:00:00+02:00"}}', "1 2" },
    { '{"dueDate":{"$gt":"2024-02-01T10:00:00.000Z"}}', "2" },
    { '{"dueDate":{"$lt":"2024-02-01T10:00:00.001Z"}}', "1" },
    { '{"dueDate":"2024-02-01T12:00:00+02:00"}', "1" },
    { '{"dueDate":{"$in":["2024-02-01T10:00:00Z"]}}', "1" },
    { '{"dueDate":{"$exists":false}}', "3 4" },
    { '{"followUpDate":{"$exists":true}}', "3" },
    { '{"creationDate":{"$lt":"2024-01-03T00:00:00Z"}}', "1 2" },
    { '{"completionDate":{"$gte":"2024-01-20T00:00:00Z"}}', "3" },
    { '{"processInstanceVariables":[{"name":"x","value":{"$eq":"1"}}]}', "1 2 3" },
    { '{"processInstanceVariables":[{"name":"x","value":"1"},{"name":"y","value":"2"}]}', "3" },
    { '{"processInstanceVariables":[{"name":"x","value":{"$neq":"2"}}]}', "1 2 3" },
    { '{"processInstanceVariables":[{"name":"s","value":{"$like":"*b*"}}]}', "1 2" },
    { '{"processInstanceVariables":[]}', "1 2 3 4" },
    -- A variable of a task's own is one of its process instance to all the others.
    { '{"processInstanceVariables":[{"name":"own","value":"true"}]}', "1 2" },
    { '{"localVariables":[{"name":"own","value":"true"}]}', "1" },
    { '{"localVariables":[{"name":"x","value":"1"}]}', "" },
    { '{"assignee":"demo","priority":50,"state":"CREATED"}', "1" },
    { '{"assignee":"demo","priority":80}', "" },
    -- 8.9
    { '{"name":{"$like":"approve*"}}', "", "8.9" },
    { '{"name":{"$like":"Approve*"}}', "1 4", "8.9" },
    { '{"name":{"$like":"Approve \\\\*"}}', "1", "8.9" },
    { '{"name":{"$like":"Approve ?"}}', "1 4", "8.9" },
    { '{"name":{"$like":"Zo?"}}', "3", "8.9" },
    { '{"name":{"$like":"Zo??"}}', "", "8.9" },
    { '{"name":{"$like":"A.*"}}', "", "8.9" },
    { '{"name":{"$exists":false}}', "2", "8.9" },
    { '{"tags":["hot"]}', "1 2", "8.9" },
    { '{"tags":["hot","new"]}', "1", "8.9" },
    -- 8.10
    { '{"processDefinitionKey":{"$neq":"100"}}', "2 3 4", "8.10" },
    { '{"processInstanceKey":{"$in":["200","201"]}}', "1 2", "8.10" },
    { '{"processDefinitionId":{"$like":"o*"}}', "1", "8.10" },
    { '{"businessId":{"$eq":"o-1"}}', "1", "8.10" },
    { '{"businessId":{"$exists":false}}', "2 3 4", "8.10" },
  }
  for _, case in ipairs(cases) do
    it("finds " .. case[1], function()
      for _, version in ipairs{ "8.8", "8.9", "8.10" } do
        if version == case[3] then case[3] = nil end
        if not case[3] then assert.equal(case[2], found(version, case[1]), version) end
      end
    end)
  end

  it("finds elements by their key", function()
    local _, answer = asks["8.10"]("GET", "/v2/user-tasks/2")
    assert.equal("2", found("8.10", ('{"elementInstanceKey":"%s"}'):format(answer.elementInstanceKey)))
  end)

  it("does not find long values", function()
    assert.equal("", found("8.10", json.encode{ processInstanceVariables = json.array{ { name = "long",
      value = LONG } } }))
  end)

  -- What no version takes, or what the versions before one do not.
  local unknown = {
    { '{"taskState":"CREATED"}', "taskState" }, { '{"assigned":true}', "assigned" },
    { '{"state":"NONE"}', "state" }, { '{"state":["CREATED"]}', "state" }, { '{"state":{"$gt":"CREATED"}}', "state" },
    { '{"assignee":{"$gt":"a"}}', "assignee" }, { '{"assignee":{"eq":"a"}}', "assignee" },
    { '{"assignee":5}', "assignee" }, { '{"assignee":{"$in":"a"}}', "assignee" },
    { '{"assignee":{"$exists":"true"}}', "assignee" }, { '{"elementId":{"$eq":"a"}}', "elementId" },
    { '{"userTaskKey":{"$eq":"1"}}', "userTaskKey" }, { '{"userTaskKey":1}', "userTaskKey" },
    { '{"elementInstanceKey":{"$eq":"1"}}', "elementInstanceKey" }, { '{"priority":2.5}', "priority" },
    { '{"priority":{"$gte":"2"}}', "priority" }, { '{"priority":{"$like":"2"}}', "priority" },
    { '{"dueDate":{"$notIn":[]}}', "dueDate" }, { '{"processDefinitionKey":"x"}', "processDefinitionKey" },
    { '{"localVariables":{}}', "localVariables" },
    { '{"localVariables":[{"name":"x","value":"1","operator":"eq"}]}', "localVariables.operator" },
    { '{"name":{"$eq":"a"}}', "name", "8.9" }, { '{"tags":["a"]}', "tags", "8.9" },
    { '{"processDefinitionKey":{"$eq":"1"}}', "processDefinitionKey", "8.10" },
    { '{"processInstanceKey":{"$eq":"1"}}', "processInstanceKey", "8.10" },
    { '{"processDefinitionId":{"$eq":"a"}}', "processDefinitionId", "8.10" },
    { '{"businessId":"a"}', "businessId", "8.10" },
  }
  for _, case in ipairs(unknown) do
    it("is refused: " .. case[1], function()
      local refusal = ("Bad Request: Request property [filter.%s] cannot be parsed"):format(case[2])
      local known = false
      for _, version in ipairs{ "8.8", "8.9", "8.10" } do
        known = known or version == case[3]
        if known then
          assert.is_nil(found(version, case[1]):find("Bad Request", 1, true), version)
        else
          assert.equal(refusal, found(version, case[1]), version)
        end
      end
    end)
  end

  local bad = {
    { '{"dueDate":{"$gte":"2024-02-01T10:00:00.000+0000"}}', "The provided dueDate '2024-02-01T10:00:00.000+0000' "
      .. "cannot be parsed as a date according to RFC 3339, section 5.6." },
    { '{"followUpDate":"2024-02-01"}', "The provided followUpDate '2024-02-01' cannot be parsed as a date according to "
      .. "RFC 3339, section 5.6." },
    { '{"processInstanceVariables":[{"value":"1"}]}', "No name provided." },
    { '{"localVariables":[{"name":"x"}]}', "No value provided." },
  }
  for _, case in ipairs(bad) do
    it("means nothing: " .. case[1], function()
      assert.equal("INVALID_ARGUMENT: " .. case[2], found("8.8", case[1]))
    end)
  end
end)
