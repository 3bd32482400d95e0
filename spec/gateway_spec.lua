--- Writes by way of a gateway that has closed the connection which was kept: its last word, and TLS's close_notify
-- (RFC 8446 6.1), lie in the socket when the write is about to go out.
local connect = require "spec.support.client"
local gateway = require "spec.support.gateway"
local sandbox = require "spec.support.sandbox"
local wait = require "spec.support.wait"

-- What each does with a task of its own.
local writes = {
  function(by, id) return by:assign_task(id, { assignee = "robot" }) end,
  function(by, id) return by:unassign_task(id) end,
  function(by, id) return by:complete_task(id, { a = 1 }) end,
  function(by, id) return by:save_draft_variables(id, { a = 1 }) end,
  function(by, id)
    local status, failure = by:request("PATCH", ("/v1/tasks/%s/assign"):format(id), { assignee = "robot" })
    return status == 200 or nil, failure
  end,
}

for _, program in ipairs { "nginx", "haproxy" } do
  for _, version in ipairs { "1.1", "2" } do
    describe(("a write by way of %s, HTTP/%s,"):format(program, version), function()
      local server, front
      setup(function()
        server = sandbox.start()
        front = gateway.start(program, server, { http2 = version == "2" })
      end)
      teardown(function()
        front:stop()
        server:stop()
      end)

      for _, retries in ipairs { 3, 0 } do
        it(("is executed after an idle time, retries = %d"):format(retries), function()
          local clients, tasks = {}, {}
          for i in ipairs(writes) do
            tasks[i] = { id = tostring(i), assignee = "demo" }
          end
          finally(function()
            for _, client in ipairs(clients) do client:close() end
          end)
          server:clear()
          server:tasks(tasks)
          for i, task in ipairs(tasks) do
            clients[i] = connect.of(server, { base_url = front.base_url, ca_file = front.ca_file,
              http_version = version, retries = retries })
            assert(clients[i]:get_task(task.id))
          end
          wait.until_true(function() return front:ended() == #clients end, "the gateway keeps a connection")
          for i, write in ipairs(writes) do
            local done, failure = write(clients[i], tasks[i].id)
            assert.is_truthy(done, not done and ("write %d: %s"):format(i, failure) or nil)
          end
          assert.equal(#writes, #server:ledger())
        end)
      end

      -- What else a server sends, as TLS 1.3's session tickets, must not pass for its last word.
      it("goes out over the kept connection that has not ended", function()
        local patient = gateway.start(program, server, { http2 = version == "2", idle = 60 })
        finally(function() patient:stop() end)
        local handshakes = 0
        local client <close> = connect.of(server, { base_url = patient.base_url, ca_file = patient.ca_file,
          http_version = version, trace = function(attempt)
            if attempt.tls then handshakes = handshakes + 1 end
          end })
        server:clear()
        server:tasks { { id = "1", assignee = "demo" } }
        for _ = 1, 5 do
          assert(client:get_task "1")
          assert(client:assign_task("1", { assignee = "robot" }))
        end
        assert.equal(1, handshakes)
      end)
    end)
  end
end
