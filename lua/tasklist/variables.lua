--- Lua values and the JSON text that variables carry, both ways.

local core = require "tasklist.core"
local errors = require "tasklist.errors"
local json = require "tasklist.json"
local message = require "tasklist.api.message"
local v1 = require "tasklist.api.v1"
local words = require "tasklist.words"

local variables = {}

-- name -> value, as the API's list of names and JSON texts; sorted, so that the same call sends the same
-- bytes.
local function write_named(value, pieces, encode)
  local parts = {}
  for name, item in pairs(value) do
    if type(name) ~= "string" or not utf8.len(name) then
      return ": a variable's name must be a string of UTF-8, got " .. words.shown(name)
    end
    local text, problem = encode(item, core.place("_", name):sub(2)) -- from the dot or bracket on
    if not text then
      return problem
    end
    parts[#parts + 1] = ('{"name":%s,"value":%s}'):format(json.encode_scalar(name), json.encode_scalar(text))
  end
  table.sort(parts, core.before)
  pieces[#pieces + 1] = "[" .. table.concat(parts, ",") .. "]"
end

-- The server compares the JSON texts of values. A table has many texts, so a filter with one would miss values that are
-- equal to it.
local function encode_filter(value, path)
  if type(value) == "table" or json.is_array(value) then
    return words.expected(path, "scalar or tasklist.raw(text)", value)
  end
  local text, problem = core.encode_value(value)
  return text, problem and path .. ": " .. problem
end

--- How what concerns variables is written in a request, by the type of the shape: writers as `shapes` has them.
variables.writers = {}

function variables.writers.variables(_, value, pieces)
  if type(value) ~= "table" or json.is_array(value) then
    return words.wrong("", "table", value)
  end
  return write_named(value, pieces, core.encode_value)
end

-- Whether filters are given as name -> value, and not as the API's own list.
local function is_named(value)
  return type(value) == "table" and #value == 0 and next(value) ~= nil and not json.is_array(value)
end

function variables.writers.filters(shape, value, pieces, write)
  if is_named(value) then
    return write_named(value, pieces, encode_filter)
  end
  return write({ type = "array", of = shape.of }, value, pieces)
end

--- Filters by variables, for who does not write them as v1 has them.
-- @tparam table value what `writers.filters` found nothing wrong with
-- @treturn table an array of `{ name =, text = }`: what the value is as JSON; those given by name are in the order of
--   their names, so that the same call sends the same bytes
function variables.filters(value)
  local found = {}
  if is_named(value) then
    for name, item in pairs(value) do
      found[#found + 1] = { name = name, text = core.encode_value(item) }
    end
    table.sort(found, function(one, other) return core.before(one.name, other.name) end)
    return found
  end
  for _, filter in ipairs(json.given(value)) do
    if filter ~= json.null then
      local item = filter.value
      found[#found + 1] = { name = filter.name, text = type(item) == "string" and item or core.encode_value(item) }
    end
  end
  return found
end

-- The API's own filter (`{ name =, value = }`) takes JSON text, so a string is sent as it is there.
function variables.writers.filter_value(_, value, pieces)
  local text, problem = value, nil
  if type(value) ~= "string" then
    text, problem = encode_filter(value, "")
  elseif select(2, core.decode_value(value)) then
    problem = words.wrong("", [[JSON text (such as '"a"' for a string)]], value)
  end
  if problem then
    return problem
  end
  pieces[#pieces + 1] = json.encode_scalar(text)
end

local names = { type = "array", of = { type = "string" } }

-- The server answers a name that comes twice with an error, so each goes out once.
function variables.writers.names(_, value, pieces, write)
  local problem = write(names, value, {})
  if problem then
    return problem
  end
  local parts, seen = {}, {}
  for index, name in ipairs(value) do
    if type(name) ~= "string" then
      return words.wrong(("[%d]"):format(index), "string", name)
    elseif not seen[name] then
      seen[name] = true
      parts[#parts + 1] = ('{"name":%s,"alwaysReturnFullValue":true}'):format(json.encode_scalar(name))
    end
  end
  pieces[#pieces + 1] = "[" .. table.concat(parts, ",") .. "]"
end

local nothing = {}

-- The part of a variable that holds the value: its draft where drafts are wanted and there is one, else the variable
-- itself, or nothing where only drafts are wanted. Nil for what is no variable as documented.
local function chosen(variable, drafts)
  local record = drafts and variable.draft or drafts == "only" and nothing or variable
  local fine = type(variable.name) == "string" and type(record) == "table"
    and (record.value == nil or type(record.value) == "string")
  return fine and record or nil
end

local function problem_of_value(variable, problem, text)
  return { kind = "decode", body = text,
    message = ("the value of %s is no JSON: %s; search_task_variables gives its text"):format(
      words.name(variable.name), problem) }
end

-- Decodes what a search gave into `found`. Gives the names of the values that the search has left out
-- because they are long; or nil and the fields of an error.
local function decode(list, options, found)
  local missing = {}
  for _, variable in ipairs(list) do
    local record = chosen(variable, options.drafts)
    if not record then
      return nil, { kind = "decode", message = "the answer holds what is no variable as documented: strings name and "
        .. "value, an object draft" }
    elseif record.value ~= nil then -- otherwise it is only a draft, or left out
      local value, problem = core.decode_value(record.value, options.keep_null)
      if problem then
        return nil, problem_of_value(variable, problem, record.value)
      end
      found[variable.name] = value
    elseif record.isValueTruncated then
      missing[#missing + 1] = variable.name
    end
  end
  return missing
end

--- All variables of a task, in one exchange, or two where values are long.
-- @tparam table server of the client
-- @tparam table first the message that searches them, in v1; its timeout is that of the whole
-- @param id of the task
-- @tparam ?table wanted names
-- @tparam table options `drafts`, `keep_null`: see `Client:variables`; `drafts` is "only" for what has a draft
-- @treturn table name -> value; or nil and an error object, or misuse as a text
function variables.of_task(server, first, id, wanted, options)
  local deadline = server:deadline(first.timeout)
  local found, sent = {}, first
  repeat
    sent.timeout = server:left(deadline)
    local list, failure = server:call("variables", sent, id, wanted)
    if not list then
      return nil, failure
    end
    local missing, problem = decode(list, options, found)
    if missing and #missing > 0 and sent ~= first then
      problem = { kind = "decode", message = ("the server cut off the value of %s, which was asked for in full; "
        .. "get_variable may give it"):format(words.name(missing[1])) }
    end
    if problem then
      return errors.failed(sent, problem)
    end
    sent, wanted = #missing > 0 and message.of_operation(v1.operations.variables, id, missing), missing
  until not sent
  return found
end

return variables
