--- What becomes of calls when the host's memory ends, or a debug hook of the host's raises: no harm.
local connect = require "spec.support.client"
local http = require "spec.support.http"
local sandbox = require "spec.support.sandbox"

local calls = { "require", "a client's life", "reads and writes", "a walk", "an iterator", "map", "each", "a watch",
  "a token function" }
local kinds = { "memory for some blocks", "a quota of memory", "a hook that raises once",
  "a hook that raises from then on" }

-- A token, which the token function of a script gives.
local function token_of(server)
  local _, _, body = http.request(server.token_url, "POST", { ["Content-Type"] = "application/x-www-form-urlencoded" },
    ("grant_type=client_credentials&audience=tasklist.camunda.io&client_id=%s&client_secret=%s"):format(
      server.client_id, server.client_secret))
  return body:match '"access_token":"([^"]+)"'
end

describe("a limit of the host's", function()
  local server
  setup(function()
    local tasks = {}
    for id = 1, 6 do tasks[id] = { id = tostring(id), variables = { { name = "a", value = "1" } } } end
    server = sandbox.start { tasks = tasks }
  end)
  teardown(function() server:stop() end)
  before_each(function() server:clear() end)

  local function check(kind, sequence)
    it(("does no harm to %s: %s"):format(sequence, kind), function()
      local output, fine = connect.run_in_host(('assert(loadfile "spec/scripts/limits.lua")(%q, %q, %q)'):format(kind,
        sequence, token_of(server)), connect.environment(server))
      assert.is_true(fine, output)
      local seen = {}
      for _, entry in ipairs(server:ledger "assign") do
        assert.is_nil(seen[entry.assignee], "assigned twice")
        seen[entry.assignee] = true
      end
    end)
  end

  for _, kind in ipairs(kinds) do
    for _, sequence in ipairs(calls) do check(kind, sequence) end
  end
  -- A loop in Lua can close no coroutine while a hook raises from then on.
  for place = 1, 3 do check(kinds[place], "calls in a loop") end
end)
