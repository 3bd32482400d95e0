-- The pages of v2's searches.
local closed = require "tasklist.sandbox.v2.closed"
local json = require "tasklist.sandbox.json"
local pages = require "tasklist.sandbox.v2.pages"
local rows = require "tasklist.sandbox.rows"
local versions = require "tasklist.sandbox.versions"

local NEW = versions.of "8.10"

-- Reads a `page`; gives it, or nil and the detail of the refusal.
local function read(text)
  local request = { body = text, path = "/v2/x", headers = { ["content-type"] = "application/json" } }
  local page, response = closed.read({ body = pages.kind }, request, NEW)
  if page then return page end
  local answer = json.decode(response.body)
  assert.equal(answer.detail:find("^Request property") and "Bad Request" or "INVALID_ARGUMENT", answer.title)
  return nil, answer.detail
end

local SORT = { { field = "a", order = "ASC" }, { field = "b", order = "DESC" } }

-- Rows in their order: absent values first in ascending, last in descending order.
local LIST = { { -math.huge, "z", 4 }, { 1, "b", 1 }, { 1, "a", 2 }, { 1, "a", 5 }, { 2, "", 3 } }

local function all() return true end

-- The keys of a page, and what is said of it.
local function cut(text, accepts, facts)
  local found, said = pages.cut(LIST, rows.less(SORT), assert(read(text)), accepts or all, facts or NEW)
  if not found then return nil, said end
  local keys = {}
  for i, row in ipairs(found) do keys[i] = row[3] end
  return table.concat(keys, " "), said
end

describe("a page", function()
  it("is of a hundred without limit", function()
    local list = {}
    for i = 1, 150 do list[i] = { i } end
    assert.equal(100, #pages.cut(list, rows.less{}, nil, all, NEW))
    assert.equal(100, #pages.cut(list, rows.less{}, {}, all, NEW))
  end)

  it("goes forwards and backwards by opaque cursors", function()
    local keys, said = cut '{"limit":2}'
    assert.equal("4 1", keys)
    for _, name in ipairs{ "startCursor", "endCursor" } do assert.truthy(said[name]:find("^[%w+/]+=*$")) end
    keys, said = cut(('{"limit":2,"after":"%s"}'):format(said.endCursor))
    assert.equal("2 5", keys)
    local start = said.startCursor
    keys, said = cut(('{"limit":2,"after":"%s"}'):format(said.endCursor))
    assert.equal("3", keys)
    assert.equal("", (cut(('{"limit":2,"after":"%s"}'):format(said.endCursor))))
    assert.equal("4 1", (cut(('{"limit":2,"before":"%s"}'):format(start))))
    keys, said = cut(('{"limit":1,"before":"%s"}'):format(start))
    assert.equal("1", keys)
    assert.equal("4", (cut(('{"limit":3,"before":"%s"}'):format(said.startCursor))))
  end)

  it("has only rows that are accepted, and counts them", function()
    local function odd(row) return row[3] % 2 == 1 end
    local keys, said = cut('{"limit":2}', odd)
    assert.equal("1 5", keys)
    assert.same({ 3, false }, { said.totalItems, said.hasMoreTotalItems })
    assert.equal("3", (cut(('{"limit":2,"after":"%s"}'):format(said.endCursor), odd)))
  end)

  it("may begin at an offset", function()
    assert.equal("1 2", (cut '{"from":1,"limit":2}'))
    assert.equal("", (cut '{"from":9}'))
  end)

  it("has no cursors where it is empty", function()
    local _, said = cut('{}', function() return false end)
    assert.equal('{"totalItems":0,"hasMoreTotalItems":false,"startCursor":null,"endCursor":null}', json.encode(said))
    _, said = cut('{}', function() return false end, versions.of "8.8")
    assert.equal('{"hasMoreTotalItems":false,"totalItems":0}', json.encode(said))
  end)

  it("counts to 10,000", function()
    local list = {}
    for i = 1, 10001 do list[i] = { i } end
    local _, said = pages.cut(list, rows.less{}, { limit = 1 }, all, NEW)
    assert.same({ 10000, true }, { said.totalItems, said.hasMoreTotalItems })
    list[10001] = nil
    _, said = pages.cut(list, rows.less{}, { limit = 1 }, all, NEW)
    assert.same({ 10000, false }, { said.totalItems, said.hasMoreTotalItems })
  end)

  local cursor = 'WzEsImEiLDFd' -- [1,"a",1]
  local bad = {
    { '{"x":1}', "Request property [x] cannot be parsed" },
    { '{"limit":"5"}', "Request property [limit] cannot be parsed" },
    { '{"limit":0}', "The value for limit is '0' but must be within the interval [1,10000]." },
    { '{"limit":10001}', "The value for limit is '10001' but must be within the interval [1,10000]." },
    { '{"from":-1}', "The value for from is '-1' but must be within the interval [0,10000]." },
    { '{"from":9901}', "The value for from + limit is '10001' but must be within the interval [1,10000]." },
    { ('{"after":"%s","before":"%s"}'):format(cursor, cursor),
      "Both after and before cannot be set at the same time." },
    { '{"after":"!"}', "Cannot decode the data store search cursor." },
    { '{"after":"e30="}', "Cannot decode the data store search cursor." }, -- {}
    { '{"before":"W10="}', "Cannot decode the data store search cursor." }, -- []
  }
  for _, row in ipairs(bad) do
    it("is refused: " .. row[1], function()
      assert.same({ n = 2, nil, row[2] }, table.pack(read(row[1])))
    end)
  end

  it("is refused where the cursor is another search's", function()
    assert.equal("2 5 3", (cut(('{"after":"%s"}'):format(cursor))))
    for _, other in ipairs{ "WzFd", "WzEsMiwzXQ==", "WzEsImEiLDEsMV0=" } do -- [1], [1,2,3], [1,"a",1,1]
      assert.same({ n = 2, nil, "Cannot decode the data store search cursor." },
        table.pack(cut(('{"after":"%s"}'):format(other))))
    end
  end)
end)
