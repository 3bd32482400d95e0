-- Bodies of v2: what is read, and what the server says of a body that it cannot read.
local closed = require "tasklist.sandbox.v2.closed"
local json = require "tasklist.sandbox.json"
local versions = require "tasklist.sandbox.versions"

local KIND = closed.object{
  text = closed.text,
  flag = closed.boolean,
  count = closed.int,
  key = closed.key,
  any = closed.any_object,
  order = closed.one_of("ASC", "DESC"),
  list = closed.list(closed.object{ name = closed.text }),
  tags = closed.since("tags", closed.list(closed.text)),
  name = closed.since("name_operators", closed.any_object, closed.text),
  inner = closed.object{ x = closed.int },
}

-- Reads a body; gives what was read, or nil, and the status, title and detail of the refusal.
local function read(body, changes)
  local request = { body = body, path = "/v2/x", headers = { ["content-type"] = "application/json" } }
  for name, value in pairs(changes or {}) do request[name] = value end
  local result, response = closed.read({ body = KIND, required = request.required }, request,
    versions.of(request.version or "8.10"))
  if result then return result end
  local answer = json.decode(response.body)
  assert.equal(answer.status, response.status)
  return nil, answer.status, answer.title, answer.detail
end

describe("a body", function()
  local good = {
    { '{}', {} },
    { '', {} },
    { ' {"text":"a","flag":false,"count":-3,"order":"ASC"} ', { text = "a", flag = false, count = -3, order = "ASC" } },
    { '{"count":50.0}', { count = 50 } },
    { '{"key":"2251799813685249"}', { key = "2251799813685249" } },
    { '{"any":{"a":[1]}}', { any = { a = { 1 } } } },
    { '{"list":[]}', { list = {} } },
    { '{"list":[{"name":"a"},{}]}', { list = { { name = "a" }, {} } } },
    { '{"text":null,"inner":{"x":null}}', { inner = {} } },
    { '{"tags":["a"]}', { tags = { "a" } } },
    { '{"name":{"$eq":"a"}}', { name = { ["$eq"] = "a" } } },
    { '{"name":"a"}', { name = "a" }, { version = "8.8" } },
    { "\xFE\xFF\0{\0}", {} },
  }
  for _, row in ipairs(good) do
    it("is read: " .. row[1], function()
      local result = read(row[1], row[3])
      assert.same(row[2], result.any and { any = { a = { table.unpack(result.any.a) } } } or result)
    end)
  end

  local bad = {
    { '{"x":1}', "x" }, { '{"x":null}', "x" }, { '{"inner":{"y":1}}', "inner.y" }, { '{"text":1}', "text" },
    { '{"flag":"true"}', "flag" }, { '{"count":"1"}', "count" }, { '{"count":1.5}', "count" },
    { '{"count":2147483648}', "count" }, { '{"count":-2147483649}', "count" }, { '{"key":1}', "key" },
    { '{"key":"a"}', "key" }, { '{"key":"9223372036854775808"}', "key" }, { '{"any":[]}', "any" },
    { '{"any":"a"}', "any" }, { '{"order":"asc"}', "order" }, { '{"list":{}}', "list" }, { '{"list":[null]}', "list" },
    { '{"list":[{"x":1}]}', "list.x" }, { '{"inner":[]}', "inner" }, { '{"inner":"a"}', "inner" },
    { '{"tags":["a"]}', "tags", "8.8" }, { '{"name":{"$eq":"a"}}', "name", "8.8" },
  }
  for _, row in ipairs(bad) do
    it(("is refused in %s: %s"):format(row[3] or "8.10", row[1]), function()
      assert.same({ n = 4, nil, 400, "Bad Request", ("Request property [%s] cannot be parsed"):format(row[2]) },
        table.pack(read(row[1], { version = row[3] })))
    end)
  end

  for _, body in ipairs{ "{", "null", "[]", '"a"', "1", "\xFF" } do
    it("is refused as a whole: " .. body, function()
      assert.same({ n = 4, nil, 400, "Bad Request", "Failed to read request" }, table.pack(read(body)))
    end)
  end

  it("may be needed", function()
    assert.same({ n = 4, nil, 400, "Bad Request", "Required request body is missing" },
      table.pack(read("", { required = true })))
  end)

  it("is of a type that the server takes", function()
    assert.same({ n = 4, nil, 415, "Unsupported Media Type", "Content-Type 'text/plain' is not supported." },
      table.pack(read("{}", { headers = { ["content-type"] = "text/plain" } })))
    assert.same({ n = 4, nil, 415, "Unsupported Media Type", "Content-Type '' is not supported." },
      table.pack(read("{}", { headers = {} })))
    assert.same({}, (read("{}", { headers = { ["content-type"] = "application/json;charset=UTF-8" } })))
  end)
end)
