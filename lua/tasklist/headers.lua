--- Header fields: checked and written for the core, read from an answer's header block.

local core = require "tasklist.core"
local words = require "tasklist.words"

local headers = {}

local token = "^[A-Za-z0-9!#$%%&'*+.^_`|~-]+$" -- RFC 9110 5.6.2

local csrf = { "x-csrf-token", "tasklist-x-csrf-token" } -- the second is that of older servers

-- What only the core may send.
local reserved = { authorization = true, ["proxy-authorization"] = true, cookie = true, [csrf[1]] = true,
  [csrf[2]] = true, ["content-length"] = true, ["transfer-encoding"] = true, host = true }

-- What an answer brings for the core alone, because it is a credential.
local kept = { ["set-cookie"] = true, ["set-cookie2"] = true, [csrf[1]] = true, [csrf[2]] = true }

local function problem_of(name, value)
  if type(name) ~= "string" or not name:find(token) then
    return ("headers: %s is no field name"):format(words.name(name))
  elseif reserved[core.lower(name)] then
    return ("headers: %s cannot be set: the client sends it itself"):format(words.name(name))
  elseif type(value) ~= "string" or value:find("[\r\n\0]") then
    return ("headers: the value of %s must be a string without line breaks"):format(words.name(name))
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

-- By position: a pattern for the end would try each run of blanks in the middle as well.
local function trim(text)
  local first, last = text:find("[^ \t]") or #text + 1, #text
  while last >= first and (text:byte(last) == 32 or text:byte(last) == 9) do
    last = last - 1
  end
  return text:sub(first, last)
end

--- The fields of an answer. Cookies and the CSRF token are left out: they are credentials.
-- @tparam string block a header block, from the status line on, as the core gathers it: each field on a line
-- @treturn table lower-case name -> value; fields that came several times are joined by ", "
function headers.read(block)
  local fields = {}
  for name, value in block:gmatch("\n([^:\r\n]+):([^\r\n]*)") do
    name, value = core.lower(name), trim(value)
    if not kept[name] then
      fields[name] = fields[name] and fields[name] .. ", " .. value or value
    end
  end
  return fields
end

return headers
