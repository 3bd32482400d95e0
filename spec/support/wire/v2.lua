--- The newer API, v2, on the wire: what v1.lua says of v1.
local json = require "tasklist.sandbox.json"

local v2 = { api = "v2", address = "rest_url", root = "/v2/", search = "/v2/user-tasks/search",
  task = "/v2/user-tasks/1", implementation = "ZEEBE_USER_TASK" }

function v2.cursor(...)
  return table.concat({ ... }, "/")
end

local function cursor_of(row)
  return row and (row.cursor or row[2] and v2.cursor(table.unpack(row, 2)))
end

function v2.page(rows)
  local items = json.array {}
  for place, row in ipairs(rows) do
    items[place] = { userTaskKey = row.id or row[1], name = row.name }
  end
  return json.encode { items = items, page = { totalItems = #items, hasMoreTotalItems = false,
    startCursor = cursor_of(rows[1]), endCursor = cursor_of(rows[#rows]) } }
end

local V1_FIELDS = { creationDate = "creationTime", completionDate = "completionTime" }

function v2.asked(body)
  local sent = json.decode(body)
  for _, sort in ipairs(sent.sort) do sort.field = V1_FIELDS[sort.field] or sort.field end
  return { pageSize = sent.page.limit, searchAfter = sent.page.after, sort = sent.sort,
    state = sent.filter.state["$eq"], tenantIds = (sent.filter.tenantId or {})["$in"] }
end

v2.starts = { searchAfter = 0 }

v2.no_cursors = {
  ["no endCursor"] = {},
  ["an endCursor of null"] = { json.null },
  ["an empty endCursor"] = { "" },
  ["an endCursor that is no text"] = { 7 },
  ["an endCursor that is an array"] = { json.array { "20" } },
}

local HEAD = '{"items":[{"userTaskKey":"1"},{"userTaskKey":"2"'

v2.misleading = {
  ["behind the cursor"] = '{"page":{"endCursor":"20/2"},' .. HEAD:sub(2) .. ',"customHeaders":{"endCursor":"99"}}]}',
  ["in names"] = HEAD .. ',"name":"endCursor"}],"page":{"endCursor" : "20/2"}}',
  ["that is no text"] = HEAD .. '}],"page":{"endCursor":"20/2","more":{"endCursor":7}}}',
  ["in a string"] = HEAD .. [[}],"page":{"endCursor":"20/2","more":"\"endCursor\":\"98\""}}]],
}

return v2
