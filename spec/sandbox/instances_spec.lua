-- What happens to tasks beside the API: process instances that start, tasks that fail or are cancelled, variables.
local dates = require "tasklist.sandbox.dates"
local forms = require "tasklist.sandbox.forms"
local instances = require "tasklist.sandbox.instances"
local json = require "tasklist.sandbox.json"
local samples = require "tasklist.sandbox.samples"
local search = require "tasklist.sandbox.search"
local tasks = require "tasklist.sandbox.tasks"

local function start(given, list)
  local store, form_store = tasks.new(list or {}), forms.new{}
  local key, ids = instances.start(store, form_store, given)
  return store, form_store, key, ids
end

describe("a process instance that starts", function()
  it("has tasks that inherit from it, and share its variables", function()
    local store, _, key, ids = start{ processName = "Order", processDefinitionKey = "12", tenantId = "t",
      variables = { { name = "a", value = "1" } },
      tasks = { { name = "one" }, { id = "77" },
        { name = "two", processName = "Other", localVariables = { { name = "a", value = "2" } } } } }
    local one, two = store.by_id[ids[1]], store.by_id[ids[3]]
    assert.equal("77", ids[2])
    assert.same({ "Order", "12", "t", key, key .. "-a" },
      { one.processName, one.processDefinitionKey, one.tenantId, one.processInstanceKey, one.variables[1].id })
    assert.same({ "Other", "2" }, { two.processName, two.variables[1].value })
  end)

  it("has tasks that were created now, unless they say when", function()
    local before = dates.now()
    local store, _, _, ids = start{ tasks = { {}, { creationDate = json.null },
      { creationDate = "2024-03-01T08:15:27.000Z" } } }
    local after = dates.now()
    for place = 1, 2 do
      local created = dates.parse(store.by_id[ids[place]].creationDate)
      assert.is_true(before <= created and created <= after, store.by_id[ids[place]].creationDate)
    end
    assert.equal("2024-03-01T08:15:27.000+0000", store.by_id[ids[3]].creationDate)
  end)

  it("stands before all samples in a search", function()
    local store, _, _, ids = start({ tasks = { {} } }, samples)
    assert.equal(ids[1], search.run(store, { pageSize = 1 })[1].task.id)
  end)

  it("has a key that no other has, or the one that it is given", function()
    local store, form_store, first = start{ tasks = {} }
    local second = instances.start(store, form_store, { tasks = {} })
    assert.not_equal(first, second)
    assert.equal("5", (instances.start(store, form_store, { processInstanceKey = "5", tasks = {} })))
  end)

  it("is seen by searches that were made before", function()
    local store, form_store = tasks.new{ { id = "1" } }, forms.new{}
    local function rows()
      return #store:view("creationTime", function(task) return task.key end, function(a, b) return a < b end)
    end
    assert.equal(1, rows())
    instances.start(store, form_store, { tasks = { {} } })
    assert.equal(2, rows())
  end)

  it("may bring completed tasks, which have all variables for themselves", function()
    local store, _, _, ids = start{ tasks = { { taskState = "COMPLETED", variables = { { name = "a", value = "1" } },
      localVariables = { { name = "b", value = "2" } } } } }
    local list = store.by_id[ids[1]].variables
    assert.same({ ids[1] .. "-a", ids[1] .. "-b" }, { list[1].id, list[2].id })
  end)

  it("has ids that no other task has", function()
    local _, _, _, ids = start({ tasks = { {}, {} } }, { { id = "2251799813685250" }, {} })
    assert.equal(2, #ids)
    assert.not_equal(ids[1], ids[2])
    assert.not_equal("2251799813685250", ids[1])
  end)

  it("brings its forms: embedded ones belong to its process definition", function()
    local store, form_store = start{ processDefinitionKey = "12", tasks = { { formId = "linked" } },
      forms = { { id = "ask" }, { id = "linked", version = 1 }, { id = "unused", version = 1 } } }
    assert.is_truthy(form_store:find(store, "ask", "12"))
    assert.is_truthy(form_store:find(store, "linked", "12"))
    assert.is_nil(form_store:find(store, "unused", "12"))
  end)

  local bad = {
    { {}, "process instance: 'tasks' is missing" },
    { { tasks = {}, name = "x" }, "process instance: unknown field 'name'" },
    { { tasks = { { id = "1" } } }, "task 1: id 1 comes twice" },
    { { tasks = { {} }, forms = { {} } }, "form 1: 'id' is missing" },
    { { tasks = { {} }, variables = { { name = "a", value = 1 } } },
      "process instance: 'variables' must be an array of { name, value } with JSON text as value" },
  }
  for _, case in ipairs(bad) do
    it("is refused, and changes nothing: " .. case[2], function()
      local store, form_store = tasks.new{ { id = "1" } }, forms.new{}
      assert.has_error(function() instances.start(store, form_store, case[1]) end, case[2])
      assert.same({ 1, 0 }, { #store.list, #form_store.list })
    end)
  end
end)

describe("a form", function()
  it("replaces the one of its id and version", function()
    local store = forms.new{ { id = "a", version = 1 }, { id = "b", processDefinitionKey = "1" },
      { id = "b", processDefinitionKey = "2" } }
    store:add{ { id = "a", version = 1, isDeleted = true }, { id = "a", version = 2 },
      { id = "b", processDefinitionKey = "2", schema = "{}" } }
    assert.same({ 4, true, "{}" }, { #store.list, store.list[1].isDeleted, store.list[3].schema })
  end)

  it("says where it belongs", function()
    assert.has_error(function() forms.new{ { id = "a" } } end,
      "form 1: an embedded form needs 'processDefinitionKey', a linked one 'version'")
  end)
end)

describe("a task", function()
  local store
  before_each(function()
    store = tasks.new{ { id = "1" }, { id = "2", taskState = "COMPLETED", completionDate = "2024-01-01T00:00:00Z" },
      { id = "3", taskState = "CANCELED" } }
  end)

  it("fails, and is tried again", function()
    store:set_state("1", "FAILED")
    assert.same({ "FAILED", nil }, { store.by_id["1"].taskState, store.by_id["1"].completionDate })
    store:set_state("1", "CREATED")
    assert.equal("CREATED", store.by_id["1"].taskState)
  end)

  it("is cancelled, with a date", function()
    store:set_state("1", "CANCELED")
    assert.equal("CANCELED", store.by_id["1"].taskState)
    assert.is_truthy(store.by_id["1"].completionDate)
    assert.is_truthy(store.by_id["1"].times.completionTime)
  end)

  local bad = {
    { "9", "FAILED", "no task 9" },
    { "1", "COMPLETED", "a task can only become FAILED, CREATED, CANCELED, or CREATING, "
      .. "ASSIGNING, UPDATING, COMPLETING, CANCELING" },
    { "2", "FAILED", "task 2 is COMPLETED already" }, { "3", "CREATED", "task 3 is CANCELED already" },
  }
  for _, case in ipairs(bad) do
    it("does not change: " .. case[3], function()
      assert.has_error(function() store:set_state(case[1], case[2]) end, case[3])
    end)
  end

  it("has no variables to set where it is not there", function()
    assert.has_error(function() store:set_variables("9", {}) end, "no task or process instance 9")
  end)
end)
