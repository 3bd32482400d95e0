--- Request bodies: reads the JSON, gives every field its type, and complains in the words of Jackson, the server's
-- JSON library, whose conversions between scalars apply too.
local dates = require "tasklist.sandbox.dates"
local encodings = require "tasklist.sandbox.encodings"
local json = require "tasklist.sandbox.json"

local request = {}

local function fail(message, ...)
  error({ message = message:format(...) }, 0)
end

-- How Jackson names what it found: in words, and as a token.
local function token_of(value)
  if value == true then return "Boolean value", "VALUE_TRUE" end
  if value == false then return "Boolean value", "VALUE_FALSE" end
  if json.is_array(value) then return "Array value", "START_ARRAY" end
  if type(value) == "table" then return "Object value", "START_OBJECT" end
  if type(value) == "string" then return "String value", "VALUE_STRING" end
  if math.type(value) == "integer" then return "Integer value", "VALUE_NUMBER_INT" end
  return "Floating-point value", "VALUE_NUMBER_FLOAT"
end

local function wrong_token(class, value)
  local words, token = token_of(value)
  fail("Cannot deserialize value of type `%s` from %s (token `JsonToken.%s`)", class, words, token)
end

local function wrong_text(class, value, why)
  fail("Cannot deserialize value of type `%s` from String \"%s\": %s", class, value, why)
end

local function trim(text)
  return text:match("^%s*(.-)%s*$")
end

-- A text of blanks is an empty one to Jackson, and for most types none at all.
local function refuse_blank(target, value)
  if type(value) == "string" and trim(value) == "" then
    fail('Cannot coerce empty String ("") to %s (but could if coercion was enabled using `CoercionConfig`)', target)
  end
end

-- Whether a text stands for null, where a scalar is wanted.
local function is_textual_null(text)
  text = trim(text)
  return text == "" or text == "null"
end

-- Types: each is a table with `read(value) -> bound value`, called for everything but null; nil is a null that came in
-- another form. Those that cannot be null have `null`, what a null becomes. `absent` is what a field gets that was not
-- sent.

local function scalar_text(value)
  if type(value) == "table" then wrong_token("java.lang.String", value) end
  return type(value) == "string" and value or json.encode(value)
end

local text = { read = scalar_text }

local BOOLEANS = { ["true"] = true, ["True"] = true, ["TRUE"] = true, ["false"] = false, ["False"] = false,
  ["FALSE"] = false }

local function read_boolean(class, accepted)
  return function(value)
    if type(value) == "boolean" then return value end
    if math.type(value) == "integer" then return value ~= 0 end
    if type(value) ~= "string" then wrong_token(class, value) end
    local read = BOOLEANS[trim(value)]
    if read == nil and not is_textual_null(value) then wrong_text(class, value, accepted .. " recognized") end
    return read
  end
end

local boolean = { read = read_boolean("java.lang.Boolean", 'only "true" or "false"') }

-- A boolean that cannot be null.
local function flag(absent)
  return { read = read_boolean("boolean", 'only "true"/"True"/"TRUE" or "false"/"False"/"FALSE"'), null = false,
    absent = absent }
end

local MIN_INT, MAX_INT = -2147483648, 2147483647

local function read_int(value)
  local number = value
  if type(value) == "string" then
    if is_textual_null(value) then return nil end
    number = value:find("^%s*[+-]?%d+%s*$") and tonumber(value)
    if not number then wrong_text("int", value, "not a valid `int` value") end
  elseif type(value) ~= "number" then
    wrong_token("int", value)
  end
  if number < MIN_INT or number > MAX_INT then
    fail("Numeric value (%s) out of range of int (%d - %d)", json.encode(number), MIN_INT, MAX_INT)
  end
  return math.tointeger(number < 0 and math.ceil(number) or math.floor(number))
end

local function int(absent)
  return { read = read_int, null = 0, absent = absent }
end

-- The names stand in the order in which Jackson lists them.
local function enum(class, ...)
  local names = { ... }
  local accepted = "not one of the values accepted for Enum class: [" .. table.concat(names, ", ") .. "]"
  return { read = function(value)
    if type(value) ~= "string" then wrong_token(class, value) end
    refuse_blank(("`%s` value"):format(class), value)
    for _, name in ipairs(names) do
      if trim(value) == name then return name end
    end
    wrong_text(class, value, accepted)
  end }
end

local date = { read = function(value)
  if math.type(value) == "integer" then return value end
  if type(value) ~= "string" then wrong_token("java.util.Date", value) end
  if is_textual_null(value) then return nil end
  return dates.parse(value)
    or wrong_text("java.util.Date", value, ("not a valid representation (error: Failed to parse Date value '%s')")
      :format(value))
end }

-- The bounds of a range are untyped: numbers, texts of numbers, and whatever else the search engine then refuses.
local bound = { read = function(value)
  return tonumber(value) or value
end }

local bind

-- What cannot become an object for want of a constructor that takes it, by its type.
local CREATORS = {
  string = { "String", "String value ('%s')" },
  boolean = { "boolean/Boolean", "boolean value (%s)" },
  integer = { "int/Int", "Number value (%s)" },
  float = { "double/Double", "Number value (%s)" },
}

local function refuse_scalar(class, value)
  local creator = CREATORS[math.type(value) or type(value)]
  if creator then
    fail("Cannot construct instance of %s: no %s-argument constructor/factory method to deserialize from %s", class,
      creator[1], creator[2]:format(value))
  end
end

local function read_elements(element, class, value)
  if not json.is_array(value) then wrong_token(class, value) end
  local list = {}
  for i, one in ipairs(value) do list[i] = bind(element, one) end
  return list
end

local function array(element, class)
  return { read = function(value)
    refuse_blank(("element of `%s`"):format(class), value)
    if type(value) == "string" then refuse_scalar(("`%s`"):format(class), value) end
    return read_elements(element, class, value)
  end }
end

local function object(class, fields)
  return { read = function(value)
    refuse_blank(("`%s` value"):format(class), value)
    refuse_scalar(("`%s` (although at least one Creator exists)"):format(class), value)
    if json.is_array(value) then wrong_token(class, value) end
    local result = {}
    for name, kind in pairs(fields) do
      if value[name] == nil then
        result[name] = kind.absent
      else
        result[name] = bind(kind, value[name])
      end
    end
    return result
  end }
end

function bind(kind, value)
  local result
  if value ~= json.null then result = kind.read(value) end
  if result == nil then return kind.null end
  return result
end

-- A field of this kind that was not sent is an empty list; only an explicit null is none.
local function list(element, class)
  return { read = function(value) return read_elements(element, class, value) end, absent = {} }
end

local texts = array(text, "java.lang.String[]")
local include = array(object("IncludeVariable", { name = text, alwaysReturnFullValue = flag(false) }),
  "IncludeVariable[]")
local input = object("VariableInputDTO", { name = text, value = text })
-- A null among the variables is one without a name.
input.null = {}
local inputs = list(input, "java.util.ArrayList<VariableInputDTO>")
local period = object("DateFilter", { from = date, to = date })

-- The body of a search, with priorities or without.
local function task_search(sort_fields, priority)
  return object("TaskSearchRequest", {
    state = enum("TaskState", "CREATED", "CANCELED", "COMPLETED", "FAILED"),
    assigned = boolean,
    assignee = text,
    assignees = texts,
    taskDefinitionId = text,
    candidateGroup = text,
    candidateGroups = texts,
    candidateUser = text,
    candidateUsers = texts,
    processDefinitionKey = text,
    processInstanceKey = text,
    pageSize = int(50),
    followUpDate = period,
    dueDate = period,
    taskVariables = array(object("TaskByVariables", { name = text, value = text,
      operator = enum("TaskByVariables$Operator", "eq") }), "TaskByVariables[]"),
    tenantIds = texts,
    sort = array(object("TaskOrderBy", {
      field = enum("TaskSortFields", table.unpack(sort_fields)),
      order = enum("Sort", "ASC", "DESC") }), "TaskOrderBy[]"),
    searchAfter = texts,
    searchAfterOrEqual = texts,
    searchBefore = texts,
    searchBeforeOrEqual = texts,
    includeVariables = include,
    implementation = enum("TaskImplementation", "JOB_WORKER", "ZEEBE_USER_TASK"),
    priority = priority,
  })
end

--- The body of POST /v1/tasks/search, and that of a server which knows no priorities.
request.task_search = task_search({ "completionTime", "followUpDate", "creationTime", "dueDate", "priority" },
  object("RangeValueFilter", { eq = bound, gte = bound, gt = bound, lte = bound, lt = bound }))
request.task_search_without_priority = task_search{ "completionTime", "followUpDate", "creationTime", "dueDate" }

--- The bodies of PATCH …/assign, PATCH …/complete, POST …/variables and POST …/variables/search.
request.assign = object("TaskAssignRequest", { assignee = text,
  allowOverrideAssignment = flag(true) })
request.complete = object("TaskCompleteRequest", { variables = inputs })
request.save_variables = object("SaveVariablesRequest", { variables = inputs })
request.variables_search = object("VariablesSearchRequest", { variableNames = texts, includeVariables = include })

--- Reads a body as one of the types above. Unknown fields are ignored; an empty body counts as `{}`, and so does null.
-- @param kind a type
-- @param body string, in any encoding that the server knows
-- @param method string: the signature of the Java method that cannot do without a body; nil for those that can
-- @param charset string that encodings.lua knows, or nil
-- @return the bound table; or nil and the message of the parse error
function request.read(kind, body, method, charset)
  local plain = body == "" and "null" or encodings.decode(body, charset)
  if not plain then return nil, "I/O error while reading input message" end
  local value, why = json.decode(plain)
  if value == json.null then
    if method then return nil, "Required request body is missing: " .. method end
    value = {}
  end
  if value == nil then return nil, "JSON parse error: " .. why end
  local ok, result = pcall(bind, kind, value)
  if ok then return result end
  if type(result) ~= "table" then error(result, 0) end
  return nil, "JSON parse error: " .. result.message
end

return request
