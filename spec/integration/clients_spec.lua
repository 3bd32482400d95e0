-- Camunda's own clients against the sandbox: what works with a cluster must work with it. tools/clients has fetched
-- them; one that cannot be had on this machine is not among them.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local json = require "tasklist.sandbox.json"
local sandbox = require "spec.support.sandbox"

local FOLDER = "build/clients"

-- A client knows nothing but its own environment: a variable of whoever runs this could lead it to a real cluster, and
-- its home is where it would leave files. Both renew a token that ends within 30 s, which Java's does anyway.
local COMMAND = [[mkdir -p %s/home && exec env -i PATH="$PATH" LANG=C.UTF-8 HOME="$PWD/%s/home" %s \
  CAMUNDA_OAUTH_URL='%s' NODE_PATH=%s/node/node_modules CAMUNDA_TOKEN_DISK_CACHE_DISABLE=true \
  CAMUNDA_OAUTH_TOKEN_REFRESH_THRESHOLD_MS=30000 timeout 120 %s </dev/null 2>&1]]

-- What runs the programs in support/; only the client for Java can save drafts.
local CLIENTS = {
  node = { command = "node spec/integration/support/tasklist_client.js" },
  java = { command = "java -XX:-UsePerfData -cp '" .. FOLDER .. "/java/*' spec/integration/support/TasklistClient.java",
    drafts = true },
}

local CUSTOMER = '{"name":"Zoë 🏝","ids":[1,2]}'

local TASKS = {
  { id = "11", name = "Approve", processName = "Invoice", creationDate = "2024-03-01T08:15:27.214Z",
    dueDate = "2024-03-08T12:00:00.500Z", candidateGroups = { "accounting" }, processDefinitionKey = "7",
    processInstanceKey = "70", formKey = "99", formId = "ask", formVersion = 2, isFormEmbedded = false,
    -- No fraction: the client for Java makes an integer of it.
    variables = { { name = "currency", value = '"EUR"' }, { name = "express", value = "true" },
      { name = "big", value = "9007199254740993" }, { name = "customer", value = CUSTOMER } } },
  { id = "12", creationDate = "2024-03-02T08:15:27.214Z", dueDate = "2024-04-01T12:00:00.000Z",
    candidateGroups = { "accounting" }, variables = { { name = "currency", value = '"EUR"' } } },
  { id = "13", creationDate = "2024-03-03T08:15:27.214Z", dueDate = "2024-03-07T12:00:00.000Z" },
  { id = "14", creationDate = "2024-03-04T08:15:27.214Z", taskState = "FAILED" },
  { id = "15", creationDate = "2024-03-05T08:15:27.214Z", assignee = "jane" },
  { id = "16", creationDate = "2024-03-06T08:15:27.214Z", dueDate = "2024-03-09T12:00:00.000Z" },
}

local FORMS = { { id = "ask", version = 1, schema = "{}" }, { id = "ask", version = 2, schema = '{"components":[]}' } }

local TASK = { id = "11", name = "Approve", processName = "Invoice", state = "CREATED",
  created = "2024-03-01T08:15:27.214Z", due = "2024-03-08T12:00:00.500Z", assignee = json.null,
  candidateGroups = { "accounting" }, formId = "ask", priority = 50 }

local COMPLETED = { state = "COMPLETED", assignee = "omar" }
for field, value in pairs(TASK) do
  COMPLETED[field] = COMPLETED[field] or value
end

local SEEN = {
  pages = { { "16", "15" }, { "13", "12" }, { "11" } },
  sorted = { "13", "11", "16", "12", "14", "15" },
  filtered = { "11" },
  task = TASK,
  variables = { all = { currency = '"EUR"', express = "true", big = "9007199254740993", customer = CUSTOMER },
    one = CUSTOMER },
  form = FORMS[2],
  assignee = "jane",
  unassigned = json.null,
  completed = COMPLETED,
}

-- What is said of a call that is refused, with words of its own around the server's.
local REFUSALS = { assigned = "Task is already assigned", inactive = "Task is not active",
  missing = "task with id 1 was not found" }

-- The writes that must have taken effect, and what is in them.
local SENT = { approved = "true", count = "3", note = '"Zoë 🏝"', lines = '[{"text":"tea"}]' }
local LEDGER = { { "assign", "11", "jane" }, { "unassign", "11" }, { "assign", "11", "omar" }, { "complete", "11" } }

local function start(options)
  local server = sandbox.start(options)
  server:tasks(TASKS)
  server:add_forms(FORMS)
  return server
end

-- Runs a client; gives all that it wrote, and whether it ended well.
local function run(client, server)
  local pipe = assert(io.popen(COMMAND:format(FOLDER, FOLDER, connect.environment(server), server.token_url, FOLDER,
    client.command)))
  local output = pipe:read("a")
  return output, pipe:close() == true
end

-- The requests that signed in.
local function sign_ins(server)
  local found = {}
  for _, entry in ipairs(server:log()) do
    if entry.path == "/oauth/token" then
      found[#found + 1] = entry
    end
  end
  return found
end

local function check_ledger(client, server)
  local entries = server:ledger()
  if client.drafts then
    local drafts = table.remove(entries, 1)
    assert.same({ "save_drafts", "11", "note", '"soon"' },
      { drafts.operation, drafts.task, drafts.variables[1].name, drafts.variables[1].value })
  end
  assert.equal(#LEDGER, #entries)
  for place, expected in ipairs(LEDGER) do
    local entry = entries[place]
    assert.same({ expected[1], expected[2], expected[3] or json.null, server.client_id },
      { entry.operation, entry.task, entry.assignee, entry.caller })
  end
  local sent = {}
  for _, variable in ipairs(entries[#LEDGER].variables) do
    sent[variable.name] = variable.value
  end
  assert.same(SENT, sent)
end

local function check_seen(output)
  local seen = json.decode(output:match "[^\n]*\n$")
  assert.is_table(seen, output)
  for name, words in pairs(REFUSALS) do
    find(seen[name], words)
    seen[name] = nil
  end
  assert.same(SEEN, seen)
end

for name, client in pairs(CLIENTS) do
  local present = io.open(FOLDER .. "/" .. name)
  if present then
    present:close()
    describe("Camunda's client for " .. name, function()
      local server
      after_each(function() server:stop() end)

      it("does a day's work with one token", function()
        server = start()
        local output, fine = run(client, server)
        assert.is_true(fine, output)
        check_seen(output)
        check_ledger(client, server)
        assert.equal(1, #sign_ins(server))
      end)

      it("renews a token that is about to end, and meets no 401", function()
        server = start { token_life = 29 }
        local output, fine = run(client, server)
        assert.is_true(fine, output)
        assert.is_true(#sign_ins(server) > 1)
        for _, entry in ipairs(server:log()) do
          assert.not_equal(401, entry.status)
        end
      end)

      it("is refused with a wrong secret", function()
        server = start()
        server.client_secret = "hush-hush"
        local output, fine = run(client, server)
        assert.is_false(fine)
        find(output, "401")
        assert.same({ 401 }, { sign_ins(server)[1].status })
        assert.same({}, server:ledger())
      end)
    end)
  end
end
