-- Forms by v2: that of a task, and any by its key.
local support = require "spec.support.api"

local FORMS = {
  { id = "leave", key = "70", version = 1, schema = "{1}" },
  { id = "leave", key = "71", version = 2, schema = "{2}", isDeleted = true },
  { id = "pack", version = 1 },
  { id = "embedded", processDefinitionKey = "5" },
  { id = "secret", key = "72", version = 1, tenantId = "t2" },
}

local function user_task(id, fields)
  fields.id, fields.implementation = id, "ZEEBE_USER_TASK"
  return fields
end

local TASKS = {
  user_task("1", { formKey = "71", formId = "leave", formVersion = 2 }),
  user_task("2", { formId = "leave", formVersion = 1 }),
  user_task("3", {}),
  user_task("4", { formKey = "crm:sheet" }),
  user_task("5", { formKey = "camunda-forms:bpmn:embedded", processDefinitionKey = "5", isFormEmbedded = true }),
  user_task("6", { formKey = "99" }),
  user_task("7", { candidateGroups = { "y" } }),
  user_task("8", { formKey = "70", taskState = "COMPLETED" }),
  { id = "9", formKey = "70" },
}

local foreigner = { name = "client", role = "OWNER", tenants = { "t1" } }
local outsider = { name = "eve", user = "eve", role = "OPERATOR", groups = { "x" } }

local function get(path, options, caller)
  local ask = support.new(TASKS, { version = options or "8.10", forms = FORMS })
  return ask("GET", path, nil, { caller = caller or support.client })
end

describe("the form of a task in v2", function()
  it("is what the task links, deleted or not", function()
    local status, form = get("/v2/user-tasks/1/form")
    assert.equal(200, status)
    assert.same({ tenantId = "<default>", formId = "leave", schema = "{2}", version = 2, formKey = "71" }, form)
    assert.equal("70", (select(2, get("/v2/user-tasks/2/form"))).formKey)
    assert.equal("70", (select(2, get("/v2/user-tasks/8/form"))).formKey)
  end)

  for id, what in pairs{ ["3"] = "no form", ["4"] = "another kind of form", ["5"] = "an embedded form",
    ["6"] = "a form that is not there" } do
    it("is none where the task has " .. what, function()
      local status, body = get(("/v2/user-tasks/%s/form"):format(id))
      assert.same({ 204, "" }, { status, body })
    end)
  end

  local refusals = {
    { "10", nil, 404, "NOT_FOUND", "User Task with key '10' not found" },
    { "9", nil, 404, "NOT_FOUND", "User Task with key '9' not found" },
    { "1", foreigner, 404, "NOT_FOUND", "User Task with key '1' not found" },
    { "7", outsider, 403, "FORBIDDEN", "Unauthorized to perform operation 'READ_USER_TASK' on resource "
      .. "'PROCESS_DEFINITION'" },
    { "x", nil, 400, "Bad Request", "Failed to convert 'userTaskKey' with value: 'x'" },
  }
  for _, row in ipairs(refusals) do
    local id, caller, status, title, detail = table.unpack(row, 1, 5)
    it(("is refused: %d %s"):format(status, detail), function()
      local got, answer = get(("/v2/user-tasks/%s/form"):format(id), nil, caller)
      assert.same({ status, title, detail }, { got, answer.title, answer.detail })
    end)
  end

  it("is not there before v2 can be read", function()
    local ask = support.new(TASKS, { version = "8.7", forms = FORMS })
    local status, answer = ask("GET", "/v2/user-tasks/1/form", nil, { root = "gateway" })
    assert.same({ 404, "Not Found" }, { status, answer.title })
  end)
end)

describe("a form in v2", function()
  it("is found by its key from 8.10 on", function()
    assert.same({ 200, 1 }, { (get("/v2/forms/70")), (select(2, get("/v2/forms/70"))).version })
    local status, answer = get("/v2/forms/70", "8.9")
    assert.same({ 404, "Not Found", "No static resource v2/forms/70." }, { status, answer.title, answer.detail })
  end)

  it("has a key in any case", function()
    local ask, parts = support.new({}, { version = "8.10", forms = FORMS })
    local status, form = ask("GET", "/v2/forms/" .. parts.forms.list[3].key)
    assert.same({ 200, "pack" }, { status, form.formId })
    assert.is_nil(parts.forms.list[4].key)
  end)

  it("is found by nobody else, or by nothing else", function()
    for _, row in ipairs{ { "72", foreigner }, { "99" } } do
      local status, answer = get("/v2/forms/" .. row[1], nil, row[2])
      assert.same({ 404, "NOT_FOUND", ("Form with key '%s' not found"):format(row[1]) },
        { status, answer.title, answer.detail })
    end
  end)

  it("has a number for a key", function()
    local status, answer = get("/v2/forms/leave")
    assert.same({ 400, "Bad Request", "Failed to convert 'formKey' with value: 'leave'" },
      { status, answer.title, answer.detail })
  end)
end)
