-- Where variables live, and under which keys v2 finds them.
local tasks = require "tasklist.sandbox.tasks"

local function variables(values)
  local list = {}
  for name, value in pairs(values) do list[#list + 1] = { name = name, value = value } end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

-- The variables of a task in all its scopes, as texts.
local function all(store, id)
  local rows = {}
  for i, variable in ipairs(store.scopes:of_task(store.by_id[id])) do
    rows[i] = ("%s %s=%s"):format(variable.scope == store.by_id[id].elementInstanceKey and "own" or "process",
      variable.name, variable.value)
  end
  return rows
end

describe("the scopes of a task", function()
  local store
  before_each(function()
    store = tasks.new{
      { id = "1", processInstanceKey = "70", variables = variables{ a = "1", b = "2" },
        localVariables = variables{ a = "3" } },
      { id = "2", processInstanceKey = "70" },
    }
  end)

  it("are its own and that of its process instance", function()
    assert.same({ "own a=3", "process a=1", "process b=2" }, all(store, "1"))
    assert.same({ "process a=1", "process b=2" }, all(store, "2"))
  end)

  it("are one where it has no process instance", function()
    assert.same({ "own a=1" }, all(tasks.new{ { id = "1", variables = variables{ a = "1" } } }, "1"))
  end)

  it("have keys of which the inner one is the greater, also in process instances that start later", function()
    local key = store:new_key()
    local id = store:add{ { processInstanceKey = key } }[1]
    local task = store.by_id[id]
    assert.same({ task.elementInstanceKey, key }, task.scopes)
    assert.is_true(tonumber(task.elementInstanceKey) > tonumber(key))
    for _, one in ipairs(store.list) do assert.not_equal(key, one.elementInstanceKey) end
  end)

  it("go on after the task's end, and change with the process", function()
    store:complete(store.by_id["1"], variables{ b = "4", c = "5" })
    store:set_variables("70", variables{ c = "6" })
    assert.same({ "own a=3", "process a=1", "process b=4", "process c=6" }, all(store, "1"))
    assert.equal("5", store.by_id["1"].variables[3].value)
  end)

  it("hold what a task that had ended brought along, which the other tasks do not see in v1", function()
    store:add{ { id = "3", processInstanceKey = "70", taskState = "COMPLETED",
      variables = variables{ b = "7", d = "8" }, localVariables = variables{ e = "9" } } }
    assert.same({ "own e=9", "process a=1", "process b=2", "process d=8" }, all(store, "3"))
    assert.same({ "a", "b" }, { store.by_id["2"].variables[1].name, store.by_id["2"].variables[2].name })
    assert.is_nil(store.by_id["2"].variables[3])
    store:set_variables("70", variables{ d = "10" })
    assert.same({ "own e=9", "process a=1", "process b=2", "process d=10" }, all(store, "3"))
  end)
end)

describe("the key of a variable", function()
  it("is a number of its own that stays when the value changes", function()
    local store = tasks.new{ { id = "1", processInstanceKey = "70", variables = variables{ a = "1" },
      localVariables = variables{ a = "2" } } }
    local inner, outer = table.unpack(store.scopes:of_task(store.by_id["1"]))
    assert.is_truthy(inner.key:find("^%d+$"))
    assert.not_equal(inner.key, outer.key)
    store:set_variables("70", variables{ a = "3" })
    local found, task = store.scopes:by_variable_key(outer.key)
    assert.same({ "3", outer.key, "1" }, { found.value, found.key, task.id })
    assert.equal("2", store.scopes:by_variable_key(inner.key).value)
  end)

  it("is the same after a task that had ended brought the variable along", function()
    local store = tasks.new{ { id = "1", processInstanceKey = "70", taskState = "COMPLETED",
      variables = variables{ a = "1" } } }
    local key = store.scopes:of_task(store.by_id["1"])[1].key
    store:set_variables("70", variables{ a = "2" })
    local found = store.scopes:by_variable_key(key)
    assert.same({ "2", key }, { found.value, found.key })
  end)

  it("is nothing that another text names", function()
    assert.is_nil(tasks.new{}.scopes:by_variable_key("1"))
  end)
end)
