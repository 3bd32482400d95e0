--- examples/hosts/prosody in Debian's Prosody: its adapter, and a module that claims tasks while others are served.
local daemon = require "spec.support.daemon"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local xmpp = require "spec.support.xmpp"

local HOST = "example.com"

local CONFIGURATION = [[
run_as_root = true
pidfile = "%{folder}/pid"
data_path = "%{folder}"
network_backend = "%{backend}"
plugin_paths = { "%{examples}/prosody" }
modules_enabled = { "saslauth", "ping" }
modules_disabled = { "s2s", "offline" }
log = { info = "*console" }
c2s_ports = { %{port} }
c2s_interfaces = { "127.0.0.1" }
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
authentication = "insecure"
insecure_open_authentication = "Yes please, I know what I'm doing!"
Include "%{examples}/prosody/tasks.cfg.lua"
]]

-- Lasts as long as the daemon, which has left this process.
local BACKGROUND = [[
prosody -D --config %{folder}/conf.cfg.lua || exit
until [ -s %{folder}/pid ]; do :; done
pid=$(cat %{folder}/pid)
trap 'kill $pid' TERM
tail --pid=$pid -f /dev/null &
wait $!
wait $!
]]

local ways = {
  { name = "in the foreground, with epoll", command = "prosody -F --config %{folder}/conf.cfg.lua", backend = "epoll" },
  { name = "in the background, with libevent", command = "sh %{folder}/start", backend = "event" },
}

local function command(node, content)
  return ("<command xmlns='http://jabber.org/protocol/commands' node='%s'>%s</command>"):format(node, content or "")
end

local function choice(node, id)
  return command(node, ("<x xmlns='jabber:x:data' type='submit'><field var='task'><value>%s</value></field></x>")
    :format(id))
end

for _, way in ipairs(ways) do
  describe("Prosody " .. way.name, function()
    local server, prosody, anna
    setup(function()
      server = sandbox.start()
      prosody = daemon.start(server, way.command, { ["conf.cfg.lua"] = CONFIGURATION, start = BACKGROUND },
        { backend = way.backend })
    end)
    teardown(function()
      prosody:stop()
      server:stop()
    end)
    before_each(function()
      server:clear()
      server:tasks { { id = "1", name = "Approve <&>", candidateGroups = { "accounting" } },
        { id = "2", name = "Pay", candidateGroups = { "accounting" } },
        { id = "3", name = "Pack", candidateGroups = { "sales" } } }
      anna = xmpp.connect(prosody.port, HOST, "anna")
    end)
    after_each(function() anna:close() end)

    it("offers tasks, and claims and completes one", function()
      local offered = anna:ask("set", command "tasks#claim")
      find(offered, "Approve &lt;&amp;&gt;")
      find(offered, "Pay")
      assert.is_nil(offered:find("Pack", 1, true))
      find(anna:ask("set", choice("tasks#claim", "1")), "Claim a task: Approve &lt;&amp;&gt;")
      assert.equal("anna", server:ledger("assign")[1].assignee)
      offered = anna:ask("set", command "tasks#complete")
      find(offered, "Approve")
      assert.is_nil(offered:find("Pay", 1, true))
      find(anna:ask("set", choice("tasks#complete", "1")), "Complete a task: Approve &lt;&amp;&gt;")
      local done = server:ledger "complete"
      assert.same({ "1", { { name = "completedBy", value = '"anna"' } } }, { done[1].task, done[1].variables })
    end)

    it("serves others while a claim waits for Camunda", function()
      local bert = xmpp.connect(prosody.port, HOST, "bert")
      daemon.serves_meanwhile(server, "/v1/tasks/1/assign", anna.sock, anna.render("set", HOST,
        choice("tasks#claim", "1")), function()
        find(bert:ask("get", "<ping xmlns='urn:xmpp:ping'/>"), "type='result'")
        find(bert:ask("set", choice("tasks#claim", "2")), "Claim a task: Pay")
      end)
      find(anna:read(), "Claim a task: Approve")
      bert:close()
    end)

    it("says what the server refuses", function()
      find(anna:ask("set", choice("tasks#claim", "9")), "the server answered 404")
      find(anna:ask("set", choice("tasks#complete", "2")), "this task is not yours")
      assert.same({}, server:ledger())
    end)
  end)
end
