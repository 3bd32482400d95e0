local json = require "tasklist.sandbox.json"

describe("the sandbox's JSON writer", function()
  local pair = json.shape{ "b", "a" }
  local cases = {
    { "nulls", json.null, "null" },
    { "integers of 64 bits", math.mininteger, "-9223372036854775808" },
    { "fractions", 0.5, "0.5" },
    { "fractions in as few digits as say all", 0.1, "0.1" },
    { "fractions that need all digits", 0.1 + 0.2, "0.30000000000000004" },
    { "fractions that are whole", 2.0, "2.0" },
    { "large fractions", 1e300, "1e+300" },
    { "escapes", "\"\\\n\1/ü", [["\"\\\n\u0001/ü"]] },
    { "empty arrays", json.array{}, "[]" },
    { "empty objects", {}, "{}" },
    { "nested arrays", json.array{ 1, json.array{ true, false } }, "[1,[true,false]]" },
    { "objects with sorted keys", { b = 1, a = "x" }, '{"a":"x","b":1}' },
    { "shapes in their own order, absent fields as null", pair{ a = 1, c = 2 }, '{"b":null,"a":1}' },
  }
  for _, case in ipairs(cases) do
    it("writes " .. case[1], function()
      assert.equal(case[3], json.encode(case[2]))
    end)
  end
end)

describe("the sandbox's JSON reader", function()
  local good = {
    { "integers", "9223372036854775807", math.maxinteger },
    { "numbers with a fraction", "1.0", 1.0 },
    { "exponents", "1e2", 100.0 },
    { "null", "null", json.null },
    { "false", "false", false },
    { "escapes and surrogate pairs", [["\u00fc\ud83c\udfdd\n\/"]], "ü🏝\n/" },
    { "objects", '{"a":{"b":[]}}', { a = { b = json.array{} } } },
    { "comments", "/* one */ [ // two\n 1 ]", json.array{ 1 } },
    { "the first value only", "{} and more", {} },
  }
  for _, case in ipairs(good) do
    it("reads " .. case[1], function()
      assert.same(case[3], json.decode(case[2]))
    end)
  end

  it("tells integers from floats", function()
    assert.equal("integer", math.type(json.decode("1")))
    assert.equal("float", math.type(json.decode("1.0")))
  end)

  it("tells empty arrays from empty objects", function()
    assert.is_true(json.is_array(json.decode("[]")))
    assert.is_false(json.is_array(json.decode("{}")))
  end)

  local SOURCE = "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: %d, column: %d])"
  local OPEN = "Unexpected end-of-input: expected close marker for %s (start marker at " .. SOURCE
  local CLOSED = "Unexpected close marker '%s': expected '%s' (for %s starting at " .. SOURCE
  local BETWEEN = "Illegal character ((CTRL-CHAR, code %d)): only regular white space (\\r, \\n, \\t) is allowed "
    .. "between tokens"
  local bad = {
    { "{", OPEN:format("Object", 1, 1) },
    { ' \n {"a":1', OPEN:format("Object", 2, 2) },
    { '{"a":[1', OPEN:format("Array", 1, 6) },
    { "[[],", "Unexpected end-of-input within/between Array entries" },
    { '{"a"', "Unexpected end-of-input within/between Object entries" },
    { '{"a":', "Unexpected end-of-input within/between Object entries" },
    { '{"a":1,', "Unexpected end-of-input within/between Object entries" },
    { "{]", CLOSED:format("]", "}", "Object", 1, 1) },
    { '{"a":1]', CLOSED:format("]", "}", "Object", 1, 1) },
    { "[\n [1}", CLOSED:format("}", "]", "Array", 2, 2) },
    { "[1,]", "Unexpected character (']' (code 93)): expected a valid value" },
    { "[1 2]", "was expecting comma to separate Array entries" },
    { '{"a" 1}', "was expecting a colon to separate field name and value" },
    { '{"a":1 "b":2}', "was expecting comma to separate Object entries" },
    { "{a:1}", "Unexpected character ('a' (code 97)): was expecting double-quote to start field name" },
    { "nul", "Unrecognized token 'nul'" },
    { "", "No content to map due to end-of-input" },
    { " /* none */ ", "No content to map due to end-of-input" },
    { "[1\0]", BETWEEN:format(0) },
    { "[\1", BETWEEN:format(1) },
    { "[1,\11]", BETWEEN:format(11) },
    { '{\31"a":1}', BETWEEN:format(31) },
    { '{"a"\12:1}', BETWEEN:format(12) },
    { '{"a":\0001}', BETWEEN:format(0) },
    { '{"a":1\0}', BETWEEN:format(0) },
    { "[\127]", "Unexpected character ((CTRL-CHAR, code 127)): expected a valid value (JSON String, Number, Array, "
      .. "Object or token 'null', 'true' or 'false')" },
    { "[\u{85}]", "Unexpected character ((CTRL-CHAR, code 133)): " },
    { "[\u{5BFF}]", "Unexpected character ('\u{5BFF}' (code 23551 / 0x5bff)): " },
    { "1\0", "Unexpected character ((CTRL-CHAR, code 0)): Expected space separating root-level values" },
    { "1x", "Unexpected character ('x' (code 120)): Expected space separating root-level values" },
    { '"\n"', "Illegal unquoted character" },
    { '"abc', "was expecting closing quote" },
    { [["\x"]], "Unrecognized character escape 'x' (code 120)" },
    { [["\u12g4"]], "expected a hex-digit" },
    { "01", "Leading zeroes not allowed" },
    { "[-x]", "Unexpected character ('x' (code 120)) in numeric value: expected digit (0-9) to follow minus sign, for "
      .. "valid numeric value" },
    { "[1.]", "Unexpected character (']' (code 93)) in numeric value: Decimal point not followed by a digit" },
    { "[1.e2]", "Unexpected character ('e' (code 101)) in numeric value: Decimal point not followed by a digit" },
    { "[1ex]", "Unexpected character ('x' (code 120)) in numeric value: Exponent indicator not followed by a digit" },
    { "[1e+]", "Unexpected character (']' (code 93)) in numeric value: Exponent indicator not followed by a digit" },
    { "/* open", "Unexpected end-of-input in a comment" },
    { '"\xff"', "Invalid UTF-8 start byte 0xff" },
    { ("["):rep(1001), "Document nesting depth (1001) exceeds the maximum allowed (1000" },
  }
  for _, case in ipairs(bad) do
    it("refuses " .. case[1]:sub(1, 12):gsub("%c", "?"), function()
      local value, why = json.decode(case[1])
      assert.is_nil(value)
      assert.is_truthy(why:find(case[2], 1, true), why)
    end)
  end
end)
