--- The Lua blocks of the manual run against a sandbox, and print what they say they do.
local pages = require "spec.support.pages"
local public = require "spec.support.public"
local connect = require "spec.support.client"
local sandbox = require "spec.support.sandbox"
local servers = require "spec.support.servers"
local snippets = require "spec.support.snippets"

-- Pages whose blocks have specs of their own.
local elsewhere = { ["doc/sandbox.md"] = true, ["doc/connecting.md"] = true }

-- What a block says that it prints, or nil when it does not say.
local function promised(block)
  local lines = {}
  for line in block:gmatch("%-%-> ([^\n]*)") do lines[#lines + 1] = line end
  return #lines > 0 and table.concat(lines, "\n") .. "\n" or nil
end

local function run(where, block, implementation)
  local task = snippets.start_task(where, implementation)
  local output, fine = snippets.run_lua(where, block, task)
  assert.is_true(fine, output)
  local expected = promised(block)
  if expected then
    assert.equal(expected, (output:gsub(task, "ID")))
  end
end

for _, path in ipairs(pages.all()) do
  if not elsewhere[path] then
    describe(path, function()
      local server -- of its own: what a page shows must not depend on the pages before it
      setup(function() server = sandbox.start {} end)
      teardown(function() server:stop() end)

      for _, block in ipairs(pages.blocks(public.read(path))) do
        if block.language == "lua" and not snippets.host_of(block.text) then
          it(("line %d does what it says"):format(block.line), function() run(server, block.text) end)
        end
      end
    end)
  end
end

-- What is said of all servers. Blocks expect to read at once what was just made, which a server that lags cannot do.
for _, one in ipairs(servers) do
  if not one.sandbox.lag then
    it("doc/servers.md does what it says on " .. one.name, function()
      local other = servers.start(one, {})
      finally(function() other:stop() end)
      local client <close> = connect.of(other)
      local implementation = assert(client:server()).api == "v2" and "ZEEBE_USER_TASK" or nil
      for _, block in ipairs(pages.blocks(pages.read "servers")) do run(other, block.text, implementation) end
    end)
  end
end
