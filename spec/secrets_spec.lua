--- No secret shows in anything that a client writes: errors, traces, tostring, settings(), headers, and the
-- tables that a debugger's dump would walk through.
local proxies = require "spec.support.proxy"
local sandbox = require "spec.support.sandbox"
local tasklist = require "tasklist"

-- Adds all texts that can be reached from a value by way of tables and their metatables; functions keep theirs.
local function gather(value, texts, seen)
  seen = seen or {}
  if type(value) == "string" then
    texts[#texts + 1] = value
  elseif type(value) == "table" and not seen[value] then
    seen[value] = true
    for key, each in next, value do
      gather(key, texts, seen)
      gather(each, texts, seen)
    end
    gather(debug.getmetatable(value), texts, seen)
  end
  return texts
end

-- What must not show, besides the secrets that were set: all that the server gave out or got as credentials.
local function credentials_of(server)
  local list = {}
  for _, entry in ipairs(server:log()) do
    if type(entry.token) == "string" then list[#list + 1] = entry.token end
    local headers = entry.headers
    list[#list + 1] = headers["x-csrf-token"]
    list[#list + 1] = (headers.authorization or ""):match("^%a+ (.+)$")
    for value in (headers.cookie or ""):gmatch("=([^;]+)") do list[#list + 1] = value end
  end
  return list
end

-- A shorter secret than this shows by accident.
local shortest = 5

local function users(password)
  return { { name = "demo", password = password, role = "OWNER" } }
end

-- Each way to sign in: the sandbox, the options, the secrets, options that are refused. Each sends something that is
-- a credential.
local ways = {
  oauth = { {}, function(server)
    return { client_id = server.client_id, client_secret = server.client_secret,
      authorization_server_url = server.token_url }
  end, { "s3cret+%&ü", "s3cret%2B%25%26%C3%BC" }, { client_secret = "wr0ng-secret" } },
  ["oauth in the header"] = { {}, function(server)
    return { client_id = server.client_id, client_secret = server.client_secret, client_auth = "basic",
      authorization_server_url = server.token_url }
  end, { "s3cret+%&ü", "s3cret%2B%25%26%C3%BC" }, { client_secret = "wr0ng-secret" } },
  ["oauth and a token file"] = { {}, function(server, folder)
    return { client_id = server.client_id, client_secret = server.client_secret, token_cache = folder,
      authorization_server_url = server.token_url }
  end, { "s3cret+%&ü", "s3cret%2B%25%26%C3%BC" }, { client_secret = "wr0ng-secret" } },
  cookie = { { authentication = "cookie", users = users "c00kie-p+ssword" }, function()
    return { auth = "cookie", username = "demo", password = "c00kie-p+ssword" }
  end, { "c00kie-p+ssword", "c00kie-p%2Bssword" }, { password = "wr0ng-secret" } },
  basic = { { authentication = "basic", users = users "b4sic-password" }, function()
    return { username = "demo", password = "b4sic-password" }
  end, { "b4sic-password" }, { password = "wr0ng-secret" } },
  ["bearer, fixed"] = { {}, function() return { token = "f1xed-token" } end, { "f1xed-token" },
    { token = "wr0ng-secret" } },
  ["bearer, asked"] = { {}, function() return { token = function() return "ask3d-token" end } end, { "ask3d-token" },
    { token = function() return nil, "no luck" end } },
}

-- What a spell of bad luck does to the next requests, whatever they are.
local troubles = {
  {},
  { { action = "status", status = 401, body = '{"message":"no"}', times = 3 } },
  { { action = "status", status = 500, times = 9 } },
  { { action = "status", status = 403, body = '{"error":"Access denied due to invalid CSRF token."}' } },
  { { action = "garbage", times = 9 } },
  { { action = "reset", times = 9 } },
  { { action = "cut", times = 9 } },
  { { action = "silent", times = 9 } },
  { { path = "/oauth", action = "body", body = "<html>" } },
  -- Endpoints that send back what they got.
  { { path = "/oauth", action = "status", status = 400, body = "<title>no s3cret+%&amp;ü</title>" } },
  { { path = "/oauth", action = "status", status = 401,
    body = '{"error":"no s3cret+%&ü","error_description":"s3cret+%&ü"}' } },
  { { path = "/api/login", action = "status", status = 400, body = "no c00kie-p%2Bssword, no c00kie-p+ssword" } },
  { { action = "status", status = 400, path = "/oauth", body = "X-Gate: h3ader-secret" } },
}

describe("what a client writes", function()
  for name, way in pairs(ways) do
    it("shows no secret with " .. name, function()
      local options = { client_secret = "s3cret+%&ü" }
      for option, value in pairs(way[1]) do options[option] = value end
      local server = sandbox.start(options)
      local guard = proxies.start "me pr0xy-secret"
      local folder, told = os.tmpname(), 0
      os.remove(folder)
      finally(function() server:stop() guard:stop() os.execute("rm -rf " .. folder) end)
      local texts, sent = {}, 0
      local secrets = { "h3ader-secret", "pr0xy-secret", "k3y-secret", "wr0ng-secret", "d3mo-secret" }
      table.move(way[3], 1, #way[3], #secrets + 1, secrets)

      local function note(...)
        for i = 1, select("#", ...) do
          local value = select(i, ...)
          gather(value, texts)
          if type(value) == "table" then texts[#texts + 1] = tostring(value) end
        end
      end

      local function try(more)
        local all = way[2](server, folder)
        all.base_url, all.rest_url, all.timeout = server.base_url, server.base_url, 10
        all.headers, all.client_key_password = { ["X-Gate"] = "h3ader-secret" }, "k3y-secret"
        all.trace = function(attempt)
          told = told + (attempt.token_file and 1 or 0)
          note(attempt)
        end
        for option, value in pairs(more) do all[option] = value end
        local client <close> = assert(tasklist.new(all))
        note(client:settings(), tostring(client))
        local task, failure = client:search_tasks { pageSize = 1 }
        note(failure)
        note(select(3, client:request("GET", "/v1/tasks/" .. (task and task[1] and task[1].id or "0"))))
        note(client:request("PATCH", "/v1/tasks/0/unassign", "{}"))
        note(client:request("GET", "/v2/topology"))
        note(client) -- and all that it holds
        return task
      end

      for _, trouble in ipairs(troubles) do
        server:clear()
        for _, fault in ipairs(trouble) do server:fault(fault) end
        try { timeout = #trouble > 0 and 0.1 or nil } -- long enough to end badly
        for _, credential in ipairs(credentials_of(server)) do
          secrets[#secrets + 1] = credential
          sent = sent + (#credential >= shortest and 1 or 0)
        end
      end
      try(way[4])
      server:clear()
      if os.rename(folder, folder) then -- a token file: what is not its owner's alone is not used
        assert(os.execute("chmod 777 " .. folder))
        try {}
        assert.truthy(told > 0)
      end
      local proxy = ("http://me:pr0xy-secret@127.0.0.1:%d"):format(guard.port)
      try { proxy = ("http://me:pr0xy-secret@127.0.0.1:%d"):format(proxies.free_port()), no_proxy = "",
        base_url = "https://127.0.0.1:1", timeout = 0.2 }
      try { proxy = proxy, no_proxy = "", base_url = "https://127.0.0.1:1", timeout = 0.2 }
      note(select(2, tasklist.new { base_url = "http://h.example", token = "f1xed-token" }))
      note(select(2, tasklist.new { base_url = "https://h.example", token = "f1xed-token", password = "d3mo-secret" }))
      note(select(2, tasklist.new { base_url = "https://h.example", token = "a", proxy = "http://a:pr0xy-secret@b" }))
      note(select(2, pcall(tasklist.new, { client_secret = 5, token = "f1xed-token" })))

      assert.truthy(#texts > 100)
      assert.truthy(sent > 0, "no credential was seen on the wire")
      for _, secret in ipairs(way[3]) do assert.truthy(#secret >= shortest) end
      for _, secret in ipairs(secrets) do
        if #secret >= shortest then
          for _, text in ipairs(texts) do
            if text:find(secret, 1, true) then error(("%q holds %q"):format(text, secret)) end
          end
        end
      end
    end)
  end
end)

describe("a client's functions", function()
  -- Whether a text can be reached from a value by way of tables, metatables and what functions keep.
  local function holds(value, text, seen)
    if type(value) == "string" then
      return value:find(text, 1, true) ~= nil
    elseif type(value) ~= "table" and type(value) ~= "function" or seen[value] then
      return false
    end
    seen[value] = true
    if type(value) == "function" then
      local index = 1
      while debug.getupvalue(value, index) do
        if holds(select(2, debug.getupvalue(value, index)), text, seen) then return true end
        index = index + 1
      end
      return false
    end
    for key, each in next, value do
      if holds(key, text, seen) or holds(each, text, seen) then return true end
    end
    return holds(debug.getmetatable(value), text, seen)
  end

  it("keep of the secrets only those that an endpoint may send back", function()
    local client <close> = assert(tasklist.new { base_url = "https://127.0.0.1:1", rest_url = "https://127.0.0.1:1",
      client_id = "me", client_secret = "s3cret-of-ours", authorization_server_url = "https://127.0.0.1:1/token",
      client_key_password = "k3y-secret", proxy = "http://me:pr0xy-secret@127.0.0.1:1" })
    client:request("GET", "/v2/topology")
    assert.is_true(holds(client, "s3cret-of-ours", {}))
    assert.is_false(holds(client, "k3y-secret", {}))
    assert.is_false(holds(client, "pr0xy-secret", {}))
  end)
end)
