local request = require "tasklist.sandbox.request"

local function read(body)
  return request.read(request.task_search, body)
end

describe("a body of the sandbox", function()
  local defaults = { pageSize = 50 }
  local good = {
    { "nothing", "", defaults },
    { "an empty object", "{}", defaults },
    { "null", "null", defaults },
    { "unknown fields", '{"a":{"b":[1]}}', defaults },
    { "comments", "{ /* none */ }", defaults },
    { "null for a text", '{"assignee":null}', defaults },
    { "null for a number", '{"pageSize":null}', { pageSize = 0 } },
    { "a text for a number", '{"pageSize":"7"}', { pageSize = 7 } },
    { "a fraction for an integer", '{"pageSize":7.9}', { pageSize = 7 } },
    { "a number for a text", '{"assignee":12}', { pageSize = 50, assignee = "12" } },
    { "true for a text", '{"assignee":true}', { pageSize = 50, assignee = "true" } },
    { "a text for a boolean", '{"assigned":"false"}', { pageSize = 50, assigned = false } },
    { "an integer for a boolean", '{"assigned":1}', { pageSize = 50, assigned = true } },
    { "numbers for texts in an array", '{"searchAfter":[1,"2"]}', { pageSize = 50, searchAfter = { "1", "2" } } },
    { "a date", '{"dueDate":{"from":"1970-01-01T00:00:01Z","to":2000}}',
      { pageSize = 50, dueDate = { from = 1000, to = 2000 } } },
    { "an empty date", '{"dueDate":{"from":""}}', { pageSize = 50, dueDate = {} } },
    { "a text for a bound", '{"priority":{"eq":"5"}}', { pageSize = 50, priority = { eq = 5 } } },
    { "a variable to include, its flag false when absent or null",
      '{"includeVariables":[{"name":"a"},{"name":"b","alwaysReturnFullValue":null}]}',
      { pageSize = 50, includeVariables = { { name = "a", alwaysReturnFullValue = false },
        { name = "b", alwaysReturnFullValue = false } } } },
  }
  for _, case in ipairs(good) do
    it("may hold " .. case[1], function()
      assert.same(case[3], read(case[2]))
    end)
  end

  local bad = {
    { "{", "Unexpected end-of-input" },
    { "[]", "Cannot deserialize value of type `TaskSearchRequest` from Array value (token `JsonToken.START_ARRAY`)" },
    { "true", "from Boolean value (token `JsonToken.VALUE_TRUE`)" },
    { "false", "from Boolean value (token `JsonToken.VALUE_FALSE`)" },
    { '"x"', "Cannot construct instance of `TaskSearchRequest` (although at least one Creator exists)" },
    { '{"state":"X"}', "Cannot deserialize value of type `TaskState` from String \"X\": not one of the values accepted "
      .. "for Enum class: [CREATED, COMPLETED, CANCELED, FAILED]" },
    { '{"state":"created"}', "from String \"created\"" },
    { '{"state":1.5}', "from Floating-point value (token `JsonToken.VALUE_NUMBER_FLOAT`)" },
    { '{"implementation":"X"}', "[JOB_WORKER, ZEEBE_USER_TASK]" },
    { '{"sort":[{"field":"name","order":"ASC"}]}', "[completionTime, creationTime, followUpDate, dueDate, priority]" },
    { '{"sort":[{"field":"dueDate","order":"UP"}]}', "[ASC, DESC]" },
    { '{"taskVariables":[{"name":"a","value":"1","operator":"like"}]}', "[eq]" },
    { '{"pageSize":"many"}', "Cannot deserialize value of type `int` from String \"many\": not a valid `int` value" },
    { '{"pageSize":{}}', "Cannot deserialize value of type `int` from Object value (token `JsonToken.START_OBJECT`)" },
    { '{"pageSize":99999999999}', "Numeric value (99999999999) out of range of int (-2147483648 - 2147483647)" },
    { '{"assigned":"maybe"}', 'from String "maybe": only "true" or "false" recognized' },
    { '{"assigned":[]}', "`java.lang.Boolean` from Array value" },
    { '{"assignee":{}}', "`java.lang.String` from Object value" },
    { '{"assignees":"demo"}', "`java.lang.String[]` from String value (token `JsonToken.VALUE_STRING`)" },
    { '{"assignees":{}}', "`java.lang.String[]` from Object value" },
    { '{"sort":5}', "from Integer value (token `JsonToken.VALUE_NUMBER_INT`)" },
    { '{"dueDate":{"from":"soon"}}', "`java.util.Date` from String \"soon\": not a valid representation" },
    { '{"followUpDate":{"to":true}}', "`java.util.Date` from Boolean value" },
    { '{"dueDate":"2024-01-01"}', "Cannot construct instance of `DateFilter`" },
  }
  for _, case in ipairs(bad) do
    it("cannot be " .. case[1], function()
      local query, why = read(case[1])
      assert.is_nil(query)
      assert.equal("JSON parse error: ", why:sub(1, 18))
      assert.is_truthy(why:find(case[2], 1, true), why)
    end)
  end
end)
