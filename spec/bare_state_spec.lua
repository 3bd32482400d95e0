--- A Lua state whose host has left out what reaches the system: `os`, `io` and `debug`.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"

-- What a script in such a state writes. The libraries are gone from where `require` looks, too, and of `package` only
-- `require` is left.
local function run(script, environment)
  local output, fine = connect.run_script([[
    for _, name in ipairs { "os", "io", "debug" } do
      _G[name], package.loaded[name] = nil, nil
    end
    package = nil
    local tasklist = require "tasklist"
  ]] .. script, environment)
  assert.is_true(fine, output)
  return output
end

describe("a state without os, io and debug", function()
  it("has a client that signs in, searches, claims and completes", function()
    local server = sandbox.start { tasks = { { id = "1", name = "Pay" } } }
    finally(function() server:stop() end)
    assert.equal("Pay\nfrida\nCOMPLETED\n", run(([[
      local client <close> = assert(tasklist.new { base_url = %q, authorization_server_url = %q, client_id = %q,
        client_secret = %q })
      for _, task in ipairs(assert(client:search_tasks { state = "CREATED" })) do
        print(task.name)
        print(assert(client:assign_task(task.id, { assignee = "frida", allowOverrideAssignment = true })).assignee)
        print(assert(client:complete_task(task.id)).taskState)
      end
    ]]):format(server.base_url, server.token_url, server.client_id, server.client_secret)))
  end)

  it("takes nothing from the environment, and says so where a setting is missing", function()
    local output = run([[
      print(select(2, tasklist.new()))
      print(select(2, tasklist.new { base_url = "https://h.example", client_id = "a" }))
      print(select(2, tasklist.new { base_url = "https://h.example", token = "a", ca_file = "~/ca.pem" }))
      local settings = assert(tasklist.new { base_url = "https://h.example", client_id = "a", client_secret = "b",
        token_cache = true }):settings()
      print(settings.tenant_id, settings.token_cache.value == "")
    ]], "CAMUNDA_TASKLIST_BASE_URL=https://h.example ZEEBE_CLIENT_SECRET=b HOME=/root CAMUNDA_TENANT_ID=c")
    local hint = "; this Lua state has no os.getenv, so that only options count"
    find(output, "the address of the cluster is missing: set CAMUNDA_TASKLIST_BASE_URL")
    find(output, "ZEEBE_CLIENT_SECRET (option \"client_secret\") is missing" .. hint)
    find(output, "(option \"ca_file\") begins with ~, but HOME is not set" .. hint)
    assert.equal(3, select(2, output:gsub(hint, "")))
    find(output, "\nnil\ttrue\n")
  end)

  it("knows what it runs on", function()
    assert.equal(_VERSION .. "\n", run "print(tasklist.version().lua)")
  end)

  it("cannot read an env_file, and says what for", function()
    find(run [[print(select(2, tasklist.new { env_file = "README.md" }))]],
      'option "env_file" cannot be read: this Lua state has no io.open')
  end)
end)

describe("a state that lacks a library that the module needs", function()
  for _, name in ipairs { "coroutine", "math", "string", "table", "utf8" } do
    it("names " .. name, function()
      local output = connect.run_script(("%s = nil; print(pcall(require, 'tasklist'))"):format(name))
      find(output, ("tasklist needs Lua's library %q, which this state has not opened"):format(name):gsub('"', "'"))
    end)
  end
end)
