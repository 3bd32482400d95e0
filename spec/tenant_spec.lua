--- The default tenant of searches.
local connect = require "spec.support.client"
local find = require "spec.support.find"
local sandbox = require "spec.support.sandbox"
local seen = require "spec.support.seen"

local search = "/v1/tasks/search"

describe("tenant_id", function()
  it("is the default tenantIds of a search", function()
    local server = sandbox.start()
    finally(function() server:stop() end)
    local client <close> = connect.of(server, { tenant_id = "north" })
    local query = { pageSize = 5 }
    client:search_tasks(query)
    find(seen.last(server, search).body, '"tenantIds":["north"]')
    assert.same({ pageSize = 5 }, query)
    client:search_tasks { tenantIds = { "south" } }
    find(seen.last(server, search).body, '"tenantIds":["south"]')
    client:search_tasks()
    find(seen.last(server, search).body, '"tenantIds":["north"]')
    local other <close> = connect.of(server)
    other:search_tasks {}
    assert.falsy(seen.last(server, search).body:find("tenantIds", 1, true))
  end)
end)
