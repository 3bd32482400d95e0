-- Camunda's own clients against the sandbox: what works with a cluster must work with it. tools/clients has fetched
-- them; one that cannot be had on this machine is not among them.
local connect = require "spec.support.client"
local days = require "spec.integration.support.days"
local find = require "spec.support.find"
local json = require "tasklist.sandbox.json"
local sandbox = require "spec.support.sandbox"

local FOLDER = "build/clients"

-- A client knows nothing but its own environment: a variable of whoever runs this could lead it to a real cluster, and
-- its home is where it would leave files. All renew a token that ends within 30 s, which only one must be told.
local COMMAND = [[mkdir -p %s/home && exec env -i PATH="$PATH" LANG=C.UTF-8 HOME="$PWD/%s/home" %s \
  CAMUNDA_OAUTH_URL='%s' CAMUNDA_TOKEN_DISK_CACHE_DISABLE=true CAMUNDA_OAUTH_TOKEN_REFRESH_THRESHOLD_MS=30000 \
  %s timeout 120 %s </dev/null 2>&1]]

local NODE = "NODE_PATH=" .. FOLDER .. "/%s/node_modules"

-- The SDK for v2 reads no ZEEBE_CLIENT_ID. It checks the answers against its own schemas. It must not check what it
-- sends: it would refuse the empty date that clears one. A sign-in that fails is not repeated, which takes 15 s. An
-- answer with a member that it does not know is kept as a file, which must not lie in the current folder.
local SDK = NODE:format "javascript" .. " CAMUNDA_AUTH_STRATEGY=OAUTH CAMUNDA_CLIENT_ID='{client_id}' "
  .. "CAMUNDA_CLIENT_SECRET='{client_secret}' CAMUNDA_OAUTH_RETRY_MAX=1 "
  .. "CAMUNDA_SDK_VALIDATION_CAPTURE_DIR=" .. FOLDER .. "/home CAMUNDA_SDK_VALIDATION=req:none,res:"

-- What runs the programs in support/, and the day's work that each does; only the client for Java can save drafts. The
-- SDK for v2 is made for 8.9: an answer with a member that it does not know fails there, but not on 8.10, which says
-- more.
local CLIENTS = {
  { folder = "node", environment = NODE:format "node", command = "node spec/integration/support/tasklist_client.js",
    day = days.v1 },
  { folder = "java", environment = "",
    command = "java -XX:-UsePerfData -cp '" .. FOLDER .. "/java/*' spec/integration/support/TasklistClient.java",
    day = days.v1, drafts = true },
  { folder = "javascript", version = "8.9", environment = SDK .. "fanatical",
    command = "node spec/integration/support/user_tasks.js", day = days.v2 },
  { folder = "javascript", version = "8.10", environment = SDK .. "strict",
    command = "node spec/integration/support/user_tasks.js", day = days.v2 },
}

local function start(client, options)
  options = options or {}
  options.version = client.version
  local server = sandbox.start(options)
  server.addresses = client.version and { "rest_url" }
  server:tasks(client.day.tasks)
  server:add_forms(client.day.forms)
  return server
end

-- Runs a client; gives all that it wrote, and whether it ended well.
local function run(client, server)
  local own = client.environment:gsub("{([%w_]+)}", server)
  local pipe = assert(io.popen(COMMAND:format(FOLDER, FOLDER, connect.environment(server), server.token_url, own,
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
  local entries, ledger = server:ledger(), client.day.ledger
  if client.drafts then
    local drafts = table.remove(entries, 1)
    assert.same({ "save_drafts", "11", "note", '"soon"' },
      { drafts.operation, drafts.task, drafts.variables[1].name, drafts.variables[1].value })
  end
  assert.equal(#ledger, #entries)
  for place, expected in ipairs(ledger) do
    local entry = entries[place]
    assert.same({ expected[1], expected[2], expected[3] or json.null, server.client_id },
      { entry.operation, entry.task, entry.assignee, entry.caller })
  end
  local sent = {}
  for _, variable in ipairs(entries[#ledger].variables) do
    sent[variable.name] = variable.value
  end
  assert.same(days.sent, sent)
end

local function check_seen(client, output)
  local seen = json.decode(output:match "[^\n]*\n$")
  assert.is_table(seen, output)
  for name, words in pairs(client.day.refusals) do
    find(seen[name], words)
    seen[name] = nil
  end
  assert.same(client.day.seen, seen)
end

for _, client in ipairs(CLIENTS) do
  local present = io.open(FOLDER .. "/" .. client.folder)
  if present then
    present:close()
    local name = client.folder .. (client.version and " on " .. client.version or "")
    describe("Camunda's client for " .. name, function()
      local server
      after_each(function() server:stop() end)

      it("does a day's work with one token", function()
        server = start(client)
        local output, fine = run(client, server)
        assert.is_true(fine, output)
        check_seen(client, output)
        check_ledger(client, server)
        assert.equal(1, #sign_ins(server))
      end)

      it("renews a token that is about to end, and meets no 401", function()
        server = start(client, { token_life = 29 })
        local output, fine = run(client, server)
        assert.is_true(fine, output)
        assert.is_true(#sign_ins(server) > 1)
        for _, entry in ipairs(server:log()) do
          assert.not_equal(401, entry.status)
        end
      end)

      it("is refused with a wrong secret", function()
        server = start(client)
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
