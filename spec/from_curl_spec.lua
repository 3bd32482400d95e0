--- The page for those who come from curl: each command sends what the Lua beside it sends.
local json = require "tasklist.sandbox.json"
local pages = require "spec.support.pages"
local sandbox = require "spec.support.sandbox"
local snippets = require "spec.support.snippets"

local page = pages.read "from_curl"
local server
setup(function() server = sandbox.start {} end)
teardown(function() server:stop() end)

-- A form or JSON text as a table; a task's id is not to be compared.
local function decoded(body)
  if body == "" or not body then
    return ""
  elseif body:find("^[{%[]") then
    return json.decode(body)
  end
  local fields = {}
  for name, value in body:gmatch("([^&=]+)=([^&]*)") do fields[name] = value end
  return fields
end

-- What a run sends: to the token endpoint, and to the API.
local function sent_by(run, script)
  local task = snippets.start_task(server)
  server:clear()
  local output, fine = run(server, script, task)
  assert.is_true(fine, output)
  local to_token, to_api = {}, {}
  for _, entry in ipairs(server:log()) do
    local list = entry.path == "/oauth/token" and to_token or to_api
    list[#list + 1] = { entry.method, entry.path:gsub(task, "TASK"), entry.status, decoded(entry.body),
      entry.body ~= "" and entry.headers["content-type"] or "" }
  end
  return to_api, to_token
end

describe("the page on curl", function()
  local blocks = pages.blocks(page)
  local token = blocks[1]

  it("gets the token as the client does", function()
    local _, by_shell = sent_by(snippets.run_shell, token.text)
    local _, by_lua = sent_by(snippets.run_lua, "assert(client:search_tasks())")
    assert.equal(1, #by_shell)
    assert.equal(200, by_shell[1][3])
    assert.same(by_shell, by_lua)
  end)

  for index = 3, #blocks, 2 do
    local shell, lua = blocks[index], blocks[index + 1]
    it(("has a command in line %d that sends what the Lua below it sends"):format(shell.line), function()
      assert.equal("sh", shell.language)
      assert.equal("lua", lua.language)
      local by_shell = sent_by(snippets.run_shell, token.text .. shell.text)
      local by_lua = sent_by(snippets.run_lua, lua.text)
      assert.equal(1, #by_shell)
      assert.equal(200, by_shell[1][3])
      assert.same(by_shell, by_lua)
    end)
  end
end)
