--- Header fields: checked and written for the core, read from an answer's header block.

local headers = {}

local token = "^[%w!#$%%&'*+.^_`|~-]+$" -- RFC 9110 5.6.2

-- What only the core may send.
local reserved = { authorization = true, ["content-length"] = true, ["transfer-encoding"] = true, host = true }

--- The lines of a request.
-- @tparam table defaults name -> value
-- @tparam[opt] table given name -> value; goes before the defaults
-- @treturn string the lines, each ended by a NUL; or nil and what is wrong
function headers.write(defaults, given)
  local lines, seen = {}, {}
  for name, value in pairs(given or {}) do
    if type(name) ~= "string" or not name:find(token) then
      return nil, ("headers: %q is no field name"):format(tostring(name))
    elseif reserved[name:lower()] then
      return nil, ("headers: %q is not yours to set"):format(name)
    elseif type(value) ~= "string" or value:find("[\r\n\0]") then
      return nil, ("headers: the value of %q must be a string without line breaks"):format(name)
    end
    seen[name:lower()] = true
    -- libcurl's way to say that a field is sent empty.
    lines[#lines + 1] = value == "" and name .. ";" or ("%s: %s"):format(name, value)
  end
  for name, value in pairs(defaults) do
    if not seen[name:lower()] then
      lines[#lines + 1] = ("%s: %s"):format(name, value)
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

--- The fields of an answer. Cookies are left out: they are credentials.
-- @tparam string block a header block, from the status line on
-- @treturn table lower-case name -> value; fields that came several times are joined by ", "
function headers.read(block)
  local fields = {}
  for name, value in block:gmatch("\n([^:\r\n]+):([^\r\n]*)") do
    name, value = name:lower(), trim(value)
    if name ~= "set-cookie" then
      fields[name] = fields[name] and fields[name] .. ", " .. value or value
    end
  end
  return fields
end

return headers
