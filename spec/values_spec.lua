--- Encoder and decoder together: what goes out comes back, whatever it is and wherever it runs.
local connect = require "spec.support.client"
local tasklist = require "tasklist"

local seed = tonumber(os.getenv "SEED") or os.time()
print(("# seed of spec/values_spec.lua: SEED=%d"):format(seed))

local function random_bits()
  return math.random(0)
end

local make = {}

function make.integer()
  return random_bits() >> math.random(0, 63)
end

function make.negative()
  return -make.integer()
end

function make.edge()
  local edges = { math.maxinteger, math.mininteger, 2 ^ 53, -2 ^ 63, 0, 0.0, -0.0, 0x1p-1074, 0x1p-1022, 1e22, 1e23,
    0x1.fffffffffffffp+1023, 1e15, 1e16, 1e17, 1e-4, 1e-5, 999999999999999.9 }
  return edges[math.random(#edges)]
end

-- Any bits that are a number.
function make.float()
  local float = string.unpack("d", string.pack("j", random_bits()))
  return float == float and math.abs(float) ~= math.huge and float or 0.5
end

function make.price()
  return math.random(-10000000, 10000000) / 10 ^ math.random(0, 6)
end

function make.string()
  local parts = {}
  for i = 1, math.random(0, 12) do
    local highest = ({ 0x1f, 0x7f, 0x7ff, 0xd7ff, 0x10ffff })[math.random(5)]
    local code = math.random(0, highest)
    parts[i] = utf8.char(code >= 0xd800 and code <= 0xdfff and 0xfffd or code)
  end
  return table.concat(parts)
end

function make.boolean()
  return math.random(2) == 1
end

local scalars = { "integer", "negative", "edge", "float", "price", "string", "boolean" }

local function make_scalar()
  return make[scalars[math.random(#scalars)]]()
end

local function make_value(depth)
  local kind = depth > 0 and math.random(4) or 1
  if kind == 1 then
    return make_scalar()
  elseif kind == 2 then
    return tasklist.null
  end
  local result, size = {}, math.random(0, math.random(12) == 1 and 80 or 3)
  for i = 1, size do
    result[kind == 3 and i or make.string()] = make_value(depth - 1)
  end
  return kind == 3 and tasklist.array(result) or result
end

-- The first difference, type by type and bit by bit, or nil.
local function difference(left, right, place)
  if type(left) ~= "table" or type(right) ~= "table" then
    local same = left == right and math.type(left) == math.type(right)
      and (left ~= 0 or math.type(left) == "integer" or 1 / left == 1 / right)
    return not same and ("%s: %q became %q"):format(place, left, right) or nil
  elseif getmetatable(left) ~= getmetatable(right) then
    return place .. ": an array is none any more"
  end
  for key, value in pairs(left) do
    local found = difference(value, right[key], place .. "." .. tostring(key))
    if found then return found end
  end
  for key in pairs(right) do
    if left[key] == nil then return ("%s: %q is new"):format(place, key) end
  end
end

-- Not luassert's, which takes far longer than what is checked.
local function check(truth, problem)
  if not truth then error(problem, 2) end
end

describe("any value", function()
  math.randomseed(seed)
  local options = { keep_null = true }

  it("comes back as it went", function()
    for _ = 1, 2000 do
      local value = make_value(4)
      local text = tasklist.encode(value)
      local back, failure = tasklist.decode(text, options)
      check(not failure, failure)
      local found = difference(value, back, "value")
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
        local float = make[kind]() + 0.0
        check(shortest(float) == tasklist.encode(float), ("%a"):format(float))
      end
    end
  end)

  it("is read as the nearest", function()
    math.randomseed(seed)
    for _ = 1, 5000 do
      local digits = ("%d%d"):format(math.random(1, 9), random_bits() & math.maxinteger):sub(1, math.random(1, 20))
      local text = ("%s.%de%d"):format(digits, math.random(0, 999999), math.random(-330, 280))
      check(tonumber(text) == tasklist.decode(text), text)
    end
  end)
end)

-- Texts that were good, with some bytes changed.
describe("any text", function()
  local pieces = { "[", "]", "{", "}", ",", ":", '"', "\\", "\\u", "d800", "0", "-", ".", "e", "1", " ", "true", "null",
    "\0", "\n", "\xc3", "\xa4", "\xed", "\xff", '"a":' }

  local options = { keep_null = true }

  it("is either refused, or can be written and read again", function()
    math.randomseed(seed)
    local fine = 0
    for _ = 1, 5000 do
      local text = tasklist.encode(make_value(2))
      for _ = 1, math.random(0, 3) do
        local at = math.random(0, #text)
        text = text:sub(1, at) .. pieces[math.random(#pieces)] .. text:sub(at + math.random(1, 3))
      end
      local value, failure = tasklist.decode(text, options)
      if failure then
        check(value == nil and failure.message:find "at byte %d+$", text)
      else
        fine = fine + 1
        local found = difference(value, tasklist.decode(tasklist.encode(value), options), "value")
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
