--- The header fields of a request, checked and written for the core.

local core = require "tasklist.core"

local headers = {}

local token = "^[A-Za-z0-9!#$%%&'*+.^_`|~-]+$" -- RFC 9110 5.6.2

--- What a CSRF token is in; the second is that of older servers.
headers.csrf = { "x-csrf-token", "tasklist-x-csrf-token" }

-- What only the core may send.
local reserved = { authorization = true, ["proxy-authorization"] = true, cookie = true, ["content-length"] = true,
  ["transfer-encoding"] = true, host = true }
for _, name in ipairs(headers.csrf) do
  reserved[name] = true
end

local function problem_of(name, value)
  local problem
  if type(name) ~= "string" or not name:find(token) then
    problem = "headers: %s is no field name"
  elseif reserved[core.lower(name)] then
    problem = "headers: %s cannot be set: the client sends it itself"
  elseif type(value) ~= "string" or value:find("[\r\n\0]") then
    problem = "headers: the value of %s must be a string without line breaks"
  end
  if problem then
    local words = require "tasklist.words" -- loaded now, because most programs have no such mistake
    return problem:format(words.name(name))
  end
end

--- The lines of a request.
-- @tparam table ... name -> value, or nil; a table goes before those that follow it
-- @treturn string the lines, each ended by a NUL; or nil and what is wrong
function headers.write(...)
  local lines, seen = {}, {}
  for i = 1, select("#", ...) do
    local here = {}
    for name, value in pairs((select(i, ...)) or {}) do
      local problem = problem_of(name, value)
      if problem then
        return nil, problem
      elseif not seen[core.lower(name)] then
        here[core.lower(name)] = true
        -- libcurl's way to say that a field is sent empty.
        lines[#lines + 1] = value == "" and name .. ";" or ("%s: %s"):format(name, value)
      end
    end
    for name in pairs(here) do
      seen[name] = true
    end
  end
  return table.concat(lines, "\0") .. "\0"
end

return headers
