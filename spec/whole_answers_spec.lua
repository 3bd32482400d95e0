--- What `spec/decode_spec.lua` and `spec/values_spec.lua` ask of a text, asked of answers to verbs. And each way to
-- spoil a byte of a page.
local answers = require "spec.support.answers"
local connect = require "spec.support.client"
local reader = require "tasklist.sandbox.json"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"
local texts = require "spec.support.json_texts"
local values = require "spec.support.values"

local seed = tonumber(os.getenv "SEED") or os.time()
print(("# seed of spec/whole_answers_spec.lua: SEED=%d"):format(seed))

-- Not luassert's, which takes far longer than what is checked.
local function check(truth, problem)
  if not truth then error(problem, 2) end
end

local function same(expected, got)
  local found = values.difference(expected, got, "value")
  check(not found, found)
end

local function as_object(text) return ('{"value":%s}'):format(text) end
local function as_array(text) return ('[{"value":%s}]'):format(text) end

-- A server for one test.
local function started(bodies)
  local server = answers.start(bodies)
  finally(function() server:stop() end)
  return server
end

-- That a verb refused a body, and because of which byte when that is known.
local function refused(body, at, value, failure)
  check(value == nil and type(failure) == "table", body)
  check(failure.kind == "decode" and failure.status == 200 and failure.body == body, tostring(failure))
  check(not at or failure.message:find(("at byte %s$"):format(at)), failure.message)
end

describe("an answer that has", function()
  local server
  setup(function()
    local bodies = {}
    for _, row in ipairs(texts.good) do
      bodies[#bodies + 1] = as_object(row[1])
      bodies[#bodies + 1] = as_array(row[1])
    end
    server = answers.start(bodies)
  end)
  teardown(function() server:stop() end)

  for index, row in ipairs(texts.good) do
    it(texts.name(row[1]), function()
      local expected = { value = values.as_answer(row[2]) }
      same(expected, assert(server:object(index * 2 - 1)))
      same({ expected }, assert(server:array(index * 2)))
    end)
  end
end)

describe("an answer that is", function()
  local bodies, server = {}, nil
  for _, row in ipairs(texts.bad) do
    bodies[#bodies + 1] = row[1]
    bodies[#bodies + 1] = as_object(row[1])
  end
  setup(function() server = answers.start(bodies) end)
  teardown(function() server:stop() end)

  for index, row in ipairs(texts.bad) do
    it("refused: " .. texts.name(row[1]), function()
      local number = index * 2 - 1
      refused(bodies[number], row[2], server:object(number))
      refused(bodies[number], row[2], server:array(number))
      refused(bodies[number + 1], nil, server:object(number + 1))
    end)
  end
end)

describe("a whole answer", function()
  it("may have a byte order mark and space around it", function()
    local server = started { "\u{FEFF}{}", "\u{FEFF} \t\r\n{\"a\":1}\r\n", "\u{FEFF}[]", " [ ] " }
    same({}, assert(server:object(1)))
    same({ a = 1 }, assert(server:object(2)))
    same({}, assert(server:array(3)))
    same({}, assert(server:array(4)))
  end)

  it("is no JSON with half of a byte order mark, two of them, or one elsewhere", function()
    local bodies = { "\xEF\xBB{}", "\xEF{}", "\u{FEFF}\u{FEFF}{}", "{}\u{FEFF}", "{\u{FEFF}}", " \u{FEFF}{}",
      "\u{FEFF}" }
    local server = started(bodies)
    for number, at in ipairs { 1, 1, 4, 3, 2, 2, 4 } do
      refused(bodies[number], at, server:object(number))
    end
  end)

  it("is what the operation gives, or refused", function()
    local bodies = { "[]", "{}", "5", "null", "[{},5]", "[null]", '"a"' }
    local server = started(bodies)
    for number, body in ipairs(bodies) do
      if number ~= 1 then refused(body, nil, server:array(number)) end
      if number ~= 2 then refused(body, nil, server:object(number)) end
    end
  end)

  it("may be 1,000 tables deep, and no deeper", function()
    local function objects(depth)
      return ('{"a":'):rep(depth - 1) .. "{}" .. ("}"):rep(depth - 1)
    end
    local function arrays(depth)
      return as_array(("["):rep(depth - 2) .. ("]"):rep(depth - 2))
    end
    local server = started { objects(1000), objects(1001), arrays(1000), arrays(1001) }
    local value = assert(server:object(1))
    for _ = 1, 999 do value = value.a end
    same({}, value)
    refused(objects(1001), 5001, server:object(2))
    value = assert(server:array(3))[1].value
    for _ = 1, 997 do value = value[1] end
    same({}, value)
    refused(arrays(1001), #'[{"value":' + 999, server:array(4))
  end)

  it("has plain tables for arrays, whole numbers as integers, and no nulls in objects", function()
    local server = started { '{"a":[],"b":[1.0,1e2,-0.0,-0],"c":null,"d":[null,{"e":null}],"f":1e300}' }
    same({ a = {}, b = { 1, 100, 0, 0 }, d = { tasklist.null, {} }, f = 1e300 }, assert(server:object(1)))
  end)
end)

describe("random answers", function()
  before_each(function() math.randomseed(seed) end)

  it("have the values that were written", function()
    local given, bodies = {}, {}
    for number = 1, 500 do
      given[number] = values.random(4)
      bodies[number] = as_object(tasklist.encode(given[number]))
    end
    local server = started(bodies)
    for number, value in ipairs(given) do
      same(values.as_answer { value = value }, assert(server:object(number)))
    end
  end)

  it("have the nearest floats", function()
    local numbers, bodies = {}, {}
    for number = 1, 50 do
      local list = {}
      for index = 1, 100 do
        local digits = ("%d%d"):format(math.random(1, 9), values.bits() & math.maxinteger):sub(1, math.random(1, 20))
        list[index] = ("%s.%de%d"):format(digits, math.random(0, 999999), math.random(-330, 280))
      end
      numbers[number], bodies[number] = list, as_object("[" .. table.concat(list, ",") .. "]")
    end
    local server = started(bodies)
    for number, list in ipairs(numbers) do
      for index, text in ipairs(list) do list[index] = values.as_answer(tonumber(text)) end
      same(list, assert(server:object(number)).value)
    end
  end)

  it("that were changed are refused where tasklist.decode refuses them, or mean the same", function()
    local bodies, fine = {}, 0
    for number = 1, 1500 do
      bodies[number] = as_object(values.spoiled(tasklist.encode(values.random(2))))
    end
    local server = started(bodies)
    for number, body in ipairs(bodies) do
      local expected, problem = tasklist.decode(body, { keep_null = true })
      local value, failure = server:object(number)
      if problem then
        refused(body, problem.message:match "at byte (%d+)$", value, failure)
      else
        fine = fine + 1
        same(values.as_answer(expected), value)
      end
    end
    check(fine > 150, fine)
  end)
end)

describe("a real page", function()
  -- What the sandbox's reader gives, as `tasklist.decode` would. It forgives more than ours: texts that are no UTF-8.
  local function from_reader(value)
    if value == reader.null then
      return tasklist.null
    elseif type(value) ~= "table" then
      return value
    end
    local copy = {}
    for key, item in pairs(value) do copy[key] = from_reader(item) end
    return reader.is_array(value) and tasklist.array(copy) or copy
  end

  local function is_page(value)
    for _, item in ipairs(type(value) == "table" and value or {}) do
      if type(item) ~= "table" or item == reader.null then return false end
    end
    return reader.is_array(value)
  end

  local page
  setup(function()
    local real = sandbox.start()
    real:tasks {
      { id = "1", name = "Grün €😀", assignee = "demo", candidateGroups = { "a", "b" }, priority = 70,
        variables = { { name = "total", value = "12.50" }, { name = "note", value = '"a\\\\n\\"ä\\""' } } },
      { id = "2", name = 'A "quoted"\\name\n', followUpDate = "2024-03-01T08:00:00.000+0000" },
    }
    local client <close> = connect.of(real)
    local status
    status, page = client:request("POST", "/v1/tasks/search",
      { includeVariables = { { name = "total" }, { name = "note" } } })
    real:stop()
    assert.equal(200, status)
    check(page:find '"id":"1"' and page:find '"id":"2"' and page:find "€" and page:find "\\n" and #page < 3000, page)
  end)

  -- Each body as the answer to a search: refused, or what the other reader reads. Gives how many were refused.
  local function try(bodies)
    local server, count = started(bodies), 0
    for number, body in ipairs(bodies) do
      local value, failure = server:array(number)
      local expected = utf8.len(body) and reader.decode(body)
      if is_page(expected) then
        same(values.as_answer(from_reader(expected)), value)
      else
        refused(body, nil, value, failure)
        count = count + 1
      end
    end
    return count
  end

  it("is refused when it is cut, wherever", function()
    local bodies = {}
    for length = 0, #page do bodies[length + 1] = page:sub(1, length) end
    assert.equal(#page, try(bodies))
  end)

  for name, flip in pairs {
    ["another bit"] = function(byte) return byte ~ 1 end,
    ["the other case"] = function(byte) return byte ~ 0x20 end,
    ["the highest bit"] = function(byte) return byte ~ 0x80 end,
    ["a NUL"] = function() return 0 end,
  } do
    it("with one byte changed to " .. name .. " is refused, or what another reader reads", function()
      local bodies = {}
      for at = 1, #page do
        bodies[at] = page:sub(1, at - 1) .. string.char(flip(page:byte(at))) .. page:sub(at + 1)
      end
      check(try(bodies) > #page // 10, "hardly any was refused")
    end)
  end
end)
