-- (f) of the mapping: forms, on v1 and on v2.
local errors = require "tasklist.errors"
local exchange = require "spec.support.exchange"
local find = require "spec.support.find"
local v1 = require "tasklist.api.v1"
local v2 = require "tasklist.api.v2"

local not_found = errors.new { kind = "http", status = 404, code = "not_found", message = "x" }

local function form()
  return { formKey = "22", formId = "review", schema = '{"a":1}', version = 3, tenantId = "<default>" }
end

-- v1's field, and what it has.
local rows = { { "id", "review" }, { "schema", '{"a":1}' }, { "version", 3 }, { "tenantId", "<default>" },
  { "formKey", "22" }, { "formId", "review" }, { "processDefinitionKey", "9" } }

describe("(f) get_form on v2", function()
  local get = v2.operations.get_form.run
  local query = { processDefinitionKey = 9 }

  for _, row in ipairs(rows) do
    it("gives v1's form: " .. row[1], function()
      local server = exchange.new(form, { 8, 10 })
      assert.equal(row[2], assert(get(server, query, "22"))[row[1]])
      assert.same({ { method = "GET", path = "/v2/forms/22", read = true } }, server.sent)
    end)
  end

  -- The id, the version, how many requests it takes.
  for _, row in ipairs { { "22", { 8, 10 }, 1 }, { 22, { 8, 11 }, 1 }, { "22", { 9, 0 }, 1 }, { "22", { 8, 9 }, 0 },
    { "review", { 8, 10 }, 0 }, { "22a", { 8, 10 }, 0 } } do
    it(("takes a key, from 8.10 on: %s, %d.%d"):format(row[1], row[2][1], row[2][2]), function()
      local server = exchange.new(form, row[2])
      local found, failure = get(server, query, row[1])
      assert.equal(row[3], #server.sent)
      assert.equal(row[3] == 1, found ~= nil)
      if not found then
        assert.same({ "config", "unsupported" }, { failure.kind, failure.code })
        find(failure.message, "get_task_form")
      end
    end)
  end

  it("does not ask for the version where there is no key", function()
    local _, failure = get(exchange.new(form), query, "review")
    assert.equal("unsupported", failure.code)
  end)

  it("hands on failures", function()
    assert.same({ nil, "no version" }, { get(exchange.new(form), query, "22") })
    local found, failure = get(exchange.new(function() return nil, not_found end, { 8, 10 }), query, "22")
    assert.is_nil(found)
    assert.equal(not_found, failure)
  end)
end)

describe("(f) get_task_form on v2", function()
  local from = v2.operations.get_task_form.from

  it("asks by the task", function()
    local operation = v2.operations.get_task_form
    assert.same({ "GET", "/v2/user-tasks/{id}/form", "form", true },
      { operation.method, operation.path, operation.answer, operation.read })
    assert.is_nil(operation.to)
  end)

  for _, row in ipairs(rows) do
    it("gives v1's form: " .. row[1], function()
      assert.equal(row[2], from(form(), nil, { id = "1", processDefinitionKey = "9" })[row[1]])
    end)
  end

  it("knows no process where only an id was given", function()
    assert.is_nil(from(form(), nil, "1").processDefinitionKey)
  end)

  it("gives false where there is none", function()
    assert.is_false(from(false, nil, "1"))
  end)
end)

describe("(f) get_task_form on v1", function()
  local get = v1.operations.get_task_form.run

  -- A server with one task, whose form is there.
  local function with(task)
    task.id, task.processDefinitionKey = "1", "9"
    return exchange.new(function(path)
      return path == "/v1/tasks/1" and task or path:find "^/v1/forms/" and { id = "f" } or nil, not_found
    end)
  end

  -- The task, the form's path, its query.
  local kinds = {
    { "linked", { formId = "review", formKey = "22", formVersion = 2, isFormEmbedded = false }, "/v1/forms/review",
      { processDefinitionKey = "9", version = 2 } },
    { "linked, of any version", { formId = "review", isFormEmbedded = false }, "/v1/forms/review",
      { processDefinitionKey = "9" } },
    { "embedded", { formKey = "camunda-forms:bpmn:userTaskForm_1", isFormEmbedded = true },
      "/v1/forms/userTaskForm_1", { processDefinitionKey = "9" } },
    { "none", { isFormEmbedded = false } },
    { "none of Camunda's", { formKey = "https://forms.example/1" } },
  }
  for _, row in ipairs(kinds) do
    for _, by in ipairs { "id", "task" } do
      it(("asks for what the task says, given its %s: %s"):format(by, row[1]), function()
        local server = with(row[2])
        local found, failure = get(server, nil, by == "id" and "1" or row[2])
        assert.is_nil(failure)
        assert.same(row[3] and { id = "f" } or false, found)
        local sent = by == "id" and { { method = "GET", path = "/v1/tasks/1", read = true } } or {}
        sent[#sent + 1] = row[3] and { method = "GET", path = row[3], body = row[4], read = true }
        assert.same(sent, server.sent)
      end)
    end
  end

  it("reads a task of which only the id is known", function()
    local server = with { formId = "review" }
    assert.same({ id = "f" }, get(server, nil, { id = "1", assignee = "ann" }))
    assert.equal("/v1/tasks/1", server.sent[1].path)
  end)

  it("hands on failures", function()
    for _, at in ipairs { 1, 2 } do
      local server = exchange.new(function(_, _, index)
        if index == at then return nil, not_found end
        return { id = "1", processDefinitionKey = "9", formId = "review" }
      end)
      local found, failure = get(server, nil, "1")
      assert.is_nil(found)
      assert.equal(not_found, failure)
    end
  end)
end)
