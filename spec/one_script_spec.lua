--- One script runs unchanged on every server, and finds the same.
local connect = require "spec.support.client"
local public = require "spec.support.public"
local servers = require "spec.support.servers"
local wait = require "spec.support.wait"

local LONG = '"' .. ("naïve café "):rep(1000) .. '"' -- more than the 8191 characters that a search shows

local INVOICE = { processName = "Invoice approval", processDefinitionKey = "2251799813685101" }
local ORDER = { processName = "Order handling", processDefinitionKey = "2251799813685102" }

local BILL = { { name = "amount", value = "1249.5" }, { name = "approved", value = "false" },
  { name = "big", value = "9007199254740993" }, { name = "currency", value = '"EUR"' },
  { name = "customer", value = '"Zoë Müller 🏝"' }, { name = "lines", value = '[{"text":"tea"},{"text":"寿司"}]' },
  { name = "note", value = "null" }, { name = "report", value = LONG } }
local SUM = { { name = "amount", value = "310" }, { name = "currency", value = '"CHF"' } }

-- Tasks that Camunda manages: the newer API shows no others. Each has a process, and what is said of it alone.
local TASKS = {
  { INVOICE, taskDefinitionId = "Activity_approve", name = "Approve invoice", candidateGroups = { "accounting",
    "management" }, dueDate = "2024-03-08T12:00:00Z", priority = 80, formKey = "2251799813685111", formId = "approve",
    formVersion = 3, isFormEmbedded = false, variables = BILL },
  { INVOICE, taskDefinitionId = "Activity_pay", name = "Pay invoice", candidateUsers = { "frida", "omar" },
    assignee = "omar", priority = 50, variables = BILL },
  { ORDER, taskDefinitionId = "Activity_pack", name = "Pack goods", candidateGroups = { "sales" },
    dueDate = "2024-03-09T12:00:00.500Z", priority = 65, formKey = "crm:packing-sheet", variables = SUM },
  { INVOICE, taskDefinitionId = "Activity_clarify", name = "Clarify invoice", candidateGroups = { "accounting" },
    priority = 20, followUpDate = "2024-03-05T06:30:00Z", variables = SUM },
  { ORDER, taskDefinitionId = "Activity_check", assignee = "jane", priority = 5, variables = SUM },
  { ORDER, taskDefinitionId = "Activity_pack", name = "Pack goods", assignee = "jane", taskState = "COMPLETED",
    completionDate = "2024-03-07T08:00:00Z", priority = 60 },
  { ORDER, taskDefinitionId = "Activity_pack", name = "Pack goods", taskState = "CANCELED", priority = 61,
    completionDate = "2024-03-07T09:00:00Z" },
  { ORDER, taskDefinitionId = "Activity_check", name = "Check order", taskState = "COMPLETED", priority = 62,
    completionDate = "2024-03-06T09:00:00Z", assignee = "omar" },
  { ORDER, taskDefinitionId = "Activity_plan", name = "Plan stand-in", priority = 100,
    dueDate = "2024-03-01T12:00:00Z" },
}

local FORMS = { { id = "approve", key = "2251799813685111", version = 3, schema = '{"components":[]}' },
  { id = "approve", key = "2251799813685110", version = 2 } }

local function tasks()
  local list = {}
  for place, task in ipairs(TASKS) do
    list[place] = { id = ("%d"):format(2251799813685300 + place), implementation = "ZEEBE_USER_TASK",
      processInstanceKey = ("%d"):format(2251799813685200 + place),
      creationDate = ("2024-03-0%dT08:15:27.%03dZ"):format(place, place) }
    for _, fields in ipairs { task[1], task } do
      for name, value in pairs(fields) do
        if name ~= 1 then list[place][name] = value end
      end
    end
  end
  return list
end

local expected = public.read "spec/scripts/reading.txt"

describe("one script", function()
  for _, one in ipairs(servers) do
    it("reads the same on " .. one.name, function()
      local server = servers.start(one, { forms = FORMS, tasks = tasks() })
      finally(function() server:stop() end)
      local client <close> = connect.of(server)
      wait.until_true(function() return #assert(client:search_tasks()) == #TASKS - 1 end, "tasks are not shown")
      assert.equal(expected, (connect.run_script('dofile "spec/scripts/reading.lua"', connect.environment(server))))
    end)
  end
end)
