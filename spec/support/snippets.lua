--- Runs the blocks of the manual as its readers do: with the environment that Camunda Console hands out.
local connect = require "spec.support.client"

local snippets = {}

-- What the manual's examples take as given.
local prelude = [[
local tasklist = require "tasklist"
local client <close> = assert(tasklist.new())
local id = assert(os.getenv "TASK")
]]

local function environment(server, task)
  return connect.environment(server) .. " TASK=" .. task
end

--- Starts a task that has all that the examples need.
-- @param server a sandbox from spec.support.sandbox, or of spec.support.servers
-- @param implementation of the task, "JOB_WORKER" by default
-- @return its id
function snippets.start_task(server, implementation)
  local _, ids = server:start_instance { processName = "Invoice", processDefinitionKey = "2251799813685101",
    variables = { { name = "amount", value = "1249.5" }, { name = "currency", value = '"EUR"' } },
    tasks = { { name = "Approve invoice", implementation = implementation, candidateGroups = { "accounting" },
      formId = "clarify-invoice", formKey = "2251799813685111", formVersion = 3, isFormEmbedded = false } } }
  return ids[1]
end

local hosts = { prosody = true, haproxy = true }

--- The program that a block is for, such as "prosody", in which `make test-hosts` tries it; or nil.
function snippets.host_of(block)
  local loop = block:match 'require "tasklist%.loop%.(%l+)"'
  return hosts[loop] and loop
end

--- A block of Lua with what it takes as given.
function snippets.whole(block)
  return (block:find('local tasklist = require "tasklist"', 1, true) and "" or prelude) .. block
end

--- Runs a block of Lua.
-- @return what it wrote, and whether it ended well
function snippets.run_lua(server, block, task)
  return connect.run_script(snippets.whole(block), environment(server, task))
end

--- Runs a block for a shell, in which `curl` is quiet.
-- @return likewise
function snippets.run_shell(server, block, task)
  local path = os.tmpname()
  local file <close> = assert(io.open(path, "w"))
  file:write('set -e\ncurl() { command curl -s "$@"; }\n', block)
  file:flush()
  local pipe = assert(io.popen(("%s sh %s 2>&1"):format(environment(server, task), path)))
  local output = pipe:read("a")
  local fine = pipe:close()
  os.remove(path)
  return output, fine == true
end

return snippets
