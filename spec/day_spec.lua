--- examples/day.lua does the same work on every server.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local servers = require "spec.support.servers"

local OVERDUE, LATER = "2024-03-08T12:00:00Z", "2999-03-08T12:00:00Z"

local SCHEMA = '{"components":[{"type":"textfield"},{"type":"checkbox","key":"approved"}]}'
local FORMS = { { id = "approve", key = "2251799813685111", version = 1, schema = SCHEMA },
  { id = "file", key = "2251799813685112", version = 1, schema = '{"components":[{"type":"number","key":"year"}]}' } }

local APPROVAL = { formKey = "2251799813685111", formId = "approve", formVersion = 1, isFormEmbedded = false }
local FILING = { formKey = "2251799813685112", formId = "file", formVersion = 1, isFormEmbedded = false }

-- With these there are more open tasks than the 10,000 that a search of Elasticsearch can skip.
local IDLE = 10240

-- What there is to do, and what comes while it is being watched; the rest of their group is not due.
local MORNING = {
  { name = "Tea", form = APPROVAL, amount = "12.5" },
  { name = "Paper", form = APPROVAL, amount = "1000" },
  { name = "Car", form = APPROVAL, amount = "31000" },
  { name = "Old receipts", form = FILING, amount = "3" },
  { name = "Nothing to fill in", amount = "4" },
  { name = "No amount", form = APPROVAL },
  { name = "Had it before", form = APPROVAL, amount = "7", assignee = "ann" },
  { name = "Omar has it", form = APPROVAL, amount = "7", assignee = "omar" },
  { name = "Not due", form = APPROVAL, amount = "7", dueDate = LATER },
  { name = "Another group", form = APPROVAL, amount = "7", candidateGroups = { "hr" } },
}
local NOON = {
  { name = "Pens", form = APPROVAL, amount = "9" },
  { name = "House", form = APPROVAL, amount = "900000" },
}

local EXPECTED = [[
10249 open
Car	31000	for zoe
Had it before	7	approved
No amount	nil	for zoe
Nothing to fill in	4	for zoe
Old receipts	3	for zoe
Paper	1000	approved
Tea	12.5	approved
watching
]]
local EXPECTED_AT_NOON = "House	900000	for zoe\nPens	9	approved\n"

local APPROVED = { { name = "approved", value = "true" }, { name = "approvedBy", value = '"ann"' } }

-- The servers that have v1 only: they change no priorities.
local NO_UPDATES = { ["8.6"] = true, ["8.7"] = true }

-- Name of a task -> what is to be done to it, in order.
local function expected_acts(one)
  local approved, passed_on = { "ann", APPROVED }, { "ann", "zoe", not NO_UPDATES[one.name] and "update" or nil }
  return {
    Tea = approved, Paper = approved, Pens = approved, ["Had it before"] = { APPROVED },
    Car = passed_on, House = passed_on, ["Old receipts"] = passed_on, ["Nothing to fill in"] = passed_on,
    ["No amount"] = passed_on,
  }
end

-- A row as the sandbox has tasks, and its variables.
local function task_of(row, implementation)
  local task = { name = row.name, assignee = row.assignee, dueDate = row.dueDate or OVERDUE,
    candidateGroups = row.candidateGroups or { "sales" }, implementation = implementation }
  for name, value in pairs(row.form or {}) do task[name] = value end
  return task, { row.amount and { name = "amount", value = row.amount } }
end

local function idle(implementation)
  local list = {}
  for i = 1, IDLE do
    list[i] = { candidateGroups = { "sales" }, implementation = implementation }
  end
  return list
end

-- What an entry of the ledger is among the acts of its task.
local TOLD = {
  assign = function(entry) return entry.assignee end,
  complete = function(entry) return entry.variables end,
  update = function() return "update" end,
}

-- What was done, likewise; `names`: id -> name of a task.
local function acts_of(server, names)
  local acts = {}
  for _, entry in ipairs(server:ledger()) do
    local name = names[entry.task]
    acts[name] = acts[name] or {}
    table.insert(acts[name], TOLD[entry.operation](entry))
  end
  return acts
end

describe("a day's work", function()
  for _, one in ipairs(servers) do
    it("is done the same on " .. one.name, function()
      local implementation = one.implementation or "ZEEBE_USER_TASK"
      local server <close> = servers.start(one, { forms = FORMS, tasks = idle(implementation) })
      local names = {} -- by ids

      local function start(rows)
        for _, row in ipairs(rows) do
          local task, variables = task_of(row, implementation)
          local _, ids = server:start_instance { tasks = { task }, variables = variables }
          names[ids[1]] = row.name
        end
      end

      start(MORNING)
      local process = connect.start_file(server, "examples/day.lua", "sales", "ann", "zoe", tostring(#NOON), "0.05")
      local lines = {}
      repeat
        local line = process:line()
        lines[#lines + 1] = line
      until line == "watching" or not line
      assert.equal(EXPECTED, table.concat(lines, "\n") .. "\n")
      start(NOON)
      local rest, code = process:finish()
      local found = { rest:match "^(.-\n)(.-\n)$" }
      table.sort(found)
      assert.equal(EXPECTED_AT_NOON, table.concat(found))
      assert.equal(0, code)

      assert.same(expected_acts(one), acts_of(server, names))
      for _, entry in ipairs(server:log()) do
        if entry.path:find "^/v2/user%-tasks/%d+$" and entry.method == "PATCH" then
          find(entry.body, '"priority":90')
        end
      end
    end)
  end

  it("goes on in the next run with what a failure left", function()
    local server <close> = servers.start(servers[1], { forms = FORMS, tasks = {} })
    local task, variables = task_of(MORNING[1])
    local _, ids = server:start_instance { tasks = { task }, variables = variables }
    server:fault { path = ("/v1/tasks/%s/complete"):format(ids[1]),
      action = "status", status = 403, body = '{"message":"no"}' }
    local output, code = connect.start_file(server, "examples/day.lua", "sales", "ann", "zoe"):finish()
    find(output, "the server answered 403: no")
    assert.equal(1, code)
    output, code = connect.start_file(server, "examples/day.lua", "sales", "ann", "zoe", "0"):finish()
    assert.equal("1 open\nTea\t12.5\tapproved\n", output)
    assert.equal(0, code)
  end)

  it("is not begun without knowing whose it is", function()
    local server <close> = servers.start(servers[1], { tasks = {} })
    for _, arguments in ipairs { {}, { "sales", "ann" }, { "sales", "ann", "zoe", "many" },
      { "sales", "ann", "zoe", "1", "often" } } do
      local output, code = connect.start_file(server, "examples/day.lua", table.unpack(arguments)):finish()
      find(output, "usage:")
      assert.equal(2, code)
    end
  end)
end)
