--- Small letters for the capital letters of ASCII, in names and words of protocols. `string.lower` would change other
-- bytes, too, by the locale of the host.

--- @tparam string text
-- @treturn string
return function(text)
  return (text:gsub("[A-Z]", function(letter) return string.char(letter:byte() + 32) end))
end
