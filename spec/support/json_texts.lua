--- Texts, rule by rule of RFC 8259, for whoever reads JSON: variables and answers.
local null = require("tasklist").null

local json_texts = {}

--- Texts that are JSON, and what they mean. Arrays are plain tables; null is absent in objects and at the top.
json_texts.good = {
  -- literals and space
  { "true", true }, { "false", false }, { "null", nil }, { " \t\r\n1 \t\r\n", 1 },
  { "[ 1 , 2 ]", { 1, 2 } }, { '{ "a" : 1 , "b" : 2 }', { a = 1, b = 2 } },
  -- integers
  { "0", 0 }, { "7", 7 }, { "-1", -1 }, { "1234567890", 1234567890 },
  { "9007199254740993", 9007199254740993 }, { "999999999999999999", 999999999999999999 },
  { "9223372036854775807", math.maxinteger }, { "-9223372036854775808", math.mininteger },
  { "-0", -0.0 },
  -- floats
  { "9223372036854775808", 2.0 ^ 63 }, { "-9223372036854775809", -2.0 ^ 63 },
  { "123456789012345678901234567890", 123456789012345678901234567890.0 },
  { "1.0", 1.0 }, { "-0.0", -0.0 }, { "0e5", 0.0 }, { "0.5", 0.5 }, { "1249.5", 1249.5 }, { "1e3", 1000.0 },
  { "1E3", 1000.0 }, { "1e+3", 1000.0 }, { "1e-3", 0.001 }, { "1.5e3", 1500.0 }, { "-1.5E-3", -0.0015 },
  { "1e03", 1000.0 }, { "0.1", 0.1 }, { "4.95", 4.95 }, { "1e22", 1e22 }, { "1e23", 1e23 },
  { "1.7976931348623157e308", 0x1.fffffffffffffp+1023 }, { "2.2250738585072014e-308", 0x1p-1022 },
  { "5e-324", 0x1p-1074 }, { "2e-324", 0.0 }, { "1e-99999999999999999999", 0.0 },
  { "0e99999999999999999999", 0.0 }, { "0.30000000000000004", 0x1.3333333333334p-2 },
  -- exactly between two floats: to the even one; a digit far behind decides otherwise
  { "9007199254740993.0", 9007199254740992.0 }, { "9007199254740995.0", 9007199254740996.0 },
  { "9007199254740993." .. ("0"):rep(2000) .. "1", 9007199254740994.0 },
  { "1" .. ("0"):rep(400) .. "e-400", 1.0 }, { "0." .. ("0"):rep(400) .. "1e401", 1.0 },
  -- strings
  { '""', "" }, { '"a"', "a" }, { '"/"', "/" }, { '"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t' },
  { '"\\u0041"', "A" }, { '"\\u00e9\\u00E9"', "éé" }, { '"\\u20ac"', "€" }, { '"a\\u0000b"', "a\0b" },
  { '"\\ud83d\\ude00"', "😀" }, { '"\\uD800\\uDC00"', "\u{10000}" }, { '"\\udbff\\udfff"', "\u{10FFFF}" },
  { '"\\uFFFF"', "\u{FFFF}" }, { '"\127"', "\127" }, { '"é€😀"', "é€😀" }, { '"\u{10FFFF}"', "\u{10FFFF}" },
  { '"\\u2028\u{2028}"', "\u{2028}\u{2028}" }, { '"\\\\u0041"', "\\u0041" }, { '"x\\\\"', "x\\" },
  { '"' .. ("a"):rep(5000) .. '\\n"', ("a"):rep(5000) .. "\n" },
  -- arrays and objects
  { "[]", {} }, { "{}", {} }, { "[[]]", { {} } }, { "[1,\"a\",true,{}]", { 1, "a", true, {} } },
  { '{"":1}', { [""] = 1 } }, { '{"a":{"b":[{"c":1}]}}', { a = { b = { { c = 1 } } } } },
  { '{"1":1}', { ["1"] = 1 } }, { '{"a\\u0000":1}', { ["a\0"] = 1 } },
  -- strings that are alike, as names and as values
  { '["aaaaaaaaXbbbbbbbb","aaaaaaaaYbbbbbbbb","aaaaaaaabbbbbbbb","aaaaaaaXbbbbbbbb"]',
    { "aaaaaaaaXbbbbbbbb", "aaaaaaaaYbbbbbbbb", "aaaaaaaabbbbbbbb", "aaaaaaaXbbbbbbbb" } },
  { '[{"id":"id","name":1},{"ie":"ie","name":2},{"id":"ie","nane":3},{"name":4,"id":"id"},{"i\\u0064":"di"}]',
    { { id = "id", name = 1 }, { ie = "ie", name = 2 }, { id = "ie", nane = 3 }, { name = 4, id = "id" },
      { id = "di" } } },
  { '[{"a":1,"b":2},{"a":3},{},{"b":4,"a":5,"c":6},{"a":[]},{"a":{"a":7}}]',
    { { a = 1, b = 2 }, { a = 3 }, {}, { b = 4, a = 5, c = 6 }, { a = {} }, { a = { a = 7 } } } },
  -- of equal names the last one counts
  { '{"a":1,"a":2}', { a = 2 } }, { '{"a":1,"a":null}', {} }, { '{"a":null,"a":1}', { a = 1 } },
  -- null
  { '{"a":null}', {} }, { "[null]", { null } }, { "[1,null,3]", { 1, null, 3 } },
  { '[{"a":null}]', { {} } }, { '{"a":[null]}', { a = { null } } },
}

-- Around the numbers of values at which a reader may go about a table in another way.
for _, size in ipairs { 31, 32, 33, 63, 64, 65, 66, 1000 } do
  local array, object, items, pairs_ = {}, { k1 = "last" }, {}, {}
  for i = 1, size do
    array[i] = i % 7 == 0 and { i } or i % 5 == 0 and null or i
    object["k" .. i] = i > 1 and i % 5 ~= 0 and i or object["k" .. i]
    items[i] = i % 7 == 0 and "[" .. i .. "]" or i % 5 == 0 and "null" or tostring(i)
    pairs_[i] = ('"k%d":%s'):format(i, i % 5 == 0 and "null" or i)
  end
  pairs_[size + 1] = '"k1":"last"'
  table.insert(json_texts.good, { "[" .. table.concat(items, ",") .. "]", array })
  table.insert(json_texts.good, { "{" .. table.concat(pairs_, ",") .. "}", object })
end

--- Texts that are no JSON, and the byte that is wrong, counted from 1. They are none either where a value of an object
-- is expected.
json_texts.bad = {
  -- nothing, or more than one value
  { "", 1 }, { " ", 2 }, { "1 2", 3 }, { "[]]", 3 }, { "{}x", 3 }, { "nullnull", 5 }, { "1\0", 2 }, { "\0", 1 },
  { "1,", 2 },
  -- literals
  { "nul", 1 }, { "True", 1 }, { "NULL", 1 }, { "nil", 1 }, { "undefined", 1 }, { "NaN", 1 }, { "Infinity", 1 },
  { "-Infinity", 2 }, { "truex", 5 },
  -- space and comments
  { "\f1", 1 }, { "\v1", 1 }, { "\u{A0}1", 1 }, { "[1,\f2]", 4 }, { "1 // a", 3 }, { "/* a */ 1", 1 },
  -- numbers
  { "01", 2 }, { "-01", 3 }, { "00", 2 }, { "+1", 1 }, { "-", 2 }, { "--1", 2 }, { ".5", 1 }, { "-.5", 2 },
  { "1.", 3 }, { "1.e1", 3 }, { "1e", 3 }, { "1e+", 4 }, { "1e-", 4 }, { "1e1.5", 4 }, { "1.2.3", 4 },
  { "0x10", 2 }, { "1_000", 2 }, { "1e+-1", 4 }, { "[1.]", 4 }, { "- 1", 2 }, { "１", 1 }, { "1a", 2 },
  { "1e309", 1 }, { "-1e309", 1 }, { "1.7976931348623159e308", 1 }, { "1e99999999999999999999", 1 },
  { ("9"):rep(400), 1 },
  -- strings
  { '"', 2 }, { '"a', 3 }, { '"a\\"', 5 }, { "'a'", 1 }, { '"\n"', 2 }, { '"\t"', 2 }, { '"\0"', 2 },
  { '"a\31"', 3 }, { '"\\x41"', 2 }, { '"\\a"', 2 }, { '"\\U0041"', 2 }, { '"\\', 3 }, { '"\\"', 4 },
  { '"a\\\n"', 3 }, { '"\\\0"', 2 }, { '"\\u"', 2 }, { '"\\u004"', 2 }, { '"\\u00g0"', 2 }, { '"\\u+041"', 2 },
  { '"\\u 041"', 2 },
  -- half of a surrogate pair has no UTF-8
  { '"\\ud800"', 2 }, { '"\\udc00"', 2 }, { '"\\ud800x"', 2 }, { '"\\ud800\\n"', 2 }, { '"\\ud800\\u0041"', 2 },
  { '"\\ud800\\ud800"', 2 }, { '"\\udc00\\ud800"', 2 }, { '"a\\ud83d\\ude0"', 3 },
  -- UTF-8
  { '"\xff"', 2 }, { '"\x80"', 2 }, { '"a\xc3"', 3 }, { '"\xc3(\"', 2 }, { '"\xc0\xaf"', 2 }, { '"\xc1\xbf"', 2 },
  { '"\xe0\x9f\xbf"', 2 }, { '"\xe2\x82"', 2 }, { '"\xed\xa0\x80"', 2 }, { '"\xed\xbf\xbf"', 2 },
  { '"\xf0\x8f\xbf\xbf"', 2 }, { '"\xf4\x90\x80\x80"', 2 }, { '"\xf5\x80\x80\x80"', 2 }, { '"\xf0\x9f\x98', 2 },
  { '{"\xff":1}', 3 }, { '"\\\xff"', 2 },
  -- arrays
  { "[", 2 }, { "]", 1 }, { "[1", 3 }, { "[1,", 4 }, { "[1,]", 4 }, { "[,1]", 2 }, { "[1,,2]", 4 }, { "[1 2]", 4 },
  { "[1}", 3 }, { "[1:2]", 3 }, { '["a":1]', 5 }, { "[,]", 2 }, { "[[1]", 5 },
  -- objects
  { "{", 2 }, { "}", 1 }, { '{"a"', 5 }, { '{"a":', 6 }, { '{"a":1', 7 }, { '{"a":1,', 8 }, { '{"a":1,}', 8 },
  { "{,}", 2 }, { '{"a"}', 5 }, { '{"a" 1}', 6 }, { '{"a":}', 6 }, { '{"a"::1}', 6 }, { '{"a",1}', 5 },
  { '{"a":1 "b":2}', 8 }, { "{a:1}", 2 }, { "{'a':1}", 2 }, { "{1:1}", 2 }, { "{null:1}", 2 }, { '{"a":1]', 7 },
  { '{"a":1,,"b":2}', 8 }, { '{[]:1}', 2 },
  -- depth
  { ("["):rep(1001) .. ("]"):rep(1001), 1001 }, { ("["):rep(100000), 1001 },
  { ('{"a":'):rep(1001) .. "1" .. ("}"):rep(1001), 5001 },
}

--- What to call a text in the name of a test.
-- @tparam string text
-- @treturn string one line, short
function json_texts.name(text)
  local shown = text:sub(1, 30):gsub("[%c\128-\255]", function(byte) return ("\\x%02x"):format(byte:byte()) end)
  return #text > 30 and ("%s and %d bytes"):format(shown, #text - 30) or shown
end

return json_texts
