--- The Lua blocks of the manual run against a sandbox, and print what they say they do.
local connect = require "spec.support.client"
local pages = require "spec.support.pages"
local public = require "spec.support.public"
local sandbox = require "spec.support.sandbox"

-- Pages whose blocks have specs of their own.
local elsewhere = { ["doc/sandbox.md"] = true, ["doc/connecting.md"] = true }

local prelude = [[
local tasklist = require "tasklist"
local client <close> = assert(tasklist.new())
local id = os.getenv "TASK_ID"
]]

local server
setup(function() server = sandbox.start {} end)
teardown(function() server:stop() end)

-- A task of its own for each block, with variables and a form.
local function environment()
  local _, ids = server:start_instance { processName = "Invoice", processDefinitionKey = "2251799813685101",
    variables = { { name = "amount", value = "1249.5" }, { name = "currency", value = '"EUR"' } },
    tasks = { { name = "Approve invoice", candidateGroups = { "accounting" }, formId = "clarify-invoice",
      formKey = "2251799813685111", formVersion = 3, isFormEmbedded = false } } }
  return ("ZEEBE_CLIENT_ID=%s ZEEBE_CLIENT_SECRET=%s ZEEBE_AUTHORIZATION_SERVER_URL=%s CAMUNDA_TASKLIST_BASE_URL=%s "
    .. "TASK_ID=%s"):format(server.client_id, server.client_secret, server.token_url, server.base_url, ids[1]), ids[1]
end

-- What a block says that it prints, or nil when it does not say.
local function promised(block)
  local lines = {}
  for line in block:gmatch("%-%-> ([^\n]*)") do lines[#lines + 1] = line end
  return #lines > 0 and table.concat(lines, "\n") .. "\n" or nil
end

local function run(block)
  local variables, task = environment()
  local whole = block:find('local tasklist = require "tasklist"', 1, true) and "" or prelude
  local output, fine = connect.run_script(whole .. block, variables)
  assert.is_true(fine, output)
  local expected = promised(block)
  if expected then
    assert.equal(expected, (output:gsub(task, "ID")))
  end
end

for _, path in ipairs(pages.all()) do
  if not elsewhere[path] then
    for _, block in ipairs(pages.blocks(public.read(path))) do
      if block.language == "lua" then
        it(("%s:%d does what it says"):format(path, block.line), function() run(block.text) end)
      end
    end
  end
end
