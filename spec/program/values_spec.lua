--- The values of `name=JSON`, as the program reads them from its command line.
local tasklist = require "tasklist"
local values = require "tasklist.cli.values"

describe("name=JSON", function()
  local function value(text)
    local found, problem = values.parse { "x=" .. text }
    assert(found, problem)
    return found.x
  end

  it("is a number, a string, a boolean, null, an array or an object where it is JSON", function()
    assert.equal(5, value "5")
    assert.equal("integer", math.type(value "5"))
    assert.equal(1.5, value "1.5")
    assert.equal("5", value '"5"')
    assert.is_true(value "true")
    assert.is_false(value "false")
    assert.equal(tasklist.null, value "null")
    assert.equal("[]", tasklist.encode(value "[]"))
    assert.equal('{"a":[1,null]}', tasklist.encode(value ' {"a": [1, null]} '))
  end)

  it("keeps all digits of an integer of 64 bits", function()
    assert.equal(9223372036854775807, value "9223372036854775807")
    assert.equal(-9223372036854775807 - 1, value "-9223372036854775808")
  end)

  it("is a string where it is a word", function()
    for _, word in ipairs { "Bonn", "two words", "2024-03-01", "", "a=b", "True", "Zoë" } do
      assert.equal(word, value(word))
    end
  end)

  it("refuses JSON with a mistake, and names the variable", function()
    for _, text in ipairs { "[1,", '{"a":1', '"open', " {a}" } do
      local found, problem = values.parse { "x=" .. text }
      assert.is_nil(found)
      assert.matches("^variable 'x': ", problem)
    end
  end)

  it("refuses a word without a name, and a name that comes twice", function()
    for _, word in ipairs { "amount", "=5" } do
      assert.same({ nil, ("'%s' is not name=JSON"):format(word) }, { values.parse { word } })
    end
    assert.same({ nil, "variable 'x' is given twice" }, { values.parse { "x=1", "x=false" } })
    assert.same({ nil, "variable 'x' is given twice" }, { values.parse { "x=null", "x=1" } })
  end)

  it("reads any number of words", function()
    assert.same({ a = 1, b = "c" }, values.parse { "a=1", "b=c" })
    assert.same({}, values.parse {})
  end)
end)
