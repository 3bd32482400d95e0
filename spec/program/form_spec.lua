--- `tasklist form`, as a process.
local program = require "spec.support.program"
local sandbox = require "spec.support.sandbox"

local OPTIONS = {
  tasks = { { id = "1", implementation = "ZEEBE_USER_TASK", processDefinitionKey = "7", formId = "clarify",
    formKey = "9", formVersion = 3, isFormEmbedded = false }, { id = "2", implementation = "ZEEBE_USER_TASK" } },
  forms = { { id = "clarify", key = "9", version = 3, schema = '{"components":[],"type":"default"}' } },
}

local function start(version)
  return sandbox.start { version = version, tasks = OPTIONS.tasks, forms = OPTIONS.forms }
end

describe("tasklist form", function()
  for _, version in ipairs { "8.6", "8.10" } do
    describe("on " .. version, function()
      local server
      lazy_setup(function() server = start(version) end)
      lazy_teardown(function() server:stop() end)

      local function form(...)
        return program.run({ "form", ... }, { server = server })
      end

      it("shows a task's form, its schema as JSON text", function()
        local out, err, code = form("1", "--columns", "version,schema")
        assert.equal('3\t{"components":[],"type":"default"}\n', out)
        assert.equal("", err)
        assert.equal(0, code)
      end)

      it("has the schema as a value with -o json", function()
        assert.equal('[\n{"schema":{"components":[],"type":"default"},"version":3}\n]\n',
          (form("1", "-o", "json", "--columns", "version,schema")))
      end)

      it("names the form", function()
        assert.matches("^clarify\t", (form "1"))
      end)

      it("ends with 4 where the task has none", function()
        local out, err, code = form "2"
        assert.equal("", out)
        assert.equal("tasklist: 2: the task has no form\n", err)
        assert.equal(4, code)
      end)

      it("ends with 4 where there is no such task", function()
        local _, err, code = form "99"
        assert.matches("^tasklist: 99: [^\n]+\n$", err)
        assert.equal(4, code)
      end)
    end)
  end
end)
