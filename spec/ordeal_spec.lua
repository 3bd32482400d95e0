local find = require "spec.support.find"
local ordeal = require "spec.support.ordeal"

-- `make soak` does the same for minutes, and looks at time and memory as well.
describe("a watcher", function()
  it("handles every task once, whatever happens to the server", function()
    local under = ordeal.begin(0.05, 1)
    for round = 1, 2 do
      for _, misfortune in ipairs(ordeal.misfortunes) do under:suffer(misfortune, round * 4 - 3) end
    end
    local report = under:finish()
    assert.same({}, report.wrong)
    assert.equal(1 + 6 * #ordeal.misfortunes, report.tasks)
    assert.is_true(report.failures.network > 0 and report.failures.http > 0)
    find(report.last_words, "interrupted!")
  end)
end)
