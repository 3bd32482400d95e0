local gzip = require "tasklist.sandbox.gzip"

describe("the sandbox's gzip", function()
  for _, size in ipairs{ 0, 1, 65535, 65536, 200000 } do
    it(("packs %d bytes so that gunzip unpacks them"):format(size), function()
      local text = ("tasklist\n"):rep(size // 9 + 1):sub(1, size)
      local path = os.tmpname()
      local file = assert(io.open(path, "wb"))
      file:write(gzip.pack(text))
      file:close()
      local unpacked = assert(io.popen("gzip -dc < " .. path))
      local result = unpacked:read("a")
      local ok = unpacked:close()
      os.remove(path)
      assert.is_true(ok)
      assert.equal(text, result)
    end)
  end
end)
