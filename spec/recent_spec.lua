--- The decoder remembers strings and sizes from object to object, and from text to text. What it remembers must never
-- be taken for something else.
local json = require "tasklist.json"
local tasklist = require "tasklist"

local decoders = {
  ["a value"] = tasklist.decode,
  ["an answer"] = json.decode,
}

local function letters(length)
  return ("abcdefghijklmnopqrstuvwxyz"):rep(4):sub(1, length)
end

-- The object of one field, in its place among others that are the same but for the field's name and value.
local function object(name)
  return ('{"same":"value","%s":"%s","also":{"%s":"%s"}}'):format(name, name, name, name)
end

local function expect(value, name)
  assert.same({ same = "value", [name] = name, also = { [name] = name } }, value)
end

it("a text with secrets leaves nothing behind in what is remembered", function()
  local function is_remembered(text)
    for _, value in pairs(debug.getregistry()) do
      local index, is_there = 1, type(value) == "userdata"
      while is_there do
        local found
        found, is_there = debug.getuservalue(value, index)
        if found == text then
          return true
        end
        index = index + 1
      end
    end
    return false
  end
  local text = '{"access_token":"%s","token_type":"Bearer"}'
  assert(json.decode(text:format "not-so-secret"))
  assert.is_true(is_remembered "not-so-secret")
  local token = require "tasklist.token"(200, text:format "very-secret", {}, "https://example.com/token")
  assert.equal("very-secret", token)
  assert.is_false(is_remembered "very-secret")
end)

for what, decode in pairs(decoders) do
  describe("strings that are nearly those before, in " .. what .. ":", function()
    local function check(names)
      local texts = {}
      for index, name in ipairs(names) do
        texts[index] = object(name)
      end
      for _ = 1, 2 do -- as they come, and when they are known
        local list = assert(decode("[" .. table.concat(texts, ",") .. "]"))
        assert.equal(#names, #list)
        for index, name in ipairs(names) do
          expect(list[index], name)
        end
      end
    end

    for _, length in ipairs { 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 18, 24, 31, 32, 33, 39, 40, 41, 64 } do
      it(length .. " bytes of which one differs", function()
        local name = letters(length)
        local names = {}
        for place = 1, length do
          names[#names + 1] = name
          names[#names + 1] = name:sub(1, place - 1) .. "~" .. name:sub(place + 1)
        end
        check(names)
      end)
    end

    it("one more byte, of the same or another", function()
      local names = {}
      for length = 0, 50 do
        names[#names + 1] = ("a"):rep(length)
        names[#names + 1] = letters(length)
      end
      check(names)
    end)

    it("bytes that are swapped", function()
      check { "ab", "ba", "aab", "aba", "baa", "abcdefgh12345678", "12345678abcdefgh", "abcdabcd", "abcddcba" }
    end)

    it("more of them than can be remembered", function()
      local names = {}
      for index = 1, 5000 do
        names[index] = ("name %d of many"):format(index * 7919 % 5000)
      end
      check(names)
    end)

    it("the same with escapes, and the letters of an escape without", function()
      local list = decode [=[[{"ab":"ab"},{"\u0061b":"a\u0062"},{"ab":"ab"},{"u0061b":"a\\u0062"},{"a\\b":"a\nb"}]]=]
      assert.same({ { ab = "ab" }, { ab = "ab" }, { ab = "ab" }, { u0061b = "a\\u0062" }, { ["a\\b"] = "a\nb" } },
        list)
    end)

    it("with escapes, of which one byte differs", function()
      for _, length in ipairs { 1, 7, 8, 15, 16, 17, 40, 1024, 3000 } do
        local text = ("abcdefghijklmnopqrstuvwxyz"):rep(116):sub(1, length)
        local strings = { text .. "\n", text .. "\n" }
        for place = 1, length, length // 16 + 1 do
          local other = text:sub(1, place - 1) .. "~" .. text:sub(place + 1)
          table.move({ other .. "\n", other .. "\n", text .. "\n" }, 1, 3, #strings + 1, strings)
        end
        local inside = table.concat(strings, '","'):gsub("\n", "\\n")
        assert.same(strings, decode('["' .. inside .. '"]'))
      end
    end)

    it("with escapes, as long as the one before, and as names and values", function()
      local texts = { [[a\\n]], [[a\n\n]], [[\u0061]], [[\u0062]], [[\u0062]], [[\"]], [[\\]], [[\\]], [[\"]] }
      local strings = { "a\\n", "a\n\n", "a", "b", "b", '"', "\\", "\\", '"' }
      local objects, expected = {}, {}
      for index, text in ipairs(texts) do
        local next = index % #texts + 1
        objects[index] = ('{"%s":"%s","other":"%s"}'):format(text, text, texts[next])
        expected[index] = { [strings[index]] = strings[index], other = strings[next] }
      end
      assert.same(expected, decode("[" .. table.concat(objects, ",") .. "]"))
    end)

    it("a name that is wrong at the place of one that was right", function()
      for _, wrong in ipairs { '{"ab', '{"ab"', '{"ab:1}', '{"ab\n":1}', '{"ab\\":1}', "{ab:1}", '{"ab\\x":1}' } do
        assert.same({ { ab = 1 } }, decode '[{"ab":1}]')
        local value, problem = decode('[{"ab":1},' .. wrong .. "]")
        assert.is_nil(value)
        assert.truthy(problem)
      end
    end)
  end)

  describe("objects that are not as large as the one before, in " .. what .. ":", function()
    local function fields(count, step)
      local texts, expected = {}, {}
      for index = 1, count do
        texts[index] = ('"f%d":%d'):format(index * step, index)
        expected["f" .. index * step] = index
      end
      return "{" .. table.concat(texts, ",") .. "}", expected
    end

    it("smaller and larger ones, with the same names and with others", function()
      local texts, expected = {}, {}
      for _, count in ipairs { 3, 0, 100, 1, 64, 65, 63, 2, 17, 16, 15, 1000, 0, 0, 5 } do
        for step = 1, 2 do
          texts[#texts + 1], expected[#expected + 1] = fields(count, step)
          texts[#texts + 1], expected[#expected + 1] = '["' .. letters(count) .. '"]', { letters(count) }
        end
      end
      assert.same(expected, decode("[" .. table.concat(texts, ",") .. "]"))
      assert.same({ deep = { deep = expected } }, decode('{"deep":{"deep":[' .. table.concat(texts, ",") .. "]}}"))
    end)

    it("with a name twice: the last one counts", function()
      assert.same({ { a = 1, b = 2 }, { a = 4, b = 3 }, { b = 1 }, { a = 1, b = 2 }, {} }, decode([=[[
        {"a":1,"b":2}, {"a":1,"a":2,"b":3,"a":4}, {"a":1,"a":null,"b":1}, {"a":null,"a":1,"b":2}, {"a":1,"\u0061":null}
      ]]=]))
    end)

    -- KiB in use. What has a finalizer, such as what earlier tests have left, is freed by the second collection only.
    local function in_use()
      collectgarbage()
      collectgarbage()
      return collectgarbage "count"
    end

    local function size_of(text)
      local before = in_use()
      local value <const> = decode(text)
      return in_use() - before, value
    end

    it("take no more memory after a large one than alone", function()
      local small = ('{"a":1},'):rep(2000)
      decode("[" .. small .. "0]")
      local alone = size_of("[" .. small .. "0]")
      local after = size_of("[" .. fields(64, 1) .. "," .. small .. "0]")
      assert.is_true(after < alone + 16, ("%.1f KiB instead of %.1f"):format(after, alone))
    end)

    it("with a long string twice, as a value and its preview, take the memory of one", function()
      local once, twice = {}, {}
      for index = 1, 100 do
        local text = ([[%d \"quoted\"]]):format(index):rep(100)
        once[index] = ('{"value":"%s"}'):format(text)
        twice[index] = ('{"value":"%s","preview":"%s"}'):format(text, text)
      end
      local alone = size_of("[" .. table.concat(once, ",") .. "]")
      local both, list = size_of("[" .. table.concat(twice, ",") .. "]")
      assert.equal(('100 "quoted"'):rep(100), list[100].preview)
      assert.is_true(both < alone + 32, ("%.1f KiB instead of %.1f"):format(both, alone))
    end)

    -- All of them are open before the first one's size is known.
    it("take little more memory within each other after a large one than alone", function()
      local same, others = ('{"a":'):rep(900) .. "{}" .. ("}"):rep(900), {}
      for index = 1, 900 do
        others[index] = ('{"other%d":'):format(index)
      end
      local large = fields(64, 1)
      local other = table.concat(others) .. "{}" .. ("}"):rep(900)
      for _, text in ipairs { same, other } do
        decode("[" .. text .. "]")
        local alone = size_of("[" .. text .. "]")
        local after = size_of('[{"a":' .. large .. "}," .. large .. "," .. text .. "]")
        assert.is_true(after < alone + 32, ("%.1f KiB instead of %.1f"):format(after, alone))
      end
    end)
  end)
end
