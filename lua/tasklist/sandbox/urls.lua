--- The texts of URLs and of forms.
local urls = {}

--- Undoes percent-encoding.
-- @param text string
-- @return string
function urls.decode(text)
  return (text:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

--- Undoes the encoding of forms, where a plus sign stands for a space as well.
-- @param text string
-- @return string
function urls.decode_form(text)
  return urls.decode((text:gsub("+", " ")))
end

--- The fields of a form or a query; of a name that comes twice the first value counts.
-- @param text string
-- @return table name -> value, and whether a name came twice
function urls.fields(text)
  local fields, twice = {}, false
  for pair in (text or ""):gmatch("[^&]+") do
    local name, value = pair:match("^([^=]*)=?(.*)$")
    name = urls.decode_form(name)
    twice = twice or fields[name] ~= nil
    fields[name] = fields[name] or urls.decode_form(value)
  end
  return fields, twice
end

return urls
