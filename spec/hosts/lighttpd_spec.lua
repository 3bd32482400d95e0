--- examples/hosts/lighttpd in Debian's lighttpd: a page that lists, claims and completes tasks.
local daemon = require "spec.support.daemon"
local find = require "spec.support.find"
local http = require "spec.support.http"
local mime = require "mime"
local public = require "spec.support.public"
local sandbox = require "spec.support.sandbox"
local seen = require "spec.support.seen"

-- A file of the example, which is to lie in another folder here.
local function example(name)
  return (public.read("examples/hosts/lighttpd/" .. name):gsub("/etc/lighttpd", "%%{folder}"))
end

-- Debian's own has more, such as where it listens.
local CONFIGURATION = [[
server.document-root = "%{folder}"
server.bind = "127.0.0.1"
server.port = %{port}
server.errorlog = "%{folder}/log"
include "%{folder}/tasks.conf"
]]

-- What openssl's `passwd` makes of "secret".
local function hashed()
  local pipe <close> = assert(io.popen "openssl passwd -6 secret")
  return pipe:read "l"
end

describe("lighttpd", function()
  local server, lighttpd, page

  local function headers(user, origin)
    return { Authorization = "Basic " .. mime.b64(user .. ":secret"), Origin = origin or lighttpd.url,
      ["Content-Type"] = "application/x-www-form-urlencoded" }
  end

  local function get(user) return http.request(page, "GET", headers(user)) end

  local function post(user, form, origin) return http.request(page, "POST", headers(user, origin), form) end

  setup(function()
    server = sandbox.start()
    lighttpd = daemon.start(nil, "lighttpd -D -f %{folder}/lighttpd.conf", {
      ["lighttpd.conf"] = CONFIGURATION,
      ["tasks.conf"] = example "tasks.conf", ["tasks.lua"] = example "tasks.lua",
      ["camunda.env"] = daemon.env_file(server),
      ["tasks.users"] = ("anna:%s\nbert:%s\n"):format(hashed(), hashed()),
    })
    page = lighttpd.url .. "/tasks"
  end)
  teardown(function()
    lighttpd:stop()
    server:stop()
  end)
  before_each(function()
    server:clear()
    server:tasks { { id = "1", name = "Approve <&>", candidateGroups = { "accounting" } },
      { id = "2", name = "Pay", candidateGroups = { "accounting" }, assignee = "bert" },
      { id = "3", name = "Pack", candidateGroups = { "sales" } } }
  end)

  it("asks who calls", function()
    assert.equal(401, (http.request(page, "GET")))
  end)

  it("lists what is nobody's and what is the user's", function()
    local status, _, body = get "anna"
    assert.equal(200, status)
    find(body, '<td>Approve &#x3C;&#x26;&#x3E;<td><form method="post"><button name="claim" value="1">')
    assert.is_nil(body:find("Pay", 1, true))
    assert.is_nil(body:find("Pack", 1, true))
    find(select(3, get "bert"), '<button name="complete" value="2">')
  end)

  it("signs in, and claims and completes a task for the user", function()
    server:revoke()
    local status, given = post("anna", "claim=1")
    assert.same({ 303, "/tasks" }, { status, given.location })
    assert.is_true(seen.count(server, "/oauth/token") > 0)
    assert.equal("anna", server:ledger("assign")[1].assignee)
    assert.equal(303, (post("anna", "complete=1")))
    local done = server:ledger("complete")[1]
    assert.same({ "1", { { name = "completedBy", value = '"anna"' } } }, { done.task, done.variables })
  end)

  it("says what the server refuses, and refuses what is not the user's", function()
    local status, _, body = post("anna", "claim=2")
    assert.equal(409, status)
    find(body, "already assigned")
    status, _, body = post("anna", "complete=2")
    assert.equal(409, status)
    find(body, "this task is not yours")
    assert.equal(400, (post("anna", "destroy=1")))
    assert.equal(403, (post("anna", "claim=1", "http://elsewhere.example")))
    assert.same({}, server:ledger())
  end)

  it("has other workers that serve while one waits for Camunda", function()
    local sock = http.connect(lighttpd.url)
    daemon.serves_meanwhile(server, "/v1/tasks/1/assign", sock, http.render(page, "POST", headers "anna", "claim=1"),
      function() assert.equal(303, (post("bert", "complete=2"))) end)
    assert.equal(303, (http.read_response(sock)))
    sock:close()
  end)

  it("waits no longer than the script says", function()
    server:fault { path = "/v1/tasks/search", action = "silent" }
    local status, _, body = get "anna"
    assert.equal(502, status)
    find(body, "(timeout)")
    assert.equal(200, (get "anna"))
  end)
end)
