--- Settings that begin or end in something that hardly anybody sees: they are sent as they are, and a refusal says
-- which they are.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local seen = require "spec.support.seen"
local tasklist = require "tasklist"

local search = "/v1/tasks/search"

describe("a refused setting with an odd end", function()
  local server, users
  setup(function()
    server = sandbox.start()
    users = sandbox.start { authentication = "cookie" }
  end)
  teardown(function()
    server:stop()
    users:stop()
  end)
  before_each(function()
    server:clear()
    users:clear()
  end)

  -- The error of a first call, which names the setting and does not show its value.
  local function refusal(of, options, name, words)
    local client <close> = connect.to(of, options)
    local _, failure = client:search_tasks()
    find(failure.message:gsub("%)", ""), ("option %q %s"):format(name, words))
    for _, text in pairs(failure) do
      assert.falsy(tostring(text):find("hush", 1, true), tostring(text))
    end
    return failure
  end

  local ends = {
    ["\n"] = "ends in a line feed", ["\r"] = "ends in a carriage return", ["\t"] = "ends in a tab",
    ["\r\n"] = "ends in a carriage return and a line feed", [" "] = "ends in a blank", ["'"] = "ends in an apostrophe",
    ['"'] = "ends in a quotation mark", ["\u{A0}"] = "ends in a no-break space",
    ["\u{200B}"] = "ends in a zero-width space", ["\u{201D}"] = "ends in a quotation mark",
  }
  for mark, words in pairs(ends) do
    it(("is sent as it is, and %s, says the error"):format(words), function()
      local failure = refusal(server, { client_id = "sandbox-client", client_secret = "hush" .. mark,
        authorization_server_url = server.token_url }, "client_secret", words)
      assert.equal(401, failure.status)
      local sent = seen.last(server, "/oauth/token").body
      find(sent, "client_secret=hush" .. mark:gsub(".", function(byte) return ("%%%02X"):format(byte:byte()) end))
    end)
  end

  it("may begin oddly as well", function()
    refusal(server, { client_id = "sandbox-client", client_secret = '"hush"',
      authorization_server_url = server.token_url }, "client_secret",
      "begins with a quotation mark and ends in a quotation mark")
    refusal(server, { client_id = "sandbox-client", client_secret = "\u{FEFF}hush",
      authorization_server_url = server.token_url }, "client_secret", "begins with a byte order mark")
  end)

  -- Options that the token endpoint or the API refuses, which of them is odd, and how.
  local function oauth(options)
    options.authorization_server_url = options.authorization_server_url or server.token_url
    options.client_id = options.client_id or "sandbox-client"
    options.client_secret = options.client_secret or "sandbox-secret"
    return options
  end
  local others = {
    { "client_id", function() return oauth { client_id = "sandbox-client " } end, "ends in a blank" },
    { "audience", function() return oauth { audience = "tasklist.camunda.io\n" } end, "ends in a line feed" },
    { "scope", function() return oauth { scope = "a  b ", audience = "no" } end, "ends in a blank" },
    { "resource", function() return oauth { resource = "r'", audience = "no" } end, "ends in an apostrophe" },
    { "authorization_server_url", function()
      return oauth { authorization_server_url = server.token_url .. "'" }
    end, "ends in an apostrophe" },
    { "base_url", function() return oauth { base_url = server.base_url .. "/'" } end, "ends in an apostrophe" },
    { "token", function() return { token = '"hush"' } end, "begins with a quotation mark" },
    { "token", function() return { token = "'hush" } end, "begins with an apostrophe" },
  }
  for number, row in ipairs(others) do
    it(("is named by the error: %s, row %d"):format(row[1], number), function()
      refusal(server, row[2](), row[1], row[3])
    end)
  end

  it("is named by the error of a login", function()
    assert.equal(401, refusal(users, { auth = "cookie", username = "demo ", password = "demo" }, "username",
      "ends in a blank").status)
    assert.equal(401, refusal(users, { auth = "cookie", username = "demo", password = "hush\n" }, "password",
      "ends in a line feed").status)
    refusal(users, { auth = "cookie", username = "demo", password = "demo",
      login_url = users.base_url .. "/api/login'" }, "login_url", "ends in an apostrophe")
  end)

  it("is named by the API's own error about a user and a password", function()
    local own = sandbox.start { authentication = "basic" }
    finally(function() own:stop() end)
    local failure = refusal(own, { username = "demo", password = "demo\r" }, "password", "ends in a carriage return")
    assert.equal(401, failure.status)
    assert.truthy(seen.last(own, search).headers.authorization)
  end)

  it("is told of at once where no request can carry it", function()
    for _, row in ipairs {
      { { base_url = "https://h.example\r", token = "hush" }, "ends in a carriage return" },
      { { base_url = "https://h.example", token = "hush\n" }, "ends in a line feed" },
      { { base_url = "https://h.example", client_id = "i", client_secret = "hush",
        authorization_server_url = "https://h.example/token " }, "ends in a blank" },
    } do
      row[1].env = false
      local _, failure = tasklist.new(row[1])
      assert.equal("config", failure.kind)
      find(failure.message, row[2])
      assert.falsy(failure.message:find("hush", 1, true), failure.message)
    end
  end)

  it("is no matter while nothing is refused", function()
    local client <close> = connect.to(server, oauth { resource = "r " })
    assert(client:search_tasks { pageSize = 1 })
    local _, failure = client:get_task "none"
    assert.falsy(failure.message:find("ends in", 1, true), failure.message)
  end)

  it("is not spoken of where another hint says what the refusal comes from", function()
    server:fault { path = "/v1/tasks/7/unassign", action = "status", status = 400,
      body = '{"message":"This operation is not supported using Tasklist V1 API"}' }
    local client <close> = connect.to(server, oauth { resource = "r " })
    local _, failure = client:unassign_task "7"
    find(failure.message, "ZEEBE_USER_TASK")
    assert.falsy(failure.message:find("ends in", 1, true), failure.message)
  end)
end)
