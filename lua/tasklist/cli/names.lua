--- Names on the command line with commas between them, for an option's `convert`.

--- @tparam string text
-- @treturn ?table an array that has each of them once; nil where there is none
-- @treturn ?string then what is wrong
return function(text)
  local names, seen = {}, {}
  for name in text:gmatch "[^,]+" do
    if not seen[name] then names[#names + 1] = name end
    seen[name] = true
  end
  if names[1] then return names end
  return nil, ("must be names with commas between them, and is '%s'"):format(text)
end
