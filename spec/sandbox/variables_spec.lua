local variables = require "tasklist.sandbox.variables"

describe("a stored variable", function()
  it("has an id of its scope and its name", function()
    assert.equal("12-amount", variables.new("12", "amount", "1").id)
  end)

  -- The limit counts UTF-16 units: one for most characters, two for those beyond the first plane.
  local cases = {
    { "a text of 8191 characters", ("a"):rep(8191), false, 8191 },
    { "one more", ("a"):rep(8192), true, 8191 },
    { "8191 characters of two bytes", ("ü"):rep(8191), false, 8191 * 2 },
    { "one more of them", ("ü"):rep(8192), true, 8191 * 2 },
    { "4096 characters of two units", ("🏝"):rep(4096), true, 4095 * 4 },
  }
  for _, case in ipairs(cases) do
    it("is " .. (case[3] and "cut: " or "whole: ") .. case[1], function()
      local variable = variables.new("1", "v", case[2])
      assert.equal(case[3], variable.truncated)
      assert.equal(case[4], #variable.preview)
      assert.equal(case[2], variable.value)
    end)
  end
end)

describe("what a search shows of variables", function()
  local function task(state, ...)
    local list = {}
    for i, pair in ipairs{ ... } do list[i] = variables.new("1", pair[1], pair[2]) end
    return { taskState = state, variables = list }
  end
  local function names(list)
    local result = {}
    for i, item in ipairs(list) do result[i] = item.name end
    return table.concat(result, " ")
  end
  local all = { a = { name = "a" }, b = { name = "b" } }
  local context = { "taskContextDisplayName", '"Order \\"7\\""' }

  for _, state in ipairs{ "CANCELED", "FAILED" } do
    it("is null for a task that is " .. state, function()
      local list, text = variables.of_search_item(task(state, { "a", "1" }, context), all)
      assert.is_nil(list)
      assert.is_nil(text)
    end)
  end

  it("is an empty array for an active task of which none are asked", function()
    assert.same({}, (variables.of_search_item(task("CREATED", { "a", "1" }), {})))
  end)

  it("is null for a completed task of which nothing is found", function()
    assert.is_nil((variables.of_search_item(task("COMPLETED", { "a", "1" }), {})))
  end)

  it("is an empty array for a completed task of which only the context is found", function()
    assert.same({}, (variables.of_search_item(task("COMPLETED", context), {})))
  end)

  it("is sorted by name for an active task, as stored for a completed one, and silent about unknown names", function()
    local stored = { { "b", "2" }, { "c", "3" }, { "a", "1" } }
    assert.equal("a b", names((variables.of_search_item(task("CREATED", table.unpack(stored)), all))))
    assert.equal("b a", names((variables.of_search_item(task("COMPLETED", table.unpack(stored)), all))))
  end)

  it("gives the context without its quotes, and never as a variable", function()
    local list, text = variables.of_search_item(task("CREATED", context), { [context[1]] = { name = context[1] } })
    assert.same({}, list)
    assert.equal("Order \\7\\", text)
  end)

  for _, value in ipairs{ '""', "null", '"null"' } do
    it("has no context for " .. value, function()
      local _, text = variables.of_search_item(task("CREATED", { context[1], value }), {})
      assert.is_nil(text)
    end)
  end

  it("holds a long value back unless all of it is asked for", function()
    local long = '"' .. ("x"):rep(9000) .. '"'
    local function item(full)
      return variables.of_search_item(task("CREATED", { "a", long }), { a = { alwaysReturnFullValue = full } })[1]
    end
    assert.same({ id = "1-a", name = "a", isValueTruncated = true, previewValue = long:sub(1, 8191) }, item(false))
    assert.same({ id = "1-a", name = "a", value = long, isValueTruncated = true, previewValue = long:sub(1, 8191) },
      item(true))
  end)

  it("has value and preview alike for a short one", function()
    assert.same({ id = "1-a", name = "a", value = "1", isValueTruncated = false, previewValue = "1" },
      variables.of_search_item(task("CREATED", { "a", "1" }), all)[1])
  end)
end)
