--- `tasklist -v`, as a process: each attempt as a line on stderr.
local program = require "spec.support.program"
local sandbox = require "spec.support.sandbox"

describe("tasklist -v", function()
  local server
  setup(function() server = sandbox.start { tasks = { { id = "1", name = "Pay" } } } end)
  teardown(function() server:stop() end)
  before_each(function() server:clear() end)

  local function lines_of(words, options)
    words[#words + 1] = "-v"
    local out, err, code = program.run(words, options or { server = server })
    local lines = {}
    for line in err:gmatch "[^\n]+" do lines[#lines + 1] = line:gsub("%d+ ms", "N ms"):gsub("%d+ bytes", "N bytes") end
    return lines, out, code, err
  end

  it("tells of each attempt, of the sign-in as one, and shows no secret", function()
    server:fault { path = "/v1/tasks", action = "status", status = 503 }
    local lines, out, code, err = lines_of { "get", "1", "-o", "id" }
    assert.equal("1\n", out)
    assert.equal(0, code)
    assert.equal(5, #lines)
    local url = server.token_url:gsub("%p", "%%%0")
    assert.matches("^sign%-in POST " .. url .. ": 200, N ms, N bytes sent, %d+ received$", lines[1])
    assert.matches("^GET %S+/v2/topology: 200, ", lines[2])
    assert.equal("GET " .. server.base_url .. "/v1/tasks/1: 503, N ms, N bytes sent, 0 received", lines[4])
    assert.matches("^GET %S+/v1/tasks/1 %(attempt 2%): 200, N ms, N bytes sent, %d+ received$", lines[5])
    assert.is_nil(err:find(server.client_secret, 1, true))
  end)

  it("tells why there was no answer, and what may have happened", function()
    server:fault { path = "/v1/tasks", action = "reset" }
    local lines, _, code = lines_of { "claim", "1", "--as", "me" }
    assert.equal(6, code)
    assert.matches("^PATCH %S+/v1/tasks/1/assign: .+, outcome unknown, N ms, ", lines[#lines - 1])
  end)

  it("writes nothing of that without it", function()
    local _, err = program.run({ "get", "1" }, { server = server })
    assert.equal("", err)
  end)
end)
