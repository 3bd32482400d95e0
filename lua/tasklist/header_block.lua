--- The header fields of an answer.

local core = require "tasklist.core"
local headers = require "tasklist.headers"

-- What an answer brings for the core alone, because it is a credential.
local kept = { ["set-cookie"] = true, ["set-cookie2"] = true }
for _, name in ipairs(headers.csrf) do
  kept[name] = true
end

-- By position: a pattern for the end would try each run of blanks in the middle as well.
local function trim(text)
  local first, last = text:find("[^ \t]") or #text + 1, #text
  while last >= first and (text:byte(last) == 32 or text:byte(last) == 9) do
    last = last - 1
  end
  return text:sub(first, last)
end

--- Reads a header block. Cookies and the CSRF token are left out: they are credentials.
-- @tparam string block from the status line on, as the core gathers it: each field on a line
-- @treturn table lower-case name -> value; fields that came several times are joined by ", "
return function(block)
  local fields = {}
  for written, padded in block:gmatch("\n([^:\r\n]+):([^\r\n]*)") do
    local name, value = core.lower(written), trim(padded)
    if not kept[name] then
      fields[name] = fields[name] and fields[name] .. ", " .. value or value
    end
  end
  return fields
end
