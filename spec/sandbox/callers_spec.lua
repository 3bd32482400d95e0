local callers = require "tasklist.sandbox.callers"

describe("a caller", function()
  for role, writes in pairs{ OWNER = true, OPERATOR = true, READER = false } do
    it(("who is %s may %swrite"):format(role, writes and "" or "not "), function()
      assert.equal(writes, callers.may_write{ role = role })
    end)
  end

  local me = { user = "me", groups = { "a", "b" } }
  local tasks = {
    { "nobody in particular", {}, true },
    { "himself", { assignee = "me", candidateGroups = { "z" } }, true },
    { "another one", { assignee = "you", candidateGroups = { "z" } }, false },
    { "another one, without candidates", { assignee = "you" }, true },
    { "him as a candidate", { candidateUsers = { "you", "me" }, candidateGroups = { "z" } }, true },
    { "another candidate", { candidateUsers = { "you" } }, false },
    { "one of his groups", { candidateGroups = { "z", "b" } }, true },
    { "another group", { candidateGroups = { "z" } }, false },
  }
  for _, case in ipairs(tasks) do
    it(("with groups %s a task that is meant for %s"):format(case[3] and "sees" or "does not see", case[1]), function()
      assert.equal(case[3], callers.sees(me, case[2]))
      assert.is_true(callers.sees({ user = "me" }, case[2]))
    end)
  end

  it("with tenants knows their tasks only", function()
    local caller = { tenants = { "t1" } }
    assert.is_true(callers.sees(caller, { tenantId = "t1" }))
    assert.is_false(callers.sees(caller, { tenantId = "t2" }))
    assert.is_true(callers.sees({}, { tenantId = "t2" }))
  end)
end)
