--- Answers that are spoiled in some way: nothing of it may raise a text. `make fuzz-answers` does the same for long.
local find = require "spec.support.find"
local quote = require "spec.support.quote"
local raw = require "spec.support.raw"
local tasklist = require "tasklist"

describe("answers that are spoiled", function()
  it("give errors that the manual names, and each executed write an outcome", function()
    local interpreter, progress = os.getenv "TASKLIST_LUA" or "lua5.4", os.tmpname()
    finally(function() os.remove(progress) end)
    local pipe = assert(io.popen(("%s spec/fuzz/answers/run.lua 300 1 %s 2>&1"):format(interpreter, quote(progress))))
    local output = pipe:read "a"
    assert.is_true(pipe:close(), output)
    assert.truthy(output:find "\n[1-9]%d+ passed, 0 failed\n$", output)
  end)
end)

describe("a page that is no UTF-8", function()
  for _, place in ipairs { '"sortValues":["\xff","1"]', '"sortValues":["1","2"],"name":"\xe4"', '"sort\xc3":["1"]' } do
    it("is an error of kind decode: " .. (place:gsub("[\x80-\xff]", "?")), function()
      local body = '[{"id":"1",' .. place .. "}]"
      local server = raw.start(("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"):format(#body, body))
      finally(function() server:stop() end)
      local client <close> = assert(tasklist.new { base_url = server.base_url, auth = "none", env = false })
      local query, seen = { pageSize = 1 }, nil
      local _, refused = client:search_tasks(query)
      local _, walked = pcall(client:tasks(query))
      local _, watched = pcall(client:watch(query, { on_error = function(failure)
        seen = failure
        error(failure, 0)
      end }))
      for _, failure in ipairs { refused, walked, watched, seen } do
        assert.equal("tasklist.error", getmetatable(failure).__name)
        assert.equal("decode", failure.kind)
        assert.equal(body, failure.body)
        find(tostring(failure), "no UTF-8 at byte")
      end
      assert.equal(watched, seen)
    end)
  end
end)
