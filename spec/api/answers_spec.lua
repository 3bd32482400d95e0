--- Answers of v2 that are not as documented, and what a client makes of whole ones: spec/one_script_spec.lua has more.
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"

describe("a page of v2", function()
  local server, client
  setup(function()
    server = sandbox.start { version = "8.10", authentication = "none", tasks = { { id = "1",
      implementation = "ZEEBE_USER_TASK", variables = { { name = "a", value = "1.0" } } } } }
    client = assert(tasklist.new { rest_url = server.rest_url, auth = "none", env = false })
  end)
  teardown(function()
    client:close()
    server:stop()
  end)

  it("is tasks in v1's form, and what the server says of the page", function()
    local tasks, page = client:search_tasks { includeVariables = { { name = "a" } } }
    assert.equal("1", tasks[1].id)
    assert.equal("1.0", tasks[1].variables[1].value)
    assert.same({ totalItems = 1, hasMoreTotalItems = false }, page)
  end)

  it("may have no items", function()
    assert.same({}, (client:search_tasks { assignee = "nobody" }))
  end)

  for _, body in ipairs { "[]", "{}", '{"items":null}', '{"items":5}', '{"items":{"a":1}}', '{"items":[5]}',
    '{"items":[[]', "x" } do
    it("is an error of kind decode where it is " .. body, function()
      server:clear()
      server:fault { path = "/v2/", action = "body", headers = { ["Content-Type"] = "application/json" }, body = body }
      local found, failure = client:search_tasks()
      assert.is_nil(found)
      assert.equal("decode", failure.kind)
      find(tostring(failure), "POST /v2/user-tasks/search: ")
    end)
  end
end)
