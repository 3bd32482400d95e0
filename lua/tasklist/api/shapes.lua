--- Bodies and queries, written by shapes: what each field is comes from the API's description (see `v1`
-- for all kinds), not from a guess: of a Lua table alone nobody can tell whether it is an empty array or an empty
-- object.
--
-- A writer adds pieces of text to an array, and gives what is wrong as a text that begins with the place within its own
-- value (`: string expected`, `.name: missing`). Whoever called it puts the place of that value before. So a value that
-- is right, as most are, costs no text for its place.

local json = require "tasklist.json"

local shapes = {}

local is_array = json.is_array

-- Kinds that few searches have, by the file that has their writers. It is loaded when one is needed.
local rare = "tasklist.api.rare_shapes"
local files = { date = rare, cursor = rare, number = rare, json = rare }

-- Each kind of shape: `(shape, value, pieces, write)` gives what is wrong.
local writers = setmetatable({}, { __index = function(loaded, kind)
  loaded[kind] = require(files[kind] or "tasklist.variables").writers[kind]
  return loaded[kind]
end })

-- How to speak of what is wrong: loaded when something is.
local function words()
  return require "tasklist.words"
end

--- What to say of a value that is not what its shape wants.
-- @tparam string what would be right
-- @param value
-- @treturn string
function shapes.wrong(what, value)
  return words().wrong("", what, value)
end

local wrong = shapes.wrong

-- Texts that are the same each time, made when they are first needed: names of fields and words of the API, of which
-- there are only so many.
local function texts_of(make)
  return setmetatable({}, { __index = function(texts, word)
    texts[word] = make(json.encode_scalar(word))
    return texts[word]
  end })
end

local quoted = texts_of(function(text) return text end)
local first_field = texts_of(function(text) return "{" .. text .. ":" end)
local next_field = texts_of(function(text) return "," .. text .. ":" end)

function writers.string(_, value, pieces)
  local text, problem
  if math.type(value) == "integer" then -- a key: Camunda writes these as strings
    text = ('"%d"'):format(value)
  elseif type(value) ~= "string" then
    return wrong("string", value)
  else
    text, problem = json.encode_scalar(value)
  end
  pieces[#pieces + 1] = text
  return problem and ": " .. problem
end

function writers.boolean(_, value, pieces)
  if type(value) ~= "boolean" then
    return wrong("boolean", value)
  end
  pieces[#pieces + 1] = value and "true" or "false"
end

function writers.integer(shape, value, pieces)
  local integer = type(value) == "number" and math.tointeger(value)
  if not integer or integer < shape.least or integer > shape.most then
    return wrong(("integer from %d to %d"):format(shape.least, shape.most), value)
  end
  pieces[#pieces + 1] = integer
end

function writers.enum(shape, value, pieces)
  local values = shape.values
  for i = 1, #values do
    if value == values[i] then
      pieces[#pieces + 1] = quoted[value]
      return
    end
  end
  return wrong(words().one_of(values), value)
end

local function problem_of_keys(value)
  local count = 0
  for key in pairs(value) do
    count = count + 1
    if not (math.type(key) == "integer" and key >= 1 and key <= #value) then
      return (": array expected, got the key %s"):format(words().name(key))
    end
  end
  return count ~= #value and ": array without holes expected" or nil
end

function writers.array(shape, value, pieces, write)
  value = type(value) == "table" and value or json.given(value)
  if type(value) ~= "table" then
    return wrong("array", value)
  end
  local problem = problem_of_keys(value)
  if problem then
    return problem
  end
  pieces[#pieces + 1] = "["
  for index, item in ipairs(value) do
    if index > 1 then
      pieces[#pieces + 1] = ","
    end
    problem = write(shape.of, item, pieces)
    if problem then
      return ("[%d]%s"):format(index, problem)
    end
  end
  pieces[#pieces + 1] = "]"
end

local function missing_in(shape, value)
  local needs = shape.needs
  for i = 1, #needs do
    if rawget(value, needs[i]) == nil then
      return (".%s: missing"):format(needs[i])
    end
  end
end

local function too_many_in(shape, value)
  local found = {}
  for _, name in ipairs(shape.one_of) do
    local field = rawget(value, name)
    found[#found + 1] = field ~= nil and field ~= json.null and name or nil
  end
  return (": only one of %s and %s can be given"):format(found[1], found[2])
end

function writers.object(shape, value, pieces, write)
  if type(value) ~= "table" or is_array(value) then
    return wrong("table", value)
  end
  local fields, exclusive, openings = shape.fields, shape.exclusive, first_field
  local choices = 0
  for name, item in pairs(value) do
    local field = fields[name]
    if not field then
      return ": " .. words().unknown("field", name, fields)
    end
    pieces[#pieces + 1] = openings[name]
    openings = next_field
    local problem = write(field, item, pieces)
    if problem then
      return "." .. name .. problem
    elseif exclusive[name] and item ~= json.null then -- the server takes a field that is null for absent
      choices = choices + 1
    end
  end
  pieces[#pieces + 1] = openings == first_field and "{}" or "}"
  return missing_in(shape, value) or choices > 1 and too_many_in(shape, value) or nil
end

local function write(shape, value, pieces)
  if value == json.null and shape.type ~= "filter_value" then -- a filter compares with null as with any value
    pieces[#pieces + 1] = "null"
    return
  end
  return writers[shape.type](shape, value, pieces, write)
end

--- Writes a value of a known shape.
-- @tparam table shape `{ type = … }`; see `v1` for all of them
-- @param value
-- @tparam string path what to call the value in a message
-- @treturn string JSON text; or nil and which field is wrong and what it takes
-- @treturn ?string why only a server with the newer API can do what is right in itself
function shapes.write(shape, value, path)
  local pieces = { nil, nil, nil, nil, nil, nil, nil, nil } -- has room for a small query, or it would grow four times
  local problem = write(shape, value, pieces)
  if problem then
    return nil, path .. problem
  end
  return table.concat(pieces), pieces.newer
end

return shapes
