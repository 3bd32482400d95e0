--- Whoever has v1 alone pays nothing for the newer API: no request, and no file.
local connect = require "spec.support.client"
local sandbox = require "spec.support.sandbox"

-- One call of each kind, as a script makes them; then it says which files of the APIs it has loaded.
local SCRIPT = [[
local tasklist = require "tasklist"
do
  local client <close> = assert(tasklist.new())
  for _ in client:tasks { pageSize = 2 } do end
  assert(client:search_tasks { state = "CREATED", includeVariables = { { name = "amount" } } })
  assert(client:get_task "1")
  assert(client:assign_task("1", { assignee = "jane" }))
  assert(client:unassign_task "1")
  assert(client:assign_task("1", { assignee = "jane" }))
  assert(client:save_draft_variables("1", { note = "x" }))
  assert(client:search_task_variables "1")
  assert(client:variables "1")
  assert(client:get_variable "77-amount")
  assert(client:get_form("pay", { processDefinitionKey = "9" }))
  assert(client:complete_task("1", { approved = true }))
end
for name in pairs(package.loaded) do
  if name:find "^tasklist%.api%." then print(name) end
end
]]

local FORMS = { { id = "pay", version = 1, schema = '{"a":1}' } }
local TASKS = { { id = "1", processInstanceKey = "77", processDefinitionKey = "9", formId = "pay",
  variables = { { name = "amount", value = "1" } } }, { id = "2" }, { id = "3" } }

local REQUESTS = {
  "POST /oauth/token",
  "POST /v1/tasks/search", "POST /v1/tasks/search", -- two pages of the walk
  "POST /v1/tasks/search",
  "GET /v1/tasks/1",
  "PATCH /v1/tasks/1/assign", "PATCH /v1/tasks/1/unassign", "PATCH /v1/tasks/1/assign",
  "POST /v1/tasks/1/variables",
  "POST /v1/tasks/1/variables/search", "POST /v1/tasks/1/variables/search",
  "GET /v1/variables/77-amount",
  "GET /v1/forms/pay",
  "PATCH /v1/tasks/1/complete",
}

local NEWER = { "exchange", "finding", "v2" } -- what is in the folder `translation` is loaded by the last one

describe("a script that has v1 alone", function()
  local server, output
  setup(function()
    server = sandbox.start { forms = FORMS, tasks = TASKS }
    output = connect.run_script(SCRIPT, connect.environment(server))
  end)
  teardown(function() server:stop() end)

  it("sends what its calls are, and nothing else", function()
    local sent = {}
    for i, entry in ipairs(server:log()) do sent[i] = entry.method .. " " .. entry.path end
    assert.same(REQUESTS, sent, output)
  end)

  it("loads no file of the newer API", function()
    local loaded = {}
    for name in output:gmatch "tasklist%.api%.(%S+)" do loaded[name] = true end
    assert.is_true(loaded.v1, output)
    for _, name in ipairs(NEWER) do assert.is_nil(loaded[name], name) end
  end)
end)
