local ledger = require "tasklist.sandbox.ledger"

describe("the ledger", function()
  it("keeps what was executed, in order", function()
    local book = ledger.new()
    book:note("assign", "1", { name = "me" }, { assignee = "jane" })
    book:note("complete", "1", {}, { variables = { { name = "a", value = "1", extra = true } } })
    local list = book:list()
    assert.same({ "assign", "1", "me", "jane", nil }, { list[1].operation, list[1].task, list[1].caller,
      list[1].assignee, list[1].variables })
    assert.same({ "complete", nil, { { name = "a", value = "1" } } },
      { list[2].operation, list[2].caller, list[2].variables })
    assert.is_true(list[2].at >= list[1].at)
  end)

  it("keeps who did what to a task, and when", function()
    local book, now = ledger.new(), os.time() * 1000
    book:note("assign", "1", { name = "ann", user = "ann" }, {})
    book:note("update", "2", {}, {})
    book:note("complete", "1", { name = "robot" }, {})
    book:note("update", "1", {}, {})
    local told = {}
    for i, entry in ipairs(book:audit "1") do
      told[i] = ("%d %s %s %s"):format(entry.key, entry.operation, entry.actor, entry.caller)
      assert.is_true(math.abs(entry.time - now) < 60000)
    end
    assert.same({ "1 assign USER ann", "3 complete CLIENT robot", "4 update ANONYMOUS nil" }, told)
  end)

  it("counts, by operation and by task", function()
    local book = ledger.new()
    for _, pair in ipairs{ { "assign", "1" }, { "assign", "2" }, { "complete", "2" } } do
      book:note(pair[1], pair[2], {}, {})
    end
    assert.same({ 3, 2, 2, 1, 0 }, { book:count(), book:count("assign"), book:count(nil, "2"),
      book:count("complete", "2"), book:count("complete", "1") })
    book:clear()
    assert.equal(0, book:count())
  end)
end)
