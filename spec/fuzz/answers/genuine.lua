--- What a Tasklist answers when all is well, before it is spoiled: a table for each request.
--
-- An answer has `status`, `reason`, `headers` (an array of { name, value }), `body`; `framing` tells the client where
-- the body ends: "length", "chunked" or "close".

local genuine = {}

local longest_walk = 3 -- full pages, before the one that ends a walk

local function task(id)
  return ('{"id":"%d","name":"Approve","taskDefinitionId":"approve","processName":"Invoice","creationTime":'
    .. '"2024-03-01T08:00:00.000+0000","completionTime":null,"assignee":"demo","taskState":"COMPLETED","sortValues":'
    .. '["17092800%05d","%d"],"isFirst":false,"formKey":null,"formId":null,"processDefinitionKey":"2251799813685281",'
    .. '"dueDate":"2024-05-01T00:00:00.500+0000","candidateGroups":["accounting"],"candidateUsers":[],"priority":50,'
    .. '"variables":[{"id":"%d-a","name":"a","value":"1.5","isValueTruncated":false}]}'):format(id, id, id, id)
end

local function page(request)
  if request.number > longest_walk then
    return "[]"
  end
  return "[" .. task(10 * request.number) .. "," .. task(10 * request.number + 1) .. "]"
end

local variables = '[{"id":"1-a","name":"a","value":"{\\"x\\":[1,2.5]}","previewValue":"{","isValueTruncated":false,'
  .. '"draft":{"value":"true","isValueTruncated":false}},{"id":"1-b","name":"b","value":null,"isValueTruncated":true}]'

-- Pattern for "METHOD path", then the body: text, or a function of the request; in the order in which they are tried.
local routes = {
  { "^POST /oauth/token$", '{"access_token":"hushhush-token","token_type":"Bearer","expires_in":300,"scope":"x"}' },
  { "^POST /api/login$", "" },
  { "^POST /v1/tasks/search$", page },
  { "^POST /v1/tasks/[^/]+/variables/search$", variables },
  { "^POST /v1/tasks/[^/]+/variables$", "" },
  { "^GET /v1/variables/", '{"id":"1-a","name":"a","value":"1.5","previewValue":"1.5","isValueTruncated":false}' },
  { "^GET /v1/forms/", '{"id":"f","processDefinitionKey":"2251799813685281","schema":"{}","version":1}' },
}

--- The answer to a request.
-- @tparam table request `method`, `path`, `number` (the how manieth of its case)
-- @treturn table
function genuine.answer(request)
  local body = task(1)
  for _, route in ipairs(routes) do
    if (request.method .. " " .. request.path):find(route[1]) then
      body = type(route[2]) == "function" and route[2](request) or route[2]
      break
    end
  end
  local headers = { { "Content-Type", "application/json" } }
  if request.path == "/api/login" then
    headers[2] = { "Set-Cookie", "TASKLIST-SESSION=hushhush-cookie; Path=/; HttpOnly" }
    headers[3] = { "X-CSRF-TOKEN", "hushhush-csrf" }
  end
  return { status = body == "" and 204 or 200, reason = "OK", headers = headers, body = body, framing = "length" }
end

return genuine
