--- The reader of variable values, rule by rule of RFC 8259.
local cjson = require "cjson"
local tasklist = require "tasklist"
local texts = require "spec.support.json_texts"

local function decode(text)
  local value, problem = tasklist.decode(text)
  assert.is_nil(problem)
  return value
end

-- Like `same`, but tells integers from floats, and 0.0 from -0.0.
local function exactly(expected, value)
  assert.equal(math.type(expected), math.type(value))
  assert.same(expected, value)
  if value == 0 then
    assert.equal(1 / expected, 1 / value)
  end
end

describe("JSON text that is read:", function()
  for _, row in ipairs(texts.good) do
    it(texts.name(row[1]), function() exactly(row[2], decode(row[1])) end)
  end

  it("1,000 arrays in each other, and objects", function()
    local value = decode(("["):rep(1000) .. ("]"):rep(1000))
    for _ = 1, 999 do value = value[1] end
    assert.same({}, value)
    value = decode(('{"a":'):rep(999) .. "{}" .. ("}"):rep(999))
    for _ = 1, 999 do value = value.a end
    assert.same({}, value)
  end)

  it("null everywhere with keep_null", function()
    local options = { keep_null = true }
    assert.equal(tasklist.null, tasklist.decode("null", options))
    assert.same({ a = tasklist.null, b = { tasklist.null } }, tasklist.decode('{"a":null,"b":[null]}', options))
    assert.same({ a = tasklist.null }, tasklist.decode('{"a":1,"a":null}', options))
    assert.equal(cjson.null, tasklist.null)
  end)

  it("null as nil without an error", function()
    assert.same({ n = 1 }, table.pack(tasklist.decode "null"))
  end)

  it("arrays that know that they are", function()
    for _, text in ipairs { "[]", "{}", '{"a":[]}', "[[],{}]", "[1]" } do
      assert.equal(text, tasklist.encode(decode(text)))
    end
  end)
end)

describe("text that is no JSON:", function()
  for _, row in ipairs(texts.bad) do
    it(texts.name(row[1]), function()
      local value, failure = tasklist.decode(row[1])
      assert.is_nil(value)
      assert.equal("decode", failure.kind)
      assert.equal(row[2], tonumber(failure.message:match("at byte (%d+)$")), failure.message)
    end)
  end

  it("a byte order mark, which no variable has", function()
    local _, failure = tasklist.decode "\u{FEFF}1"
    assert.truthy(failure.message:find "at byte 1$", failure.message)
  end)

  it("says what was expected", function()
    local _, failure = tasklist.decode '{"a" 1}'
    assert.equal("tasklist: no JSON: ':' expected at byte 6 (decode)", tostring(failure))
  end)
end)

describe("a call of decode that is a mistake", function()
  local rows = {
    { { nil, n = 1 }, "string expected, got nil" },
    { { 5, n = 1 }, "string expected, got the integer 5" },
    { { "1", true, n = 2 }, "options: table expected, got a boolean" },
    { { "1", { keep_nulls = true }, n = 2 }, 'unknown option "keep_nulls"' },
    { { "1", { keep_null = 1 }, n = 2 }, 'option "keep_null" must be' },
  }
  for _, row in ipairs(rows) do
    it("raises: " .. row[2], function()
      local ok, problem = pcall(function() return (tasklist.decode(table.unpack(row[1], 1, row[1].n))) end)
      assert.is_false(ok)
      assert.truthy(problem:find(row[2], 1, true), problem)
      assert.truthy(problem:find("decode_spec.lua:", 1, true), problem)
    end)
  end
end)
