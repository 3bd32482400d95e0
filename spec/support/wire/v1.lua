--- Tasklist's v1, on the wire.
local json = require "tasklist.sandbox.json"

local v1 = { api = "v1", address = "base_url", root = "/v1/", search = "/v1/tasks/search", task = "/v1/tasks/1",
  implementation = "JOB_WORKER", has_drafts = true, writes_answer = true }

--- A cursor, of its parts.
function v1.cursor(...)
  return json.array { ... }
end

--- The body of an answer to a search.
-- @param rows array of tasks: { id, the parts of its cursor … }, or { id =, cursor =, name = }
function v1.page(rows)
  local tasks = json.array {}
  for place, row in ipairs(rows) do
    tasks[place] = { id = row.id or row[1], name = row.name,
      sortValues = row.cursor or row[2] and v1.cursor(table.unpack(row, 2)) }
  end
  return json.encode(tasks)
end

--- What a search asked for, in a query's words.
-- @param body string
v1.asked = json.decode

--- The fields of a query that take a cursor to go on from, and how many tasks of before it they give once more.
v1.starts = { searchAfter = 0, searchAfterOrEqual = 1 }

--- What a task may have in the place of a cursor, by what it is.
v1.no_cursors = {
  ["no sortValues"] = {},
  ["empty sortValues"] = { json.array {} },
  ["sortValues that are no array"] = { "x" },
  ["sortValues with names"] = { { a = "x" } },
  ["sortValues with a null"] = { json.array { json.null, "2" } },
  ["sortValues with a null between"] = { json.array { "20", json.null, "2" } },
  ["sortValues with a fraction"] = { json.array { 1.5, "2" } },
  ["sortValues with an array"] = { json.array { json.array {}, "2" } },
}

--- Pages whose text may mislead whoever looks for the cursor in it, which is that of "20" and "2".
v1.misleading = {
  ["behind the cursor"] = '[{"id":"1"},{"id":"2","sortValues":["20","2"],"more":{"sortValues":["99"]}}]',
  ["in names"] = '[{"id":"1","name":"sortValues"},{"id":"2","sortValues" : [ "20" , "2" ],"x":"[1] sortValues"}]',
  ["that is no array"] =
    '[{"id":"1"},{"id":"2","sortValues":["20","2"],"more":[{"sortValues":7},{"sortValues":"["}]}]',
  ["in a string"] = [=[[{"id":"1"},{"id":"2","sortValues":["20","2"],"x":"\"sortValues\":[\"98\"]"}]]=],
}

return v1
