--- Encoder and decoder together: what goes out comes back, whatever it is and wherever it runs.
local connect = require "spec.support.client"
local tasklist = require "tasklist"
local values = require "spec.support.values"

local seed = tonumber(os.getenv "SEED") or os.time()
print(("# seed of spec/values_spec.lua: SEED=%d"):format(seed))

-- Not luassert's, which takes far longer than what is checked.
local function check(truth, problem)
  if not truth then error(problem, 2) end
end

describe("any value", function()
  math.randomseed(seed)
  local options = { keep_null = true }

  it("comes back as it went", function()
    for _ = 1, 2000 do
      local value = values.random(4)
      local text = tasklist.encode(value)
      local back, failure = tasklist.decode(text, options)
      check(not failure, failure)
      local found = values.difference(value, back, "value")
      check(not found, found)
      check(utf8.len(text), text)
    end
  end)

  it("comes back without the nulls of objects", function()
    local value = { a = tasklist.null, b = tasklist.array { tasklist.null, { c = tasklist.null } } }
    assert.same({ b = { tasklist.null, {} } }, tasklist.decode(tasklist.encode(value)))
  end)
end)

describe("any float", function()
  -- Lua's own conversions, which the C library does in this locale.
  local function shortest(float)
    local text
    for digits = 15, 17 do
      text = ("%%.%dg"):format(digits):format(float)
      if tonumber(text) == float then break end
    end
    return text:find "[.e]" and text or text .. ".0"
  end

  it("is as short as it can be", function()
    math.randomseed(seed)
    for _ = 1, 5000 do
      for _, kind in ipairs { "float", "price" } do
        local float = values.make[kind]() + 0.0
        check(shortest(float) == tasklist.encode(float), ("%a"):format(float))
      end
    end
  end)

  it("is read as the nearest", function()
    math.randomseed(seed)
    for _ = 1, 5000 do
      local digits = ("%d%d"):format(math.random(1, 9), values.bits() & math.maxinteger):sub(1, math.random(1, 20))
      local text = ("%s.%de%d"):format(digits, math.random(0, 999999), math.random(-330, 280))
      check(tonumber(text) == tasklist.decode(text), text)
    end
  end)
end)

-- Texts that were good, with some bytes changed.
describe("any text", function()
  local options = { keep_null = true }

  it("is either refused, or can be written and read again", function()
    math.randomseed(seed)
    local fine = 0
    for _ = 1, 5000 do
      local text = values.spoiled(tasklist.encode(values.random(2)))
      local value, failure = tasklist.decode(text, options)
      if failure then
        check(value == nil and failure.message:find "at byte %d+$", text)
      else
        fine = fine + 1
        local found = values.difference(value, tasklist.decode(tasklist.encode(value), options), "value")
        check(not found, found)
      end
    end
    assert.truthy(fine > 500)
  end)
end)

describe("in a locale", function()
  -- Decimal points: a comma, and one of two bytes.
  for _, locale in ipairs { "de_DE", "ps_AF" } do
    it(locale .. ", numbers are the same", function()
      local folder = os.tmpname()
      os.remove(folder)
      finally(function() os.execute("rm -rf " .. folder) end)
      assert(os.execute(("mkdir %s && localedef -i %s -f UTF-8 %s/%s.UTF-8"):format(folder, locale, folder, locale)))
      local output, fine = connect.run_script(([[
        local tasklist = require "tasklist"
        assert(os.setlocale("%s.UTF-8"))
        assert(tostring(1.5) ~= "1.5", "no such locale")
        for text, value in pairs { ["1.5"] = 1.5, ["-0.001"] = -0.001, ["0.30000000000000004"] = 0.30000000000000004,
          ["1e+300"] = 1e300, ["1.7976931348623157e+308"] = 0x1.fffffffffffffp+1023 } do
          assert(tasklist.decode(text) == value, text)
          assert(tasklist.encode(value) == text, text)
        end
        assert(tasklist.decode "12345678901234567.5e-1" == 12345678901234567 / 10)
        assert(tasklist.decode "1,5" == nil)
        local answer = require "tasklist.json".decode "[1.5,-1e2,1,0.30000000000000004]"
        assert(answer[1] == 1.5 and math.type(answer[2]) == "integer" and answer[4] == 0.30000000000000004)
        assert(tasklist.date(1.5) == "1970-01-01T00:00:01.500+0000")
        assert(tasklist.time "1970-01-01T00:00:01.500Z" == 1.5)
        print(os.setlocale())
      ]]):format(locale), "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 LC_ALL=" .. locale .. ".UTF-8 LOCPATH="
        .. folder) -- setlocale itself loses what it makes of LOCPATH
      assert.is_true(fine, output)
      assert.truthy(output:find(locale .. ".UTF-8", 1, true), output)
    end)
  end
end)
