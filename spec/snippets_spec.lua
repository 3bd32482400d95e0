--- The Lua blocks of the manual run against a sandbox, and print what they say they do.
local pages = require "spec.support.pages"
local public = require "spec.support.public"
local sandbox = require "spec.support.sandbox"
local snippets = require "spec.support.snippets"

-- Pages whose blocks have specs of their own.
local elsewhere = { ["doc/sandbox.md"] = true, ["doc/connecting.md"] = true }

local server
setup(function() server = sandbox.start {} end)
teardown(function() server:stop() end)

-- What a block says that it prints, or nil when it does not say.
local function promised(block)
  local lines = {}
  for line in block:gmatch("%-%-> ([^\n]*)") do lines[#lines + 1] = line end
  return #lines > 0 and table.concat(lines, "\n") .. "\n" or nil
end

local function run(block)
  local task = snippets.start_task(server)
  local output, fine = snippets.run_lua(server, block, task)
  assert.is_true(fine, output)
  local expected = promised(block)
  if expected then
    assert.equal(expected, (output:gsub(task, "ID")))
  end
end

for _, path in ipairs(pages.all()) do
  if not elsewhere[path] then
    for _, block in ipairs(pages.blocks(public.read(path))) do
      if block.language == "lua" then
        it(("%s:%d does what it says"):format(path, block.line), function() run(block.text) end)
      end
    end
  end
end
