--- A machine whose clock is set while a client lives.
local checkout = require "spec.support.checkout"
local connect = require "spec.support.client"
local sandbox = require "spec.support.sandbox"

describe("a clock that is set", function()
  -- By how much, in seconds; and the life of tokens.
  for _, shift in ipairs { 3600, -3600 } do
    it(("by %d s makes no token older or younger"):format(shift), function()
      local server = sandbox.start { token_life = 300 }
      local brief = sandbox.start { token_life = 2 }
      local path = os.tmpname()
      finally(function() server:stop() brief:stop() os.remove(path) end)
      local output, fine = connect.run_script(([[
        local tasklist = require "tasklist"
        local function open(base_url, token_url)
          local client = assert(tasklist.new { base_url = base_url, authorization_server_url = token_url,
            client_id = %q, client_secret = %q, timeout = 10 })
          assert(client:search_tasks { pageSize = 1 })
          return client
        end
        local long, brief = open(%q, %q), open(%q, %q)
        local before = os.time()
        local file <close> = assert(io.open(%q, "w"))
        file:write(%d)
        file:flush()
        assert(math.abs(os.time() - before) > 3000, "the clock was not set")
        assert(long:search_tasks { pageSize = 1 })
        -- Until the token that was there when the clock was set is over.
        print(require "spec.support.steady" (2.5, function() assert(brief:search_tasks { pageSize = 1 }) end))
      ]]):format(server.client_id, server.client_secret, server.base_url, server.token_url, brief.base_url,
        brief.token_url, path, shift), "LD_PRELOAD=" .. checkout.build .. "/spec/shifted_clock.so CLOCK_SHIFT=" .. path)
      assert.is_true(fine, output)
      assert.equal(1, server:stats().requests["/oauth/token"])
      local tokens = brief:stats().requests["/oauth/token"]
      local took, longest = output:match("^(%S+)\t(%S+)\n$")
      assert.truthy(tokens >= 2 and tokens <= took / 1.8 + 2, tokens) -- each is renewed after 1.8 s
      if tonumber(longest) < 0.06 then
        for _, entry in ipairs(brief:log()) do assert.not_equal(401, entry.status) end
      end
    end)
  end
end)
