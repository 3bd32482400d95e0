--- What is asked of each web server in examples/hosts.
local assert = require "luassert"
local daemon = require "spec.support.daemon"
local find = require "spec.support.find"
local http = require "spec.support.http"
local seen = require "spec.support.seen"

local web_host = {}

--- Puts the tasks of the tests into a sandbox.
function web_host.prepare(server)
  server:clear()
  server:tasks { { id = "1", name = "Approve", creationDate = "2024-01-02T00:00:00.000+0000" },
    { id = "2", name = "Pay", assignee = "bert", creationDate = "2024-01-01T00:00:00.000+0000" } }
end

local function ask(host, method, path, headers)
  return http.request(host.url .. path, method, headers)
end

--- The tests: name -> function that gets the sandbox, the host that spec.support.daemon started, and the name under
-- which that claims.
web_host.tests = {
  ["signs in, lists tasks, and claims and completes one"] = function(server, host, worker)
    server:revoke()
    local status, _, body = ask(host, "GET", "/tasks")
    assert.same({ 200, "1 Approve\n2 Pay\n" }, { status, body })
    assert.is_true(seen.count(server, "/oauth/token") > 0)
    assert.equal(200, (ask(host, "POST", "/tasks/1/claim")))
    assert.equal(worker, server:ledger("assign")[1].assignee)
    status, _, body = ask(host, "POST", "/tasks/1/complete")
    assert.same({ 200, "1 COMPLETED\n" }, { status, body })
    assert.equal("1", server:ledger("complete")[1].task)
  end,

  ["says what the server refuses, and what there is not"] = function(server, host)
    local status, _, body = ask(host, "POST", "/tasks/2/claim")
    assert.equal(502, status)
    find(body, "already assigned")
    assert.equal(404, (ask(host, "POST", "/tasks/2/destroy")))
    assert.equal(404, (ask(host, "GET", "/")))
    assert.same({}, server:ledger())
  end,

  ["does nothing for a page in a browser"] = function(server, host)
    for _, origin in ipairs { "https://elsewhere.example", host.url, "null" } do
      for _, action in ipairs { "claim", "complete" } do
        local status, _, body = ask(host, "POST", "/tasks/1/" .. action, { oRIGIN = origin })
        assert.equal(403, status)
        find(body, "web page")
      end
    end
    assert.same({}, server:ledger())
  end,

  ["serves others while it waits for Camunda"] = function(server, host)
    local url = host.url .. "/tasks/1/complete"
    local sock = http.connect(host.url)
    daemon.serves_meanwhile(server, "/v1/tasks/1/complete", sock, http.render(url, "POST", { Connection = "close" }),
      function()
        assert.equal(200, (ask(host, "GET", "/health")))
        assert.equal(200, (ask(host, "GET", "/tasks"))) -- by the same client
      end)
    assert.equal(200, (http.read_response(sock)))
    sock:close()
  end,
}

return web_host
