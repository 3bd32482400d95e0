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
    { "a blank date", '{"dueDate":{"from":" "}}', { pageSize = 50, dueDate = {} } },
    { "an empty text", '{"assignee":""}', { pageSize = 50, assignee = "" } },
    { "an empty text for a number", '{"pageSize":""}', { pageSize = 0 } },
    { "a blank text for a number", '{"pageSize":" "}', { pageSize = 0 } },
    { "null as text for a number", '{"pageSize":"null"}', { pageSize = 0 } },
    { "an empty text for a boolean", '{"assigned":""}', defaults },
    { "a blank text for a boolean", '{"assigned":"\\t"}', defaults },
    { "null as text for a boolean", '{"assigned":"null"}', defaults },
    { "blanks around a boolean in a text", '{"assigned":" true "}', { pageSize = 50, assigned = true } },
    { "an empty text for a flag", '{"includeVariables":[{"name":"a","alwaysReturnFullValue":""}]}',
      { pageSize = 50, includeVariables = { { name = "a", alwaysReturnFullValue = false } } } },
    { "blanks around a word", '{"state":" CREATED "}', { pageSize = 50, state = "CREATED" } },
    { "a byte order mark", "\u{FEFF}{}", defaults },
    { "UTF-16", "{\0}\0", defaults },
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

  local EMPTY = 'Cannot coerce empty String ("") to `%s` value (but could if coercion was enabled using '
    .. "`CoercionConfig`)"
  local bad = {
    { "{", "Unexpected end-of-input" },
    { "[]", "Cannot deserialize value of type `TaskSearchRequest` from Array value (token `JsonToken.START_ARRAY`)" },
    { "true", "no boolean/Boolean-argument constructor/factory method to deserialize from boolean value (true)" },
    { "false", "no boolean/Boolean-argument constructor/factory method to deserialize from boolean value (false)" },
    { '{"state":true}', "from Boolean value (token `JsonToken.VALUE_TRUE`)" },
    { '{"state":false}', "from Boolean value (token `JsonToken.VALUE_FALSE`)" },
    { '"x"', "Cannot construct instance of `TaskSearchRequest` (although at least one Creator exists)" },
    { '{"state":"X"}', "Cannot deserialize value of type `TaskState` from String \"X\": not one of the values accepted "
      .. "for Enum class: [CREATED, CANCELED, COMPLETED, FAILED]" },
    { '{"state":"created"}', "from String \"created\"" },
    { '{"state":""}', EMPTY:format("TaskState") },
    { '{"state":" "}', EMPTY:format("TaskState") },
    { '{"implementation":""}', EMPTY:format("TaskImplementation") },
    { '{"sort":[{"field":""}]}', EMPTY:format("TaskSortFields") },
    { '{"sort":[{"order":""}]}', EMPTY:format("Sort") },
    { '{"taskVariables":[{"operator":""}]}', EMPTY:format("TaskByVariables$Operator") },
    { '{"dueDate":""}', EMPTY:format("DateFilter") },
    { '{"priority":" "}', EMPTY:format("RangeValueFilter") },
    { '{"sort":[""]}', EMPTY:format("TaskOrderBy") },
    { '""', EMPTY:format("TaskSearchRequest") },
    { '{"assignees":""}', 'Cannot coerce empty String ("") to element of `java.lang.String[]` (but could if coercion '
      .. "was enabled using `CoercionConfig`)" },
    { '{"sort":" "}', 'Cannot coerce empty String ("") to element of `TaskOrderBy[]` (but could if coercion was '
      .. "enabled using `CoercionConfig`)" },
    { " ", "No content to map due to end-of-input" },
    { "\r\n\t// nothing", "No content to map due to end-of-input" },
    { "\u{FEFF} ", "No content to map due to end-of-input" },
    { "\0", "Illegal character ((CTRL-CHAR, code 0)): only regular white space (\\r, \\n, \\t) is allowed between "
      .. "tokens" },
    { '{"state"\1:1}', "Illegal character ((CTRL-CHAR, code 1)): only regular" },
    { '{"assignee":"a\0b"}', "Illegal unquoted character ((CTRL-CHAR, code 0)): has to be escaped using backslash to "
      .. "be included in string value" },
    { '{"state":1.5}', "from Floating-point value (token `JsonToken.VALUE_NUMBER_FLOAT`)" },
    { '{"implementation":"X"}', "[JOB_WORKER, ZEEBE_USER_TASK]" },
    { '{"sort":[{"field":"name","order":"ASC"}]}', "[completionTime, followUpDate, creationTime, dueDate, priority]" },
    { '{"sort":[{"field":"dueDate","order":"UP"}]}', "[ASC, DESC]" },
    { '{"taskVariables":[{"name":"a","value":"1","operator":"like"}]}', "[eq]" },
    { '{"pageSize":"many"}', "Cannot deserialize value of type `int` from String \"many\": not a valid `int` value" },
    { '{"pageSize":{}}', "Cannot deserialize value of type `int` from Object value (token `JsonToken.START_OBJECT`)" },
    { '{"pageSize":99999999999}', "Numeric value (99999999999) out of range of int (-2147483648 - 2147483647)" },
    { '{"assigned":"maybe"}', 'from String "maybe": only "true" or "false" recognized' },
    { '{"assigned":[]}', "`java.lang.Boolean` from Array value" },
    { '{"includeVariables":[{"alwaysReturnFullValue":"x"}]}', 'Cannot deserialize value of type `boolean` from String '
      .. '"x": only "true"/"True"/"TRUE" or "false"/"False"/"FALSE" recognized' },
    { '{"includeVariables":[{"alwaysReturnFullValue":1.5}]}', "`boolean` from Floating-point value" },
    { '{"assignee":{}}', "`java.lang.String` from Object value" },
    { '{"assignees":"demo"}', "Cannot construct instance of `java.lang.String[]`: no String-argument "
      .. "constructor/factory method to deserialize from String value ('demo')" },
    { '{"dueDate":5}', "Cannot construct instance of `DateFilter` (although at least one Creator exists): no "
      .. "int/Int-argument constructor/factory method to deserialize from Number value (5)" },
    { '{"dueDate":1.5}', "no double/Double-argument constructor/factory method to deserialize from Number value "
      .. "(1.5)" },
    { '{"dueDate":true}', "no boolean/Boolean-argument constructor/factory method to deserialize from boolean value "
      .. "(true)" },
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

  it("that cannot be read at all is no parse error", function()
    assert.same({ nil, "I/O error while reading input message" }, { read "\0\0\0{\0" })
  end)

  it("that is empty but for its mark is not as none", function()
    assert.same({ nil, "JSON parse error: No content to map due to end-of-input" }, { read "\0\0\xFE\xFF" })
  end)
end)
