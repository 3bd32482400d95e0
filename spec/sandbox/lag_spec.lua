-- Reads that do not see yet what was written: for so long as nobody waits for in most of these specs.
local cqueues = require "cqueues"
local json = require "tasklist.sandbox.json"
local support = require "spec.support.api"
local tasks = require "tasklist.sandbox.tasks"

local LONG = 1000

local function rows(store, field)
  local seen = {}
  for i, task in ipairs(store:view("creationTime", function(task) return task end, function(a, b)
    return a.key < b.key
  end)) do seen[i] = task[field] or "none" end
  return table.concat(seen, " ")
end

describe("a write, while reads lag behind", function()
  local ask, parts
  before_each(function()
    ask, parts = support.new({ { id = "1" }, { id = "2" } }, { lag = LONG })
  end)

  it("is not seen by v1's reads, and is executed once", function()
    assert.equal(200, (ask("PATCH", "/v1/tasks/1/assign", '{"assignee":"jane"}')))
    assert.equal(200, (ask("PATCH", "/v1/tasks/1/complete")))
    local _, found = ask("GET", "/v1/tasks/1")
    assert.same({ "CREATED", json.null }, { found.taskState, found.assignee })
    local _, list = ask("POST", "/v1/tasks/search", '{"state":"CREATED"}')
    assert.equal(2, #list)
    assert.same({}, (select(2, ask("POST", "/v1/tasks/search", '{"state":"COMPLETED"}'))))
    local status, refusal = ask("PATCH", "/v1/tasks/1/complete")
    assert.same({ 400, "Task is not active" }, { status, refusal.message })
    assert.equal(1, parts.ledger:count("complete"))
  end)

  it("is not seen by v2's reads: a task that has ended is found, and a write does not find it", function()
    ask, parts = support.new({ { id = "1", implementation = "ZEEBE_USER_TASK" } }, { version = "8.9", lag = LONG })
    assert.equal(204, (ask("POST", "/v2/user-tasks/1/completion", "{}")))
    assert.equal("CREATED", (select(2, ask("GET", "/v2/user-tasks/1"))).state)
    local _, found = ask("POST", "/v2/user-tasks/search", '{"filter":{"state":"CREATED"}}')
    assert.equal("1", found.items[1] and found.items[1].userTaskKey)
    local status, refusal = ask("POST", "/v2/user-tasks/1/completion", "{}")
    assert.same({ 404, "NOT_FOUND", 1 }, { status, refusal.title, parts.ledger:count("complete") })
  end)

  it("of the process engine is not seen either", function()
    parts.store:set_state("1", "CANCELED")
    assert.equal("CREATED", parts.store:seen("1").taskState)
    assert.equal("CREATED CREATED", rows(parts.store, "taskState"))
  end)

  it("leaves what was seen before as it was, whatever the second write is", function()
    parts.store.lag:keep(parts.store.by_id["1"])
    parts.store:change(parts.store.by_id["1"], { dueDate = 0, candidateUsers = { "jane" } })
    local seen = parts.store:seen("1")
    assert.same({ nil, nil, nil }, { seen.dueDate, seen.times.dueDate, seen.candidateUsers })
  end)

  it("is seen of a task that is new", function()
    parts.store:add{ { id = "3", assignee = "jane" } }
    assert.equal("none none jane", rows(parts.store, "assignee"))
  end)
end)

describe("a lag", function()
  it("ends", function()
    local store = tasks.new({ { id = "1" } }, 0.05)
    local task = store.by_id["1"]
    assert.equal("none", rows(store, "assignee"))
    store.lag:keep(task)
    task.assignee = "jane"
    store.lag:keep(task)
    task.assignee = "omar"
    local limit, seen = cqueues.monotime() + 30, {}
    repeat
      local name = rows(store, "assignee")
      if seen[#seen] ~= name then seen[#seen + 1] = name end
    until name == "omar" or cqueues.monotime() > limit
    assert.equal("none", seen[1])
    assert.equal("omar", seen[#seen])
    assert.equal("omar", store:seen("1").assignee)
  end)

  it("is none where none is asked for", function()
    local store = tasks.new{ { id = "1" } }
    store.lag:keep(store.by_id["1"])
    store.by_id["1"].assignee = "jane"
    assert.equal("jane", store:seen("1").assignee)
  end)

  it("is that of the tasks that are held instead", function()
    local store = tasks.new({}, LONG)
    store:replace{ { id = "1" } }
    store.lag:keep(store.by_id["1"])
    store.by_id["1"].assignee = "jane"
    assert.is_nil(store:seen("1").assignee)
  end)
end)
