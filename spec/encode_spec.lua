--- The writer of variable values.
local core = require "tasklist.core"
local tasklist = require "tasklist"

describe("a value that is written", function()
  local cycle_free = {}
  local rows = {
    { true, "true" }, { false, "false" }, { tasklist.null, "null" }, { nil, "null" },
    { 0, "0" }, { -1, "-1" }, { 9007199254740993, "9007199254740993" },
    { math.maxinteger, "9223372036854775807" }, { math.mininteger, "-9223372036854775808" },
    { 0.0, "0.0" }, { -0.0, "-0.0" }, { 1.0, "1.0" }, { 0.1, "0.1" }, { 4.95, "4.95" }, { 1249.5, "1249.5" },
    { 1 / 3, "0.3333333333333333" }, { 0.1 + 0.2, "0.30000000000000004" }, { 100.0, "100.0" }, { 1.05, "1.05" },
    { 1e14, "100000000000000.0" }, { 1e15, "1e+15" }, { 123456789012345680.0, "1.2345678901234568e+17" },
    { 2.0 ^ 53, "9007199254740992.0" }, { 1e-4, "0.0001" }, { 1e-5, "1e-05" }, { 1e100, "1e+100" },
    { 0x1p-1074, "4.94065645841247e-324" }, { 0x1.fffffffffffffp+1023, "1.7976931348623157e+308" },
    { 1.0000000000000002, "1.0000000000000002" }, { 1000000.001, "1000000.001" },
    { "", '""' }, { "a/b", '"a/b"' }, { '"\\\b\f\n\r\t', [["\"\\\b\f\n\r\t"]] },
    { "\0\1\31\127", '"\\u0000\\u0001\\u001F\127"' }, { "é€😀", '"é€😀"' }, { "1", '"1"' },
    { {}, "{}" }, { tasklist.array {}, "[]" }, { { 1, 2 }, "[1,2]" }, { tasklist.array { 1 }, "[1]" },
    { { {} }, "[{}]" }, { { tasklist.array {} }, "[[]]" }, { { a = 1 }, '{"a":1}' }, { { ["1"] = 1 }, '{"1":1}' },
    { { [""] = { b = { 1, { c = true } } } }, '{"":{"b":[1,{"c":true}]}}' },
    { { tasklist.null, 1 }, "[null,1]" }, { { a = tasklist.null }, '{"a":null}' },
    { { [3] = "c", [2] = "b", [1] = "a" }, '["a","b","c"]' }, { { ["a\0\n"] = 1 }, '{"a\\u0000\\n":1}' },
    { { cycle_free, cycle_free }, "[{},{}]" }, -- twice is no cycle
    { ("x"):rep(10000), '"' .. ("x"):rep(10000) .. '"' },
    { tasklist.raw '{"b": 1.50}', '{"b": 1.50}' }, { { a = tasklist.raw " [1] " }, '{"a": [1] }' },
  }
  for index, row in ipairs(rows) do
    it(("no. %d: %s"):format(index, row[2]:sub(1, 40)), function()
      assert.equal(row[2], tasklist.encode(row[1]))
    end)
  end

  it("may be 1,000 tables deep", function()
    local value = {}
    for _ = 1, 999 do value = { value } end
    assert.equal(("["):rep(999) .. "{}" .. ("]"):rep(999), tasklist.encode(value))
    assert.equal(("["):rep(999) .. "[]" .. ("]"):rep(999), tasklist.encode(tasklist.decode(("["):rep(1000)
      .. ("]"):rep(1000))))
  end)

  it("is read raw", function()
    local made_up = setmetatable({ a = 1 }, {
      __index = function() error "asked" end, __pairs = function() error "asked" end,
      __len = function() error "asked" end, __tostring = function() error "asked" end,
    })
    assert.equal('{"a":1}', tasklist.encode(made_up))
  end)

  it("leaves nothing of one call in the next", function()
    local long = { ("x"):rep(2000), print }
    assert.is_false(pcall(tasklist.encode, long))
    assert.equal("1", tasklist.encode(1))
  end)
end)

describe("a value without JSON", function()
  local cycle = { name = "n", lines = { {} } }
  cycle.lines[1].order = cycle
  local deep = { 1 }
  for _ = 1, 1000 do deep = { deep } end
  local raw = tasklist.raw "[[1]]"
  for _ = 1, 999 do raw = { raw } end
  local nasty = setmetatable({}, { __tostring = function() error "asked" end })
  local rows = {
    { print, "variables.order: a function has no JSON" },
    { coroutine.create(print), "variables.order: a thread has no JSON" },
    { io.stdout, "variables.order: a userdata has no JSON" },
    { 0 / 0, "variables.order: NaN has no JSON" },
    { 1 / 0, "variables.order: infinity has no JSON" },
    { -1 / 0, "variables.order: -infinity has no JSON" },
    { "\xff", "variables.order: not UTF-8" },
    { "\xed\xa0\x80", "variables.order: not UTF-8" },
    { { lines = { 1, 2, { price = 0 / 0 } } }, "variables.order.lines[3].price: NaN has no JSON" },
    { { ["a b"] = { print } }, 'variables.order["a b"][1]: a function has no JSON' },
    { { ["é\n\""] = print }, [[variables.order["é\x0a\x22"]: a function has no JSON]] },
    { { [""] = print }, 'variables.order[""]: a function has no JSON' },
    { { _a1 = print }, "variables.order._a1: a function has no JSON" },
    { { ["\xff"] = 1 }, [[variables.order["\xff"]: not UTF-8]] },
    { { ["\xc2\x9b2J"] = print }, [[variables.order["\xc2\x9b2J"]: a function has no JSON]] },
    { { 1, 2, x = 3 }, 'variables.order: an array that has the key "x" too' },
    { { 1, [5] = 5 }, "variables.order: an array with holes, as at key 5" },
    { { 1, 2, nil, 4 }, "variables.order: an array with holes, as at key 3" },
    { { [2] = 2 }, "variables.order: neither array nor object, for it has the key 2" },
    { { [0] = 2 }, "variables.order: neither array nor object, for it has the key 0" },
    { { 1, [1.5] = 2 }, "variables.order: an array that has the key 1.5 too" },
    { { [true] = 1 }, "variables.order: neither array nor object, for it has the key true" },
    { { [nasty] = 1 }, "variables.order: neither array nor object, for it has the key of type table" },
    { { 1, [nasty] = 1 }, "variables.order: an array that has the key of type table too" },
    { cycle, "variables.order.lines[1].order: a cycle: the table is in itself" },
    { deep, "[1]: nested more than 1,000 levels deep" },
    { raw, "[1]: nested more than 1,000 levels deep" },
    { { tasklist.array {}, { a = tasklist.array {}, b = print } }, "variables.order[2].b: a function has no JSON" },
  }
  local array = tasklist.array { 1 }
  array.x = 1
  rows[#rows + 1] = { array, 'variables.order: an array that has the key "x" too' }
  local emptied = tasklist.array { 1 }
  emptied[1], emptied.x = nil, 1
  rows[#rows + 1] = { emptied, 'variables.order: an array that has the key "x" too' }
  for _, row in ipairs(rows) do
    it("is refused: " .. row[2], function()
      local text, problem = core.encode_value(row[1], "variables.order")
      assert.is_nil(text)
      assert.truthy(problem:find(row[2], 1, true), problem)
    end)
  end

  it("lets encode raise at the caller's line", function()
    local ok, problem = pcall(function()
      local text = tasklist.encode { lines = { { price = 0 / 0 } } }
      return text
    end)
    assert.is_false(ok)
    assert.truthy(problem:find("^.*encode_spec%.lua:%d+: encode: lines%[1%]%.price: NaN has no JSON$"), problem)
  end)

  it("has a place that stays short", function()
    local _, problem = core.encode_value(deep, "v")
    assert.equal("v" .. ("[1]"):rep(10) .. " … " .. ("[1]"):rep(10) .. ": nested more than 1,000 levels deep", problem)
  end)
end)

describe("an array", function()
  it("is a new table", function()
    local list = { 1, 2 }
    local array = tasklist.array(list)
    assert.same(list, array)
    list[3] = 3
    assert.equal("[1,2]", tasklist.encode(array))
    assert.is_nil(getmetatable(list))
  end)

  local unwilling = setmetatable({}, { __tostring = function() error "a user's own" end })

  for _, row in ipairs { { 5, "table expected" }, { nil, "table expected" }, { { a = 1 }, [[not so at key "a"]] },
    { { 1, nil, 3 }, "not so at key 2" }, { { 1, ["a\n"] = 1 }, [[not so at key "a\x0a"]] },
    { { 1, [1.5] = 1 }, "not so at key 1.5" }, { { [-1 / 0] = 1 }, "not so at key -inf" },
    { { [true] = 1 }, "not so at key true" }, { { [unwilling] = 1 }, "not so at key of type table" } } do
    it("is not made of what is no sequence: " .. row[2], function()
      local ok, problem = pcall(tasklist.array, row[1])
      assert.is_false(ok)
      assert.truthy(problem:find(row[2], 1, true), problem)
    end)
  end
end)

describe("raw text", function()
  it("shows itself, and nothing else", function()
    local raw = tasklist.raw '{"a":1}'
    assert.equal("userdata", type(raw))
    assert.equal('{"a":1}', tostring(raw))
    assert.is_false(pcall(function() return raw.text end))
  end)

  local rows = { { '{"a":', "the text ends too early at byte 6" }, { "", "at byte 1" }, { "'a'", "at byte 1" } }
  for _, row in ipairs(rows) do
    it("is refused when it is no JSON: " .. ("%q"):format(row[1]), function()
      local ok, problem = pcall(tasklist.raw, row[1])
      assert.is_false(ok)
      assert.truthy(problem:find(row[2], 1, true), problem)
    end)
  end

  it("is a string", function()
    assert.is_false(pcall(tasklist.raw, 5))
    assert.is_false(pcall(tasklist.raw))
  end)
end)
