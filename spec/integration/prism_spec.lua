-- Camunda's own descriptions of the API v2 (T4: mended by support/mend.js) against what a client sends. tools/prism has
-- fetched them.
local connect = require "spec.support.client"
local everything = require "spec.integration.support.everything"
local find = require "spec.support.find"
local prism = require "spec.integration.support.prism"
local sandbox = require "spec.support.sandbox"
local v1 = require "tasklist.api.v1"

local SEARCH, EFFECTIVE = "/v2/user-tasks/search", "/v2/user-tasks/5/effective-variables/search"
local CURSOR = "WzIyNTE3OTk4MTM2ODcxMDJd"

-- What is sent, and by which versions it is allowed: method, path, body (which may be missing), versions; what Prism
-- says where it is not.
local REQUESTS = {
  { "GET", "/v2/topology", nil, "8.8 8.9 8.10" },
  { "POST", SEARCH, '{"filter":{"state":{"$neq":"CANCELED"}},"sort":[{"field":"creationDate","order":"DESC"}],'
    .. '"page":{"limit":50}}', "8.8 8.9 8.10" },
  { "POST", SEARCH, '{"filter":{"elementId":"a","processDefinitionKey":"7","priority":{"$gte":1},'
    .. '"assignee":{"$exists":true,"$in":["a"]},"dueDate":{"$gte":"2024-01-01T00:00:00Z"},'
    .. '"processInstanceVariables":[{"name":"a","value":{"$eq":"1"}}]}}', "8.8 8.9 8.10" },
  { "POST", SEARCH, '{"page":{"limit":5,"after":"' .. CURSOR .. '"}}', "8.8 8.9 8.10" },
  { "POST", SEARCH, '{"page":{"limit":5,"before":"' .. CURSOR .. '"}}', "8.8 8.9 8.10" },
  { "POST", SEARCH, '{"page":{"after":"' .. CURSOR .. '","before":"' .. CURSOR .. '"}}', "", "found 'before'" },
  { "POST", SEARCH, '{"page":{"limit":5,"after":null}}', "", "after must be string" },
  { "POST", SEARCH, '{"page":{"size":5}}', "", "found 'size'" },
  { "POST", SEARCH, '{"pageSize":5}', "", "found 'pageSize'" },
  { "POST", SEARCH, '{"filter":{"taskDefinitionId":"a"}}', "", "found 'taskDefinitionId'" },
  { "POST", SEARCH, '{"filter":{"assignee":{"$is":"jane"}}}', "", "found '$is'" },
  { "POST", SEARCH, '{"filter":{"dueDate":{"$gte":"2024-01-01T00:00:00.000+0000"}}}', "", "must match pattern" },
  { "POST", SEARCH, '{"filter":{"assignee":"jane"}}', "8.9 8.10", "must be object" },
  { "POST", SEARCH, '{"filter":{"processDefinitionKey":{"$eq":"7"}}}', "8.10", "processDefinitionKey must be string" },
  { "POST", SEARCH, '{"sort":[{"field":"state"}]}', "", "must be equal to one of the allowed values" },
  { "GET", "/v2/user-tasks/5", nil, "8.8 8.9 8.10" },
  { "GET", "/v2/user-tasks/abc", nil, "", "must match pattern" },
  { "GET", "/v2/user-tasks/5/form", nil, "8.8 8.9 8.10" },
  { "GET", "/v2/forms/5", nil, "8.10", "no path matched" },
  { "GET", "/v2/variables/5", nil, "8.8 8.9 8.10" },
  { "POST", "/v2/user-tasks/5/variables/search", '{"page":{"limit":1000}}', "8.8 8.9 8.10" },
  { "POST", EFFECTIVE, '{"filter":{"name":{"$in":["a"]}},"sort":[{"field":"name","order":"ASC"}],'
    .. '"page":{"from":0,"limit":1000}}', "8.8 8.9 8.10" },
  { "POST", EFFECTIVE, '{"page":{"after":"' .. CURSOR .. '"}}', "", "found 'after'" },
  { "POST", EFFECTIVE .. "?truncateValues=maybe", "{}", "", "must be boolean" },
  { "POST", "/v2/user-tasks/5/assignment", '{"assignee":"jane","allowOverride":false}', "8.8 8.9 8.10" },
  { "POST", "/v2/user-tasks/5/assignment", "{}", "8.9 8.10", "must have required property 'assignee'" },
  { "POST", "/v2/user-tasks/5/assignment", '{"assignee":5}', "", "assignee must be string" },
  { "DELETE", "/v2/user-tasks/5/assignee", nil, "8.8 8.9 8.10" },
  { "DELETE", "/v2/user-tasks/5/assignee", "{}", "", "INVALID_CONTENT_TYPE" },
  { "POST", "/v2/user-tasks/5/completion", '{"variables":{"a":[1]}}', "8.8 8.9 8.10" },
  { "POST", "/v2/user-tasks/5/completion", '{"variables":[]}', "", "variables must be object" },
  { "PATCH", "/v2/user-tasks/5", '{"changeset":{"dueDate":"","candidateUsers":[]}}', "8.8 8.9 8.10" },
  { "PATCH", "/v2/user-tasks/5", '{"changeset":{"priority":101}}', "", "priority must be <= 100" },
  { "PUT", "/v2/element-instances/5/variables", '{"variables":{},"local":true}', "8.8 8.9 8.10" },
  { "PUT", "/v2/element-instances/5/variables", '{"local":true}', "", "must have required property 'variables'" },
  { "POST", "/v2/user-tasks/5/audit-logs/search", '{"sort":[{"field":"timestamp","order":"ASC"}],'
    .. '"page":{"limit":200,"after":"' .. CURSOR .. '"}}', "8.9 8.10", "no path matched" },
}

-- All that a client sends to a server of a version.
local function requests_of_client(version)
  local server <close> = sandbox.start { version = version, authentication = "none" }
  server.addresses = { "rest_url" }
  local client <close> = connect.to(server, { auth = "none", api = "v2" })
  everything.ask(client)
  return server:log()
end

-- The kinds of these requests.
local KINDS = { "POST /v2/user-tasks/search", "GET /v2/user-tasks/*", "GET /v2/user-tasks/*/form",
  "POST /v2/user-tasks/*/effective-variables/search", "GET /v2/variables/*", "POST /v2/user-tasks/*/assignment",
  "DELETE /v2/user-tasks/*/assignee", "POST /v2/user-tasks/*/completion", "PATCH /v2/user-tasks/*",
  "PUT /v2/element-instances/*/variables", "GET /v2/topology" }
local OLDER, NEWER = "POST /v2/user-tasks/*/variables/search", "GET /v2/forms/*"

local function kind_of(request)
  return request.method .. " " .. request.path:gsub("/%d+", "/*")
end

-- Each description, and the servers whose requests are held against it: their version, and what only some of them get.
local DESCRIPTIONS = {
  { "8.8", { "8.8.5", OLDER }, { "8.8" } },
  { "8.9", { "8.9" } },
  { "8.10", { "8.10", NEWER } },
}

for _, description in ipairs(prism.present() and DESCRIPTIONS or {}) do
  local version = description[1]
  describe("Prism with the API of " .. version, function()
    local judge
    setup(function() judge = prism.start(version) end)
    teardown(function() judge:stop() end)

    for _, row in ipairs(REQUESTS) do
      local method, path, body, versions, words = table.unpack(row, 1, 5)
      local allowed = (versions .. " "):find(version .. " ", 1, true) ~= nil
      it(("%s %s %s %s"):format(allowed and "allows" or "refuses", method, path, body or ""), function()
        local fine, why = judge:allows { method = method, path = path:match "^[^?]*", query = path:match "%?(.*)",
          body = body or "" }
        assert.equal(allowed, fine, why)
        if not fine then find(why, words) end
      end)
    end

    for _, row in ipairs(table.move(description, 2, #description, 1, {})) do
      it("allows all that a client sends to " .. row[1], function()
        local missing = { [row[2] or KINDS[1]] = true }
        for _, kind in ipairs(KINDS) do missing[kind] = true end
        for _, request in ipairs(requests_of_client(row[1])) do
          missing[kind_of(request)] = nil
          local fine, why = judge:allows(request)
          assert.is_true(fine, ("%s %s %s: %s"):format(request.method, request.path, request.body, why))
        end
        assert.same({}, missing)
      end)
    end
  end)
end

it("all that a client sends has each field of a query", function()
  -- These are not to be had from v2; the other cursors are in pages.
  local fields = { searchAfterOrEqual = true, searchBeforeOrEqual = true, searchAfter = true, searchBefore = true,
    pageSize = true, sort = true }
  for _, query in ipairs(everything.queries) do
    for name in pairs(query) do fields[name] = true end
  end
  for name in pairs(v1.operations.search_tasks.payload.shape.fields) do assert.is_true(fields[name], name) end
end)
