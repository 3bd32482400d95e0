local base64 = require "tasklist.sandbox.base64"
local users = require "tasklist.sandbox.users"

describe("the users", function()
  local people = users.new(users.default)

  for name, role in pairs{ demo = "OWNER", act = "OPERATOR", view = "READER" } do
    it(("are %s, who is %s"):format(name, role), function()
      assert.same({ name = name, user = name, role = role }, people:find(name, name))
    end)
  end

  it("are known by their passwords only", function()
    assert.is_nil(people:find("demo", "x"))
    assert.is_nil(people:find("demo"))
    assert.is_nil(people:find("nobody", "nobody"))
    assert.is_nil(people:find())
  end)

  local headers = {
    { "Basic " .. base64.encode("demo:demo"), "demo" }, { "basic  " .. base64.encode("demo:demo"), "demo" },
    { "Basic " .. base64.encode("demo:x") }, { "Basic " .. base64.encode("demo") }, { "Basic ??" }, { "Bearer x" },
  }
  for _, case in ipairs(headers) do
    it(("are%s named by '%s'"):format(case[2] and "" or " not", case[1]), function()
      local caller = people:of_header(case[1])
      assert.equal(case[2], caller and caller.name)
    end)
  end

  it("are checked", function()
    assert.has_error(function() users.new{ { name = "a" } } end, "user 1: 'password' is missing")
    assert.has_error(function() users.new{ { name = "a", password = "b", role = "KING" } } end,
      "user 1: 'role' must be one of OWNER, OPERATOR, READER")
  end)
end)
