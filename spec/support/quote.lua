--- Quotes a text as one word of a shell command.
-- @tparam string text
-- @treturn string
return function(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end
