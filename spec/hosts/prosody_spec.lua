--- examples/hosts/prosody in Debian's Prosody: its adapter, and a module that claims tasks while others are served.
local daemon = require "spec.support.daemon"
local find = require "spec.support.find"
local pages = require "spec.support.pages"
local prosody = require "spec.support.prosody"
local public = require "spec.support.public"
local sandbox = require "spec.support.sandbox"
local seen = require "spec.support.seen"
local snippets = require "spec.support.snippets"
local wait = require "spec.support.wait"
local xmpp = require "spec.support.xmpp"

local HOST = "example.com"

-- The example, whose files are to lie in another folder here.
local example = public.read("examples/hosts/prosody/tasks.cfg.lua"):gsub("/etc/prosody", "%%{folder}")
  :gsub('{ "tasks" }', '{ "tasks", "again" }')

-- Loads the example's module anew when somebody asks.
local AGAIN = [[
module:hook("iq-get/host/urn:example:again:query", function(event)
  require("core.modulemanager").reload(module.host, "tasks")
  event.origin.send(require("util.stanza").reply(event.stanza))
  return true
end)
]]

local function command(node, content)
  return ("<command xmlns='http://jabber.org/protocol/commands' node='%s'>%s</command>"):format(node, content or "")
end

local function choice(node, id)
  return command(node, ("<x xmlns='jabber:x:data' type='submit'><field var='task'><value>%s</value></field></x>")
    :format(id))
end

it("the manual shows a part of the example", function()
  local shown = 0
  for _, block in ipairs(pages.blocks(pages.read "loops")) do
    if snippets.host_of(block.text) == "prosody" then
      find(public.read "examples/hosts/prosody/mod_tasks.lua", block.text)
      shown = shown + 1
    end
  end
  assert.equal(1, shown)
end)

for _, way in ipairs(prosody.ways) do
  describe("Prosody " .. way.name, function()
    local server, host, anna
    setup(function()
      server = sandbox.start()
      host = prosody.start(nil, way, "c2s", example, { ["camunda.env"] = daemon.env_file(server),
        ["mod_again.lua"] = AGAIN })
    end)
    teardown(function()
      host:stop()
      server:stop()
    end)
    before_each(function()
      server:clear()
      server:tasks { { id = "1", name = "Approve <&>", candidateGroups = { "accounting" } },
        { id = "2", name = "Pay", candidateGroups = { "accounting" } },
        { id = "3", name = "Pack", candidateGroups = { "sales" } },
        { id = "4", name = "Check", candidateGroups = { "accounting" }, assignee = "bert" } }
      anna = xmpp.connect(host.port, HOST, "anna")
    end)
    after_each(function() anna:close() end)

    it("signs in, offers tasks, and claims and completes one", function()
      server:revoke()
      local offered = anna:ask("set", command "tasks#claim")
      assert.is_true(seen.count(server, "/oauth/token") > 0)
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
      local bert = xmpp.connect(host.port, HOST, "bert")
      daemon.serves_meanwhile(server, "/v1/tasks/1/assign", anna.sock, anna.render("set", HOST,
        choice("tasks#claim", "1")), function()
        find(bert:ask("get", "<ping xmlns='urn:xmpp:ping'/>"), "type='result'")
        find(bert:ask("set", choice("tasks#claim", "2")), "Claim a task: Pay")
      end)
      find(anna:read(), "Claim a task: Approve")
      bert:close()
    end)

    it("ends what waits when the module is loaded anew, which works then", function()
      local bert = xmpp.connect(host.port, HOST, "bert")
      server:fault { path = "/v1/tasks/1/assign", action = "silent" }
      bert.sock:write(bert.render("set", HOST, choice("tasks#claim", "1")))
      wait.until_true(function() return seen.count(server, "/v1/tasks/1/assign") == 1 end, "nothing was claimed")
      anna:ask("get", "<query xmlns='urn:example:again'/>")
      find(bert:read(), "(closed)")
      find(anna:ask("set", choice("tasks#claim", "2")), "Claim a task: Pay")
      bert:close()
    end)

    it("says what the server refuses", function()
      find(anna:ask("set", choice("tasks#claim", "9")), "the server answered 404")
      find(anna:ask("set", choice("tasks#claim", "4")), "already assigned")
      find(anna:ask("set", choice("tasks#complete", "2")), "this task is not yours")
      assert.same({}, server:ledger())
    end)
  end)
end
